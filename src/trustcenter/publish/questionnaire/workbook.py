"""A workbook as values: sheets, cells with their cached texts, merges, drop-downs and what is locked.

Read straight from the parts of the zip (ECMA-376 part 1, 18.2 and 18.3), so that what is written later refers to the
same bytes. Formulas are never evaluated: their cached value is their text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from trustcenter.publish.questionnaire.archive import Archive, WorkbookError
from trustcenter.publish.questionnaire.areas import is_tall
from trustcenter.publish.questionnaire.cells import MAX_COLUMN, MAX_ROW, Area, parse_area, parse_areas, parse_cell
from trustcenter.publish.questionnaire.markup import MAIN, PACKAGE_RELATION, RELATION, X14, XM, main, parse, stream
from trustcenter.publish.questionnaire.sheet import Cell, Grid, Sheet, Validation

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Workbook(Grid):
    """All of one workbook. `part` is the workbook part's name in the zip."""

    archive: Archive = field(kw_only=True)
    part: str = field(kw_only=True)
    macros: bool = False
    signed: bool = False
    notes: tuple[str, ...] = ()


def read(data: bytes, *, where: str) -> Workbook:
    """The workbook in these bytes.

    Raises `WorkbookError` for other formats, damaged or hostile files.
    """
    archive = Archive(data, where=where)
    part = _main_part(archive)
    root = parse(archive.read(part), part=part, where=where)
    if root.tag != main("workbook"):
        raise WorkbookError("the file is an office document, but not a workbook", where=where)
    relations = _relations(archive, part)
    strings = _shared_strings(archive, relations)
    sheets: list[Sheet] = []
    budget = archive.limits.cells
    for element in root.iterfind(f"{main('sheets')}/{main('sheet')}"):
        name, state = element.get("name", ""), element.get("state", "visible")
        target = relations.get(element.get(f"{{{RELATION}}}id", ""), ("", ""))
        if not target[0].endswith("/worksheet"):
            continue  # chart and dialogue sheets hold no questions
        sheet = _sheet(archive, name, target[1], state, strings, budget)
        budget -= len(sheet.cells)
        sheets.append(sheet)
    if not sheets:
        raise WorkbookError("the workbook has no worksheet", where=where)
    listed = [element.get("name", "") for element in root.iterfind(f"{main('sheets')}/{main('sheet')}")]
    names = {
        (_scope(element, listed), element.get("name", "").lower()): element.text or ""
        for element in root.iterfind(f"{main('definedNames')}/{main('definedName')}")
    }
    return Workbook(
        archive=archive,
        part=part,
        sheets=tuple(sheets),
        names=names,
        unlocked=_unlocked(archive, relations),
        macros=any(name.lower().endswith("vbaproject.bin") for name in archive.names),
        signed=any(name.lower().startswith("_xmlsignatures/") for name in archive.names),
    )


def _scope(element: etree._Element, listed: list[str]) -> str | None:
    index = element.get("localSheetId", "")
    return listed[int(index)].lower() if index.isdigit() and int(index) < len(listed) else None


def _main_part(archive: Archive) -> str:
    if "_rels/.rels" not in archive.names:
        raise WorkbookError("the zip file is not a workbook", where=archive.where, hint="It has no _rels/.rels part.")
    for kind, target in _relations(archive, "").values():
        if kind.endswith("/officeDocument"):
            return target
    raise WorkbookError("the zip file is not a workbook", where=archive.where)


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Relation id -> (type, target part); external targets are left out, so nothing is ever fetched."""
    folder, name = posixpath.split(part)
    relation_part = posixpath.join(folder, "_rels", f"{name}.rels")
    if relation_part not in archive.names:
        return {}
    found = {}
    root = parse(archive.read(relation_part), part=relation_part, where=archive.where)
    for element in root.iterfind(f"{{{PACKAGE_RELATION}}}Relationship"):
        if element.get("TargetMode") == "External":
            continue
        target = element.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[element.get("Id", "")] = (element.get("Type", ""), path)
    return found


def _by_kind(relations: Mapping[str, tuple[str, str]], kind: str) -> str | None:
    return next((target for name, target in relations.values() if name.endswith(f"/{kind}")), None)


def _shared_strings(archive: Archive, relations: Mapping[str, tuple[str, str]]) -> list[str]:
    part = _by_kind(relations, "sharedStrings")
    if part is None:
        return []
    strings: list[str] = []
    for item in stream(archive.read(part), (main("si"),), part=part, where=archive.where):
        strings.append(_rich_text(item))
        if len(strings) > archive.limits.shared_strings:
            raise WorkbookError("the workbook has too many texts", where=archive.where)
    return strings


def _rich_text(item: etree._Element) -> str:
    """The text of a string item: its own or its runs', without phonetic hints."""
    texts = [node.text or "" for node in item.iter(main("t")) if node.getparent().tag != main("rPh")]  # type: ignore[union-attr]
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), "".join(texts))


def _unlocked(archive: Archive, relations: Mapping[str, tuple[str, str]]) -> frozenset[int]:
    part = _by_kind(relations, "styles")
    if part is None:
        return frozenset()
    root = parse(archive.read(part), part=part, where=archive.where)
    found = set()
    for index, form in enumerate(root.iterfind(f"{main('cellXfs')}/{main('xf')}")):
        protection = form.find(main("protection"))
        if protection is not None and protection.get("locked") in ("0", "false"):
            found.add(index)
    return frozenset(found)


