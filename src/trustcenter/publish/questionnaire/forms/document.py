"""A DOCX document as a form: tables, content controls and check boxes, answered in place (ECMA-376 part 1, 17).

Only the main part changes; every other member of the zip stays byte for byte. python-docx does not see content
controls, so cells are walked with what stands inside `w:sdtContent`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from lxml import etree

from trustcenter.publish.questionnaire.archive import Archive
from trustcenter.publish.questionnaire.forms import tables, word
from trustcenter.publish.questionnaire.forms.interface import Copy, Fill, FormError, FormQuestion, checked
from trustcenter.publish.questionnaire.forms.word import W
from trustcenter.publish.questionnaire.forms.word_paragraphs import Asked, asked_in
from trustcenter.publish.questionnaire.forms.word_tables import Grid, read_table
from trustcenter.publish.questionnaire.layout import Correction, Question, understand
from trustcenter.publish.questionnaire.markup import parse, serialise
from trustcenter.publish.questionnaire.model import SheetSummary
from trustcenter.publish.questionnaire.sheet import Grid as Sheets

PART = "word/document.xml"
MOST_ELEMENTS = 600_000


def open_document(archive: Archive, corrections: Mapping[str, Correction] | None = None) -> DocumentForm:
    """The document in this container. Raises FormError."""
    return DocumentForm(archive, corrections)


class DocumentForm:
    """The questions of a document's tables, and of its paragraphs outside of tables."""

    kind = "document"

    def __init__(self, archive: Archive, corrections: Mapping[str, Correction] | None) -> None:
        self._archive = archive
        self._data = archive.read(PART)
        self._root = parse(self._data, part=PART, where=archive.where)
        if sum(1 for _ in self._root.iter()) > MOST_ELEMENTS:
            raise FormError(f"the document has more than {MOST_ELEMENTS:,} elements", where=archive.where)
        body = self._root.find(W("body"))
        if body is None:
            raise FormError("the file is an office document, but not a text document", where=archive.where)
        self._protected = self._protection()
        grids = [read_table(table, f"Table {number}") for number, table in enumerate(word.outer_tables(body), 1)]
        self._grids: dict[str, Grid] = {grid.name: grid for grid in grids}
        book = Sheets(tuple(grid.sheet for grid in grids))
        self._book, self._tables = book, understand(book, corrections)
        self._cells: dict[str, tuple[Question, FormQuestion]] = tables.questions_of(book, self._tables)
        self._loose: dict[str, Asked] = {one.question.key: one for one in asked_in(body, self._protected)}

    def _protection(self) -> bool:
        """Whether only form fields may be filled in (`w:documentProtection w:edit="forms"`)."""
        name = "word/settings.xml"
        if name not in self._archive.names:
            return False
        settings = parse(self._archive.read(name), part=name, where=self._archive.where)
        found = settings.find(W("documentProtection"))
        return found is not None and found.get(W("enforcement")) in ("1", "true", "on")

    @property
    def parts(self) -> tuple[SheetSummary, ...]:
        found = [summary for summary in tables.summaries(self._tables) if summary.questions or len(self._tables) < 30]
        if self._loose:
            found.append(SheetSummary("Paragraphs", "visible", 0, (), (), len(self._loose), ""))
        return tuple(found)

    @property
    def questions(self) -> tuple[FormQuestion, ...]:
        return (
            *(self._guarded(asked) for _, asked in self._cells.values()),
            *(one.question for one in self._loose.values()),
        )

    def _guarded(self, asked: FormQuestion) -> FormQuestion:
        """In a protected document a cell without a content control may not be written."""
        if not self._protected or asked.problem:
            return asked
        question, _ = self._cells[asked.key]
        cell = self._grids[question.sheet].cell(question.row, question.columns.answer)
        if cell is not None and word.controls(cell):
            return asked
        from dataclasses import replace

        return replace(asked, problem="the document is protected, and the cell has no form field")

    @property
    def fingerprint(self) -> str:
        own = tables.fingerprint(self.kind, self._book, self._tables)
        return hashlib.sha256(f"{own} {len(self._loose) > 0}".encode()).hexdigest()

    def notes(self, filled: bool) -> tuple[str, ...]:
        notes = []
        if any(name.lower().endswith("vbaproject.bin") for name in self._archive.names):
            notes.append("The document holds macros. They were neither run nor changed.")
        if self._protected:
            notes.append("The document is protected: only its form fields are filled in.")
        return tuple(notes)

    def write(self, fills: Sequence[Fill]) -> Copy:
        if not fills:
            return Copy(self._archive.rewrite({}))
        for fill in fills:
            if fill.key in self._loose:
                one = self._loose[fill.key]
                checked(one.question, fill)
                one.write(fill)
                continue
            question, asked = self._cells[fill.key]
            checked(self._guarded(asked), fill)
            grid, columns = self._grids[question.sheet], question.columns
            for column, text in tables.texts_of(question, fill):
                chosen = fill.chosen if column == columns.answer and not columns.crossed else ()
                grid.write(question.row, column, text, chosen)
        self._title_appended(fills)
        return Copy(self._archive.rewrite({PART: serialise(self._root, self._data)}), (PART,))

    def _title_appended(self, fills: Sequence[Fill]) -> None:
        filled = {self._cells[fill.key][0].sheet for fill in fills if fill.key in self._cells}
        for table in self._tables:
            if table.sheet in filled:
                for column, title in tables.titles_of(table):
                    self._grids[table.sheet].write(table.header_row, column, title, ())


def text_of(element: etree._Element) -> str:
    """What a reader sees of an element."""
    return word.text_of(element)
