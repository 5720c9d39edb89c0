"""Two quantities of one kind stated about the same thing, whatever it is: what rules/values.yaml has no subject for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trustcenter.publish.lint.apart import reported, stated_exception
from trustcenter.publish.lint.checks.patterns import clauses
from trustcenter.publish.lint.courses import other_deeds, other_occasions, other_stages, tiers
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import alike, other_things, shared, stems, subject
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import EXTRACTORS, Quantity
from trustcenter.publish.lint.same_act import other_acts

_LIMIT = re.compile(
    r"\b(?:within|inside|under|no later than|at the latest|in less than|in at most|in|after|up to|takes?)\b.{0,14}$",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(?:in|within|during) (?:their|the|his or her) first (?P<unit>day|week|month)\b", re.IGNORECASE)
_NOTICE_AFTER = re.compile(
    r"^(?:'s?|’s?)?(?: of)? ?(?:(?:\w+ )?(?:notice|warning)|ahead|beforehand|in advance|before|prior|earlier)\b",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"\b(?:kept|keeps?|retain\w*|retention|stored?|held|hold|preserved|available|archived|valid|expires?|delet\w+ after"
    r"|(?:purged|removed|eras\w+|destroyed|expunged|wiped|overwritten) after)\b.{0,40}$|\b(?:is|are)"
    r" (?:deleted|erased|destroyed|removed|purged) $",
    re.IGNORECASE,
)
_KEPT_AFTER = re.compile(
    r"^.{0,12}\b(?:retention|history)\b|^,? [\w ]{0,30}\b(?:is|are) (?:then )?(?:automatically )?(?:deleted"
    r"|erased|purged|removed|destroyed)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?<![\d.])\b(?P<n>single|one|two|three|four|five|six|seven|eight|ten|twelve|\d{1,4}|dual)"
    r" (?:independent |separate |different )?"
    r"(?P<what>availability zones?|regions?|data ?cent(?:er|re)s?|reviewers?|approv(?:als?|ers?)|copies|characters?"
    r"|(?:failed |wrong )(?:attempts?|log-?ins?)|replicas?|providers?|auditors?|subprocessors?|employees)\b",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"\b(?P<n>one|two|three|four|five|six|seven|eight|nine|ten) (?P<what>signatures?|keys?|people|persons"
    r"|administrators|approvals?"
    r"|confirmations?|factors?|copies|locations?|continents|audits?|reviews?|shards?|clusters?|devices)\b",
    re.IGNORECASE,
)
_TEAM = re.compile(
    r"\b(?:teams? of (?:\w+ )?(?:two|three|four|five|six|seven|eight|nine|ten|twelve|\d{1,3})\b|team (?:has"
    r"|counts|consists of|is) (?:\w+ )?"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve|\d{1,3}) (?:members|people|engineers|persons))",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:[$€£]|\b(?:USD|EUR|GBP) ?)(?P<n>\d[\d,]*(?:\.\d+)?) ?(?P<scale>millions?|billions?|thousand|[mkb]n?)?\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\ba further (?!\d)|\b\w+ more (?:days|weeks|months)\b|\breplaced by\b|\bin addition\b"
    r"|\b(?:about|roughly|on average|took|measured|last|example|e\.g\.|between|from|at least|more than)\b",
    re.IGNORECASE,
)
_SUGGEST = "Give one value for it everywhere, as measured or as the contract says; where parts differ, name the part."
_NAMES = {
    "limit": "how soon it happens",
    "notice": "how long before it is announced",
    "kept": "how long it is kept",
    "frequency": "how often it happens",
    "count": "how many there are",
    "money": "the amount",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """A quantity and what it measures: `limit`, `notice`, `kept`, `frequency`, or a count of something by its name."""

    role: str
    quantity: Quantity


def stated(text: str, label: str = "") -> Iterator[Stated]:
    """What a text measures; a bare `30 days` counts by its label."""
    for found in EXTRACTORS["frequency"](text):
        yield Stated("frequency", found)
    for first in _FIRST.finditer(text):
        for found in EXTRACTORS["duration"](f"1 {first['unit']}"):
            yield Stated("limit", Quantity(0, found.high, first.start(), first.end()))
    for found in EXTRACTORS["duration"](text):
        before, after = text[: found.start], text[found.end :]
        if re.search(r"\b(?:every|each|per)\b.{0,6}$", before, re.IGNORECASE):
            continue
        named = f"{label} " if len(text) < 45 else ""
        if _NOTICE_AFTER.search(after) or re.search(r"\bnotice (?:of|is) .{0,10}$", before, re.IGNORECASE):
            yield Stated("notice", found)
        elif (
            _KEPT.search(before)
            or _KEPT_AFTER.search(after)
            or re.search(r"retention|kept|keep|how long", named, re.IGNORECASE)
        ):
            yield Stated("kept", found)
        elif _LIMIT.search(before) or (len(text) < 30 and label.endswith("?")):
            # `What is your RTO? One hour.`
            yield Stated("limit", found)
    for match in _THINGS.finditer(text):
        for found in EXTRACTORS["count"](match["n"]):
            name = match["what"].lower().rstrip("s")
            yield Stated(f"count {name}", Quantity(found.low, found.high, match.start(), match.end()))
            break
    for match in _TEAM.finditer(text):
        for found in EXTRACTORS["count"](match[0]):
            yield Stated("count people", Quantity(found.low, found.high, match.start(), match.end()))
            break
    for match in _MONEY.finditer(text):
        scale = {"m": 1e6, "k": 1e3, "b": 1e9}.get((match["scale"] or " ")[0].lower(), 1.0)
        amount = float(match["n"].replace(",", "")) * scale
        yield Stated("money", Quantity(amount, amount, match.start(), match.end()))
    for match in _COUNTED.finditer(text):
        what = match["what"].lower().rsplit(" ", 1)[-1].rstrip("s")
        if match["n"].lower() in ("single", "dual"):
            value = 1.0 if match["n"].lower() == "single" else 2.0
            yield Stated(f"count {what}", Quantity(value, value, match.start(), match.end()))
            continue
        for found in EXTRACTORS["count"](match[0]):
            yield Stated(
                f"count {what}",
                Quantity(found.low, found.high, match.start(), match.end()),
            )
            break


def check(corpus: Corpus) -> Iterator[Finding]:
    """Pairs whose quantities of one role differ throughout; each passage in one finding at most."""
    whole = (one for one in corpus.asserted if one.kind != "title" and not one.planned)
    # What a clause with a subject of its own measures is its own matter.
    parts = (part for one in whole for part in (list(clauses(one)) if _OWN_CLAUSE.search(one.text) else None) or [one])
    said = [(one, list(stated(one.text, _named(one)))) for one in parts]
    said = [(one, values) for one, values in said if values]
    told: set[tuple[str, int]] = set()
    for number, (first, values) in enumerate(said):
        for second, others in said[number + 1 :]:
            keys = {(first.place.file, first.start), (second.place.file, second.start)}
            pair = _differ(values, others)
            if pair is None or keys & told or _loose(first) or _loose(second):
                continue
            # A count names its own subject: the sentences need no other in common within a section.
            if not alike(first, second) or shared(first, second) <= {"review"}:
                continue
            if (
                _other_cadence(values, others, first, second)
                or _only_asked(pair[0].role, first, second)
                or stated_exception(first, second)
                or other_things(first, second)
            ):
                continue
            if pair[0].role == "count character" and stems(first.text) & stems(second.text) <= stems("characters"):
                # A password and a key each have their own length.
                continue
            if _one_course(pair[0].role, first, second):
                continue
            if pair[0].role in _OF_AN_ACT and other_acts(first, pair[0].quantity, second, pair[1].quantity):
                continue
            if not _of_row(first, second) or not _of_row(second, first):
                continue
            told |= keys
            one, other = pair
            why = (
                f"Two values for {_NAMES[one.role.split(' ')[0]]}, of what both sentences call the same: "
                "a reader plans with the better one."
            )
            yield Finding(
                "value.same-subject",
                "value",
                quote(first, one.quantity.start, one.quantity.end),
                why,
                _SUGGEST,
                quote(second, other.quantity.start, other.quantity.end),
            )
            break


_OWN_CLAUSE = re.compile(r"; (?:we|you) ")
_OF_AN_ACT = ("limit", "notice", "frequency", "kept")
_CADENCE = re.compile(r"\b(hourly|daily|nightly|weekly|monthly|quarterly|yearly)\b", re.IGNORECASE)


def _other_cadence(values: list[Stated], others: list[Stated], first: Passage, second: Passage) -> bool:
    """Whether each keeps copies of a cadence of its own: weekly ones are kept longer than hourly ones."""
    kept = all(any(value.role == "kept" for value in said) for said in (values, others))
    one, other = ({name.lower() for name in _CADENCE.findall(text)} for text in (first.text, second.text))
    return kept and bool(one and other) and not one & other


def _one_course(role: str, first: Passage, second: Passage) -> bool:
    """Whether both are steps of one course: another stage, another act, on another occasion."""
    if role == "frequency" and tiers(first.said) & first.scheme and tiers(second.said) & second.scheme:
        return True
    if role in ("kept", "limit") and other_stages(first.said, second.said):
        return True
    return role == "limit" and (other_deeds(first, second) or other_occasions(first, second))


def _of_row(row: Passage, other: Passage) -> bool:
    """Whether the other speaks of all that the row's label names, where only a heading says what the row measures."""
    if not (row.cells and row.kind == "badge") or re.search(r"retention|kept|keep", row.label, re.IGNORECASE):
        return True
    return stems(row.label) <= subject(other)


