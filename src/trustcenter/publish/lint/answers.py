"""Answers of a questionnaire as a page: the question heads its answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from trustcenter.model.place import Place
from trustcenter.publish.lint.page import Page, Passage
from trustcenter.publish.lint.sentences import spans

_SHORTEST = 12
"""Cells shorter than this (`Yes`, `CC6.1`, a number) state nothing by themselves."""


def read_csv(name: str, text: str, separator: str = ",") -> Page:
    """Answers in a table of text."""
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    return read_rows(name, [(reader.line_num, row) for row in reader], text)


def read_rows(name: str, rows: Iterable[tuple[int, Sequence[str]]], text: str = "") -> Page:
    """Answers in rows with their numbers; the first long cell is the question, each later one says something."""
    passages: list[Passage] = []
    at = 0
    for block, (number, row) in enumerate(rows):
        cells = [(column, cell.strip()) for column, cell in enumerate(row, 1) if len(cell.strip()) >= _SHORTEST]
        if len(cells) < 2:
            continue
        (_, question), *said = cells
        for column, cell in said:
            for start, end in spans(cell):
                found = text.find(cell[start:end], at)
                offset = found if found >= 0 else 0
                at = max(at, found)
                passages.append(
                    Passage(
                        kind="sentence",
                        text=cell[start:end],
                        place=Place(name, number, column),
                        start=offset if text else block * 1000 + column,
                        end=(offset if text else block * 1000 + column) + end - start,
                        heading=question,
                        before=cell[:start],
                        block=block,
                    )
                )
    return Page(name, tuple(passages))