class _SheetReader:
    """Collects one sheet's parts while its XML streams by."""

    def __init__(self, archive: Archive, strings: list[str], part: str, budget: int) -> None:
        self.archive, self.strings, self.part, self.budget = archive, strings, part, budget
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[Area] = []
        self.validations: list[Validation] = []
        self.arrays: list[Area] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[Area] = []
        self.row_styles: dict[int, int] = {}
        self.column_styles: list[tuple[Area, int]] = []
        self.protected = False
        self.row = self.tall = self.ruled = self.last_column = 0

    def take(self, element: etree._Element) -> None:
        tag = etree.QName(element).localname
        if tag == "row":
            self._row(element)
        elif tag == "mergeCell" and (area := parse_area(element.get("ref", ""))):
            self.merges.append(area)
            self._bound(len(self.merges), "merged cells", area)
        elif tag == "dataValidation":
            self._validation(element)
        elif tag == "sheetProtection":
            self.protected = element.get("sheet") in ("1", "true")
        elif tag == "col":
            area = Area(1, int(element.get("min", "1")), MAX_ROW, int(element.get("max", "1")))
            if area.left <= self.last_column:
                return  # they are in order and do not overlap (18.3.1.17)
            self.last_column = area.right
            if element.get("hidden") in ("1", "true"):
                self.hidden_columns.append(area)
            self.column_styles.append((area, int(element.get("style", "0"))))

    def _bound(self, count: int, what: str, *areas: Area) -> None:
        self.tall += sum(map(is_tall, areas))
        if count > self.archive.limits.rules or self.tall > self.archive.limits.tall_areas:
            raise WorkbookError(f"the part {self.part} has too many {what}", where=self.archive.where)

    def _row(self, element: etree._Element) -> None:
        self.row = int(element.get("r") or self.row + 1)
        if element.get("hidden") in ("1", "true"):
            self.hidden_rows.add(self.row)
        if element.get("customFormat") in ("1", "true"):
            self.row_styles[self.row] = int(element.get("s", "0"))
        column = 0
        for cell in element.iterchildren(main("c")):
            place = parse_cell(cell.get("r", "")) or (self.row, column + 1)
            column = place[1]
            if self.row > MAX_ROW or column > MAX_COLUMN:
                raise WorkbookError(f"the part {self.part} has cells outside a sheet", where=self.archive.where)
            self.cells[self.row, column] = self._cell(cell)
            if len(self.cells) > self.budget:
                raise WorkbookError(
                    f"the workbook has more than {self.archive.limits.cells:,} cells", where=self.archive.where
                )

    def _cell(self, cell: etree._Element) -> Cell:
        formula = cell.find(main("f"))
        if (
            formula is not None
            and formula.get("t") in ("array", "dataTable")
            and (area := parse_area(formula.get("ref", "")))
        ):
            self.arrays.append(area)
            self._bound(len(self.arrays), "array formulas", area)
        return Cell(self._text(cell), formula is not None, int(cell.get("s", "0")))

    def _text(self, cell: etree._Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(main("is"))
            return _rich_text(inline) if inline is not None else ""
        value = cell.findtext(main("v")) or ""
        if kind == "s":
            if not value.strip().isdigit() or int(value) >= len(self.strings):
                raise WorkbookError(
                    f"a cell of {self.part} refers to a text that is not there", where=self.archive.where
                )
            return self.strings[int(value)]
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        return value.removesuffix(".0") if kind == "n" else value

    def _validation(self, element: etree._Element) -> None:
        extended = element.tag == f"{{{X14}}}dataValidation"
        if extended:
            areas = parse_areas(element.findtext(f"{{{XM}}}sqref") or "")
            formula = element.findtext(f"{{{X14}}}formula1/{{{XM}}}f") or ""
        else:
            areas = parse_areas(element.get("sqref", ""))
            formula = element.findtext(main("formula1")) or ""
        operator = element.get("operator", "between")
        self.ruled += len(areas)
        self._bound(max(len(self.validations), self.ruled // 20), "validations", *areas)
        self.validations.append(Validation(element.get("type", "none"), areas, formula.strip(), operator))


def _sheet(archive: Archive, name: str, part: str, state: str, strings: list[str], budget: int) -> Sheet:
    reader = _SheetReader(archive, strings, part, budget)
    tags = (
        *(main(tag) for tag in ("row", "mergeCell", "dataValidation", "sheetProtection", "col")),
        f"{{{X14}}}dataValidation",
    )
    rows = 0
    try:
        for element in stream(archive.read(part), tags, part=part, where=archive.where):
            rows += element.tag == main("row")
            if rows > archive.limits.rows:
                raise WorkbookError(
                    f"the sheet {name!r} has more than {archive.limits.rows:,} rows", where=archive.where,
                    hint="A questionnaire has some hundred. Remove the empty formatted rows.",
                )  # fmt: skip
            reader.take(element)
    except ValueError as error:
        raise WorkbookError(f"the sheet {name!r} has a number that is none ({error})", where=archive.where) from error
    if not reader.cells and MAIN.encode() not in archive.read(part)[:4000]:
        raise WorkbookError(f"the part {part} is not a worksheet", where=archive.where)
    return Sheet(
        name, part, state, reader.cells, tuple(reader.merges), tuple(reader.validations), reader.protected,
        tuple(reader.arrays), frozenset(reader.hidden_rows), tuple(reader.hidden_columns), reader.row_styles,
        tuple(reader.column_styles),
    )  # fmt: skip
