"""Numbers of a sentence in one unit: durations and periods in hours, percentages, TLS versions, key lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SMALL = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORDS = {word: number for number, word in enumerate(_SMALL, 1)} | _TENS | {"a": 1, "an": 1}
_WORDS |= {f"{ten}-{one}": value + _WORDS[one] for ten, value in _TENS.items() for one in _SMALL[:9]}
_UNITS = {
    "second": (1 / 3600, 1 / 3600), "minute": (1 / 60, 1 / 60), "hour": (1, 1), "day": (24, 24),
    "night": (24, 24), "week": (168, 168), "fortnight": (336, 336),
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
_SPELLED = "|".join(sorted((word for word in _WORDS if len(word) > 2), key=len, reverse=True))
_NUMBER = rf"(?:\d{{1,4}}(?:[.,]\d+)?|{_SPELLED})"
_ARTICLE = "|".join(rf"(?<=\b{word} )an?" for word in ("within", "after", "inside", "under", "than"))
_ARTICLE += r"|(?<=\bfor )an?(?= (?:week|month|quarter|year))"
"""`Within a day` is a length of time, `twice a day` is not."""
_AGAIN = r"(?: \(\w{1,12}\))?"
"""Contracts write a number twice: `thirty (30) days`."""
_UNIT = (
    r"(?:business|working|calendar)?[ -]?(?:fortnights?|seconds?|minutes?|mins?|hours?|hrs?|h|days?|weeks?"
    r"|nights?|months?|quarters?|years?)"
)
DURATION = rf"\b(?:{_NUMBER}{_AGAIN}[ -]?{_UNIT}|half an? (?:hour|day|month|year)|a fortnight)\b"
"""A length of time as a pattern: `30 days`, `30-day`, `three business days`."""
_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    "|spring|summer|autumn|winter)"
)
FREQUENCY = (
    rf"\b(?:(?:{_NUMBER}-)?hourly|daily|nightly|weekly|fortnightly|monthly|quarterly|annual(?:ly)?|yearly|semi-?annual(?:ly)?|bi-?annual(?:ly)?|continuous(?:ly)?"
    rf"|(?:every|each|per) (?:{_NUMBER} )?{_UNIT}|(?:once|twice|(?:three|four) times) (?:in )?(?:a|an|per|every|each) "
    rf"(?:calendar )?(?:hour|day|night|week|month|quarter|(?:{_NUMBER} )?(?:days|weeks|months|years)|year)"
    rf"|(?:several|multiple|many) times (?:a|per|each|every) (?:day|week|month|year)|(?:one|a single) [\w-]+"
    rf" (?:a|per|each|every) (?:day|week|month|quarter|year)|(?:every|each) {_MONTH}|in {_MONTH} (?:each|every) year"
    r"|(?:on|with|at|for|after) (?:each|every) (?:commit|build|push|merge|pull request|change|release))\b"
)
PERCENT = r"\b\d{2,3}(?:\.\d+)? ?(?:%|per ?cent\b)"

_FREQUENCIES: dict[str, tuple[float, float]] = {
    "hourly": (1, 1), "daily": (24, 24), "nightly": (24, 24), "weekly": (168, 168), "fortnightly": (336, 336),
    "monthly": _UNITS["month"], "quarterly": _UNITS["quarter"], "yearly": _UNITS["year"], "annual": _UNITS["year"],
    "annually": _UNITS["year"], "continuous": (0, 0), "continuously": (0, 0),
}  # fmt: skip


_LENGTH = re.compile(
    rf"\b(?P<n>{_NUMBER}|half an?|an?(?= fortnight)|{_ARTICLE})"
    rf"{_AGAIN}[ -]?(?P<b>business|working)?(?:calendar)?[ -]?"
    rf"(?P<u>seconds?|minutes?|mins?|fortnights?|hours?|hrs?|h|days?|nights?|weeks?|months?|quarters?|years?)\b",
    re.IGNORECASE,
)
_OFTEN = re.compile(FREQUENCY, re.IGNORECASE)
_TIME = re.compile(r"second|min|hour|hr|\bh\b|\dh\b|day|night|week|month|quarter|year", re.IGNORECASE)
"""What every length of time has a word of: few sentences have one."""
_TIME_OR_LY = re.compile(rf"{_TIME.pattern}|ly\b|every|each|annual|continuous", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value between `low` and `high` (equal where exact), and where in the text it was written."""

    low: float
    high: float
    start: int
    end: int
    business: bool = False
    """Counted in business days."""

    def agrees(self, other: Quantity) -> bool:
        """Whether both can be the same value; business days are counted, since weekends lengthen both."""
        if self.business and other.business:
            return self.low == other.low
        return self.low <= other.high and other.low <= self.high


