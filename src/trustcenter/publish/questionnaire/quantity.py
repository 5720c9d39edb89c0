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
    "twice daily": DAY / 2,
    **dict.fromkeys(("daily", "nightly", "every night", "each night"), DAY),
    "weekly": 7 * DAY,
    **dict.fromkeys(("fortnightly", "every fortnight", "bi weekly", "biweekly"), 14 * DAY),
    **dict.fromkeys(("monthly",), 30.5 * DAY),
    "quarterly": 91.5 * DAY,
    **dict.fromkeys(
        ("semi annually", "semi annual", "semiannually", "half yearly", "biannually", "bi annually"), 183 * DAY
    ),
    **dict.fromkeys(("annually", "yearly", "annual"), 366 * DAY),
    **dict.fromkeys(("biennially", "biennial"), 732 * DAY),
}
_TO_TEN = "one two three four five six seven eight nine ten"
_TEENS = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_NUMBERS = f"{_TO_TEN} {_TEENS}".split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = rf"(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_NUMBERS[:9])}))?|{'|'.join(reversed(_NUMBERS))}"
_NUMBER = rf"(?P<number>\d+(?:[.,]\d+)*|\b(?:{_WORDS})\b)"
_STRICT = r"more than|longer than|greater than|over|exceeds?|exceeding|above|beyond"
_AT_LEAST = (
    r"at least|minimum(?: of| length of| length)?|min\.?|no less than|not less than|no fewer than|not fewer than"
    r"|no shorter than|not shorter than|or more"
)
_AT_MOST = (
    r"within|inside(?: of)?|at most|maximum(?: of)?|max\.?|no later than|not later than|no more than|not more than"
    r"|no longer than|not longer than|not exceed(?:ing)?|up to|in under|in less than|after"
)
_BELOW = r"less than|shorter than|fewer than|below|under"
_COMPARATOR = (
    rf"(?:\b(?:(?P<most>{_AT_MOST})|(?P<least>{_AT_LEAST})|(?P<strict>{_STRICT})|(?P<below>{_BELOW}))"
    r"\s+(?:of\s+)?)"
)
_BETTER = r"or (?:more|longer|greater|higher|better|above|stronger)"
_FEWER = r"or (?:less|fewer|sooner|faster|under|lower)"
_UNITS = r"(?P<unit>second|minute|hour|day|week|month|quarter|year)s?\b"
_TIME = (
    rf"\b{_COMPARATOR}?(?P<every>every |each )?(?:{_NUMBER}[ -]?(?:\(\d+\) )?|(?P<half>half an? ))"
    rf"(?:calendar |business |working )?{_UNITS}(?P<more> {_BETTER})?(?P<fewer> {_FEWER})?"
)
_ONE = rf"{_COMPARATOR}(?P<one>an? |the same )(?:calendar |business |working |single )?{_UNITS}"
_OTHER = rf"\b(?P<every>every|each) (?P<two>other|second) {_UNITS}"
_CHARACTERS = (
    rf"\b{_COMPARATOR}?{_NUMBER}[ -]?(?:{_BETTER} )?(?:characters?|chars)\b(?P<more> {_BETTER}| minimum| and longer)?"
)
_LENGTH = (
    rf"\b(?:length of {_COMPARATOR}?|minimum length(?: is|:)? |length (?P<least2>is at least |at least ))"
    rf"(?P<number2>\d+)\b(?!\d|[ -]?(?:char|bit))(?P<more> {_BETTER})?"
)
_ATTEMPTS = (
    rf"\b{_COMPARATOR}?{_NUMBER}(?P<more> {_BETTER})?(?P<fewer> {_FEWER})? (?:(?:or|and|consecutive|successive|failed"
    r"|unsuccessful|invalid|incorrect|wrong|bad|log-?in|sign-?in|log|sign|in|password|authentication|access|user)"
    r"[ /-]){0,5}(?:attempts?|tries|log-?ins|sign-?ins|passwords)\b"
)
_PATTERNS = (
    ("time", re.compile(_TIME)),
    ("time", re.compile(_ONE)),
    ("time", re.compile(_OTHER)),
    ("length", re.compile(_CHARACTERS)),
    ("length", re.compile(_LENGTH)),
    ("attempts", re.compile(_ATTEMPTS)),
    ("bits", re.compile(r"\baes[ -]?(?P<number>128|192|256)\b")),
    ("bits", re.compile(rf"{_COMPARATOR}?\b(?P<number>\d{{2,5}})[ -]?bits?\b(?: keys?)?(?P<more> {_BETTER})?")),
    (
        "percent",
        re.compile(
            rf"{_COMPARATOR}?(?P<number>\d+(?:\.\d+)?) ?(?:%|per ?cent)(?P<more> {_BETTER})?(?P<fewer> {_FEWER})?"
        ),
    ),
    ("cost", re.compile(r"\bcost (?:factor )?(?:of )?(?:(?P<least>at least|minimum)\s+)?(?P<number>\d+)\b")),
)
_WINDOW = re.compile(
    rf"\b(?:over|in|during|for|within|throughout) the (?:last|past|previous|preceding) (?:{_NUMBER}[ -])?{_UNITS}"
)
_LATER = re.compile(rf"\b{_NUMBER} (?P<unit>hour|day|week|month|year)s? (?:later|after that|thereafter)\b")
_OFTENER = r"(?P<strict>more (?:often|frequently)? ?than )?(?P<rarer>(?<!no )(?<!not )less (?:often|frequently) than )?"
_TIMES = re.compile(
    rf"\b{_OFTENER}(?:(?P<times>once|twice|thrice)|{_NUMBER} times) (?:a|an|per|every|each|in every|in each) {_UNITS}"
)
_EVERY = re.compile(rf"\b{_OFTENER}(?:every|each|per) {_UNITS}")
_WORD_FREQUENCY = re.compile(rf"\b{_OFTENER}(?P<word>" + "|".join(sorted(_FREQUENCY, key=len, reverse=True)) + r")\b")
_KEPT = re.compile(r"\b(retain|retained|retention|kept|keep|keeps|stored for|available for|history|preserved)\b")
_INTERVAL = re.compile(r"\b(?:interval|frequency|frequently|how often|apart)\b")
_UNREAD = re.compile(
    rf"(?!after\b){_COMPARATOR}(?:[a-z-]+ ){{0,3}}?(?:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?"
    r"|characters?|bits?|per ?cent)\b"
)
_RANGE = re.compile(rf"\bbetween {_NUMBER} and (?:\d|{_WORDS})")
_ABOVE = 1 + 1e-9  # more than ten is at least a little more than ten


