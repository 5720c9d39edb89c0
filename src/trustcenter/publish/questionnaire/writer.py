"""Answers written into a copy of the customer's workbook by patching only the parts that change.

Touched are the sheet parts that receive a text, and the workbook part, whose `fullCalcOnLoad` makes formulas that look
at the answers compute again when the copy is opened. Every other member stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from trustcenter.publish.questionnaire.archive import WorkbookError
from trustcenter.publish.questionnaire.cells import address, parse_area, parse_cell
from trustcenter.publish.questionnaire.choices import CELL_LIMIT, accepts
from trustcenter.publish.questionnaire.heights import make_room
from trustcenter.publish.questionnaire.markup import SPACE, main, parse, serialise
from trustcenter.publish.questionnaire.sheet import Sheet
from trustcenter.publish.questionnaire.workbook import Workbook

# Characters that XML 1.0 cannot hold; and text that looks like an escaped one (ECMA-376 part 1, 22.9.2.19).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_BEFORE_CALCULATION = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames",
)  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """One text for one cell. `style` is used only where the cell is absent."""

    sheet: str
    row: int
    column: int
    text: str
    style: int | None = None


@dataclass(frozen=True)
class Written:
    """The copy, and the names of the members that differ from the original."""

    data: bytes
    touched: tuple[str, ...]


def cell_text(text: str, limit: int = CELL_LIMIT) -> str:
    """A text as a cell can hold it: legal characters, within the limit, cut at a word with an ellipsis.

    A leading `=`, `+`, `-` or `@` needs no quoting: an inline string is never a formula.
    """
    text = _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    if " " in cut[-80:]:
        cut = cut[: cut.rindex(" ")]
    return f"{cut}…"[:limit]


def write(book: Workbook, edits: Sequence[Edit]) -> Written:
    """The workbook with these texts in it.

    Raises `WorkbookError` for a cell that the form's author locked, that holds a formula or whose list lacks the text:
    callers ask `accepts` first, so this is a safeguard. No edits give the identical file.
    """
    if not edits:
        return Written(book.archive.rewrite({}), ())
    replaced: dict[str, bytes] = {}
    for name in dict.fromkeys(edit.sheet for edit in edits):
        sheet = book.sheet(name)
        if sheet is None:
            raise WorkbookError(f"the workbook has no sheet {name!r}", where=book.archive.where)
        mine = [edit for edit in edits if edit.sheet == name]
        for edit in mine:
            allowed = accepts(book, sheet, edit.row, edit.column)
            place = f"{name}!{address(edit.row, edit.column)}"
            if allowed.problem:
                raise WorkbookError(f"nothing may be written here: {allowed.problem}", where=place)
            if allowed.options is not None and edit.text not in allowed.options:
                raise WorkbookError(f"{edit.text!r} is not in the drop-down's list", where=place)
            if len(edit.text) > allowed.limit:
                raise WorkbookError(f"the text is longer than {allowed.limit} characters", where=place)
        original = book.archive.read(sheet.part)
        replaced[sheet.part] = _patch_sheet(original, book, sheet, mine)
    original = book.archive.read(book.part)
    replaced[book.part] = _recalculate(original, book.part, book.archive.where)
    return Written(book.archive.rewrite(replaced), tuple(name for name in book.archive.names if name in replaced))


def _patch_sheet(data: bytes, book: Workbook, sheet: Sheet, edits: Iterable[Edit]) -> bytes:
    part, where = sheet.part, book.archive.where
    root = parse(data, part=part, where=where)
    table = root.find(main("sheetData"))
    if table is None:
        raise WorkbookError(f"the part {part} has no table of cells", where=where)
    rows = _numbered(table)
    right, bottom = 1, 1
    for edit in sorted(edits, key=lambda item: (item.row, item.column)):
        row = rows.get(edit.row)
        if row is None:
            row = etree.Element(main("row"), r=str(edit.row), nsmap=None)
            later = [number for number in rows if number > edit.row]
            table.insert(table.index(rows[min(later)]) if later else len(table), row)
            rows[edit.row] = row
        cell = _put(row, edit)
        if int(cell.get("s", "0")) in book.wrapped:
            make_room(row, sheet, edit.row, edit.column, edit.text)
        right, bottom = max(right, edit.column), max(bottom, edit.row)
    dimension = root.find(main("dimension"))
    if dimension is not None and (area := parse_area(dimension.get("ref", ""))):
        dimension.set("ref", f"{address(*area.corner)}:{address(max(area.bottom, bottom), max(area.right, right))}")
    return serialise(root, data)


def _numbered(table: etree._Element) -> dict[int, etree._Element]:
    """Row elements by their number; a row without one follows its predecessor, and is given its number."""
    rows: dict[int, etree._Element] = {}
    number = 0
    for row in table.iterchildren(main("row")):
        number = int(row.get("r") or number + 1)
        row.set("r", str(number))
        rows[number] = row
    return rows


def _put(row: etree._Element, edit: Edit) -> etree._Element:
    """Set one cell of a row to an inline string, keeping its format; the cell."""
    column, following, cell = 0, None, None
    for other in row.iterchildren(main("c")):
        place = parse_cell(other.get("r", "")) or (edit.row, column + 1)
        column = place[1]
        other.set("r", address(edit.row, column))
        if column == edit.column:
            cell = other
        elif column > edit.column and following is None:
            following = other
    if cell is None:
        cell = etree.Element(main("c"), r=address(edit.row, edit.column))
        style = row.get("s") if row.get("customFormat") in ("1", "true") else edit.style
        if style:
            cell.set("s", str(style))
        row.insert(row.index(following) if following is not None else len(row.findall(main("c"))), cell)
        _widen_spans(row, edit.column)
    for child in list(cell):
        if etree.QName(child).localname in ("v", "is", "f"):
            cell.remove(child)
    for stale in ("cm", "vm", "t"):
        if stale in cell.attrib:
            del cell.attrib[stale]
    cell.set("t", "inlineStr")
    inline = etree.Element(main("is"))
    text = etree.SubElement(inline, main("t"))
    text.set(SPACE, "preserve")
    text.text = _LOOKS_ESCAPED.sub("_x005F_", edit.text)
    cell.insert(0, inline)
    return cell


def _widen_spans(row: etree._Element, column: int) -> None:
    """The optional hint of which columns a row uses must not exclude the new cell."""
    first, _, last = row.get("spans", "").partition(":")
    if first.isdigit() and last.isdigit():
        row.set("spans", f"{min(int(first), column)}:{max(int(last), column)}")


def _recalculate(data: bytes, part: str, where: str) -> bytes:
    root = parse(data, part=part, where=where)
    calculation = root.find(main("calcPr"))
    if calculation is None:
        calculation = etree.Element(main("calcPr"))
        at = 0
        for index, child in enumerate(root):
            if isinstance(child.tag, str) and etree.QName(child).localname in _BEFORE_CALCULATION:
                at = index + 1
        root.insert(at, calculation)
    calculation.set("fullCalcOnLoad", "1")
    return serialise(root, data)
