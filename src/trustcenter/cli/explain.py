"""The chain from a sentence down to its proof: control, tests, populations, log entries, and how to check it again."""

from __future__ import annotations

import argparse

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for

EXAMPLES = """
trustcenter explain password-hash
trustcenter explain access.password-storage
trustcenter explain --list
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="CLAIM|CONTROL", help="a claim's or a control's id")
    parser.add_argument("--list", action="store_true", help="list all claims with their states")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline import publishing
    from trustcenter.pipeline.explaining import explain

    line = line_for(arguments)
    found = publishing.verified(line)
    page = publishing.view(line, found, "auditor")
    if arguments.list:
        console.table([(claim.shown, claim.id, claim.sentence or claim.short) for claim in page.claims])
        if console.json:
            console.document([{"claim": claim.id, "state": claim.shown} for claim in page.claims])
        return 0
    if not arguments.name:
        raise ConfigurationError("name a claim or a control", hint="`trustcenter explain --list` lists them")
    chains = [explain(line, found, page, claim) for claim in publishing.chain(page, arguments.name)]
    for chain in chains:
        _print(console, chain)
    if console.json:
        console.document(chains)
    return 0


def _print(console: Console, chain: dict[str, object]) -> None:
    from typing import Any, cast

    said = cast("dict[str, Any]", chain)
    console.print(console.style(said["sentence"] or f"(withdrawn) {said['topic']}", "strong"))
    console.print(f"  {said['state']}; {said['address']}")
    console.print(f"  control   {said['control']} ({said['place']}), owner {said['owner']}")
    for name, ids in said["criteria"].items():
        console.print(f"  criteria  {name}: {', '.join(ids)}")
    for test in said["tests"]:
        console.print(f"  test      {test['test']} on {test['source']} ({test['environment']}): {test['conclusion']}")
        console.print(f"            {test['place']}; {test['method']}; {test['passed']} of {test['examined']} passed")
        if test["where"]:
            console.print(f"            which   {'; '.join(test['where'])}")
        if test["expect"]:
            console.print(f"            expect  {'; '.join(test['expect'])}")
        if test["reason"]:
            console.print(f"            {test['reason']}")
        for evidence in test["evidence"]:
            console.print(
                f"            evidence {evidence['digest']}, log entry {evidence['entry']}, seen {evidence['observed']}"
            )
    console.print(
        f"  assessed  {said['assessment']}, log entry {said['assessment_entry']}, checkpoint {said['checkpoint']}"
    )
    for command in said["again"]:
        console.print(f"  again     {console.style(command, 'link')}")
