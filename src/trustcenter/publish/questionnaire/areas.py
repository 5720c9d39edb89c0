"""Which of many rectangles hold a cell, without looking at all of them: a stranger's sheet may have thousands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from trustcenter.publish.questionnaire.cells import Area

Item = TypeVar("Item")
_BAND, _TALL, _WIDE = 64, 1_024, 64
"""Rows of one band; from how many rows on a rectangle is found by its columns, and up to how many columns."""


def is_tall(area: Area) -> bool:
    """Whether a rectangle is found by its columns alone, or by a scan: readers allow few of them."""
    return area.bottom - area.top > _TALL


class Areas(Generic[Item]):
    """Items by the rectangles where they hold, in the order given."""

    def __init__(self, items: Iterable[tuple[Area, Item]]) -> None:
        self._bands: dict[int, list[tuple[int, Area, Item]]] = {}
        self._columns: dict[int, list[tuple[int, Area, Item]]] = {}
        self._vast: list[tuple[int, Area, Item]] = []
        for number, (area, item) in enumerate(items):
            entry = (number, area, item)
            if not is_tall(area):
                for band in range(area.top // _BAND, area.bottom // _BAND + 1):
                    self._bands.setdefault(band, []).append(entry)
            elif area.right - area.left <= _WIDE:
                for column in range(area.left, area.right + 1):
                    self._columns.setdefault(column, []).append(entry)
            else:
                self._vast.append(entry)

    def at(self, row: int, column: int) -> list[Item]:
        """The items that hold in a cell."""
        cell = (row, column)
        found = [
            (number, item)
            for near in (self._bands.get(row // _BAND, ()), self._columns.get(column, ()), self._vast)
            for number, area, item in near
            if cell in area
        ]
        return [item for _, item in sorted(found, key=lambda one: one[0])]
