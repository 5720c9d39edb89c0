"""A share of time that is promised or reached, against the minutes that the page says it allows or that were lost.

A month has 30 days, a quarter 91, a year 365 (rounding to 31 and 366 is forgiven): 99.9 % of a month is 43 minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import Quantity, durations, percentages

_ABOUT = re.compile(r"\b(?:uptime|up|availab\w*|SLA|service levels?|service commitment|reachable)\b", re.IGNORECASE)
_ALLOWS = re.compile(
    r"\b(?:downtime|unavailab\w*|outages?|down|offline|interruption\w*|off the air|unreachable)\b", re.IGNORECASE
)
_MEANS = re.compile(
    r"\b(?:means?|no more than|at most|up to|allows?|less than|under|about|equals?|i\.e\.|that is|which is|amounts? to"
    r"|corresponds? to|maximum|not more than|comes? to)\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"\b(?P<n>30-day |31-day |calendar |twelve |12 )?(?P<unit>day|week|month|quarter|year|months)(?:ly)?\b",
    re.IGNORECASE,
)
_HOURS = {"day": 24.0, "week": 168.0, "month": 720.0, "quarter": 2190.0, "year": 8760.0, "months": 8760.0}
_REACHED = re.compile(
    r"\b(?:achieved|reached|measured|recorded|delivered|was|were|has been|have been|had|kept|actual"
    r"|over the (?:last|past)"
    r"|in the (?:last|past)|since)\b",
    re.IGNORECASE,
)
_WAS_DOWN = re.compile(
    r"\b(?:was|were|went|stayed|remained) (?:\w+ ){0,3}?(?:unavailable|down|offline|unreachable|interrupted"
    r"|out of service|inaccessible)\b|\b(?:outage|interruption|disruption|incident)\b[^.;]{0,40}\b(?:lasted|of|for|took"
    r"|cost)\b",
    re.IGNORECASE,
)
_EXCLUDED = re.compile(
    r"\b(?:maintenance|planned|drill|exercise|test|if|would|could|credits?|restor\w+ (?:test|took))\b",
    re.IGNORECASE,
)
_BRIDGES = re.compile(r"\b(?:buffer\w*|queue[sd]?|offline mode)\b", re.IGNORECASE)
"""What bridges an outage may do so for longer than one is allowed."""
_CLOCK = re.compile(
    r"\bfrom (?P<h>\d{1,2})[:.](?P<m>\d\d) ?(?P<a>[ap]\.?m\.?)? ?(?:to|until|till|–|-) ?"
    r"(?P<H>\d{1,2})[:.](?P<M>\d\d) ?(?P<A>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_TOLERANCE = 0.25
_SUGGEST = "Compute the minutes from the percentage and its period, and print both from one source."


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage of time, with the hours of the period that it is of; nothing where the page does not say."""

    passage: Passage
    quantity: Quantity
    period: float


def check(corpus: Corpus) -> Iterator[Finding]:
    """Minutes that do not follow from the percentage beside them, and outages longer than a reached figure leaves."""
    shares = [share for one in corpus.asserted if one.kind != "title" for share in _shares(one)]
    for share in shares:
        yield from _allowed(share)
    told = {share.passage.start for share in shares if next(_allowed(share), None)}
    for one in corpus.asserted:
        if not any(share.passage.start == one.start for share in shares):
            yield from _elsewhere(one, [share for share in shares if share.passage.start not in told])
    yield from _outages(corpus, shares)


def _shares(one: Passage) -> Iterator[Share]:
    if not _ABOUT.search(one.context):
        return
    for value in percentages(one.text):
        if value.low >= 90:
            found = _PERIOD.search(one.text[value.start : value.end + 50]) or _PERIOD.search(one.text[: value.start])
            yield Share(one, value, _HOURS[found["unit"].lower()] if found else 0)


def _minutes(one: Passage) -> Iterator[tuple[Quantity, float]]:
    """Lengths of time that are called downtime, with the hours of the period that they are lost in."""
    if not _ALLOWS.search(one.text) or not _MEANS.search(one.text) or _BRIDGES.search(one.text):
        return
    for found in durations(one.text):
        near = one.text[max(0, found.start - 60) : found.end + 60]
        period = re.search(
            r"\b(?:per|a|in a|in any|each|every|of|over a) (?:30-day |31-day |calendar |single )?"
            r"(?P<unit>day|week|month|quarter|year)\b",
            one.text[found.end : found.end + 60],
            re.IGNORECASE,
        )
        longer = re.search(
            r"\b(?:longer|more|shorter|within|after) (?:than )?$", one.text[: found.start], re.IGNORECASE
        )
        more = longer and not re.search(r"\b(?:no|not) more than $", one.text[: found.start], re.IGNORECASE)
        if _ALLOWS.search(near) and found.high < 240 and not more:
            yield found, _HOURS[period["unit"].lower()] if period else 0


