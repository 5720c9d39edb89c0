"""One customer's file answered: read, understood, decided, and written into a copy of it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from trustcenter.errors import TrustCenterError
from trustcenter.publish.questionnaire.archive import WorkbookError
from trustcenter.publish.questionnaire.cells import address, column_letters
from trustcenter.publish.questionnaire.choices import accepts
from trustcenter.publish.questionnaire.deciding import decide
from trustcenter.publish.questionnaire.layout import Question, Table, understand
from trustcenter.publish.questionnaire.matching import Matcher
from trustcenter.publish.questionnaire.model import (
    BANDS,
    Answerable,
    CriterionText,
    Decision,
    Report,
    Row,
    SheetSummary,
)
from trustcenter.publish.questionnaire.sheet import Sheet
from trustcenter.publish.questionnaire.wording import citation, option
from trustcenter.publish.questionnaire.workbook import Workbook, read
from trustcenter.publish.questionnaire.writer import Edit, cell_text, write

SUFFIXES = (".xlsx", ".xlsm")
_TITLES = {"answer": "Answer", "comment": "Comment and evidence"}


def answer_file(
    path: Path,
    out: Path | None,
    answerables: Sequence[Answerable],
    criteria: Sequence[CriterionText],
    now: datetime,
    threshold: str = "medium",
) -> Report:
    """Answer the questionnaire at `path` into a copy at `out`; without `out` nothing is written (a preview).

    `threshold` is the lowest band that is filled in. Raises `TrustCenterError` when the file cannot be read, or when
    `out` would replace the customer's own file or has another ending.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise WorkbookError("only .xlsx and .xlsm questionnaires are read", where=path.name, hint="Save it as .xlsx.")
    if out is not None:
        if out.resolve() == path.resolve():
            raise WorkbookError(
                "the answers would replace the customer's own file", where=path.name, hint="Name another output."
            )
        if out.suffix.lower() != path.suffix.lower():
            raise WorkbookError(f"the copy must end in {path.suffix}, as the original does", where=out.name)
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size < 200_000_000 else b""
    except OSError as error:
        raise WorkbookError(f"the file cannot be read ({error.strerror})", where=path.name) from error
    if not data:
        raise WorkbookError("the file is empty" if not size else "the file is too large", where=path.name)
    copy, report = answer_workbook(data, answerables, criteria, now, threshold, where=path.name, preview=out is None)
    if out is not None:
        _replace(out, copy)
    return report


def answer_workbook(
    data: bytes,
    answerables: Sequence[Answerable],
    criteria: Sequence[CriterionText],
    now: datetime,
    threshold: str = "medium",
    *,
    where: str = "questionnaire",
    preview: bool = False,
) -> tuple[bytes, Report]:
    """The answered copy of a workbook's bytes, and the report. A pure function: the same input gives the same bytes."""
    if threshold not in BANDS:
        raise TrustCenterError(f"unknown confidence band {threshold!r}", hint=f"One of: {', '.join(BANDS)}.")
    if now.tzinfo is None:
        raise TrustCenterError("`now` has no time zone")
    book = read(data, where=where)
    tables = understand(book)
    matcher = Matcher(answerables, criteria)
    rows: list[Row] = []
    edits: list[Edit] = []
    for table in tables:
        sheet = book.sheet(table.sheet)
        if sheet is None or table.columns is None:
            continue
        more_rows, more_edits = _answer_table(book, sheet, table, matcher, now, threshold)
        rows += more_rows
        edits += more_edits
    notes = list(_notes(book, tables, edits))
    if preview:
        copy, touched = data, tuple[str, ...]()
    else:
        written = write(book, edits)
        copy, touched = written.data, written.touched
    report = Report(
        source_digest=_digest(data),
        result_digest=None if preview else _digest(copy),
        made_at=now,
        threshold=threshold,
        written=not preview,
        sheets=tuple(_summary(table) for table in tables),
        rows=tuple(rows),
        touched=touched,
        notes=tuple(notes),
    )
    return copy, report


def _answer_table(
    book: Workbook, sheet: Sheet, table: Table, matcher: Matcher, now: datetime, threshold: str
) -> tuple[list[Row], list[Edit]]:
    rows: list[Row] = []
    edits: list[Edit] = []
    parent: tuple[str, Decision] | None = None
    for question in table.questions:
        if question.hidden:
            rows.append(_row(question, None, "abstained", "", "", "the row is hidden: not asked"))
            continue
        decision = decide(question.text, matcher, now, parent)
        if not question.text.lower().lstrip("-•* ").startswith(("if yes", "if so", "if no", "if not")):
            parent = (question.text, decision)
        row, more = _fill(book, sheet, question, decision, threshold)
        rows.append(row)
        edits += more
    if edits and table.columns:
        edits += _titles(book, sheet, table)
    return rows, edits


