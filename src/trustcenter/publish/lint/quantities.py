"""Numbers of a sentence in one unit: durations and periods in hours, percentages, TLS versions, key lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90, "a": 1, "an": 1,
}  # fmt: skip
_UNITS = {
    "second": (1 / 3600, 1 / 3600), "minute": (1 / 60, 1 / 60), "hour": (1, 1), "day": (24, 24),
    "night": (24, 24), "week": (168, 168),
    "month": (28 * 24, 31 * 24), "quarter": (89 * 24, 92 * 24), "year": (360 * 24, 366 * 24),
}  # fmt: skip
_SHORT = {
    "sec": "second",
    "s": "second",
    "min": "minute",
    "mins": "minute",
    "hr": "hour",
    "hrs": "hour",
    "h": "hour",
    "d": "day",
}
_NUMBER = r"(?:\d{1,4}(?:[.,]\d+)?|" + "|".join(word for word in _WORDS if len(word) > 2) + ")"
_UNIT = (
    r"(?:business|working|calendar)?[ -]?(?:seconds?|minutes?|mins?|hours?|hrs?|h|days?|weeks?"
    r"|months?|quarters?|years?)"
)
DURATION = rf"\b{_NUMBER}[ -]?{_UNIT}\b"
"""A length of time as a pattern: `30 days`, `30-day`, `three business days`."""
FREQUENCY = (
    r"\b(?:hourly|daily|nightly|weekly|fortnightly|monthly|quarterly|annual(?:ly)?|yearly|semi-?annual(?:ly)?|bi-?annual(?:ly)?|continuous(?:ly)?"
    rf"|(?:every|each|per) (?:{_NUMBER} )?{_UNIT}|(?:once|twice) (?:a|an|per|every|each) (?:hour|day"
    rf"|night|week|month|quarter|year))\b"
)
PERCENT = r"\b\d{2,3}(?:\.\d+)? ?(?:%|per ?cent\b)"

_FREQUENCIES: dict[str, tuple[float, float]] = {
    "hourly": (1, 1), "daily": (24, 24), "nightly": (24, 24), "weekly": (168, 168), "fortnightly": (336, 336),
    "monthly": _UNITS["month"], "quarterly": _UNITS["quarter"], "yearly": _UNITS["year"], "annual": _UNITS["year"],
    "annually": _UNITS["year"], "continuous": (0, 0), "continuously": (0, 0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value between `low` and `high` (equal where exact), and where in the text it was written."""

    low: float
    high: float
    start: int
    end: int

    def agrees(self, other: Quantity) -> bool:
        """Whether both can be the same value."""
        return self.low <= other.high and other.low <= self.high


def durations(text: str) -> Iterator[Quantity]:
    """Lengths of time, in hours. A business day is one day, up to three with a weekend."""
    pattern = (
        rf"\b(?P<n>{_NUMBER})[ -]?(?P<b>business|working)?(?:calendar)?[ -]?(?P<u>seconds?|minutes?|mins?"
        rf"|hours?|hrs?|h|days?|nights?|weeks?|months?|quarters?|years?)\b"
    )
    for found in re.finditer(pattern, text, re.IGNORECASE):
        low, high = _hours(found["n"], found["u"])
        yield Quantity(low, high + 72 if found["b"] else high, found.start(), found.end())


def frequencies(text: str) -> Iterator[Quantity]:
    """How often, as the period in hours; continuous is zero."""
    for found in re.finditer(FREQUENCY, text, re.IGNORECASE):
        said = found[0].lower()
        low, high = _FREQUENCIES.get(said, (-1.0, -1.0))
        if low < 0 and re.match(r"(?:semi|bi)", said):
            low, high = 180 * 24, 184 * 24
        elif low < 0:
            parts = re.match(r"(every|each|per|once|twice)\b(?: (?:a|an|per|every|each)\b)?\s*(.*)", said)
            assert parts is not None
            words = parts[2].rsplit(" ", 1)
            unit = words[-1].rsplit("-", 1)[-1].replace("night", "day")
            number = words[0].split(" ")[0].split("-")[0] if len(words) > 1 else "1"
            low, high = _hours(number if re.fullmatch(_NUMBER, number) else "1", unit)
            if parts[1] == "twice":
                low, high = low / 2, high / 2
        yield Quantity(low, high, found.start(), found.end())


