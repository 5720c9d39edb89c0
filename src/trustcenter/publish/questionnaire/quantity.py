"""Numbers that a question asks for and a claim states: lengths, times, frequencies, key sizes, percentages.

A bound in the question holds when the claim's own bound is at least as strict. What cannot be compared is reported as
such, so that "at least 14 characters?" is never answered by a sentence about passwords without a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from trustcenter.publish.questionnaire.text import fold

DAY = 86_400
_UNIT = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": DAY,
    "week": 7 * DAY,
    "month": 30.5 * DAY,
    "quarter": 91.5 * DAY,
    "year": 366 * DAY,
}
_FREQUENCY: dict[str, float] = {
    **dict.fromkeys(("continuous", "continuously", "real time", "every minute"), 60),
    "hourly": 3_600,
    **dict.fromkeys(("twice a day", "twice daily"), DAY / 2),
    **dict.fromkeys(("daily", "nightly", "every night", "each night"), DAY),
    "weekly": 7 * DAY,
    "fortnightly": 14 * DAY,
    "monthly": 30.5 * DAY,
    "quarterly": 91.5 * DAY,
    **dict.fromkeys(("twice a year", "twice per year", "semi annually", "half yearly"), 183 * DAY),
    **dict.fromkeys(("annually", "yearly", "annual"), 366 * DAY),
}
_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_NUMBERS = _SMALL.split()
_SPECIAL = {"twenty-four": 24, "thirty": 30, "sixty": 60, "seventy-two": 72, "ninety": 90}
_WORDS = "|".join([*_NUMBERS, *(word.replace("-", "[ -]") for word in _SPECIAL)])
_NUMBER = rf"(?P<number>\d+(?:[.,]\d+)*|{_WORDS})"
_AT_LEAST = (
    r"at least|minimum(?: of| length of| length)?|min\.?|more than|no less than|not less than|no fewer than"
    r"|longer than|over|exceeds?|or more"
)
_AT_MOST = (
    r"within|at most|maximum(?: of)?|max\.?|no later than|not later than|no more than|not more than|no longer than"
    r"|not exceed(?:ing)?|up to|in under|in less than|after"
)
_BELOW = r"less than|shorter than|fewer than|below|under"
_COMPARATOR = rf"(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST})|(?P<below>{_BELOW}))\s+(?:of\s+|a\s+|the\s+last\s+)?"
_TIME = (
    rf"\b(?:{_COMPARATOR})?(?P<every>every |each )?{_NUMBER}[ -]?(?:\(\d+\) )?(?:calendar |business |working )?"
    r"(?P<unit>second|minute|hour|day|week|month|quarter|year)s?\b"
    r"(?P<more> or (?:more|longer))?(?P<fewer> or (?:less|fewer|sooner))?"
)
_CHARACTERS = (
    rf"\b(?:{_COMPARATOR})?{_NUMBER}[ -]?(?:or more )?(?:characters?|chars)\b"
    r"(?P<more> or (?:more|longer)| minimum| and longer)?"
)
_LENGTH = (
    rf"\b(?:length of (?:{_COMPARATOR})?|minimum length(?: is|:)? |length (?P<least2>is at least |at least ))"
    r"(?P<number2>\d+)\b(?! ?char)"
)
_PATTERNS = (
    ("time", re.compile(_TIME)),
    ("length", re.compile(_CHARACTERS)),
    ("length", re.compile(_LENGTH)),
    ("bits", re.compile(r"\baes[ -]?(?P<number>128|192|256)\b")),
    ("percent", re.compile(rf"(?:{_COMPARATOR})?(?P<number>\d+(?:\.\d+)?) ?(?:%|per ?cent)")),
    ("cost", re.compile(r"\bcost (?:factor )?(?:of )?(?:(?P<least>at least|minimum)\s+)?(?P<number>\d+)\b")),
)
_LATER = re.compile(rf"\b{_NUMBER} (?P<unit>hour|day|week|month|year)s? (?:later|after that|thereafter)\b")
_EVERY = re.compile(r"\b(?:once (?:a|per|every|each)|every|each|per) (?P<unit>hour|day|week|month|quarter|year)\b")
_WORD_FREQUENCY = re.compile(r"\b(" + "|".join(sorted(_FREQUENCY, key=len, reverse=True)) + r")\b")
_KEPT = re.compile(r"\b(retain|retained|retention|kept|keep|keeps|stored for|available for|history|preserved)\b")


@dataclass(frozen=True)
class Quantity:
    """A number, its kind (seconds, characters, bits, per cent), and its bound: interval, least, most, below, exact."""

    kind: str
    value: float
    bound: str
    text: str


@lru_cache(maxsize=8_192)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text, in order of kind."""
    plain = (
        re.sub(r"\b24 ?[/x] ?7\b|\b24 7 365\b", " ", fold(text))
        .replace("real-time", "real time")
        .replace("semi-annual", "semi annual")
    )
    found: dict[tuple[str, float, str], Quantity] = {}
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            groups = match.groupdict()
            value = _number(groups.get("number") or groups["number2"])
            if groups.get("unit"):
                value *= _UNIT[groups["unit"]]
            bound = _bound(groups, plain)
            found.setdefault((kind, value, bound), Quantity(kind, value, bound, match.group(0).strip()))
    for match in _LATER.finditer(plain):  # "after 30 days, and at most 30 days later": the second begins at the first
        first = max((one.value for one in found.values() if one.kind == "time" and one.bound != "interval"), default=0)
        value = first + _number(match.group("number")) * _UNIT[match.group("unit")]
        found.setdefault(("time", value, "most"), Quantity("time", value, "most", match.group(0).strip()))
    for match in _EVERY.finditer(plain):
        value = _UNIT[match.group("unit")]
        found.setdefault(("time", value, "interval"), Quantity("time", value, "interval", match.group(0)))
    for match in _WORD_FREQUENCY.finditer(plain):
        value = float(_FREQUENCY[match.group(1)])
        found.setdefault(("time", value, "interval"), Quantity("time", value, "interval", match.group(0)))
    return tuple(found.values())


