"""A workbook (XLSX, XLSM) as a form: answers go into its cells, every other member of the zip stays byte for byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trustcenter.publish.questionnaire.asked_rows import Question
from trustcenter.publish.questionnaire.cells import address
from trustcenter.publish.questionnaire.choices import accepts
from trustcenter.publish.questionnaire.forms import tables
from trustcenter.publish.questionnaire.forms.interface import Copy, Fill
from trustcenter.publish.questionnaire.layout import Correction, Table
from trustcenter.publish.questionnaire.sheet import Sheet
from trustcenter.publish.questionnaire.showing import may_ask
from trustcenter.publish.questionnaire.workbook import Workbook, read
from trustcenter.publish.questionnaire.writer import Edit, write


class WorkbookForm(tables.TableForm):
    """Every visible sheet's questions."""

    kind = "workbook"

    def __init__(self, book: Workbook, corrections: Mapping[str, Correction] | None = None) -> None:
        super().__init__(book, corrections)
        self._book = book

    def notes(self, filled: bool) -> tuple[str, ...]:
        notes = []
        if filled:
            notes.append(
                f"The part {self._book.part} is touched too: formulas are computed again when the copy is opened."
            )
        if self._book.macros:
            notes.append("The workbook holds macros. They were neither run nor changed.")
        if self._book.signed and filled:
            notes.append("The workbook was digitally signed. Writing answers makes that signature invalid.")
        if unread := self._unread():
            listed = ", ".join(unread[:5]) + (", ..." if len(unread) > 5 else "")
            notes.append(f"Cells for questions hold formulas that are not read and show nothing: {listed}.")
        return tuple(notes)

    def _unread(self) -> list[str]:
        """The cells in columns of questions whose formula may show a question that nobody here can foresee."""
        return [
            f"{sheet.name}!{address(row, table.columns.question)}"
            for table in self._tables
            if table.columns is not None and (sheet := self._book.sheet(table.sheet)) is not None
            for row in sorted({row for row, column in sheet.cells if column == table.columns.question})
            if row > table.header_row
            and sheet.has_formula(row, table.columns.question)
            and not sheet.text(row, table.columns.question).strip()
            and not may_ask(self._book, sheet, row, table.columns.question)
        ]

    def write(self, fills: Sequence[Fill]) -> Copy:
        edits: list[Edit] = []
        filled: set[str] = set()
        for fill in fills:
            question, _ = self._found[fill.key]
            sheet = self._sheet(question.sheet)
            filled.add(question.sheet)
            edits += [_edit(sheet, question, *one) for one in tables.texts_of(self._book, question, fill)]
        for table in self._tables:
            if table.sheet in filled:
                edits += self._titles(self._sheet(table.sheet), table)
        written = write(self._book, edits)
        return Copy(written.data, written.touched)

    def _sheet(self, name: str) -> Sheet:
        sheet = self._book.sheet(name)
        assert sheet is not None, "questions come from the book's own sheets"
        return sheet

    def _titles(self, sheet: Sheet, table: Table) -> list[Edit]:
        """Headers for the columns that we append."""
        style = sheet.style(table.header_row, table.columns.question) if table.columns and table.header_row else None
        return [
            Edit(sheet.name, table.header_row, column, title, style)
            for column, title in tables.titles_of(table)
            if accepts(self._book, sheet, table.header_row, column).problem is None
        ]


def _edit(sheet: Sheet, question: Question, row: int, column: int, text: str) -> Edit:
    style = sheet.style(row, question.columns.question) if column in question.columns.appended else None
    return Edit(sheet.name, row, column, text, style or sheet.style(row, column))


def open_workbook(data: bytes, where: str, corrections: Mapping[str, Correction] | None = None) -> WorkbookForm:
    """The workbook in these bytes. Raises `WorkbookError`."""
    return WorkbookForm(read(data, where=where), corrections)
