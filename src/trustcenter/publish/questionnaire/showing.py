"""What a workbook's own formulas show once answers stand in it: a question, another one, or nothing.

Three ways are followed: the question's text is a formula over answers; a column says by formula whether a row is asked;
a conditional format fades the row after an answer in another one. A formula that holds more than is read changes
nothing: the row is asked as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trustcenter.publish.questionnaire.cells import address
from trustcenter.publish.questionnaire.formulas import UnknownFormula, cells, moved, parsed, result, shown, texts
from trustcenter.publish.questionnaire.sheet import Grid, Sheet

_DEEPEST, _MOST_STEPS = 20, 2_000
_MARKER = re.compile(
    r"^(is )?(this )?(question )?(required|applicable|applies|relevant|visible|shown?|displayed|in scope|asked?"
    r"|to be answered|answer required|status)( question| answer| row)?( yes no| y n)?$"
)
_SKIPS = re.compile(r"^(skip(ped)?|hide|hidden)( this)?( question| row)?$")
_NOT_ASKED = frozenset(
    {"", "no", "n", "false", "0", "hide", "hidden", "skip", "skipped", "n a", "na", "not applicable", "not required",
     "not needed", "not relevant", "not asked", "do not answer", "out of scope", "-"}
)  # fmt: skip


def plain(text: str) -> str:
    """A text's words and digits, folded."""
    return " ".join(re.sub(r"[^a-z0-9-]+", " ", text.casefold()).split())


@dataclass(frozen=True)
class Marker:
    """A column whose formulas say whether a row is asked; with `skips` they say that it is not."""

    column: int
    skips: bool


def marker_of(sheet: Sheet, header: int, taken: frozenset[int], rows: Sequence[int], width: int) -> Marker | None:
    """The column that says by formula which rows are asked, told by its header."""
    for column in range(1, width + 1) if header else ():
        words = plain(sheet.shown(header, column).replace("-", " "))
        skips = bool(_SKIPS.match(words))
        if column not in taken and (skips or _MARKER.match(words)) and any(sheet.source(row, column) for row in rows):
            return Marker(column, skips)
    return None


def may_ask(book: Grid, sheet: Sheet, row: int, column: int) -> str:
    """The first text of several that a cell's formula may show; empty where it is no such formula."""
    source = sheet.source(row, column)
    if not source:
        return ""
    try:
        node = parsed(source)
        if node.name != "IF":
            return ""
        return next((text for text in texts(node, _Cells(book, sheet, {}).look) if len(text) > 3), "")
    except UnknownFormula:
        return ""


@dataclass(frozen=True)
class Row:
    """How one row of a form shows its question. `own` are the columns of its question and answer."""

    book: Grid
    sheet: Sheet
    row: int
    own: tuple[int, ...]
    stored: str
    marker: Marker | None

    @property
    def depends(self) -> bool:
        """Whether anything here shows or hides the row after other answers."""
        question = self.own[0]
        by_formula = bool(may_ask(self.book, self.sheet, self.row, question))
        marked = self.marker is not None and bool(self.sheet.source(self.row, self.marker.column))
        return by_formula or marked or bool(self._fading())

    @property
    def follows(self) -> tuple[str, ...]:
        """The cells (`sheet!B7`) that it depends on by its own formulas, the nearest rule first."""
        sources = [source for column in self.own[:1] if (source := self.sheet.source(self.row, column))]
        if self.marker is not None:
            sources.append(self.sheet.source(self.row, self.marker.column))
        found: list[str] = []
        for source in (*sources, *self._fading()):
            try:
                found += [f"{name or self.sheet.name}!{address(row, column)}" for name, row, column in
                          cells(parsed(source))]  # fmt: skip
            except UnknownFormula:
                continue
        return tuple(dict.fromkeys(found))

    def text(self, written: Mapping[str, str]) -> str:
        """The question as the form shows it after these texts (by `sheet!B7`); empty where it does not ask."""
        look = _Cells(self.book, self.sheet, written)
        text = self.stored
        if may_ask(self.book, self.sheet, self.row, self.own[0]):
            found = self._value(look, self.sheet.source(self.row, self.own[0]))
            text = self.stored if found is None else found.strip()
        if self.marker is not None and (source := self.sheet.source(self.row, self.marker.column)):
            said = self._value(look, source)
            if said is not None and (plain(said) in _NOT_ASKED) != self.marker.skips:
                return ""
        if any(_is_true(self._value(look, source)) for source in self._fading()):
            return ""
        return text

    @staticmethod
    def _value(look: _Cells, source: str) -> str | None:
        try:
            return shown(result(parsed(source), look.look))
        except UnknownFormula:
            return None

    def _fading(self) -> list[str]:
        """The formulas after which the row is faded; those that look only at the row itself mark what is filled in."""
        found: dict[str, None] = {}
        for column in self.own:
            for formula, top, left in self.sheet.faded_by(self.row, column):
                source = moved(formula, self.row - top, column - left)
                try:
                    looked = tuple(cells(parsed(source)))
                except UnknownFormula:
                    continue
                if looked and all(name or row != self.row for name, row, _ in looked):
                    found[source] = None
        return list(found)


def _is_true(value: str | None) -> bool:
    return value is not None and value.upper() not in ("", "FALSE", "0")


class _Cells:
    """The texts of cells, formulas among them worked out over what is written. Raises UnknownFormula."""

    def __init__(self, book: Grid, sheet: Sheet, written: Mapping[str, str]) -> None:
        self._book, self._here, self._written = book, sheet, written
        self._steps = self._depth = 0

    def look(self, name: str, row: int, column: int) -> str:
        sheet = self._book.sheet(name) if name else self._here
        if sheet is None:
            raise UnknownFormula(f"there is no sheet {name!r}")
        self._steps += 1
        if self._steps > _MOST_STEPS or self._depth >= _DEEPEST:
            raise UnknownFormula("the formulas lead from one to another without an end")
        written = self._written.get(f"{sheet.name}!{address(row, column)}")
        if written is not None:
            return written
        if not sheet.has_formula(row, column):
            return sheet.text(row, column)
        source = sheet.source(row, column)
        if not source:
            return sheet.text(row, column)
        here, self._here = self._here, sheet
        self._depth += 1
        try:
            return shown(result(parsed(source), self.look))
        finally:
            self._here = here
            self._depth -= 1
