"""One worksheet's part as a sheet of values, read while its XML streams by (ECMA-376 part 1, 18.3.1.99)."""

from __future__ import annotations

import re

from lxml import etree

from trustcenter.publish.questionnaire.archive import Archive, WorkbookError
from trustcenter.publish.questionnaire.areas import is_tall
from trustcenter.publish.questionnaire.cells import MAX_COLUMN, MAX_ROW, Area, parse_area, parse_areas, parse_cell
from trustcenter.publish.questionnaire.formulas import LONGEST, moved
from trustcenter.publish.questionnaire.markup import MAIN, X14, XM, main, stream
from trustcenter.publish.questionnaire.sheet import Cell, Sheet, Validation

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
WIDEST = 255  # characters (18.3.1.13)
MOST_SOURCES = 10_000
"""Formulas of a sheet that are kept to be read; the others count as formulas, and no more."""


def rich_text(item: etree._Element) -> str:
    """The text of a string item: its own or its runs', without phonetic hints."""
    texts = [node.text or "" for node in item.iter(main("t")) if node.getparent().tag != main("rPh")]  # type: ignore[union-attr]
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), "".join(texts))


class _SheetReader:
    """Collects one sheet's parts while its XML streams by."""

    def __init__(self, archive: Archive, strings: list[str], part: str, budget: int, fading: frozenset[int]) -> None:
        self.archive, self.strings, self.part, self.budget = archive, strings, part, budget
        self.faded_formats = fading
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[Area] = []
        self.validations: list[Validation] = []
        self.arrays: list[Area] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[Area] = []
        self.row_styles: dict[int, int] = {}
        self.column_styles: list[tuple[Area, int]] = []
        self.widths: list[tuple[Area, float]] = []
        self.fading: list[tuple[Area, tuple[str, int, int]]] = []
        self.shared: dict[str, tuple[str, int, int]] = {}
        self.sources = 0
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
            if 0 <= (width := float(element.get("width", "-1"))) <= WIDEST:
                self.widths.append((area, width))
        elif tag == "conditionalFormatting":
            self._conditional(element)

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
            self.cells[self.row, column] = self._cell(cell, column)
            if len(self.cells) > self.budget:
                raise WorkbookError(
                    f"the workbook has more than {self.archive.limits.cells:,} cells", where=self.archive.where
                )

    def _conditional(self, element: etree._Element) -> None:
        """The rules by formula whose format fades its cells."""
        areas = parse_areas(element.get("sqref", ""))
        for rule in element.iterchildren(main("cfRule")):
            formula, number = rule.findtext(main("formula")) or "", rule.get("dxfId", "")
            if areas and rule.get("type") == "expression" and number.isdigit() and int(number) in self.faded_formats:
                self.fading += [(area, (formula, *areas[0].corner)) for area in areas]
                self._bound(len(self.fading), "conditional formats", *areas)

    def _source(self, formula: etree._Element | None, column: int) -> str:
        """The formula's text; of one that is shared, as it counts for this cell (18.3.1.40)."""
        if formula is None or formula.get("t") in ("array", "dataTable") or self.sources >= MOST_SOURCES:
            return ""
        self.sources += 1
        text, number = formula.text or "", formula.get("si", "")
        if len(text) > LONGEST:
            return ""
        if formula.get("t") == "shared" and number:
            if text:
                self.shared[number] = (text, self.row, column)
            elif number in self.shared:
                first, row, left = self.shared[number]
                return moved(first, self.row - row, column - left)
        return text

    def _cell(self, cell: etree._Element, column: int) -> Cell:
        formula = cell.find(main("f"))
        if (
            formula is not None
            and formula.get("t") in ("array", "dataTable")
            and (area := parse_area(formula.get("ref", "")))
        ):
            self.arrays.append(area)
            self._bound(len(self.arrays), "array formulas", area)
        return Cell(self._text(cell), formula is not None, int(cell.get("s", "0")), self._source(formula, column))

    def _text(self, cell: etree._Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(main("is"))
            return rich_text(inline) if inline is not None else ""
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


def read_sheet(
    archive: Archive, name: str, part: str, state: str, strings: list[str], budget: int, fading: frozenset[int]
) -> Sheet:
    """The sheet of this part. `fading` are the differential formats that fade a cell. Raises `WorkbookError`."""
    reader = _SheetReader(archive, strings, part, budget, fading)
    tags = (
        *(
            main(tag)
            for tag in ("row", "mergeCell", "dataValidation", "sheetProtection", "col", "conditionalFormatting")
        ),
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
        tuple(reader.column_styles), fading=tuple(reader.fading), widths=tuple(reader.widths),
    )  # fmt: skip
