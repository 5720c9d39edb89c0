"""Which sentences of the published page would change: the newest evidence judged now, nothing collected or written."""

from __future__ import annotations

import argparse
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for
from trustcenter.model.amount import counted

EXAMPLES = """
trustcenter plan                        # against build/site of the instance
trustcenter plan --page /srv/trust      # against another built page, or its trust.json
trustcenter plan --json
"""

_WORDS = {
    "falls": ("falls", "bad"),
    "goes": ("goes", "bad"),
    "state": ("state", "warn"),
    "reworded": ("reworded", "warn"),
    "numbers": ("numbers", "dim"),
    "returns": ("returns", "good"),
    "appears": ("appears", "good"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--page", metavar="PATH", help="the built page to compare with (default: build/site)")
    parser.add_argument("--key", help="the ledger's public key (default: the one beside the signing key)")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """0 where no sentence falls, 1 where one would."""
    from trustcenter.pipeline.planning import plan

    line = line_for(arguments)
    page = Path(arguments.page) if arguments.page else line.instance.build / "site"
    planned = plan(line, page, key=arguments.key, named=bool(arguments.page))
    for warning in planned.warnings:
        console.warn(warning)
    for change in planned.changes:
        word, style = _WORDS[change.kind]
        console.print(f"{console.style(word, style)}  {change.claim}")
        for sign, text, words in (
            ("-", change.before, change.words_before),
            ("+", change.after, change.words_after),
        ):
            if text:
                console.print(f"  {sign} {text} ({words})")
    against = f"{page} has no page yet" if planned.first else f"against {page}"
    console.print(f"{counted(len(planned.changes), 'sentence')} would change; {against}")
    if console.json:
        console.document(
            {
                "page": str(page),
                "first": planned.first,
                "weakens": planned.weakens,
                "changes": [
                    {
                        "kind": change.kind,
                        "claim": change.claim,
                        "before": change.before or None,
                        "after": change.after or None,
                        "stateBefore": change.words_before or None,
                        "stateAfter": change.words_after or None,
                    }
                    for change in planned.changes
                ],
            }
        )
    return 1 if planned.weakens else 0
