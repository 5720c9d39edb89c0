"""Room for a text that is longer than its row is high: programs do not fit the rows of a file that they open."""

from __future__ import annotations

import math

from lxml import etree

from trustcenter.publish.questionnaire.sheet import Sheet

_LINE, _HIGHEST = 15.0, 409.0
"""Points of a line of the usual font, and of the highest row (ECMA-376 part 1, 18.3.1.73)."""
_NARROWEST = 4.0


def make_room(row: etree._Element, sheet: Sheet, number: int, column: int, text: str) -> None:
    """Make a row as high as the lines of a wrapped text need; never lower, and not where its author set the height."""
    if row.get("customHeight") in ("1", "true"):
        return
    area = sheet.merged(number, column)
    if area is not None and area.bottom > area.top:
        return
    columns = range(area.left, min(area.right, area.left + 60) + 1) if area is not None else (column,)
    needed = min(_HIGHEST, _LINE * lines(text, sum(sheet.width(one) for one in columns)))
    try:
        height = float(row.get("ht", _LINE))
    except ValueError:
        height = _LINE
    if needed > height:
        row.set("ht", f"{needed:g}")


def lines(text: str, width: float) -> int:
    """About how many lines a text takes in a column of so many characters."""
    room = max(width, _NARROWEST) * 1.05
    return sum(max(1, math.ceil(len(piece) / room)) for piece in text.split("\n"))
