"""Addresses of cells and ranges in A1 notation; rows and columns count from 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
_CELL = re.compile(r"^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")
_COLUMN = re.compile(r"^\$?([A-Za-z]{1,3})$")


def column_number(letters: str) -> int:
    """The number of a column: A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The letters of a column: 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """A cell in A1 notation."""
    return f"{column_letters(column)}{row}"


def parse_cell(text: str) -> tuple[int, int] | None:
    """(row, column) of `B7` or `$B$7`; None when it is not a cell of a sheet."""
    match = _CELL.match(text)
    if not match:
        return None
    row, column = int(match.group(2)), column_number(match.group(1))
    return (row, column) if 1 <= row <= MAX_ROW and column <= MAX_COLUMN else None


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, both corners included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, cell: tuple[int, int]) -> bool:
        return self.top <= cell[0] <= self.bottom and self.left <= cell[1] <= self.right

    @property
    def corner(self) -> tuple[int, int]:
        return self.top, self.left

    @property
    def size(self) -> int:
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def cells(self) -> Iterator[tuple[int, int]]:
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


def parse_area(text: str) -> Area | None:
    """The rectangle of `A1`, `A1:B4`, `A:A` or `3:3`; None when it is none of them."""
    first, _, second = text.strip().partition(":")
    one, two = parse_cell(first), parse_cell(second or first)
    if one and two:
        return Area(min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1]))
    columns = _COLUMN.match(first), _COLUMN.match(second)
    if columns[0] and columns[1]:
        left, right = sorted(column_number(match.group(1)) for match in columns if match)
        return Area(1, left, MAX_ROW, right)
    numbers = first.lstrip("$"), second.lstrip("$")
    if all(number.isdigit() and 1 <= int(number) <= MAX_ROW for number in numbers):
        top, bottom = sorted(int(number) for number in numbers)
        return Area(top, 1, bottom, MAX_COLUMN)
    return None


def parse_areas(text: str) -> tuple[Area, ...]:
    """The rectangles of a space-separated `sqref`; unreadable ones are left out by the file format's own rule."""
    return tuple(area for piece in text.split() if (area := parse_area(piece)))
