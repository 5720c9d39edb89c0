"""Each criterion and obligation of ours: covered, carved out, not relevant, planned, or a gap."""

from __future__ import annotations

import argparse

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for

EXAMPLES = """
trustcenter coverage
trustcenter coverage --framework gdpr --all
trustcenter coverage --strict        # exit 1 where something is answered by nothing
trustcenter coverage --csv > coverage.csv
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--framework", metavar="ID", help="one framework only: soc2, gdpr or ccpa")
    parser.add_argument("--all", action="store_true", help="list what is out of scope too")
    parser.add_argument("--csv", action="store_true", help="print CSV")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a criterion is answered by nothing")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.catalog.coverage_render import as_csv, as_dict, as_text
    from trustcenter.catalog.crosswalk import Coverage, coverage
    from trustcenter.errors import ConfigurationError

    found = coverage(line_for(arguments).catalogue)
    if arguments.framework:
        known = {line.framework for line in found.lines}
        if arguments.framework not in known:
            raise ConfigurationError(
                f"the instance declares no framework `{arguments.framework}`",
                hint=f"declared: {', '.join(sorted(known))}",
            )
        found = Coverage(found.of(arguments.framework), found.objections)
    if console.json:
        console.document(as_dict(found))
    elif arguments.csv:
        print(as_csv(found), end="")
    else:
        console.print(as_text(found, everything=arguments.all).rstrip())
    unanswered = any(line.standing == "missing" for line in found.lines)
    return 1 if arguments.strict and (unanswered or found.objections) else 0