def _disagree(share: Share, lost: Quantity, period: float) -> bool:
    hours = period or share.period
    if not hours or (period and share.period and period != share.period):
        return False
    allowed = hours * (100 - share.quantity.low) / 100
    return not allowed * (1 - _TOLERANCE) <= lost.low <= allowed * (1 + _TOLERANCE)


def _allowed(share: Share) -> Iterator[Finding]:
    """`99.99 %, which means at most 44 minutes a month`: one of both is another figure's."""
    one = share.passage
    for lost, period in _minutes(one):
        if _disagree(share, lost, period) and not any(
            not _disagree(other, lost, period) for other in _shares(one) if other.quantity != share.quantity
        ):
            yield Finding("value.downtime", "value", quote(one), _why(share, lost, period), _SUGGEST)
            return


def _elsewhere(one: Passage, shares: list[Share]) -> Iterator[Finding]:
    """Minutes in one sentence, the percentage in another of the same section."""
    for lost, period in _minutes(one):
        near = [share for share in shares if share.passage.heading == one.heading and (period or share.period)]
        if near and all(_disagree(share, lost, period) for share in near):
            share = near[-1]
            yield Finding(
                "value.downtime", "value", quote(share.passage), _why(share, lost, period), _SUGGEST, quote(one)
            )
            return


def _why(share: Share, lost: Quantity, period: float) -> str:
    hours = (period or share.period) * (100 - share.quantity.low) / 100
    return (
        f"{share.quantity.low:g} % leaves {hours * 60:.0f} minutes of the period, "
        f"and {lost.low * 60:.0f} minutes are named for it."
    )


def _outages(corpus: Corpus, shares: list[Share]) -> Iterator[Finding]:
    """A figure that was reached over a year, and an outage told of that by itself is longer than it leaves."""
    reached = [
        share
        for share in shares
        if _REACHED.search(share.passage.text) and share.period in (8760.0, 2190.0, 720.0) and share.quantity.low > 99
    ]
    monthly = r"\b(?:each|every|any) (?:single )?(?:of the (?:last|past) (?:\w+ )?)?months?\b"
    reached = [
        replace(share, period=_HOURS["month"]) if re.search(monthly, share.passage.text, re.IGNORECASE) else share
        for share in reached
    ]
    for share in reached:
        limit = share.period * (100 - share.quantity.low) / 100
        for one in corpus.asserted:
            lost = _length(one)
            if one.start != share.passage.start and lost > limit * 1.05:
                why = (
                    f"{share.quantity.low:g} % leaves {limit:.1f} hours of the period, "
                    f"and this interruption alone took {lost:.1f}."
                )
                yield Finding("value.outage", "value", quote(share.passage), why, _SUGGEST, quote(one))
                break


_LASTED = re.compile(r"\b(?:how long|duration|length|lasted|down for|time down|minutes|downtime)\b", re.IGNORECASE)
_DOWN = re.compile(r"\b(?:unavailable|down|offline|outage|unreachable|inaccessible)\b", re.IGNORECASE)
_PARTLY = re.compile(
    r"\b(?:partial\w*|degraded|slow\w*|delay\w*|some|one region|no loss|partner|provider)\b", re.IGNORECASE
)
_SHORT_TIME = re.compile(
    r"(?:(?P<h>\d{1,2}) ?h(?:rs?|ours?)?)?,? ?(?:(?P<m>\d{1,3}) ?m(?:in(?:utes)?)?)?", re.IGNORECASE
)


def _hours(text: str) -> float:
    """`3 h 20 min` in hours; what is no such length is zero."""
    found = _SHORT_TIME.match(text.strip())
    return int(found["h"] or 0) + int(found["m"] or 0) / 60 if found else 0


def _length(one: Passage) -> float:
    """The hours of an interruption that a passage tells of; none is zero."""
    told = len(one.cells) > 2 and _LASTED.search(" ".join(one.columns)) and _DOWN.search(one.text)
    if not (told or _WAS_DOWN.search(one.text)) or _EXCLUDED.search(one.text):
        return 0
    if told:
        cell = one.cells[-1]
        if _PARTLY.search(one.text):
            return 0
        return sum(found.low for found in durations(cell)) or _hours(cell)
    clock = _CLOCK.search(one.text)
    if clock:
        first, last = (int(clock[h]) + int(clock[m]) / 60 for h, m in (("h", "m"), ("H", "M")))
        if (clock["A"] or "").lower().startswith("p") and (clock["a"] or "p").lower().startswith("a"):
            last += 12
        return (last - first) % 24
    return max((found.low for found in durations(one.text) if found.high < 400), default=0)
