"""Dates in a text: by day, month, part of a year, or year."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
MONTH_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?P<iso>20\d\d-\d\d-\d\d)\b|\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd"
    rf"|th)? )?(?P<month>{MONTH_NAMES})\.? (?:(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? )?(?P<year>20\d\d)\b"
    r"|\b(?:(?P<part>Q[1-4]|H[12]|early|mid|late|end of|(?:first|second) half(?: of)?"
    r"|(?:first|second|third|fourth) quarter(?: of)?|spring|summer|autumn|fall|winter)[ -]?(?:of )?)?"
    r"(?P<only>20\d\d)\b",
    re.IGNORECASE,
)
_PARTS = {
    "q1": 3, "q2": 6, "q3": 9, "h1": 6, "early": 4, "mid": 8, "first half": 6, "spring": 6, "summer": 9,
    "first quarter": 3, "second quarter": 6, "third quarter": 9,
}  # fmt: skip
"""The month in which a named part of a year ends; all others end with the year."""


def dates(text: str) -> Iterator[tuple[date, str]]:
    """The last day of each date, and how it was written: `Q3 2025` ends on 30 September."""
    for found in _DATE.finditer(text):
        last = _last_day(found)
        if last:
            yield last, found[0]


def starts(text: str) -> Iterator[date]:
    """The first day of each date."""
    for found in _DATE.finditer(text):
        last = _last_day(found)
        if last is None:
            continue
        if found["only"]:
            yield date(int(found["only"]), 1, 1) if not found["part"] else last
        else:
            yield last.replace(day=1) if not (found["iso"] or found["d1"] or found["d2"]) else last


def _last_day(found: re.Match[str]) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        if found["month"]:
            year, month = int(found["year"]), _MONTHS[found["month"].lower()]
            day = int(found["d1"] or found["d2"] or calendar.monthrange(year, month)[1])
            return date(year, month, day)
        year, part = int(found["only"]), (found["part"] or "").lower()
        month = _PARTS.get(part.removesuffix(" of"), 12)
        return date(year, month, calendar.monthrange(year, month)[1])
    except ValueError:
        return None