def _number(text: str) -> float:
    text = text.replace(" ", "-")
    if text in _NUMBERS:
        return _NUMBERS.index(text) + 1.0
    if text in _SPECIAL:
        return float(_SPECIAL[text])
    return float(text.replace(",", ""))


def _bound(groups: dict[str, str | None], text: str) -> str:
    if groups.get("every"):
        return "interval"
    if groups.get("below"):
        return "below"
    if groups.get("least") or groups.get("more") or groups.get("least2"):
        return "least"
    if groups.get("most") or groups.get("fewer"):
        return "most"
    return "least" if groups.get("unit") and _KEPT.search(text) else "exact"


def compare(question: str, claim: str) -> tuple[int, str]:
    """1 when every quantity asked for is held, -1 when one is not, 0 when one cannot be compared; and why.

    2 when the question asks for none.
    """
    asked = quantities(question)
    if not asked:
        return 2, ""
    held = quantities(claim)
    enough = re.search(r"\b(accept|accepted|allow|allowed|permitted|possible|enough|sufficient|can)\b", fold(question))
    if enough and any(quantity.kind == "length" and quantity.bound == "exact" for quantity in asked):
        return 0, "it is not clear whether the figure is asked as enough or as the least"
    results = [_holds(quantity, held) for quantity in asked]
    for wanted in (-1, 0):
        if wanted in results:
            quantity = asked[results.index(wanted)]
            why = "the claim states no figure to compare with" if wanted == 0 else "the claim's figure does not reach"
            return wanted, f"{why} {quantity.text!r}"
    return 1, ""


def _holds(asked: Quantity, held: tuple[Quantity, ...]) -> int:
    """Whether the claim's comparable figures all satisfy the bound; figures that disagree settle nothing."""
    results = {
        result for quantity in held if quantity.kind == asked.kind and (result := _test(asked, quantity)) is not None
    }
    return results.pop() if len(results) == 1 else 0


def _test(asked: Quantity, held: Quantity) -> int | None:
    if (asked.bound == "interval") != (held.bound == "interval"):
        return None
    if asked.bound in ("interval", "most"):
        return None if held.bound == "least" else _sign(held.value <= asked.value)
    if asked.bound == "below":
        return -1 if held.bound in ("least", "exact") and held.value >= asked.value else None
    if asked.bound == "least":
        return None if held.bound == "most" else _sign(held.value >= asked.value)
    if asked.kind == "time":  # a bare time is a limit, as in "expire after 15 minutes"
        return None if held.bound == "least" else _sign(held.value <= asked.value)
    return _sign(held.value >= asked.value)


def _sign(holds: bool) -> int:
    return 1 if holds else -1
