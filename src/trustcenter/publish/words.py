"""The page's words: states, methods, frameworks, domains, dates. Each is written once, here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from trustcenter.model.claim_state import State
from trustcenter.model.collector import Method

Shown = State | Literal["withdrawn"]
"""A claim's state as a reader sees it. `withdrawn` hides which of failing, unconfirmed and stale it is."""

SHOWN: tuple[Shown, ...] = (
    "tested", "documented", "declared", "accepted_deviation", "in_progress", "not_done",
    "failing", "unconfirmed", "stale", "withdrawn", "not_applicable",
)  # fmt: skip
"""In the order of the legend."""

STATE_WORDS: dict[Shown, str] = {
    "tested": "Tested by us",
    "documented": "Documented",
    "declared": "Declared",
    "accepted_deviation": "Accepted deviation",
    "in_progress": "In progress",
    "not_done": "Not done",
    "failing": "Failing",
    "unconfirmed": "Could not be confirmed",
    "stale": "Stale",
    "withdrawn": "Not currently confirmed",
    "not_applicable": "Not applicable",
}

PREFIXES: dict[Shown, str] = {
    "accepted_deviation": "With an accepted deviation:",
    "in_progress": "Not yet:",
    "not_done": "Not done:",
    "failing": "Does not hold:",
    "unconfirmed": "Not confirmed:",
    "stale": "Not known now:",
    "withdrawn": "Not currently confirmed:",
    "not_applicable": "Not applicable:",
}
"""Printed inside the sentence, so that it cannot be read, copied or indexed as true."""

LEGEND: dict[Shown, tuple[str, str]] = {
    "tested": (
        "Every test behind the sentence held, over the whole population, on evidence that has not expired.",
        "The strongest we say. The methods beside it say how we looked. It is our own test, not an auditor’s opinion.",
    ),
    "documented": ("A document is held and in date. Nobody measured the practice.", "We can show you the paper."),
    "declared": ("A named role stated it, with a date and an expiry.", "You have our word, and whose."),
    "accepted_deviation": (
        "Some items deviate; an owner and a different approver accepted that until the date shown.",
        "True except for the items counted. On that date it lapses.",
    ),
    "in_progress": ("Being built, with an owner; the target date is public.", "Not true yet."),
    "not_done": ("We do not do this.", "Not true."),
    "failing": ("A test found a deviation, and we show it.", "Not true now."),
    "unconfirmed": ("The source refused, timed out or answered incompletely.", "Unknown. Never counted as holding."),
    "stale": ("It held when last seen; the evidence is older than the control allows.", "Unknown since that date."),
    "withdrawn": (
        "We cannot show that it holds today, so the sentence is withdrawn. Detail is given under NDA.",
        "Do not rely on it.",
    ),
    "not_applicable": ("It does not concern this service; the reason is given.", "Read the reason."),
}

METHOD_WORDS: dict[Method, tuple[str, str]] = {
    "representation": ("Representation", "A responsible person told us so. Never enough for an automatic control."),
    "observation": ("Observation", "Behaviour was watched in records of the running system."),
    "inspection": ("Inspection", "Configuration or records were read, all of them."),
    "probe": ("Probe", "We did the thing again and watched the result."),
}
"""Least evidence first; the bars beside the word count up in this order."""

FRAMEWORK_NAMES: dict[str, str] = {"soc2": "SOC 2", "gdpr": "GDPR", "ccpa": "CCPA"}

ROLE_WORDS: dict[str, str] = {
    "controller": "controller",
    "processor": "processor",
    "business": "business",
    "service_provider": "service provider",
}

DOMAINS: dict[str, tuple[str, str]] = {
    "access": ("Access", "Who can reach customer data, and what stops everybody else."),
    "data": ("Data", "How customers’ data is kept apart, encrypted, kept and deleted."),
    "platform": ("Platform", "How the service and its machines are set up and watched."),
    "change": ("Change", "How software and settings change, and who looks first."),
    "people": ("People", "What we ask of the people who work here."),
    "privacy": ("Privacy", "Personal data: what for, how long, and people’s rights over it."),
    "vendors": ("Vendors", "The companies we rely on, and how we watch them."),
    "incidents": ("Incidents", "How trouble is found, handled and told."),
    "continuity": ("Continuity", "Backups, recovery and staying up."),
}
"""Title and topic of each domain; the topic states nothing that a control would have to hold."""

DOCUMENT_ACCESS = {"public": "Public", "nda": "Under NDA", "auditor": "Auditors"}

_NO_BREAK = "\N{NO-BREAK SPACE}"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | datetime | None) -> str:
    """`20 Nov 2026`, joined by no-break spaces; the empty text for None."""
    if value is None:
        return ""
    return f"{value.day}{_NO_BREAK}{_MONTHS[value.month - 1]}{_NO_BREAK}{value.year}"


def minute(value: datetime | None) -> str:
    """`20 Nov 2026, 06:14 UTC`."""
    return "" if value is None else f"{day(value)}, {value:%H:%M}{_NO_BREAK}UTC"


def number(value: int) -> str:
    """An integer with thousands apart: `48,112`."""
    return f"{value:,}"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def count(amount: int, one: str, many: str | None = None) -> str:
    """`1 control`, `3 controls`."""
    return f"{number(amount)} {one if amount == 1 else many or one + 's'}"


def domain_title(domain: str) -> str:
    """The domain's title; a domain of the instance's own is called by its folder's name."""
    return DOMAINS[domain][0] if domain in DOMAINS else domain.replace("-", " ").replace("_", " ").capitalize()


def css(name: str) -> str:
    """A state's or method's class in the stylesheet."""
    return re.sub(r"[^a-z0-9-]", "", name.replace("_", "-"))
