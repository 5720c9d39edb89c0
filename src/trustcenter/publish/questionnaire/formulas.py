"""Formulas by which a form asks or skips a question: a closed part of the grammar, read and worked out as values.

Known are references to single cells, texts, numbers, comparisons, `&`, and the functions of `_FUNCTIONS` (ECMA-376
part 1, 18.17). Whatever else a formula holds makes it unknown as a whole: nothing is guessed, and nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trustcenter.errors import TrustCenterError
from trustcenter.publish.questionnaire.cells import MAX_COLUMN, MAX_ROW, column_letters, column_number

Value = str | float | bool
Look = Callable[[str, int, int], str]
"""The text of a cell, by its sheet (empty for the formula's own), row and column."""
LONGEST = 500
"""Characters of a formula that is read; a longer one is unknown."""
_DEEPEST = 40
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"]|"")*")
        | (?P<number>\d+(?:\.\d+)?)
        | (?P<cell>(?:(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?![\w(.:!]))
        | (?P<name>[A-Za-z_][\w.]*)
        | (?P<sign><>|<=|>=|[=<>(),&-])
    )""",
    re.VERBOSE,
)
_MOVED = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')+'!)|(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![\w(.!])""")


class UnknownFormula(TrustCenterError):
    """A formula that holds more than is read."""


@dataclass(frozen=True)
class Node:
    """One piece of a formula: `kind` is value, cell, call or compare; what it is made of in `inner`."""

    kind: str
    name: str = ""
    value: Value = ""
    row: int = 0
    column: int = 0
    inner: tuple[Node, ...] = ()


@lru_cache(maxsize=4_096)
def parsed(formula: str) -> Node:
    """The formula as a tree. Raises UnknownFormula."""
    if len(formula) > LONGEST:
        raise UnknownFormula("the formula is too long to be read")
    reader = _Reader(list(_tokens(formula.strip().removeprefix("="))))
    node = reader.comparison(0)
    if reader.at != len(reader.pieces):
        raise UnknownFormula(f"the formula {formula[:60]!r} holds more than is read")
    return node


def moved(formula: str, rows: int, columns: int) -> str:
    """The formula as it counts that many cells further down and right: relative references move, absolute ones stay."""

    def one(match: re.Match[str]) -> str:
        if match.group(1):
            return match.group(1)
        row = int(match.group(5)) + (0 if match.group(4) else rows)
        column = column_number(match.group(3)) + (0 if match.group(2) else columns)
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            return "#REF!"
        return f"{match.group(2)}{column_letters(column)}{match.group(4)}{row}"

    return _MOVED.sub(one, formula)


def result(node: Node, look: Look) -> Value:
    """What the formula comes to over the cells' texts."""
    if node.kind == "value":
        return node.value
    if node.kind == "cell":
        return look(node.name, node.row, node.column)
    if node.kind == "compare":
        return _compared(node.name, *(result(one, look) for one in node.inner))
    if node.name == "IF":
        return result(node.inner[1 if _truth(result(node.inner[0], look)) else 2], look)
    return _FUNCTIONS[node.name][1]([result(one, look) for one in node.inner])


def texts(node: Node, look: Look) -> Iterator[str]:
    """The texts that the formula may come to, whichever of its branches is taken."""
    if node.kind == "call" and node.name == "IF":
        for branch in node.inner[1:]:
            yield from texts(branch, look)
    else:
        found = result(node, look)
        if isinstance(found, str) and found.strip():
            yield found.strip()


def cells(node: Node) -> Iterator[tuple[str, int, int]]:
    """The cells that the formula looks at."""
    if node.kind == "cell":
        yield node.name, node.row, node.column
    for one in node.inner:
        yield from cells(one)