def _fill(
    book: Workbook, sheet: Sheet, question: Question, decision: Decision, threshold: str
) -> tuple[Row, list[Edit]]:
    """What goes into the cells of one question; nothing at all unless the answer itself may be written."""
    if decision.outcome != "answered":
        return _row(question, decision, decision.outcome, "", "", decision.reason), []
    if BANDS.index(decision.band) < BANDS.index(threshold):
        reason = f"confidence {decision.confidence:.2f} is below the band {threshold!r}"
        return _row(question, decision, "needs_review", decision.text, "", reason), []
    allowed = question.accepts
    if allowed.problem or question.answered:
        reason = allowed.problem or "the cell is filled already"
        return _row(question, decision, "refused", decision.text, "", reason), []
    cited = citation(decision.claims)
    if allowed.options is not None:
        chosen, why = option(decision.verdict, decision.claims, allowed.options)
        if chosen is None:
            return _row(question, decision, "needs_review", decision.text, "", why), []
        answer, beside = chosen, f"{decision.text}\n{cited}"
    else:
        answer, beside = decision.text, cited
    columns = question.columns
    comment = columns.comment if _free(book, sheet, question.row, columns.comment) else None
    reference = columns.reference if _free(book, sheet, question.row, columns.reference) else None
    if comment is None and reference is None and allowed.options is None:
        answer = f"{answer}\n{cited}"
    answer = answer if allowed.options is not None else cell_text(answer, allowed.limit)
    edits = [_edit(sheet, question, columns.answer, answer)]
    written = ""
    for column, text in ((comment, beside), (reference, cited if comment is None else _links(decision.claims))):
        if column is not None:
            text = cell_text(beside if comment is None else text, accepts(book, sheet, question.row, column).limit)
            edits.append(_edit(sheet, question, column, text))
            written = written or text
    reason = decision.reason if comment or reference or allowed.options is None else "no cell for the citation"
    return _row(question, decision, "answered", answer, written, reason), edits


def _links(claims: Sequence[Answerable]) -> str:
    return "\n".join(dict.fromkeys(claim.link for claim in claims))


def _free(book: Workbook, sheet: Sheet, row: int, column: int | None) -> bool:
    """Whether free text may go into a cell that is empty."""
    if column is None or sheet.text(row, column).strip():
        return False
    allowed = accepts(book, sheet, row, column)
    return allowed.problem is None and allowed.options is None


def _edit(sheet: Sheet, question: Question, column: int, text: str) -> Edit:
    style = sheet.style(question.row, question.columns.question) if column in question.columns.appended else None
    return Edit(sheet.name, question.row, column, text, style or sheet.style(question.row, column))


def _titles(book: Workbook, sheet: Sheet, table: Table) -> list[Edit]:
    """Headers for the columns that we appended."""
    columns = table.columns
    if columns is None or not table.header_row:
        return []
    style = sheet.style(table.header_row, columns.question)
    titles = {columns.answer: _TITLES["answer"], columns.comment: _TITLES["comment"]}
    return [
        Edit(sheet.name, table.header_row, column, titles[column], style)
        for column in columns.appended
        if column in titles and accepts(book, sheet, table.header_row, column).problem is None
    ]


def _row(question: Question, decision: Decision | None, outcome: str, answer: str, comment: str, reason: str) -> Row:
    claims = decision.claims if decision else ()
    dates = [claim.as_of for claim in claims if claim.as_of]
    return Row(
        sheet=question.sheet,
        question_cell=address(question.row, question.columns.question),
        cell=address(question.row, question.columns.answer),
        section=question.section,
        question=question.text,
        outcome=outcome,
        verdict=decision.verdict if decision else "",
        answer=answer,
        comment=comment,
        citation=citation(claims),
        state=claims[0].state if claims else "",
        as_of=min(dates) if dates else None,
        confidence=decision.confidence if decision else 0.0,
        band=decision.band if decision else "low",
        claims=tuple(claim.claim for claim in claims),
        candidates=decision.candidates[:5] if decision else (),
        criteria=decision.criteria if decision else (),
        reason=reason,
    )


def _summary(table: Table) -> SheetSummary:
    columns = table.columns
    named = [
        (role, column_letters(number))
        for role in ("identifier", "section", "question", "answer", "comment", "reference")
        if columns and (number := getattr(columns, role))
    ]
    appended = tuple(column_letters(number) for number in columns.appended) if columns else ()
    return SheetSummary(
        table.sheet, table.state, table.header_row, tuple(named), appended, len(table.questions), table.note
    )


def _notes(book: Workbook, tables: Sequence[Table], edits: Sequence[Edit]) -> list[str]:
    notes = []
    if not any(table.questions for table in tables):
        notes.append(
            "No questions were found: the file needs a column headed Question, or texts that end in a question mark."
        )
    if edits:
        notes.append(f"The part {book.part} is touched too: formulas are computed again when the copy is opened.")
    if book.macros:
        notes.append("The workbook holds macros. They were neither run nor changed.")
    if book.signed and edits:
        notes.append("The workbook was digitally signed. Writing answers makes that signature invalid.")
    return notes


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _replace(out: Path, data: bytes) -> None:
    """Write beside the target, then rename, so that no half a file is ever sent."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(out)
    except OSError as error:
        raise WorkbookError(f"the copy cannot be written ({error.strerror})", where=str(out)) from error