def durations(text: str) -> Iterator[Quantity]:
    """Lengths of time, in hours. A business day is one day, up to three with a weekend."""
    for found in _LENGTH.finditer(text) if _TIME.search(text) else ():
        low, high = _hours(found["n"], found["u"])
        yield Quantity(low, high + 72 if found["b"] else high, found.start(), found.end(), bool(found["b"]))


def frequencies(text: str) -> Iterator[Quantity]:
    """How often, as the period in hours; continuous is zero."""
    for found in _OFTEN.finditer(text) if _TIME_OR_LY.search(text) else ():
        said = found[0].lower()
        low, high = _FREQUENCIES.get(said, (-1.0, -1.0))
        if low < 0 and (hours := re.fullmatch(rf"({_NUMBER})-hourly", said)):
            low, high = _hours(hours[1], "hour")
        elif low < 0 and re.match(r"(?:semi|bi)", said):
            low, high = 180 * 24, 184 * 24
        elif low < 0 and re.search(r"\b(?:commit|build|push|merge|request|change|release)$", said):
            low, high = 0, 0
        elif low < 0 and (often := re.match(r"(?:several|multiple|many) times \w+ (\w+)", said)):
            high = _hours("1", often[1])[1] / 2
            low = high / 50
        elif low < 0 and (single := re.match(r"(?:one|a single) [\w-]+ \w+ (\w+)", said)):
            low, high = _hours("1", single[1])
        elif low < 0 and re.search(_MONTH, said, re.IGNORECASE):
            low, high = _UNITS["year"]
        elif low < 0:
            said = re.sub(r"\b(?:calendar|in)\s+", "", said)
            parts = re.match(
                r"(every|each|per|once|twice|three times|four times)\b(?: (?:a|an|per|every|each)\b)?\s*(.*)", said
            )
            assert parts is not None
            words = parts[2].rsplit(" ", 1)
            unit = words[-1].rsplit("-", 1)[-1].replace("night", "day")
            number = words[0].split(" ")[0].split("-")[0] if len(words) > 1 else "1"
            low, high = _hours(number if re.fullmatch(_NUMBER, number) else "1", unit)
            times = {"twice": 2, "three times": 3, "four times": 4}.get(parts[1], 1)
            low, high = low / times, high / times
        yield Quantity(low, high, found.start(), found.end())


def percentages(text: str) -> Iterator[Quantity]:
    """Shares in per cent; `three nines` is 99.9."""
    for nines in re.finditer(r"\b(two|three|four|five) nines\b(?! ?\()", text, re.IGNORECASE):
        value = 100 - 10 ** (2 - _WORDS[nines[1].lower()])
        yield Quantity(value, value, nines.start(), nines.end())
    for found in re.finditer(PERCENT, text, re.IGNORECASE):
        value = float(re.sub(r"[^\d.]", "", found[0].split("%")[0].split("p")[0]))
        if value <= 100:
            yield Quantity(value, value, found.start(), found.end())


def counts(text: str) -> Iterator[Quantity]:
    """Whole numbers, in digits or words."""
    for found in re.finditer(rf"(?<!\d\.)\b(?:\d{{1,6}}|{_SPELLED})\b", text, re.IGNORECASE):
        value = float(_WORDS.get(found[0].lower(), -1)) if not found[0].isdigit() else float(found[0])
        yield Quantity(value, value, found.start(), found.end())


