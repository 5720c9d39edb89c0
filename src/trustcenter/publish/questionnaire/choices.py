"""What a cell accepts: the options of its drop-down, or the length that its validation allows."""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.publish.questionnaire.cells import Area, parse_area
from trustcenter.publish.questionnaire.sheet import Grid, Sheet, Validation

CELL_LIMIT = 32_767
MAX_OPTIONS = 2_000
MOST_RULES = 50


@dataclass(frozen=True)
class Accepts:
    """What may be written into a cell.

    `options` is None for free text. `problem` says why nothing may be written.
    """

    options: tuple[str, ...] | None = None
    limit: int = CELL_LIMIT
    problem: str | None = None


def accepts(book: Grid, sheet: Sheet, row: int, column: int) -> Accepts:
    """What the form allows in this cell; the strictest of all its rules."""
    if (row, column) in sheet.barred:
        return Accepts(problem=sheet.barred[row, column])
    if (row, column) in sheet.offered:
        return Accepts(options=sheet.offered[row, column])
    if sheet.has_formula(row, column):
        return Accepts(problem="the cell holds a formula")
    if book.locked(sheet, row, column):
        return Accepts(problem="the cell is locked by its author")
    area = sheet.merged(row, column)
    if area and area.corner != (row, column):
        return Accepts(problem="the cell is covered by a merged one")
    limit = sheet.lengths.get((row, column), CELL_LIMIT)
    rules = sheet.rules(row, column)
    if len(rules) > MOST_RULES:
        return Accepts(problem="more rules hold for the cell than are read")
    for rule in rules:
        if rule.kind == "list":
            options = list_options(book, sheet, rule)
            if not options:
                return Accepts(problem="the drop-down's list could not be read")
            return Accepts(options=options)
        if rule.kind in ("whole", "decimal", "date", "time"):
            return Accepts(problem=f"the cell accepts only a {_KINDS[rule.kind]}")
        if rule.kind == "textLength":
            limit = min(limit, _length(rule))
    return Accepts(limit=limit)


_KINDS = {"whole": "whole number", "decimal": "number", "date": "date", "time": "time"}


def _length(rule: Validation) -> int:
    """The greatest length that a text-length rule allows, where it is a plain number."""
    if rule.operator in ("lessThanOrEqual", "lessThan") and rule.formula.isdigit():
        return int(rule.formula) - (rule.operator == "lessThan")
    return CELL_LIMIT


def list_options(book: Grid, sheet: Sheet, rule: Validation) -> tuple[str, ...]:
    """The options of a list rule: written out, a range (of any sheet) or a defined name; empty when unreadable."""
    key = (sheet.name, rule.formula)
    if key not in book.lists:
        book.lists[key] = _options(book, sheet, rule.formula)
    return book.lists[key]


def _options(book: Grid, sheet: Sheet, formula: str) -> tuple[str, ...]:
    if formula.startswith('"') and formula.endswith('"'):
        return _distinct(formula[1:-1].replace('""', '"').split(","))
    for _ in range(5):  # a name may stand for a name
        found = _area_of(book, sheet, formula)
        if found:
            target, area = found
            if area.bottom > 1_000_000:
                area = Area(area.top, area.left, max([row for row, _ in target.cells] or [1]), area.right)
            if area.size > MAX_OPTIONS:
                return ()
            return _distinct(target.text(row, column) for row, column in area.cells())
        key = formula.lstrip("=").lower()
        following = book.names.get((sheet.name.lower(), key)) or book.names.get((None, key))
        if not following:
            return ()
        formula = following
    return ()


def _area_of(book: Grid, sheet: Sheet, formula: str) -> tuple[Sheet, Area] | None:
    formula = formula.lstrip("=")
    name, separator, cells = formula.rpartition("!")
    area = parse_area(cells)
    if area is None:
        return None
    if not separator:
        return sheet, area
    if name.startswith("'") and name.endswith("'"):
        name = name[1:-1].replace("''", "'")
    target = book.sheet(name)
    return (target, area) if target else None


def _distinct(texts: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))  # type: ignore[attr-defined]
