"""A table of a document as a sheet: its cells on a grid, with spans as merges and controls as options."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from trustcenter.publish.questionnaire.cells import Area
from trustcenter.publish.questionnaire.forms import word
from trustcenter.publish.questionnaire.forms.word import W
from trustcenter.publish.questionnaire.sheet import Sheet, plain_sheet


@dataclass(frozen=True)
class Grid:
    """One table: the sheet that it is read as, and its cells by place."""

    name: str
    sheet: Sheet
    cells: dict[tuple[int, int], etree._Element]
    rows: tuple[etree._Element, ...]

    def cell(self, row: int, column: int) -> etree._Element | None:
        return self.cells.get((row, column))

    def write(self, row: int, column: int, text: str, chosen: tuple[str, ...]) -> None:
        """A text, or the chosen options, in one cell; cells behind the last one are made."""
        cell = self.cells.get((row, column))
        if cell is None:
            cell = self._made(row, column)
        found = {label: box for box, label in word.boxes(cell)}
        if found and chosen:
            for choice in chosen:
                word.tick(found[choice])
            return
        word.write_cell(cell, text)

    def _made(self, row: int, column: int) -> etree._Element:
        last = max((place for number, place in self.cells if number == row), default=0)
        for place in range(last + 1, column + 1):
            cell = etree.SubElement(self.rows[row - 1], W("tc"))
            own = etree.SubElement(cell, W("tcPr"))
            width = etree.SubElement(own, W("tcW"))
            width.set(W("w"), "2400")
            width.set(W("type"), "dxa")
            etree.SubElement(cell, W("p"))
            self.cells[row, place] = cell
        return self.cells[row, column]


def read_table(table: etree._Element, name: str) -> Grid:
    """The table's cells on their grid (`w:gridSpan`, `w:vMerge`)."""
    cells: dict[tuple[int, int], etree._Element] = {}
    texts: dict[tuple[int, int], str] = {}
    merges: list[Area] = []
    above: dict[int, tuple[int, int]] = {}
    """Column to (first row, width) of a vertical merge that goes on."""
    rows = tuple(row for row in table.iter(W("tr")) if next(row.iterancestors(W("tbl"))) is table)
    for number, row in enumerate(rows, 1):
        column = 1
        for cell in row.iter(W("tc")):
            if next(cell.iterancestors(W("tr"))) is not row:
                continue
            own = cell.find(W("tcPr"))
            span = own.find(W("gridSpan")) if own is not None else None
            width = int(span.get(W("val"), "1")) if span is not None and span.get(W("val"), "1").isdigit() else 1
            width = max(1, min(width, 60))
            down = own.find(W("vMerge")) if own is not None else None
            goes_on = down is not None and down.get(W("val"), "continue") == "continue"
            if goes_on and column in above:
                first, wide = above[column]
                merges = [area for area in merges if area.corner != (first, column)]
                merges.append(Area(first, column, number, column + wide - 1))
            else:
                above.pop(column, None)
                if down is not None:
                    above[column] = (number, width)
                elif width > 1:
                    merges.append(Area(number, column, number, column + width - 1))
                cells[number, column] = cell
                texts[number, column] = _text(cell)
            column += width
    offered, barred = {}, {}
    for place, cell in cells.items():
        options, problem = _accepts(cell)
        if problem:
            barred[place] = problem
        elif options:
            offered[place] = options
    return Grid(name, plain_sheet(name, texts, tuple(merges), offered, barred), cells, rows)


def _text(cell: etree._Element) -> str:
    """What the cell says; a prompt, or a row of boxes without a tick, is an empty cell."""
    labels = [(box, label) for box, label in word.boxes(cell)]
    if labels:
        return "; ".join(label for box, label in labels if word.is_ticked(box))
    own = word.controls(cell)
    if own and all(word.shows_placeholder(control) for control in own):
        return ""
    return word.text_of(cell)


def _accepts(cell: etree._Element) -> tuple[tuple[str, ...] | None, str]:
    """The options of a cell, and why nothing may be written into it."""
    labels = tuple(label for _, label in word.boxes(cell))
    own = word.controls(cell)
    if any(word.locked(control) for control in own):
        return None, "the content control is locked by its author"
    if labels:
        return (labels, "") if all(labels) else (None, "the check boxes have no labels")
    listed = next((options for control in own if (options := word.options_of(control)) is not None), None)
    if listed is not None and not listed:
        return None, "the drop-down's list is empty"
    if cell.find(f".//{W('fldChar')}") is not None or cell.find(f".//{W('fldSimple')}") is not None:
        return listed, "" if listed else "the cell holds a field"
    return listed, ""
