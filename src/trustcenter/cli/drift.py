"""What changed between two signed assessments: worse states, loosened thresholds, shrunken populations."""

from __future__ import annotations

import argparse

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for
from trustcenter.model.amount import counted

EXAMPLES = """
trustcenter drift              # the newest signed assessment against the one before
trustcenter drift --back 5     # against the one five runs before
trustcenter drift --list       # all signed assessments
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--back", type=int, default=1, metavar="N", help="compare with the run N runs before (default 1)"
    )
    parser.add_argument("--list", action="store_true", help="list the signed assessments")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.cli.outcome import changes_json, print_changes
    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline import judging
    from trustcenter.pipeline.checking import changed_since

    line = line_for(arguments)
    if arguments.list:
        runs = [
            {"digest": one.digest, "entry": one.index, "as_of": one.assessment.as_of, "judge": one.assessment.judge}
            for one in judging.history(line)
        ]
        console.table([(f"{one['as_of']:%Y-%m-%d %H:%M}Z", str(one["entry"]), str(one["digest"])) for one in runs])
        if console.json:
            console.document(runs)
        return 0
    if arguments.back < 1:
        raise ConfigurationError("`--back` counts runs: 1 or more")
    changes = changed_since(line, arguments.back)
    weaker = sum(change.weakens for change in changes)
    console.print(
        f"{counted(len(changes), 'change')}, {counted(weaker, 'of them weakens', 'of them weaken')} what is claimed"
    )
    print_changes(console, changes)
    if console.json:
        console.document(changes_json(changes))
    return 1 if any(change.weakens for change in changes) else 0
