"""What a plain YAML scalar means here: the small part of YAML that all its versions read alike.

YAML 1.1 and 1.2 disagree about `no`, `on`, `012`, `12:30:00`, `1_000`, ...: such a scalar is an error that says what
to write, and never changes its type silently.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

Scalar = str | int | float | bool | date | datetime | None

_EXACT: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
_TRAP_WORDS = {
    **dict.fromkeys(("y", "yes", "on"), "true"),
    **dict.fromkeys(("n", "no", "off"), "false"),
    "true": "true",
    "false": "false",
    "null": "null",
}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}.*")
_TRAPS = (
    (re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"), "a number to base 60"),
    (re.compile(r"[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[bB][01_]+|[-+]?0[oO]?[0-7_]+"), "a number to another base"),
    (re.compile(r"[-+]?0[0-9_]+(?:\.[0-9_]*)?"), "a number with leading zeros"),
    (re.compile(r"[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?"), "a number"),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"), "a number"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"), "a date"),
    (re.compile(r"=|<<"), "a special value"),
)


_LONGEST = 100
"""Longer scalars are not matched against the traps, since that could take quadratic time."""
_NUMERIC = frozenset("0123456789abcdefABCDEFxXoO_+-.:")


class Ambiguous(ValueError):
    """A scalar that readers of YAML understand differently; the message says what to write."""


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar. Raises Ambiguous."""
    if text in _EXACT:
        return _EXACT[text]
    first = text[0]
    if first.isalpha():
        meant = _TRAP_WORDS.get(text.lower())
        if meant is not None:
            write = f'write `{meant}` or "{text}"'
            raise Ambiguous(f"`{text}` is text to some YAML readers and `{meant}` to others: {write}")
        return text
    if not (first.isdigit() or first in "-+.=<"):
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        return _date(text)
    if _MOMENT.fullmatch(text):
        return _moment(text)
    if len(text) > _LONGEST:
        if _NUMERIC.issuperset(text):
            raise Ambiguous(f"`{text[:20]}...` may be a number to some YAML readers: write it in quotes for text")
        return text
    for pattern, what in _TRAPS:
        if pattern.fullmatch(text):
            raise Ambiguous(f'`{text}` is {what} to some YAML readers and text to others: write "{text}" for text')
    return text


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Ambiguous(f'`{text}` is no day of the calendar: correct it, or write "{text}" for text') from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Ambiguous(f"`{text}` is no moment: write it like 2026-11-20T09:30:00Z") from None


_DURATION = re.compile(r"([0-9]{1,6})\s?(s|m|h|d|w)")
_ISO_DURATION = re.compile(
    r"P(?:([0-9]{1,5})W)?(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?"
)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(text: str) -> timedelta:
    """`30s`, `15m`, `24h`, `90d`, `2w`, or ISO 8601 (`PT15M`, `P90D`; months and years have no fixed length).

    Raises ValueError.
    """
    short = _DURATION.fullmatch(text)
    if short:
        return timedelta(**{_UNITS[short[2]]: int(short[1])})
    iso = _ISO_DURATION.fullmatch(text)
    if iso and any(iso.groups()):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    raise ValueError(f"`{text}` is no duration: write it like 30s, 15m, 24h or 90d")