def _named(one: Passage) -> str:
    """What a bare quantity measures: its label, with the heading or column above a table of periods."""
    if one.cells and one.kind == "badge":
        return f"{one.label} {one.heading} {' '.join(one.columns)}"
    return one.label or one.heading


def _only_asked(role: str, first: Passage, second: Passage) -> bool:
    """Whether only the question above makes them one subject, while each sentence names its own."""
    if not first.heading.endswith("?") or first.block != second.block or first.cells:
        return False
    named = (stems(first.text) & stems(second.text)) - stems(role.replace("approval", ""))
    return not named and not re.match(r"(?:they|it|this|these|we|our)\b", second.text, re.IGNORECASE)


_CHOSEN = re.compile(
    r"\b(?:can|may) (?:\w+ )?(?:order|choose|set|lengthen|shorten|change|extend) (?:this|it|them|both|that)\b"
    r"|\bwants? (?:them|it)\b",
    re.IGNORECASE,
)
"""What somebody may have otherwise is no second value."""


def _loose(one: Passage) -> bool:
    return bool(_VAGUE.search(one.text) or _CHOSEN.search(one.text)) or reported(one.text)


def _differ(values: list[Stated], others: list[Stated]) -> tuple[Stated, Stated] | None:
    """The first two of one role, where no value of that role agrees with any of the other passage."""
    for role in dict.fromkeys(value.role for value in values):
        ours = [value for value in values if value.role == role]
        theirs = [value for value in others if value.role == role]
        if ours and theirs and not any(a.quantity.agrees(b.quantity) for a in ours for b in theirs):
            return ours[0], theirs[0]
    return None
