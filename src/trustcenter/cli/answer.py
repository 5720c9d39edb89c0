"""Answer a customer's security questionnaire in a copy of its own file, each answer quoted from a current claim."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trustcenter.cli.console import Console
from trustcenter.cli.shell import drafter_for, line_for

if TYPE_CHECKING:
    from trustcenter.pipeline.line import Line
    from trustcenter.publish.questionnaire import Report
    from trustcenter.publish.questionnaire.draft import Rephrase
    from trustcenter.publish.questionnaire.layout import Correction

READ = ".xlsx, .xlsm, .csv, .tsv, .docx, .pdf with form fields, VSAQ .json, .md, .txt"

EXAMPLES = """
trustcenter answer form.xlsx                    # writes form.answered.xlsx beside it
trustcenter answer form.xlsx -o answered.xlsx
trustcenter answer form.xlsx --dry-run          # what was understood, and what would be written
trustcenter answer form.xlsx --threshold high   # fill in only what is nearly certain
trustcenter answer form.xlsx --review           # what is uncertain or open: confirm a claim, or write
trustcenter answer form.xlsx --to "Northwind Ltd"        # recorded: `check` says when an answer's claim falls
trustcenter answer form.xlsx --draft            # a model's wording where it adds nothing; TRUSTCENTER_DRAFT_URL
trustcenter answer form.docx --write-mapping form.yaml   # how it was understood, to be corrected by hand
trustcenter answer form.docx --mapping form.yaml         # read as corrected; remembered for its next version
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=f"the customer's file: {READ}")
    parser.add_argument("--output", "-o", metavar="FILE", help="the answered copy (default: FILE.answered.xlsx)")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be written")
    parser.add_argument(
        "--review",
        action="store_true",
        help="go through what is uncertain or open: confirm by key, or write the answer",
    )
    parser.add_argument("--to", metavar="CUSTOMER", help="record what is written as sent to this customer")
    parser.add_argument("--mapping", metavar="FILE", help="corrections of how the form is read (YAML); remembered")
    parser.add_argument("--write-mapping", metavar="FILE", help="write how the form was understood, and stop")
    parser.add_argument(
        "--threshold",
        choices=("low", "medium", "high"),
        default="medium",
        help="fill in from this confidence (default: %(default)s)",
    )
    parser.add_argument("--meaning", action="store_true", help="use the optional sentence model beside the words")
    parser.add_argument(
        "--draft", action="store_true", help="let a language model rephrase; refused where it adds anything"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline import publishing, remembering
    from trustcenter.pipeline.answering import answerables, criteria_texts, matcher_over
    from trustcenter.publish.questionnaire import answer_file
    from trustcenter.publish.questionnaire.draft import until_silent
    from trustcenter.publish.words import count

    source = Path(arguments.file)
    if not source.is_file():
        raise ConfigurationError("there is no such file", where=str(source))
    target = Path(arguments.output) if arguments.output else source.with_suffix(f".answered{source.suffix}")
    if not arguments.dry_run and target.resolve() == source.resolve():
        raise ConfigurationError(
            "the customer's own file is never overwritten", where=str(target), hint="--output FILE"
        )
    line = line_for(arguments)
    if arguments.write_mapping:
        return _write_mapping(source, Path(arguments.write_mapping), console)
    corrections = _corrections(arguments, line, source)
    claims, criteria = answerables(line, publishing.view(line, publishing.verified(line))), criteria_texts(line)
    matcher = matcher_over(line, claims, meaning=arguments.meaning)
    drafter = drafter_for(arguments)

    def answered(out: Path | None, rephrase: Rephrase | None = None) -> Report:
        return answer_file(
            source, out, claims, criteria, line.now(), arguments.threshold, corrections, matcher,
            remembering.confirmed(line), rephrase,
        )  # fmt: skip

    out = None if arguments.dry_run else target
    rephrase = until_silent(drafter) if drafter is not None else None
    report = answered(None) if arguments.review else answered(out, rephrase)
    if arguments.review:
        from trustcenter.cli.review import review

        if review(line, report, claims, console).written:
            line = line_for(arguments)  # reads the answers that were written just now
            matcher = matcher_over(line, claims, meaning=arguments.meaning)
        report = answered(out, rephrase)
    for sheet in report.sheets:
        columns = ", ".join(f"{role} {letters}" for role, letters in sheet.columns)
        console.print(
            f"sheet {sheet.sheet}: {count(sheet.questions, 'question')}" + (f" ({columns})" if columns else "")
        )
        for rule in sheet.logic:
            console.print(console.style(f"  skip logic: {rule}", "dim"))
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
        if row.draft and row.draft != "accepted":
            console.print(f"{'':13}{console.style(f'draft refused: {row.draft[:140]}', 'dim')}")
    for note in report.notes:
        console.note(note)
    if rephrase is not None:
        drafts = [row.draft == "accepted" for row in report.rows if row.draft]
        console.note(f"{sum(drafts)} of {len(drafts)} drafts used; where one was refused the quoted sentences stand")
    counts = ", ".join(
        f"{report.count(name)} {name.replace('_', ' ')}"
        for name in ("answered", "needs_review", "abstained", "refused")
    )
    earlier = _earlier(line, report, arguments.to, source, console)
    written = "; nothing was written" if arguments.dry_run else f"; written to {target}"
    console.print(f"{count(len(report.rows), 'question')}: {counts}{written}")
    if console.json:
        console.document({"file": None if arguments.dry_run else str(target), **report.as_json(), **earlier})
    return 0


def _write_mapping(source: Path, target: Path, console: Console) -> int:
    """How the form was understood, as a file to correct."""
    from trustcenter.errors import ConfigurationError
    from trustcenter.publish.questionnaire.answer import content_of
    from trustcenter.publish.questionnaire.forms.mapping import written_mapping
    from trustcenter.publish.questionnaire.forms.opening import open_form
    from trustcenter.publish.words import count

    if target.exists():
        raise ConfigurationError("there is a file already", where=str(target), hint="name another, or delete it")
    form = open_form(content_of(source), source.name)
    target.write_text(written_mapping(form), encoding="utf-8")
    console.print(
        f"{count(len(form.questions), 'question')} in {count(len(form.parts), 'part')}; correct {target}, then:"
    )
    console.print(f"  trustcenter answer {source} --mapping {target}")
    return 0


def _corrections(arguments: argparse.Namespace, line: Line, source: Path) -> Mapping[str, Correction]:
    """The mapping given, which is remembered; else the one remembered for a form with the same headers."""
    from trustcenter.pipeline import remembering
    from trustcenter.publish.questionnaire.answer import content_of
    from trustcenter.publish.questionnaire.forms.mapping import read_mapping
    from trustcenter.publish.questionnaire.forms.opening import open_form

    fingerprint = open_form(content_of(source), source.name).fingerprint
    if not arguments.mapping:
        return remembering.recalled(line, fingerprint)
    path = Path(arguments.mapping)
    corrections = read_mapping(path.read_text(encoding="utf-8"), str(path))
    remembering.remember(line, fingerprint, corrections)
    return corrections


def _earlier(line: Line, report: Report, recipient: str | None, source: Path, console: Console) -> dict[str, object]:
    """Answers that differ from those sent before; and, with a recipient, the record of what was written now."""
    from trustcenter.pipeline import sending
    from trustcenter.publish.questionnaire.sent import conflicts

    found = conflicts(report, sending.records(line))
    for one in found:
        console.warn(
            f"{one.place}: {one.now} now; {one.before} was told to {one.record.recipient} on {one.record.sent_at[:10]}"
        )
    kept = sending.record(line, report, recipient, source.name) if recipient and report.written else None
    if kept is not None:
        console.note(f"recorded as {kept.id}, sent to {kept.recipient}")
    differing = [{"place": one.place, "now": one.now, "before": one.before, "record": one.record.id} for one in found]
    return {"conflicts": differing, "recorded": kept.id if kept else None}