@dataclass(frozen=True)
class Quantity:
    """A number, its kind and its bound.

    Kinds: time in seconds, a window looked back on, length in characters, bits, attempts, per cent, cost. Bounds:
    interval, rarer, least, most, below, exact.
    """

    kind: str
    value: float
    bound: str
    text: str


@lru_cache(maxsize=8_192)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text, in order of kind."""
    plain = _plain(text)
    found: dict[tuple[str, float, str], Quantity] = {}
    taken: list[tuple[int, int]] = []

    def keep(kind: str, value: float, bound: str, match: re.Match[str]) -> None:
        found.setdefault((kind, value, bound), Quantity(kind, value, bound, match.group(0).strip()))
        taken.append(match.span())

    often = bool(_INTERVAL.search(plain))
    for match in _WINDOW.finditer(plain):
        keep("window", _value(match.groupdict()), "least", match)
    for match in _TIMES.finditer(plain):
        keep("time", *_interval(match, _UNIT[match.group("unit")] / _times(match)), match)
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                groups = match.groupdict()
                value, bound = _value(groups), _bound(groups, plain)
                if kind == "time" and often and bound in ("most", "exact"):
                    bound = "interval"
                keep(kind, value * (_ABOVE if groups.get("strict") else 1), bound, match)
    for match in _LATER.finditer(plain):  # "after 30 days, and at most 30 days later": the second begins at the first
        first = max((one.value for one in found.values() if one.kind == "time" and one.bound != "interval"), default=0)
        value = first + _number(match.group("number")) * _UNIT[match.group("unit")]
        found.setdefault(("time", value, "most"), Quantity("time", value, "most", match.group(0).strip()))
    for match in _EVERY.finditer(plain):
        keep("time", *_interval(match, _UNIT[match.group("unit")]), match)
    for match in _WORD_FREQUENCY.finditer(plain):
        keep("time", *_interval(match, float(_FREQUENCY[match.group("word")])), match)
    return tuple(found.values())


def _plain(text: str) -> str:
    return re.sub(r"\b24 ?[/x] ?7\b|\b24 7 365\b", " ", re.sub(r"(?<=\b(?:semi|real))-|(?<=\bbi)-", " ", fold(text)))


def _interval(match: re.Match[str], seconds: float) -> tuple[float, str]:
    """How far apart, and whether it is asked as that or more often (interval), or as rarer."""
    return seconds / (_ABOVE if match.group("strict") else 1), "rarer" if match.group("rarer") else "interval"


def _times(match: re.Match[str]) -> float:
    word = match.group("times")
    return {"once": 1.0, "twice": 2.0, "thrice": 3.0}[word] if word else max(_number(match.group("number")), 1.0)


def _value(groups: dict[str, str | None]) -> float:
    given = groups.get("number") or groups.get("number2")
    value = _number(given) if given else 0.5 if groups.get("half") else 2.0 if groups.get("two") else 1.0
    return value * (_UNIT[unit] if (unit := groups.get("unit")) else 1)


def _number(text: str) -> float:
    parts = text.replace("-", " ").split()
    if all(part in _NUMBERS or part in _TENS for part in parts):
        return float(
            sum(_NUMBERS.index(part) + 1 if part in _NUMBERS else 10 * _TENS.index(part) + 20 for part in parts)
        )
    return float(text.replace(",", ""))


def _bound(groups: dict[str, str | None], text: str) -> str:
    if groups.get("every"):
        return "interval"
    if groups.get("below"):
        return "below"
    if any(groups.get(name) for name in ("least", "strict", "more", "least2")):
        return "least"
    if groups.get("most") or groups.get("fewer"):
        return "most"
    return "least" if groups.get("unit") and _KEPT.search(text) else "exact"


def unread(text: str) -> str:
    """A bound whose figure could not be read (`within a few hours`, a range), or empty: never to be passed over."""
    plain = _plain(text)
    if found := _RANGE.search(plain):
        return found.group(0)
    known = [one.text for one in quantities(text)]
    for match in _UNREAD.finditer(plain):
        words = match.group(0).strip()
        if not any(one in words or words in one for one in known):
            return words
    return ""


def compare(question: str, claim: str) -> tuple[int, str]:
    """1 when every quantity asked for is held, -1 when one is not, 0 when one cannot be compared; and why.

    2 when the question asks for none.
    """
    asked = quantities(question)
    if vague := unread(question):
        return 0, f"the figure cannot be read: {vague!r}"
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
    if "rarer" in (asked.bound, held.bound) or (asked.kind == "bits" and (asked.value > 512) != (held.value > 512)):
        return None  # what is rarer than monthly need not be yearly; keys of RSA and of AES have nothing in common
    if (asked.bound == "interval") != (held.bound == "interval"):
        return None
    if asked.bound in ("interval", "most"):
        return None if held.bound == "least" else _sign(held.value <= asked.value)
    if asked.bound == "below":
        return -1 if held.bound in ("least", "exact") and held.value >= asked.value else None
    if asked.kind == "window":  # a longer look back holds a shorter one; a shorter one says nothing of it
        return 1 if held.value * 1.02 >= asked.value else None
    if asked.bound == "least":
        return None if held.bound == "most" else _sign(held.value >= asked.value)
    if asked.kind in ("time", "attempts"):  # a bare time is a limit, as in "expire after 15 minutes"
        return None if held.bound == "least" else _sign(held.value <= asked.value)
    return _sign(held.value >= asked.value)


def _sign(holds: bool) -> int:
    return 1 if holds else -1
