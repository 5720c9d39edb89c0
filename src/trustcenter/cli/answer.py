"""Answer a customer's security questionnaire in a copy of its own workbook, each answer quoted from a current claim."""

from __future__ import annotations

import argparse
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for

EXAMPLES = """
trustcenter answer form.xlsx                    # writes form.answered.xlsx beside it
trustcenter answer form.xlsx -o answered.xlsx
trustcenter answer form.xlsx --dry-run          # what was understood, and what would be written
trustcenter answer form.xlsx --threshold high   # fill in only what is nearly certain
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the customer's workbook (.xlsx, .xlsm)")
    parser.add_argument("--output", "-o", metavar="FILE", help="the answered copy (default: FILE.answered.xlsx)")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be written")
    parser.add_argument(
        "--threshold",
        choices=("low", "medium", "high"),
        default="medium",
        help="fill in from this confidence (default: %(default)s)",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline import publishing
    from trustcenter.pipeline.answering import answerables, criteria_texts
    from trustcenter.publish.questionnaire import answer_file

    source = Path(arguments.file)
    if not source.is_file():
        raise ConfigurationError("there is no such file", where=str(source))
    target = Path(arguments.output) if arguments.output else source.with_suffix(f".answered{source.suffix}")
    if not arguments.dry_run and target.resolve() == source.resolve():
        raise ConfigurationError(
            "the customer's own file is never overwritten", where=str(target), hint="--output FILE"
        )
    line = line_for(arguments)
    page = publishing.view(line, publishing.verified(line))
    report = answer_file(
        source, None if arguments.dry_run else target, answerables(line, page), criteria_texts(line), line.now(),
        arguments.threshold,
    )  # fmt: skip
    for sheet in report.sheets:
        columns = ", ".join(f"{role} {letters}" for role, letters in sheet.columns)
        console.print(f"sheet {sheet.sheet}: {sheet.questions} questions" + (f" ({columns})" if columns else ""))
    for row in report.rows:
        mark = {"answered": "good", "needs_review": "warn"}.get(row.outcome, "dim")
        words = row.outcome.replace("_", " ")
        console.print(f"{console.style(f'{words:<12}', mark)} {row.sheet}!{row.cell}  {row.question[:90]}")
        if row.answer:
            console.print(f"{'':13}{' '.join(row.answer.split())[:160]}")
            cited = f"{row.claims[0]} ({row.state.replace('_', ' ')}), confidence {row.band} ({row.confidence:.2f})"
            console.print(f"{'':13}{console.style(cited, 'dim')}")
        elif row.reason:
            console.print(f"{'':13}{console.style(row.reason[:160], 'dim')}")
    for note in report.notes:
        console.note(note)
    counts = ", ".join(
        f"{report.count(name)} {name.replace('_', ' ')}"
        for name in ("answered", "needs_review", "abstained", "refused")
    )
    written = "; nothing was written" if arguments.dry_run else f"; written to {target}"
    console.print(f"{len(report.rows)} questions: {counts}{written}")
    if console.json:
        console.document({"file": None if arguments.dry_run else str(target), **report.as_json()})
    return 0
