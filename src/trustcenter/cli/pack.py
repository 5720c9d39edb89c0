"""Build a pack for one reader under a confidentiality agreement: a PDF with the reader's name on every page."""

from __future__ import annotations

import argparse
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for

EXAMPLES = """
trustcenter pack --to "Maren Oakes" --organisation "Fernhill Insurance" --agreed 2026-11-20
trustcenter pack --to "Maren Oakes" --organisation "Fernhill Insurance" --agreed 2026-11-20 -o pack.pdf
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", required=True, metavar="NAME", help="the reader's name, printed on every page")
    parser.add_argument("--organisation", required=True, help="the reader's organisation")
    parser.add_argument("--agreed", required=True, metavar="DATE", help="when the agreement was signed")
    parser.add_argument("--number", help="the pack's own number (default: made from reader and checkpoint)")
    parser.add_argument("--output", "-o", metavar="FILE", help="where the PDF goes (default: build/packs/NUMBER.pdf)")


def run(arguments: argparse.Namespace, console: Console) -> int:
    import hashlib

    from trustcenter.cli.shell import moment
    from trustcenter.pipeline import publishing

    line = line_for(arguments)
    found = publishing.verified(line)
    said = f"{arguments.to}\n{arguments.organisation}\n{found.record.root}"
    number = arguments.number or f"P-{found.record.size}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"
    console.note("rendering the pack")
    content = publishing.pack(
        line, found, name=arguments.to, organisation=arguments.organisation,
        agreed=moment(arguments.agreed).date(), number=number,
    )  # fmt: skip
    target = Path(arguments.output) if arguments.output else line.instance.build / "packs" / f"{number}.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    console.print(f"{target} ({len(content) / 1000:,.0f} kB, number {number})")
    if console.json:
        console.document({"file": str(target), "number": number, "sha256": hashlib.sha256(content).hexdigest()})
    return 0