def percentages(text: str) -> Iterator[Quantity]:
    """Shares in per cent."""
    for found in re.finditer(PERCENT, text, re.IGNORECASE):
        value = float(re.sub(r"[^\d.]", "", found[0].split("%")[0].split("p")[0]))
        if value <= 100:
            yield Quantity(value, value, found.start(), found.end())


def counts(text: str) -> Iterator[Quantity]:
    """Whole numbers, in digits or words."""
    for found in re.finditer(
        rf"\b(?:\d{{1,6}}|{'|'.join(word for word in _WORDS if len(word) > 2)})\b", text, re.IGNORECASE
    ):
        value = float(_WORDS.get(found[0].lower(), -1)) if not found[0].isdigit() else float(found[0])
        yield Quantity(value, value, found.start(), found.end())


def tls_minimum(text: str) -> Iterator[Quantity]:
    """The oldest TLS version that a text allows, if it says so; a preference or a refused version says nothing."""
    versions = (
        list(re.finditer(r"(?:TLS|SSL)?[ /v]*\b1\.([0-3])(?!\d|\.\d)", text)) if re.search(r"\bTLS", text) else []
    )
    if not versions:
        return
    start, end = versions[0].start(), versions[-1].end()
    below = re.search(r"\b(?:older|lower|earlier|below|less) (?:than )?(?:TLS )?v?1\.([0-3])", text, re.IGNORECASE)
    if below:
        yield Quantity(int(below[1]), int(below[1]), below.start(), below.end())
        return
    allowed = [int(found[1]) for found in versions if not _refused(text, found)]
    prefers = re.search(
        r"\b(?:prefer|up to|where supported|when supported|if supported|negotiat|support for)", text, re.IGNORECASE
    )
    open_ended = re.search(
        r"1\.[0-3] ?(?:\+|or (?:newer|higher|later|above|better|greater))|minimum|at least", text, re.IGNORECASE
    )
    if allowed and not (prefers and len(set(allowed)) == 1 and not open_ended):
        yield Quantity(min(allowed), min(allowed), start, end)


def _refused(text: str, found: re.Match[str]) -> bool:
    """Whether the version is named as not accepted."""
    after = text[found.end() : found.end() + 70]
    before = text[max(0, found.start() - 40) : found.start()]
    words = (
        r"refus|disabl|reject|not (?:accepted|supported|allowed|offered)|block|deprecat|turned off"
        r"|switched off|no longer"
    )
    return int(found[1]) < 2 and bool(re.search(words, after) or re.search(rf"{words}|\bno\b|\bnot\b", before))


def key_bits(text: str) -> Iterator[Quantity]:
    """AES key lengths in bits."""
    for found in re.finditer(r"\bAES[ -]?(128|192|256)\b|\b(128|192|256)[ -]?bit AES\b", text, re.IGNORECASE):
        bits = float(found[1] or found[2])
        yield Quantity(bits, bits, found.start(), found.end())


def _hours(number: str, unit: str) -> tuple[float, float]:
    value = float(_WORDS.get(number.lower(), -1))
    if value < 0:
        value = float(number.replace(",", "."))
    name = unit.lower()
    name = name if name in _UNITS else _SHORT.get(name, name.rstrip("s"))
    low, high = _UNITS[name]
    return value * low, value * high


EXTRACTORS = {
    "duration": durations,
    "frequency": frequencies,
    "percent": percentages,
    "count": counts,
    "tls": tls_minimum,
    "key_bits": key_bits,
}
"""Kind of quantity to what reads it."""


def hours_watched(text: str) -> Iterator[Quantity]:
    """Hours a week that somebody is there: 24/7 is 168, business hours 40."""
    for found in re.finditer(
        r"24 ?[/x×] ?7(?: ?[/x×] ?365)?|around the clock|round the clock"
        r"|nights?(?: and|,) (?:the )?(?:weekends?|holidays)|day and night",
        text,
        re.IGNORECASE,
    ):
        yield Quantity(168, 168, found.start(), found.end())
    for found in re.finditer(
        r"\b(?:business|office|working) hours\b|\bMonday (?:to|through|–|-) Friday\b|\bweekdays\b", text, re.IGNORECASE
    ):
        yield Quantity(40, 60, found.start(), found.end())


EXTRACTORS["hours_watched"] = hours_watched