def shown(value: Value) -> str:
    """A value as a cell shows it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:g}" if isinstance(value, float) else value


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise UnknownFormula(f"the formula {text[:60]!r} holds more than is read")
        yield match.lastgroup, match.group(match.lastgroup)
        at = match.end()


class _Reader:
    def __init__(self, pieces: Sequence[tuple[str, str]]) -> None:
        self.pieces, self.at = pieces, 0

    def _next(self) -> str:
        return self.pieces[self.at][1] if self.at < len(self.pieces) else ""

    def _take(self) -> tuple[str, str]:
        if self.at >= len(self.pieces):
            raise UnknownFormula("the formula ends early")
        self.at += 1
        return self.pieces[self.at - 1]

    def comparison(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise UnknownFormula("the formula is nested too deeply")
        left = self._joined(depth)
        if self._next() in ("=", "<>", "<", ">", "<=", ">="):
            return Node("compare", self._take()[1], inner=(left, self._joined(depth)))
        return left

    def _joined(self, depth: int) -> Node:
        left = self._single(depth)
        while self._next() == "&":
            self._take()
            left = Node("call", "CONCATENATE", inner=(left, self._single(depth)))
        return left

    def _single(self, depth: int) -> Node:
        kind, piece = self._take()
        if kind == "text":
            return Node("value", value=piece[1:-1].replace('""', '"'))
        if kind == "number":
            return Node("value", value=float(piece))
        if kind == "cell":
            return _cell(piece)
        if kind == "name":
            return self._named(piece.upper(), depth)
        if piece == "-" and self.pieces[self.at : self.at + 1] and self.pieces[self.at][0] == "number":
            return Node("value", value=-float(self._take()[1]))
        if piece == "(":
            inner = self.comparison(depth + 1)
            self._close()
            return inner
        raise UnknownFormula(f"{piece!r} is not read here")

    def _named(self, name: str, depth: int) -> Node:
        if name in ("TRUE", "FALSE") and self._next() != "(":
            return Node("value", value=name == "TRUE")
        name = name.removeprefix("_XLFN.")
        if self._next() != "(" or name not in _FUNCTIONS:
            raise UnknownFormula(f"{name[:40]} is not read")
        self._take()
        inner: list[Node] = []
        while self._next() != ")":
            inner.append(self.comparison(depth + 1) if self._next() != "," else Node("value"))
            if self._next() == ",":
                self._take()
                if self._next() == ")":
                    inner.append(Node("value"))
            elif self._next() != ")":
                break
        self._close()
        if name == "IF" and len(inner) == 2:
            inner.append(Node("value", value=False))
        if not _FUNCTIONS[name][0][0] <= len(inner) <= _FUNCTIONS[name][0][1]:
            raise UnknownFormula(f"{name} has {len(inner)} arguments")
        return Node("call", name, inner=tuple(inner))

    def _close(self) -> None:
        if self._take()[1] != ")":
            raise UnknownFormula("a bracket is missing")


def _cell(piece: str) -> Node:
    sheet, _, place = piece.rpartition("!")
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    match = re.fullmatch(r"\$?([A-Za-z]+)\$?([0-9]+)", place)
    assert match is not None, "the token's own pattern"
    row, column = int(match.group(2)), column_number(match.group(1))
    if not (1 <= row <= MAX_ROW and column <= MAX_COLUMN):
        raise UnknownFormula(f"{place} is not a cell")
    return Node("cell", sheet, row=row, column=column)


def _truth(value: Value) -> bool:
    if isinstance(value, str):
        return value.strip().upper() == "TRUE"
    return bool(value)


def _compared(sign: str, left: Value, right: Value) -> bool:
    """As spreadsheet programs compare: texts without regard to case, an empty cell like an empty text."""
    one, two = _number(left), _number(right)
    order = (one > two) - (one < two) if one is not None and two is not None else _order(shown(left), shown(right))
    return {"=": order == 0, "<>": order != 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[sign]


def _order(left: str, right: str) -> int:
    one, two = left.casefold(), right.casefold()
    return (one > two) - (one < two)


def _number(value: Value) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return value
    return float(value) if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value) else None


def _start(values: Sequence[Value]) -> str:
    count = values[1] if len(values) > 1 else 1.0
    return shown(values[0])[: max(0, int(count))] if isinstance(count, float) else ""


_FUNCTIONS: Mapping[str, tuple[tuple[int, int], Callable[[Sequence[Value]], Value]]] = {
    "IF": ((3, 3), lambda values: values[1 if _truth(values[0]) else 2]),
    "AND": ((1, 30), lambda values: all(map(_truth, values))),
    "OR": ((1, 30), lambda values: any(map(_truth, values))),
    "NOT": ((1, 1), lambda values: not _truth(values[0])),
    "ISBLANK": ((1, 1), lambda values: shown(values[0]) == ""),
    "EXACT": ((2, 2), lambda values: shown(values[0]) == shown(values[1])),
    "LEN": ((1, 1), lambda values: float(len(shown(values[0])))),
    "LEFT": ((1, 2), _start),
    "TRIM": ((1, 1), lambda values: " ".join(shown(values[0]).split())),
    "UPPER": ((1, 1), lambda values: shown(values[0]).upper()),
    "LOWER": ((1, 1), lambda values: shown(values[0]).lower()),
    "CONCATENATE": ((1, 30), lambda values: "".join(map(shown, values))),
    "TRUE": ((0, 0), lambda values: True),
    "FALSE": ((0, 0), lambda values: False),
}
