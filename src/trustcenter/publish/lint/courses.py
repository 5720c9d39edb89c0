"""What is one course and no contradiction: branches of a rule, tiers of a scheme, stages one after another.

Truthful pages say `while on duty every minute, otherwise every ten`; keep daily, weekly and monthly copies, each for a
time of its own; and delete live data first, exports and backups later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from trustcenter.publish.lint.page import Passage

_BRANCH = re.compile(
    r"^(?:while|if|when(?!ever you are)|where|during|outside(?: of)?|otherwise|elsewhere|without|in (?:all|any) other"
    r"|for (?:all|the) others?|all others?|everybody else|the rest)\b",
    re.IGNORECASE,
)
_LATER_BRANCH = re.compile(
    r"^(?:otherwise|elsewhere|in (?:all|any) other|for (?:all|the) others?|all others?|everybody else|the rest)\b",
    re.IGNORECASE,
)


def other_branches(first: Passage, second: Passage) -> bool:
    """`While on an order every minute.` `If clocked in without one, every ten`: a condition of its own opens each."""
    if first.place.file != second.place.file or first.heading != second.heading:
        return False
    earlier, later = sorted((first, second), key=lambda one: one.start)
    if _LATER_BRANCH.match(later.text):
        return True
    one, other = _condition(earlier.text), _condition(later.text)
    return bool(one and other) and one != other


@lru_cache(maxsize=8192)
def _condition(text: str) -> str:
    opened = _BRANCH.match(text)
    return text.split(",")[0].lower() if opened and "," in text else ""


_TIER = re.compile(
    r"\b(?P<tier>hourly|daily|nightly|weekly|monthly|quarterly|yearly|annual|full|differential|incremental"
    r"|transaction[- ]logs?|write-ahead logs?|WAL|binary logs?|logical|physical|point-in-time|long-term|archived?)"
    r"(?: (?:and|or|or the) \w+)? (?:\w+ )?(?:snapshots?|back[- ]?ups?|cop(?:y|ies)|dumps?|ones?|images?|exports?)\b"
    r"|\b(?P<log>transaction[- ]logs?|write-ahead logs?|WAL|binary logs?|differentials?"
    r"|incrementals?|(?:database )?logs? of the database)\b",
    re.IGNORECASE,
)


_LAST_OF = re.compile(
    r"\b(?:last|first) (?:\w+ )?(?:back-?up|snapshot|copy|export|one)"
    r" (?:of|in) (?:a|the|each|every) (?P<unit>week|month|quarter|year)\b",
    re.IGNORECASE,
)
"""`The last full backup of a year` is the yearly one."""


@lru_cache(maxsize=8192)
def tiers(text: str) -> frozenset[str]:
    """The kinds of copy that a text names by their place in a scheme: `monthly snapshots`, `a full backup`."""
    if last := _LAST_OF.search(text):
        return frozenset({f"{last['unit'].lower()}ly"})
    return frozenset(re.sub(r"[- ]|s$", "", (m["tier"] or m["log"]).lower()) for m in _TIER.finditer(text))


def schemes(passages: Sequence[Passage]) -> frozenset[str]:
    """The tiers of the copies that a page makes side by side: those that one paragraph, list or table tells of."""
    beside: dict[tuple[str, int], set[str]] = {}
    for one in passages:
        if found := tiers(one.said):
            beside.setdefault(("block", one.block), set()).update(found)
            if one.group:
                beside.setdefault(("group", one.group), set()).update(found)
    return frozenset(name for names in beside.values() if len(names) > 1 for name in names)


def other_tiers(first: Passage, second: Passage) -> bool:
    """Whether each names a tier of its own: kept for another time, and made at another interval, by intent.

    A cadence is a tier where the page sets it beside another one, or says it of snapshots; otherwise `daily backups`
    at the top and `weekly backups` below are two values of one thing.
    """
    one, other = tiers(first.said), tiers(second.said)
    if not one or not other or one & other:
        return False
    known = first.scheme | second.scheme
    return one <= known or other <= known or bool(_SNAPSHOT.search(first.said) and _SNAPSHOT.search(second.said))


_SNAPSHOT = re.compile(r"\bsnapshots?\b", re.IGNORECASE)


_STAGES = {
    "live": re.compile(r"\b(?:live|production|primary|active) (?:data|database|systems?|stor\w+)\b", re.IGNORECASE),
    "export": re.compile(r"\b(?:export\w*|read-only|grace period|download\w*|available|retriev\w+)\b", re.IGNORECASE),
    "bin": re.compile(r"\b(?:recycle bins?|trash|bin)\b", re.IGNORECASE),
    "backup": re.compile(r"\b(?:back[- ]?ups?|snapshots?|point-in-time)\b", re.IGNORECASE),
    "proof": re.compile(r"\b(?:confirm\w*|certificates?|letters?|proof|in writing)\b", re.IGNORECASE),
    "log": re.compile(r"\b(?:audit|access|activity|security) (?:logs?|trail|records?)\b", re.IGNORECASE),
}
_EVERYTHING = re.compile(r"\b(?:all (?:data|copies|of it)|everything|permanently|included|including)\b", re.IGNORECASE)


@lru_cache(maxsize=8192)
def stages(text: str) -> frozenset[str]:
    """The stages of leaving that a text speaks of: live data, time to export, backups, the confirmation."""
    return frozenset(name for name, words in _STAGES.items() if words.search(text))


def other_stages(first: str, second: str) -> bool:
    """Whether each tells of a stage of its own: nothing is said of all copies, and no stage is named by both."""
    if _EVERYTHING.search(first) or _EVERYTHING.search(second):
        return False
    one, other = stages(first), stages(second)
    return bool(one and other) and not one & other


_ON_REQUEST = re.compile(
    r"\b(?:asks?|asked|requests?|requested|demand\w*)\b|\bon request\b|\b(?:can|may) ask\b", re.IGNORECASE
)
_DO_SO = re.compile(r"\b(?:do|does|done) (?:so|this|that|it)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


def _with_before(one: Passage) -> str:
    """A sentence that says `we do so` is read with the one before it."""
    if not _DO_SO.search(one.text) or not one.before:
        return one.text
    return f"{_SENTENCE.split(one.before.strip())[-1]} {one.text}"


def other_occasions(first: Passage, second: Passage) -> bool:
    """Whether one happens when somebody asks for it and the other by itself."""
    one, other = (_with_before(read) for read in (first, second))
    return bool(_ON_REQUEST.search(one)) != bool(_ON_REQUEST.search(other))


_DEED = re.compile(
    r"\b(?!providers?\b|reporters?\b|testers?\b|locations?\b|restaurants?\b)(?P<deed>delet|eras|remov|purg|destroy|wip|notif|inform|tell|told|announc|repl(?=[iy])|answer|respond|acknowledg"
    r"|restor|recover|fix|patch|remediat|mitigat|resolv|revok|disabl|deactivat|lock|block|review|test|rotat|renew|expir"
    r"|publish|post|send|sent|confirm|export|hand|return|provid|deliver|appl(?=[iy])|install|escalat|ship|pay|paid|refund|sign"
    r"|copi|copy|replicat|update|report|train|complet|approv|assess|scan|investigat)\w*\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:of|after|upon|from|following|since|once) (?:(?:the|its|a|an|your|our) )?[\w-]+", re.IGNORECASE
)
"""What a time runs from: `within a day of confirmation` confirms nothing."""
_SAME_DEED = {
    "eras": "delet", "remov": "delet", "purg": "delet", "destroy": "delet", "wip": "delet", "expir": "delet",
    "inform": "notif", "tell": "notif", "told": "notif", "announc": "notif", "report": "notif", "sent": "send",
    "repl": "answer", "respond": "answer", "acknowledg": "answer", "recover": "restor", "patch": "fix",
    "remediat": "fix", "mitigat": "fix", "resolv": "fix", "appl": "fix", "install": "fix", "disabl": "revok",
    "deactivat": "revok", "lock": "revok", "block": "revok", "copi": "copy", "replicat": "copy", "paid": "pay",
    "hand": "export", "return": "export", "deliver": "send", "provid": "send", "post": "publish", "ship": "send",
}  # fmt: skip


@lru_cache(maxsize=8192)
def deeds(text: str) -> frozenset[str]:
    """What a text says is done, each by one name: `erased` and `purged` are both deleted."""
    found = {m["deed"].lower() for m in _DEED.finditer(_EVENT.sub(" ", text))}
    return frozenset(_SAME_DEED.get(deed, deed) for deed in found)


def other_deeds(first: Passage, second: Passage) -> bool:
    """Whether each sets a time for an act of its own."""
    one, other = (deeds(_with_before(read)) for read in (first, second))
    return bool(one and other) and not one & other
