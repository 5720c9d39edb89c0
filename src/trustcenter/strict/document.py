"""A configuration file as values, with the place where each of them was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trustcenter.model.place import Place

Path = Sequence[str | int]


class Spot:
    """The place of one value: of its keys and children too, where it has any. `raw` is a scalar as written."""

    __slots__ = ("children", "column", "keys", "line", "raw")

    def __init__(self, line: int, column: int, raw: str | None = None) -> None:
        self.line = line
        self.column = column
        self.raw = raw
        self.keys: dict[str, tuple[int, int]] = {}
        self.children: dict[str | int, Spot] = {}


@dataclass(frozen=True, slots=True)
class Document:
    """One file: `value` is made of dict, list, str, int, float, bool, date, datetime and None."""

    file: str
    value: Any
    spot: Spot = field(repr=False)

    def place(self, path: Path = ()) -> Place:
        """Where the value at `path` stands; the nearest enclosing value where `path` leads nowhere."""
        spot = self._spot(path)
        return Place(self.file, spot.line, spot.column)

    def key_place(self, path: Path) -> Place:
        """Where the last key of `path` stands; its value's place where it is no key."""
        parent = self._spot(path[:-1])
        found = parent.keys.get(str(path[-1])) if path else None
        return Place(self.file, *found) if found else self.place(path)

    def raw(self, path: Path) -> str | None:
        """The scalar at `path` as it was written."""
        spot = self.spot
        for step in path:
            child = spot.children.get(step)
            if child is None:
                return None
            spot = child
        return spot.raw

    def _spot(self, path: Path) -> Spot:
        spot = self.spot
        for step in path:
            child = spot.children.get(step)
            if child is None:
                found = spot.keys.get(str(step))
                return Spot(*found) if found else spot
            spot = child
        return spot


def at(value: Any, path: Path) -> Any:
    """The value at `path`, or None."""
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
