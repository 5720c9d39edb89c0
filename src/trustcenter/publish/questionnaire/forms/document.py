"""A DOCX document as a form: tables, content controls and check boxes, answered in place (ECMA-376 part 1, 17).

Only the main part changes; every other member of the zip stays byte for byte. python-docx does not see content
controls, so cells are walked with what stands inside `w:sdtContent`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lxml import etree

from trustcenter.publish.questionnaire.archive import Archive
from trustcenter.publish.questionnaire.asked_rows import Question
from trustcenter.publish.questionnaire.forms import tables, word
from trustcenter.publish.questionnaire.forms.interface import Copy, Fill, FormError, FormQuestion, checked
from trustcenter.publish.questionnaire.forms.word import W
from trustcenter.publish.questionnaire.forms.word_boxes import boxes
from trustcenter.publish.questionnaire.forms.word_paragraphs import Asked, Protection, asked_in, is_heading
from trustcenter.publish.questionnaire.forms.word_places import places
from trustcenter.publish.questionnaire.forms.word_tables import Grid, read_table, tables_in
from trustcenter.publish.questionnaire.layout import Correction, Table, understand
from trustcenter.publish.questionnaire.markup import parse, serialise
from trustcenter.publish.questionnaire.model import SheetSummary
from trustcenter.publish.questionnaire.sheet import Grid as Sheets

PART = "word/document.xml"
MOST_ELEMENTS, MOST_QUESTIONS = 600_000, 10_000


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
        self._settings = self._part("word/settings.xml")
        self._protection = _protection(self._settings)
        grids, loose = _tables(body, corrections or {})
        self._grids: dict[str, Grid] = {grid.name: grid for grid in grids}
        book = Sheets(tuple(grid.sheet for grid in grids))
        self._book, self._tables = book, understand(book, corrections)
        self._cells: dict[str, tuple[Question, FormQuestion]] = tables.questions_of(book, self._tables)
        self._loose: dict[str, Asked] = {}
        for one in asked_in(body, self._protection, loose):
            self._loose[one.question.key] = one
            if len(self._loose) > MOST_QUESTIONS:
                raise FormError(f"the document asks more than {MOST_QUESTIONS:,} questions", where=archive.where)
        self._sections = _headings(body, self._grids)

    def _part(self, name: str) -> etree._Element | None:
        if name not in self._archive.names:
            return None
        return parse(self._archive.read(name), part=name, where=self._archive.where)

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
        """With the heading above its table; and barred where the document's protection does not leave the cell open."""
        asked = replace(asked, section=asked.section or self._sections.get(asked.part, ""))
        if self._protection.leaves == "everything" or asked.problem:
            return asked
        if self._protection.leaves == "nothing":
            return replace(asked, problem=self._protection.why)
        question, _ = self._cells[asked.key]
        grid, columns = self._grids[question.sheet], question.columns
        if not _is_field(grid, question.row, columns.answer):
            return replace(asked, problem="the document is protected, and the cell has no form field")
        return replace(
            asked,
            comment_limit=asked.comment_limit if _is_field(grid, question.row, columns.comment) else None,
            reference_limit=asked.reference_limit if _is_field(grid, question.row, columns.reference) else None,
        )

    @property
    def fingerprint(self) -> str:
        own = tables.fingerprint(self.kind, self._book, self._tables)
        return hashlib.sha256(f"{own} {len(self._loose) > 0}".encode()).hexdigest()

    def notes(self, filled: bool) -> tuple[str, ...]:
        notes = []
        names = [name.lower() for name in self._archive.names]
        if any(name.endswith("vbaproject.bin") for name in names):
            notes.append("The document holds macros. They were neither run nor changed.")
        if self._protection.leaves == "fields":
            notes.append("The document is protected: only its form fields are filled in.")
        elif self._protection.leaves == "nothing":
            notes.append(f"Nothing is filled in: {self._protection.why}.")
        if filled and any(name.startswith("_xmlsignatures/") for name in names):
            notes.append("The document was digitally signed. Writing answers makes that signature invalid.")
        if filled and self._settings is not None and word.is_on(self._settings.find(W("trackRevisions"))):
            notes.append("The document records changes. Answers are written as they are, not as recorded changes.")
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
            in_place = not columns.crossed and not question.ticks
            for row, column, text in tables.texts_of(self._book, question, fill):
                grid.write(row, column, text, fill.chosen if column == columns.answer and in_place else ())
        self._title_appended(fills)
        return Copy(self._archive.rewrite({PART: serialise(self._root, self._data)}), (PART,))

    def _title_appended(self, fills: Sequence[Fill]) -> None:
        filled = {self._cells[fill.key][0].sheet for fill in fills if fill.key in self._cells}
        for table in self._tables:
            if table.sheet in filled:
                for column, title in tables.titles_of(table) if self._protection.leaves == "everything" else ():
                    self._grids[table.sheet].write(table.header_row, column, title, ())


def _is_field(grid: Grid, row: int, column: int | None) -> bool:
    """Whether a cell has what a protected document lets one fill in."""
    cell = grid.cell(row, column) if column is not None else None
    return cell is not None and bool(places(cell) or any(box.is_field for box in boxes(cell)))


def _protection(settings: etree._Element | None) -> Protection:
    """What `w:documentProtection` (17.15.1.29) leaves open to whoever fills the form in."""
    found = settings.find(W("documentProtection")) if settings is not None else None
    if found is None or found.get(W("enforcement")) not in ("1", "true", "on"):
        return Protection()
    kind = found.get(W("edit"), "none")
    if kind == "forms":
        return Protection("fields")
    words = {
        "readOnly": "the document is protected against every change",
        "comments": "the document is protected: only comments may be added",
        "trackedChanges": "the document is protected: every change must be a recorded one",
    }
    return Protection("nothing", words[kind]) if kind in words else Protection()


def _tables(body: etree._Element, corrections: Mapping[str, Correction]) -> tuple[list[Grid], set[etree._Element]]:
    """The tables with columns of questions, and those whose cells are read like paragraphs.

    A table within a cell counts for itself when it asks something; else it belongs to the cell. A table that asks
    without an answer's column of its own (one question a table, answers below) is a frame around paragraphs.
    """
    loose: set[etree._Element] = set()
    every = [(depth, table, f"Table {number}") for number, (depth, table) in enumerate(tables_in(body), 1)]
    inner = {
        table for depth, table, name in every if depth and _understood(read_table(table, name), corrections) is not None
    }
    grids: list[Grid] = []
    for depth, table, name in every:
        if depth and table not in inner:
            continue
        grid = read_table(table, name, inner)
        found = _understood(grid, corrections)
        if name not in corrections and (found is None or _is_frame(found)):
            loose.add(table)
        else:
            grids.append(grid)
    return grids, loose


def _understood(grid: Grid, corrections: Mapping[str, Correction]) -> Table | None:
    """The table when it has questions."""
    found = understand(Sheets((grid.sheet,)), corrections)[0]
    return found if found.questions else None


def _is_frame(table: Table) -> bool:
    columns = table.columns
    return columns is not None and not table.header_row and columns.answer in columns.appended


def _headings(body: etree._Element, grids: Mapping[str, Grid]) -> dict[str, str]:
    """The heading above each table."""
    names = {next(grid.rows[0].iterancestors(W("tbl"))): name for name, grid in grids.items() if grid.rows}
    found: dict[str, str] = {}
    heading = ""
    for node in body.iter(W("p"), W("tbl")):
        if node.tag == W("p"):
            heading = (is_heading(node) and word.text_of(node)) or heading
        elif node in names:
            found[names[node]] = heading
    return found
