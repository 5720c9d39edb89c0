"""Run the cases written in controls: rows in, conclusion out, by the judge that signs assessments. Collects nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trustcenter.cli.console import Console
from trustcenter.cli.shell import folder
from trustcenter.model.amount import counted

if TYPE_CHECKING:
    from trustcenter.pipeline.trying import Tried

__test__ = False  # not a test of this repository's own suite

EXAMPLES = """
trustcenter test                               # every control of the instance
trustcenter test controls/access               # one domain, or one file
trustcenter test --strict                      # exit 1 where a test is not shown to pass, to fail and to be refused
trustcenter test library/controls --json       # a folder of controls of its own
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="a control, or a folder of controls (default: all)")
    parser.add_argument("--strict", action="store_true", help="each automatic test must have pass, fail and denied")


def run(arguments: argparse.Namespace, console: Console) -> int:
    import os

    from trustcenter.pipeline.trying import try_cases

    found = try_cases(folder(arguments), Path(arguments.path) if arguments.path else None, os.environ)
    if console.json:
        console.document(_json(found))
    else:
        _print(found, console, strict=arguments.strict)
    return 1 if found.failed or (arguments.strict and found.lacking) else 0


def _print(found: Tried, console: Console, *, strict: bool) -> None:
    for result in found.failed:
        case = result.case
        console.print(f"{console.style('failed', 'bad')}  {case.place}: {result.control}/{case.test}: {case.name}")
        cause = f" ({case.cause})" if case.cause else ""
        console.print(f"  must be {case.conclusion.replace('_', ' ')}{cause}, and is {result.words}")
    for control, test, kind in found.lacking if strict else ():
        console.print(f"{console.style('missing', 'warn')}  {test.place}: {control.id}/{test.id} has no case `{kind}`")
    passed = len(found.results) - len(found.failed)
    said = f"{passed} of {counted(len(found.results), 'case')} of {counted(len(found.controls), 'control')} "
    said += "concludes what it must" if len(found.results) == 1 else "conclude what they must"
    more = f"; {counted(len(found.lacking), 'is missing', 'are missing')}" if found.lacking else ""
    console.print(console.style(said + more, "bad" if found.failed else "good"))


def _json(found: Tried) -> dict[str, Any]:
    return {
        "cases": [
            {
                "control": result.control,
                "test": result.case.test,
                "name": result.case.name,
                "place": str(result.case.place),
                "must_be": result.case.conclusion,
                "conclusion": result.found.conclusion if result.found else None,
                "cause": result.found.cause if result.found else None,
                "holds": result.holds,
                "words": result.words,
            }
            for result in found.results
        ],
        "missing": [
            {"control": control.id, "test": test.id, "case": kind, "place": str(test.place)}
            for control, test, kind in found.lacking
        ],
        "failed": len(found.failed),
    }