def tls_minimum(text: str, *, named: bool = False) -> Iterator[Quantity]:
    """The oldest TLS version that a text allows, if it says so; a preference or a refused version says nothing.

    SSL is older than all of them and counts as minus one.

    `named`: the question above already names TLS, so that a bare `1.3` is a version of it.
    """
    versions = (
        list(re.finditer(r"(?:TLS|SSL)?[ /v]*\b1\.([0-3])(?!\d|\.\d)", text))
        if named or re.search(r"\bTLS", text)
        else []
    )
    older = re.search(r"\bSSL ?v?[23](?:\.0)?\b", text)
    if older and not _not_accepted(text, older):
        yield Quantity(-1, -1, older.start(), older.end())
        return
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
    """Whether the version is named as not accepted: only an old one is."""
    return int(found[1]) < 2 and _not_accepted(text, found)


def _not_accepted(text: str, found: re.Match[str]) -> bool:
    after = text[found.end() : found.end() + 70]
    before = text[max(0, found.start() - 40) : found.start()]
    words = (
        r"refus|disabl|reject|not (?:accepted|supported|allowed|offered)|block|deprecat|turned off"
        r"|switched off|no longer"
    )
    return bool(re.search(words, after) or re.search(rf"{words}|\bno\b|\bnot\b", before))


def key_bits(text: str) -> Iterator[Quantity]:
    """AES key lengths in bits."""
    for found in re.finditer(r"\bAES[ -]?(128|192|256)\b|\b(128|192|256)[ -]?bit AES\b", text, re.IGNORECASE):
        bits = float(found[1] or found[2])
        yield Quantity(bits, bits, found.start(), found.end())


def _hours(number: str, unit: str) -> tuple[float, float]:
    value = 0.5 if number.lower().startswith("half") else float(_WORDS.get(number.lower(), -1))
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


_SCHEMES = ("argon2", "bcrypt", "scrypt", "pbkdf2", "md5", "sha-1", "sha-256", "sha-512")


def hash_schemes(text: str) -> Iterator[Quantity]:
    """Schemes of password hashing, each as its number in a list: one is never another."""
    for found in re.finditer(
        r"\b(argon2(?:id?|d)?|bcrypt|scrypt|pbkdf2|md5|sha-?(?:1|256|512))\b", text, re.IGNORECASE
    ):
        said = re.sub(r"sha(?=\d)", "sha-", found[0].lower())
        number = next(index for index, name in enumerate(_SCHEMES) if said.startswith(name))
        if not re.search(
            r"\b(?:not|never|no|from|instead of|replaced)\W+(?:\w+ ){0,2}$", text[: found.start()], re.IGNORECASE
        ):
            yield Quantity(number, number, found.start(), found.end())


EXTRACTORS["hash_scheme"] = hash_schemes


def hours_watched(text: str) -> Iterator[Quantity]:
    """Hours a week that somebody is there: 24/7 is 168, business hours 40."""
    for found in re.finditer(
        r"24 ?[/x×] ?7(?: ?[/x×] ?365)?|around the clock|round the clock"
        r"|nights?(?: and|,) (?:the )?(?:weekends?|holidays)|day and night|every hour of (?:the|every) day",
        text,
        re.IGNORECASE,
    ):
        yield Quantity(168, 168, found.start(), found.end())
    for found in re.finditer(
        r"\b(?:every day(?: of the (?:week|year))?|(?:seven|7) days a week|365 days|including (?:weekends?|Sundays)"
        r"|weekends too)\b",
        text,
        re.IGNORECASE,
    ):
        yield Quantity(70, 168, found.start(), found.end())
    for found in re.finditer(
        r"\b(?:business|office|working) hours\b"
        r"|\b\d{1,2}(?::\d\d)? ?(?:am)? ?(?:to|-|–|until) ?\d{1,2}(?::\d\d| ?pm)(?!\d)|"
        r"\bMonday (?:to|through|–|-) Friday\b|\bweekdays\b|\b(?:between )?nine (?:to|and) (?:five|six)\b"
        r"|\bbetween \d{1,2}(?::\d\d)?(?: ?[ap]\.?m\.?)? and \d{1,2}(?::\d\d)? ?p\.?m\b|\bon (?:working"
        r"|business) days\b(?=[^.]{0,4}$)"
        r"|\bnot (?:on|at) weekends\b|\bclosed (?:on|at) (?:weekends?"
        r"|Sundays?)\b",
        text,
        re.IGNORECASE,
    ):
        yield Quantity(40, 60, found.start(), found.end())


EXTRACTORS["hours_watched"] = hours_watched
