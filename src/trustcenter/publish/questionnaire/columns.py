"""What a table's columns are for: hidden, filled by the form itself, or columns of which one is crossed."""

from __future__ import annotations

from collections.abc import Mapping

from trustcenter.publish.questionnaire.choices import Accepts, accepts
from trustcenter.publish.questionnaire.roles import is_empty_box, several
from trustcenter.publish.questionnaire.sheet import Grid, Sheet

CROSSED = {
    "yes": frozenset({"yes", "y"}),
    "no": frozenset({"no", "n"}),
    "other": frozenset({"n/a", "n.a.", "n.a", "na", "not applicable", "partial", "partially", "planned", "unknown"}),
}
"""Headers of columns in which one is crossed: a yes and a no must be among them."""
Crossed = tuple[tuple[str, int], ...]
"""The header of each column in which one is crossed, and its number."""


def full(sheet: Sheet, column: int, rows: list[int]) -> bool:
    """A column whose cells mostly hold something belongs to the form: type codes, weights, hints."""
    filled = sum(bool((text := sheet.text(row, column).strip()) and not is_empty_box(text)) for row in rows)
    return bool(rows) and filled * 2 > len(rows)


def chosen_from(book: Grid, sheet: Sheet, column: int, rows: list[int]) -> bool:
    """Whether what stands in cells with a list is mostly chosen from it: answers, whoever gave them."""
    listed = [
        (sheet.text(row, column).strip(), options)
        for row in rows
        if sheet.text(row, column).strip() and (options := accepts(book, sheet, row, column).options)
    ]
    return sum(text in options for text, options in listed) * 2 > len(listed)


def crossed_columns(
    sheet: Sheet, header: tuple[int, int], roles: Mapping[str, int], rows: list[int], width: int
) -> tuple[Crossed, int]:
    """The columns in which crosses go, named by the header or by a line below it; and the header's last line.

    `header` is its first and last row, 0 where there is none. Where one is crossed, one yes and one no must be among
    them; where all that apply are, the merged header above them says so. All must be free.
    """
    first, last = header
    if not first:
        return (), last
    for line in range(first, last + 2):
        taken = {column for role, column in roles.items() if role != "answer" or line == first}
        named = [
            (text, column, kind)
            for column in range(1, width + 1)
            if column not in taken and not sheet.column_hidden(column) and (text := sheet.text(line, column).strip())
            for kind, words in CROSSED.items()
            if text.casefold() in words
        ]
        kinds = [kind for _, _, kind in named]
        below = [row for row in rows if row > line]
        free = not any(full(sheet, column, below) for _, column, _ in named)
        if kinds.count("yes") == 1 and kinds.count("no") == 1 and free:
            return tuple((text, column) for text, column, _ in named), max(line, last)
    return _marked(sheet, first, rows, roles) or ((), last)


def _marked(sheet: Sheet, first: int, rows: list[int], roles: Mapping[str, int]) -> tuple[Crossed, int] | None:
    """The columns below a merged header that says "select all that apply", named by the line below it."""
    others = {column for role, column in roles.items() if role != "answer"}
    for area in sheet.merges:
        if (
            area.top != first
            or area.bottom != first
            or area.right == area.left
            or not several(sheet.text(*area.corner))
        ):
            continue
        named = tuple(
            (text, column)
            for column in range(area.left, area.right + 1)
            if column not in others and (text := sheet.text(first + 1, column).strip())
        )
        below = [row for row in rows if row > first + 1]
        distinct = len({text for text, _ in named}) == len(named)
        if len(named) > 1 and distinct and not any(full(sheet, column, below) for _, column in named):
            return named, first + 1
    return None


def crosses_one(crossed: Crossed) -> bool:
    """Whether one of the columns is crossed, as for Yes and No, and not all that apply."""
    return any(text.casefold() in CROSSED["yes"] for text, _ in crossed)


def accepted(book: Grid, sheet: Sheet, row: int, answer: int, crossed: Crossed) -> Accepts:
    """What the answer's cell takes; where one of several is crossed, their headers, if all may be."""
    if not crossed:
        return accepts(book, sheet, row, answer)
    each = [accepts(book, sheet, row, column) for _, column in crossed]
    return Accepts(tuple(text for text, _ in crossed), problem=next((one.problem for one in each if one.problem), None))


def already(sheet: Sheet, row: int, answer: int, crossed: Crossed) -> str:
    """What stands there: the text, or the header of the column that is crossed."""
    if not crossed:
        return sheet.text(row, answer).strip()
    return "; ".join(text for text, column in crossed if sheet.text(row, column).strip())
