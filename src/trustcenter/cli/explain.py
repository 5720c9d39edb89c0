"""The chain from a sentence down to its proof: control, tests, populations, log entries, and how to check it again."""

from __future__ import annotations

import argparse

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for

EXAMPLES = """
trustcenter explain password-hash
trustcenter explain access.password-storage
trustcenter explain not-done/iso-27001    # what is only declared has no test: where it is written, and since when
trustcenter explain --list
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="CLAIM|CONTROL", help="a claim's or a control's id")
    parser.add_argument("--list", action="store_true", help="list all claims with their states")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline import publishing
    from trustcenter.pipeline.answering import declared
    from trustcenter.pipeline.explaining import explain, explain_declared

    line = line_for(arguments)
    found = publishing.verified(line)
    page = publishing.view(line, found, "auditor")
    if arguments.list:
        told: list[tuple[str, str, str]] = [
            (claim.shown, claim.id, claim.sentence or claim.short) for claim in page.claims
        ]
        told += [(one.state, one.claim, one.sentence) for one in declared(line, line.now())]
        console.table(told)
        if console.json:
            console.document([{"claim": claim, "state": state} for state, claim, _ in told])
        return 0
    if not arguments.name:
        raise ConfigurationError("name a claim or a control", hint="`trustcenter explain --list` lists them")
    if only_declared := explain_declared(line, arguments.name):
        for one in only_declared:
            _print_declared(console, one)
        if console.json:
            console.document(only_declared)
        return 0
    chains = [explain(line, found, page, claim) for claim in publishing.chain(page, arguments.name)]
    for chain in chains:
        _print(console, chain)
    if console.json:
        console.document(chains)
    return 0


def _print_declared(console: Console, said: dict[str, str]) -> None:
    console.print(console.style(said["sentence"], "strong"))
    since = f", since {said['decided']}" if said["decided"] else ""
    until = f", until {said['until']}" if said["until"] else ""
    console.print(f"  {said['state']}{since}{until}; {said['address']}")
    owner = f", owner {said['owner']}" if said["owner"] else ""
    console.print(f"  written   {said['place']}{owner}")
    console.print("  tests     none: this is said and not examined")


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
