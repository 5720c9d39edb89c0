"""Plain text that draws: titles underlined by a rule, tables whose columns are set apart by blanks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_RULE = re.compile(r"^\s*(?:=+|-+|_+|\*+|~+|#+)\s*$")
_RULES = re.compile(r"^[\s|+=_-]*[=_-]{3,}[\s|+=_-]*$")
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_LONGEST_TITLE = 90

Span = tuple[int, str]


@dataclass
class Row:
    """One row of a drawn table: its lines, its cells by the column at which each begins."""

    lines: list[Span]
    cells: dict[int, list[str]] = field(default_factory=dict)
    head: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The cells in order, each with its continuation lines."""
        return tuple(" ".join(self.cells[column]) for column in sorted(self.cells))


def is_rule(line: str) -> bool:
    """A line that draws and says nothing: `-----`, `===`, `---- ------`."""
    return len(line.strip()) >= 3 and bool(_RULE.match(line) or _RULES.match(line))


def underlined(lines: Sequence[Span]) -> tuple[list[Span], Span | None, list[Span]]:
    """What stands before the first underlined title of a run of lines, the title, and what follows its rule."""
    for number in range(1, len(lines)):
        above = lines[number - 1][1]
        drawn = bool(_RULE.match(lines[number][1])) and len(lines[number][1].strip()) >= 3
        long_enough = len(lines[number][1].strip()) * 2 >= len(above.strip())
        if drawn and long_enough and not is_rule(above) and len(above) <= _LONGEST_TITLE and not _GAP.search(above):
            return list(lines[: number - 1]), lines[number - 1], list(lines[number + 1 :])
    return list(lines), None, []


def table(lines: Sequence[Span]) -> list[Row]:
    """The rows of a table set apart by blanks; empty where the lines are none.

    Every row begins at the same column, most have a second cell, and the cells of one column begin below each other.
    """
    said = [span for span in lines if not is_rule(span[1])]
    first = min((_indent(line) for _, line in said), default=0)
    rows = [span for span in said if _indent(span[1]) == first]
    starts = Counter(column for _, line in rows for column in _starts(line)[1:])
    columns = {column for column, count in starts.items() if count * 2 >= len(rows) and count >= 2}
    cut = sum(1 for _, line in rows if columns & set(_starts(line)[1:]))
    if len(rows) < 2 or not columns or cut * 3 < len(rows) * 2:
        return []
    ruled = next((number for number, (_, line) in enumerate(lines) if is_rule(line)), -1)
    return list(_rows(said, first, columns, head=ruled == 1))


def _rows(said: Sequence[Span], first: int, columns: set[int], *, head: bool) -> Iterator[Row]:
    row: Row | None = None
    for number, (at, line) in enumerate(said):
        if row is not None and _indent(line) > first:
            row.lines.append((at, line))
        else:
            if row is not None:
                yield row
            row = Row([(at, line)], head=head and number == 0)
        for column, cell in _cells(line, {first, *columns}):
            row.cells.setdefault(column, []).append(cell)
    if row is not None:
        yield row


def _cells(line: str, columns: set[int]) -> Iterator[tuple[int, str]]:
    """The cells of a line; a gap inside a cell, where no column begins, stays in it."""
    marks = [start for start in _starts(line) if start in columns] or [_indent(line)]
    for number, start in enumerate(marks):
        end = marks[number + 1] if number + 1 < len(marks) else len(line)
        # A continuation that is set a little to the right belongs to the column on its left.
        column = max((known for known in columns if known <= start), default=start)
        yield column, " ".join(line[start:end].split())


def _starts(line: str) -> list[int]:
    return [_indent(line), *(gap.end() for gap in _GAP.finditer(line))]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
