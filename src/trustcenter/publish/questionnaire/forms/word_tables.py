"""A table of a document as a sheet: its cells on a grid, with spans as merges and controls as options."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lxml import etree

from trustcenter.publish.questionnaire.cells import Area
from trustcenter.publish.questionnaire.forms import word
from trustcenter.publish.questionnaire.forms.word import W
from trustcenter.publish.questionnaire.forms.word_boxes import boxes
from trustcenter.publish.questionnaire.forms.word_places import Control, places
from trustcenter.publish.questionnaire.options import CROSS
from trustcenter.publish.questionnaire.roles import asks
from trustcenter.publish.questionnaire.sheet import Sheet, plain_sheet

DEEPEST, MOST_INNER = 4, 400
"""Tables within tables that are looked into."""


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
        found = boxes(cell)
        if found and (chosen or (len(found) == 1 and text == CROSS)):
            for box in found:
                if box.label in chosen or text == CROSS:
                    box.tick()
            return
        own = places(cell)
        if own:
            own[0].write(text)
        else:
            word.write_plain(cell, text)

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


def tables_in(body: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """The tables of a body with the number of tables around each, in order."""
    inner = 0
    for table in body.iter(W("tbl")):
        depth = sum(1 for _ in table.iterancestors(W("tbl")))
        inner += depth > 0
        if depth <= DEEPEST and (not depth or inner <= MOST_INNER):
            yield depth, table


def read_table(table: etree._Element, name: str, apart: Collection[etree._Element] = ()) -> Grid:
    """The table's cells on their grid (`w:gridSpan`, `w:vMerge`); tables in `apart` within it are left out."""
    cells: dict[tuple[int, int], etree._Element] = {}
    texts: dict[tuple[int, int], str] = {}
    merges: list[Area] = []
    framing: set[tuple[int, int]] = set()
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
                inner = [one for one in cell.iter(W("tbl")) if one in apart] if apart else []
                texts[number, column] = word.text_of(cell, inner) if inner else _text(cell)
                if inner:
                    framing.add((number, column))
            column += width
    offered: dict[tuple[int, int], tuple[str, ...]] = {}
    barred: dict[tuple[int, int], str] = {}
    lengths: dict[tuple[int, int], int] = {}
    for place, cell in cells.items():
        options, limit, problem = _accepts(cell)
        if place in framing:
            problem = "the cell holds a table of its own"
        if problem:
            barred[place] = problem
        elif options:
            offered[place] = options
        elif limit < word.LONGEST:
            lengths[place] = limit
    return Grid(name, plain_sheet(name, texts, tuple(merges), offered, barred, lengths), cells, rows)


def _text(cell: etree._Element) -> str:
    """What the cell says; a prompt, an empty field, or a row of boxes without a tick, is an empty cell."""
    found = boxes(cell)
    if found:
        said = word.text_of(cell)
        if asks(said) and not any(box.ticked for box in found):
            return said
        return "; ".join(box.label or CROSS for box in found if box.ticked)
    own = places(cell)
    if own and not any(place.shown for place in own):
        said = word.text_of(cell, [place.element for place in own if isinstance(place, Control)])
        return said if asks(said) else ""
    return word.text_of(cell)


def _accepts(cell: etree._Element) -> tuple[tuple[str, ...] | None, int, str]:
    """The options of a cell, the length of its text, and why nothing may be written into it."""
    found, own = boxes(cell), places(cell)
    problem = next((one.problem for one in (*found, *own) if one.problem), "")
    if problem:
        return None, 0, problem
    labels = tuple(box.label for box in found)
    if labels == ("",):
        return (CROSS,), 0, ""  # one of several columns in which one is ticked
    if labels:
        return (labels, 0, "") if all(labels) else (None, 0, "the check boxes have no labels")
    if own:
        listed = next((place.options for place in own if place.options is not None), None)
        if listed is not None and not listed:
            return None, 0, "the drop-down's list is empty"
        return listed, own[0].limit, ""
    if cell.find(f".//{W('fldChar')}") is not None or cell.find(f".//{W('fldSimple')}") is not None:
        return None, 0, "the cell holds a field"
    return None, word.LONGEST, ""
