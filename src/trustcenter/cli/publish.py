"""Build the trust page from the ledger: the ledger is verified first, and the page is switched in one step."""

from __future__ import annotations

import argparse
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for

EXAMPLES = """
trustcenter publish                     # into build/site of the instance
trustcenter publish --output /srv/trust
trustcenter publish --key trust.example/evidence+...   # verify the ledger with a key pinned elsewhere
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", "-o", metavar="FOLDER", help="where the page goes (default: build/site)")
    parser.add_argument("--key", help="the ledger's public key (default: the one beside the signing key)")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.pipeline import publishing

    line = line_for(arguments)
    console.note("verifying the ledger")
    found = publishing.verified(line, key=arguments.key)
    console.note(f"building the page from checkpoint {found.record.size}")
    destination = Path(arguments.output) if arguments.output else line.instance.build / "site"
    page, built = publishing.publish(line, found, destination)
    counts = {name: count for name, count in page.tally.items() if count}
    console.print(f"{built.folder / 'index.html'}")
    console.print(
        f"  {len(page.claims)} claims: "
        + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    )
    console.print(f"  as of {page.as_of:%d %b %Y, %H:%M} UTC, log checkpoint {page.checkpoint}")
    if console.json:
        console.document(
            {"folder": str(built.folder), "claims": len(page.claims), "counts": counts, "checkpoint": page.checkpoint}
        )
    return 0
