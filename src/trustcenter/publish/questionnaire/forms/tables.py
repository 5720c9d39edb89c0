"""Questions of tables of cells: what workbooks, delimited files and documents have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from trustcenter.publish.questionnaire.asked_rows import Question
from trustcenter.publish.questionnaire.cells import address, column_letters
from trustcenter.publish.questionnaire.choices import accepts
from trustcenter.publish.questionnaire.columns import crosses_one
from trustcenter.publish.questionnaire.forms.interface import Fill, FormQuestion
from trustcenter.publish.questionnaire.layout import Correction, Table, understand
from trustcenter.publish.questionnaire.model import SheetSummary
from trustcenter.publish.questionnaire.options import CROSS, sign
from trustcenter.publish.questionnaire.roles import chooses_one, printed_options, several
from trustcenter.publish.questionnaire.sheet import Grid, Sheet
from trustcenter.publish.questionnaire.wording import are_verdicts

ROLES = ("identifier", "section", "question", "answer", "comment", "reference")
TITLES = {"answer": "Answer", "comment": "Comment and evidence"}


class TableForm:
    """A form whose questions are rows of tables; how it is written is the format's own."""

    kind: str

    def __init__(self, book: Grid, corrections: Mapping[str, Correction] | None) -> None:
        self._grid = book
        self._tables = understand(book, corrections)
        self._found = questions_of(book, self._tables)

    @property
    def parts(self) -> tuple[SheetSummary, ...]:
        return summaries(self._tables)

    @property
    def questions(self) -> tuple[FormQuestion, ...]:
        return tuple(asked for _, asked in self._found.values())

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.kind, self._grid, self._tables)


def texts_of(book: Grid, question: Question, fill: Fill) -> Iterator[tuple[int, int, str]]:
    """The cells (row, column) that receive a text, and the texts; of several columns or rows the chosen get a cross."""
    columns, row = question.columns, question.row
    sheet = book.sheet(question.sheet)
    for option, line in question.ticks:
        if sheet is not None and option in fill.chosen:
            yield line, columns.answer, sign(book, sheet, line, columns.answer)
    places = (
        *((column, CROSS) for text, column in columns.crossed if text in fill.chosen and not question.ticks),
        (columns.answer, "" if columns.crossed or question.ticks else fill.answer),
        (columns.comment, fill.comment),
        (columns.reference, fill.reference),
    )
    for column, text in places:
        if column is not None and text:
            yield row, column, text


def titles_of(table: Table) -> Iterator[tuple[int, str]]:
    """The columns that we append to a table, and the headers that they get."""
    if table.columns is None or not table.header_row:
        return
    named = {table.columns.answer: TITLES["answer"], table.columns.comment: TITLES["comment"]}
    for column in table.columns.appended:
        if column in named:
            yield column, named[column]


def questions_of(book: Grid, tables: Iterable[Table]) -> dict[str, tuple[Question, FormQuestion]]:
    """Every question of the tables by its key (`sheet!cell`), beside the cells that it stands for."""
    found: dict[str, tuple[Question, FormQuestion]] = {}
    for table in tables:
        sheet = book.sheet(table.sheet)
        if sheet is None:
            continue
        for one in table.questions:
            asked = _question(book, sheet, one)
            found[asked.key] = (one, asked)
    return found


def _question(book: Grid, sheet: Sheet, one: Question) -> FormQuestion:
    columns, allowed = one.columns, one.accepts
    options = allowed.options
    many = len(options or ()) > 2 and several(one.text) and (one.row, columns.answer) in sheet.offered
    many = many or (bool(columns.crossed) and not crosses_one(columns.crossed))
    if one.ticks:
        many = not are_verdicts(options or ()) and not chooses_one(one.text)
    elif options is None and allowed.problem is None and (printed := printed_options(one.text)):
        options, many = printed, True
    return FormQuestion(
        key=f"{sheet.name}!{address(one.row, columns.answer)}",
        part=sheet.name,
        place=address(one.row, columns.question),
        answer_place=address(one.row, columns.answer),
        text=one.text,
        section=one.section,
        identifier=one.identifier,
        options=options,
        several=many,
        limit=allowed.limit,
        comment_limit=free(book, sheet, one.row, columns.comment),
        reference_limit=free(book, sheet, one.row, columns.reference),
        problem=allowed.problem,
        answered=one.answered,
        hidden=one.hidden,
        comment_if=columns.comment_if,
        option_places=_places(one),
        showing=one.showing,
    )


def _places(one: Question) -> tuple[str, ...]:
    """Where each option is crossed; nothing where the chosen one stands in the answer's own cell."""
    if one.ticks:
        return tuple(address(line, one.columns.answer) for _, line in one.ticks)
    return tuple(address(one.row, column) for _, column in one.columns.crossed)


def free(book: Grid, sheet: Sheet, row: int, column: int | None) -> int | None:
    """How long a free text may be in a cell that is empty; None where none may be written."""
    if column is None or sheet.text(row, column).strip():
        return None
    allowed = accepts(book, sheet, row, column)
    return allowed.limit if allowed.problem is None and allowed.options is None else None


def summaries(tables: Sequence[Table]) -> tuple[SheetSummary, ...]:
    """How each table was understood, its columns as letters."""
    found = []
    for table in tables:
        columns = table.columns
        named = [(role, column_letters(number)) for role in ROLES if columns and (number := getattr(columns, role))]
        appended = tuple(column_letters(number) for number in columns.appended) if columns else ()
        found.append(
            SheetSummary(
                table.sheet,
                table.state,
                table.header_row,
                tuple(named),
                appended,
                len(table.questions),
                table.note,
                _logic(table),
            )
        )
    return tuple(found)


def _logic(table: Table) -> tuple[str, ...]:
    """What shows or hides questions here: the column that says so, what a comment follows, rows."""
    columns = table.columns
    if columns is None:
        return ()
    found = []
    if columns.marker is not None:
        says = "is not asked" if columns.marker.skips else "is asked"
        found.append(f"column {column_letters(columns.marker.column)} says by formula whether a row {says}")
    if columns.comment_if and columns.comment is not None:
        found.append(f"column {column_letters(columns.comment)} is filled in after {columns.comment_if.title()} alone")
    for one in table.questions:
        if one.showing is not None and one.showing.follows:
            cells = ", ".join(place.removeprefix(f"{one.sheet}!") for place in one.showing.follows[:4])
            found.append(f"row {one.row} is asked after {cells}")
    more = len(found) - MOST_LOGIC
    return (*found[:MOST_LOGIC], f"and {more} more") if more > 0 else tuple(found)


MOST_LOGIC = 12  # rules that a preview lists of one table


def fingerprint(kind: str, book: Grid, tables: Sequence[Table]) -> str:
    """Digest of the format, the sheets' names and their headers: rows may come and go in the next version."""
    heads: Mapping[str, list[str]] = {
        table.sheet: _header(book, table) for table in tables if table.state == "visible" and table.columns
    }
    text = json.dumps([kind, heads], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _header(book: Grid, table: Table) -> list[str]:
    sheet = book.sheet(table.sheet)
    if sheet is None or not table.header_row:
        return []
    return [
        " ".join(sheet.shown(table.header_row, column).split()) for column in range(1, min(sheet.last_column, 60) + 1)
    ]
