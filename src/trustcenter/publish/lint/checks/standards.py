"""Examinations and laws said to be reached in one place and not in another (rules/standards.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any, Literal

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data

Stage = Literal["achieved", "progress", "unsaid"]

_TYPE = re.compile(r"\bType[ -]?(III|II|I|1|2)\b", re.IGNORECASE)
_NOT_HELD = re.compile(
    r"\b(?:is|are) not (?:yet |currently |ourselves )?(?:certified|accredited|attested) (?:to|against|for|under)\b"
    r"|\bno (?:certificate|accreditation) (?:exists|is held|has been)\b"
    r"|\b(?:do|does) not (?:yet |currently )?(?:have|hold) (?:an? |any )?[\w ]{0,20}(?:certificat\w+|accreditation)\b",
    re.IGNORECASE,
)
_KIND = re.compile(r"(examination|engagement|type|kind|planned|target|goal|scope)\b", re.IGNORECASE)
"""Labels of a field that says which examination is meant, not how far it is."""
_TYPES = {"i": "1", "ii": "2", "1": "1", "2": "2"}
_COVERED = re.compile(
    r"\b(cover(s|ed)|complete[d]?|complian(t|ce) (is )?(achieved|in place)|fully|issued|obtained"
    r"|certified|satisf(y|ies|ied)"
    r"|fulfil(s|led)?|implemented|updated|in place|meets?)\b",
    re.IGNORECASE,
)

_NOT_WE = re.compile(r"[;,:] (?:and |but )?we (?:are|do|have|hold)(?: not|n.t)\b", re.IGNORECASE)
"""`It is certified; we are not`: somebody else is."""
_STATUS = (
    "A reader cannot tell which state is true, and takes the better one; an examiner's report has "
    "one type and one date.",
    "Keep one record per examination (type, stage, as-of date or period, firm) and let every mention repeat it.",
)
_LAW = (
    "An obligation of this law is still open here, so the unconditional statement is not true today.",
    "Say which obligations are met and which are open, one by one; leave the word compliant out.",
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage about one standard: how far it says we are, and for which type of report."""

    standard: str
    passage: Passage
    stage: Stage
    type: str
    early: bool
    duty: bool
    top: bool
    """In the summary at the top."""


@cache
def _words() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(text, re.IGNORECASE) for name, text in data("standards").items() if isinstance(text, str)}


@cache
def _standards() -> dict[str, tuple[str, re.Pattern[str], re.Pattern[str] | None, bool]]:
    def compiled(entry: dict[str, Any]) -> tuple[str, re.Pattern[str], re.Pattern[str] | None, bool]:
        duties = re.compile(entry["duties"], re.IGNORECASE) if "duties" in entry else None
        return entry["name"], re.compile(entry["about"], re.IGNORECASE), duties, entry["law"]

    return {name: compiled(entry) for name, entry in data("standards")["standards"].items()}


def _named(text: str) -> bool:
    """Whether a text names any standard."""
    return any(about.search(text) for _, about, _, _ in _standards().values())


def mentions(corpus: Corpus) -> list[Mention]:
    """Every passage that says something of our own about a standard."""
    found = []
    top = {(passage.place.file, passage.start) for passage in corpus.header}
    for passage in corpus.asserted:
        if passage.kind == "title" and passage.text.endswith("?"):
            # A question asserts nothing.
            continue
        badge = passage.kind == "badge" or (passage.place.file, passage.start) in top or _bare(passage)
        for standard, (_, about, duties, _law) in _standards().items():
            own = bool(about.search(passage.text) or about.search(passage.label) or about.search(passage.before))
            titled = bool(about.search(passage.about))
            duty = bool(duties and duties.search(passage.text)) and (
                titled or not _named(f"{passage.said} {passage.heading}")
            )
            if own or titled or duty:
                mention = _mention(standard, passage, own=own, duty=duty, badge=badge)
                found += [mention] if mention else []
    return found


def _bare(passage: Passage) -> bool:
    """A name in a line of names, `SOC 1 Type 2 · ISO 27001`: it claims as a badge does, unless its heading plans."""
    return (
        passage.kind == "item"
        and passage.text.count(" ") < 5
        and not passage.text.endswith((".", ":"))
        and not _words()["progress"].search(passage.heading)
    )


def _mention(standard: str, passage: Passage, *, own: bool, duty: bool, badge: bool) -> Mention | None:
    words = _words()
    said = f"{passage.label} {passage.text}"
    # `We are not certified to ISO 27001` is said of the standard itself, and contradicts a badge that claims it.
    open_here = own and _NOT_HELD.search(passage.text) is not None
    denied = words["denied"].search(said) and not open_here
    if denied or words["conditional"].search(said) or words["disclaimer"].search(said):
        return None
    # A contract with a provider is our duty; a provider's report is not ours.
    theirs = words["others"].search(passage.text) or _NOT_WE.search(passage.text)
    if theirs and duty and words["progress"].search(passage.text):
        theirs = None
    if theirs and passage.kind != "badge":
        return None
    stage: Stage = "unsaid"
    if open_here or words["progress"].search(passage.text):
        stage = "progress"
    elif words["achieved"].search(passage.text):
        stage = "achieved"
    elif words["progress"].search(passage.standing):
        stage = "progress"
    elif words["achieved"].search(passage.standing) or (
        own and badge and _TYPE.search(passage.text) and not _KIND.match(passage.label)
    ):
        stage = "achieved"
    if duty and not own and stage != "progress":
        return None
    kind = _TYPE.search(said) or _TYPE.search(passage.heading)
    early = bool(words["early"].search(passage.text))
    return Mention(
        standard, passage, stage, _TYPES.get(kind[1].lower(), "") if kind else "", early, duty and not own, badge
    )


def check(corpus: Corpus) -> Iterator[Finding]:
    """Contradicting states of the same standard; at most a handful per standard, the strongest first."""
    words, everything = _words(), mentions(corpus)
    for standard, (name, _, _, law) in _standards().items():
        ours = [one for one in everything if one.standard == standard]
        if law:
            yield from _law(name, ours)
        else:
            yield from _examination(name, ours, bool(words["window"].search(corpus.text)))
        yield from _open_yet_done(name, ours)


def _law(name: str, ours: Sequence[Mention]) -> Iterator[Finding]:
    reached = [one for one in ours if one.stage == "achieved" and not one.duty and _unconditional(one)]
    pending = [one for one in ours if one.stage == "progress" and one.passage.kind != "title"]
    pending.sort(key=lambda one: not _words()["progress"].search(one.passage.text))
    told = set()
    for first in reached:
        for second in pending:
            if first.passage.start == second.passage.start or second.passage.heading in told:
                continue
            told.add(second.passage.heading)
            yield _finding("legal.open-obligation", "legal", first, second, f"{name}: {_LAW[0]}", _LAW[1])
        if told:
            return


def _unconditional(mention: Mention) -> bool:
    text = mention.passage.text
    if re.search(r"\b(complian(t|ce)|certified|fully|meets? all)\b", text, re.IGNORECASE):
        return True
    return mention.passage.kind == "badge" and not re.search(r"\d+ of \d+", text)


def _examination(name: str, ours: Sequence[Mention], window: bool) -> Iterator[Finding]:
    why = f"{name}: {_STATUS[0]}"
    said = [one for one in ours if one.stage != "unsaid" and (one.passage.kind != "sentence" or _says_itself(one))]
    told: set[tuple[str, str]] = set()
    for first, second in combinations(said, 2):
        if _same_block(first, second) or _same_item(first, second) or _other_product(first, second):
            continue
        types = first.type and second.type and first.type != second.type
        if first.stage == second.stage:
            if not types or (first.stage != "progress" and not _only_type_differs(first, second)):
                continue
            kind = "status.type"
        elif types and (first if first.stage == "achieved" else second).type == "1":
            # A Type 1 report, then a Type 2 under way, is the usual course; the other way round nobody goes.
            continue
        else:
            kind = "status.stage"
        pair = (kind, first.passage.heading + first.passage.label)
        if pair not in told:
            told.add(pair)
            yield _finding(kind, "status", first, second, why, _STATUS[1])
    yield from _badge_type(name, said, told)
    started = [one for one in ours if one.type == "2" and one.stage == "progress" and not one.early]
    early = [one for one in ours if one.early and one.passage.kind != "badge"]
    if started and early and not window and not _same_item(started[0], early[0]):
        because = (
            f"{name}: a Type 2 in progress means an open observation window with a firm; elsewhere the work "
            f"is at readiness."
        )
        yield _finding("status.readiness", "status", started[0], early[0], because, _STATUS[1])


def _badge_type(name: str, said: Sequence[Mention], told: set[tuple[str, str]]) -> Iterator[Finding]:
    """A badge with a type of report that no sentence below has, while they tell of a report of the other type."""
    for badge in said:
        if not badge.top or not badge.type or badge.stage != "achieved":
            continue
        below = [one for one in said if not one.top and one.stage == "achieved" and one.type]
        pair = ("status.type", badge.passage.heading + badge.passage.label)
        if below and all(one.type != badge.type for one in below) and pair not in told:
            told.add(pair)
            yield _finding("status.type", "status", badge, below[0], f"{name}: {_STATUS[0]}", _STATUS[1])
            return


def _same_block(first: Mention, second: Mention) -> bool:
    """Sentences of one paragraph tell a story, unless the later says that nothing has been reached so far."""
    return first.passage.block == second.passage.block and not re.search(
        r"\b(?:our|the) first\b|\bnot yet\b|\bcertification audit\b|\b(?:expired|lapsed|withdrawn|suspended|revoked)\b",
        second.passage.text,
        re.IGNORECASE,
    )


def _other_product(first: Mention, second: Mention) -> bool:
    """One of them speaks of a part of the service by name: `no audit for the lending product yet`."""
    part = re.compile(
        r"\bfor (?:the|our) [\w -]{3,30}\b(?:product|module|add-on|app|business line|subsidiary)\b", re.IGNORECASE
    )
    return bool(part.search(first.passage.text)) != bool(part.search(second.passage.text))


def _says_itself(mention: Mention) -> bool:
    """A sentence counts when it names the standard itself, or carries the state under the standard's title."""
    about = _standards()[mention.standard][1]
    one = mention.passage
    answers = one.heading.endswith("?") and re.match(r"(?:yes|no|not yet|not)\b", one.text, re.IGNORECASE)
    return bool(about.search(one.text) or (answers and about.search(one.heading)))


def _only_type_differs(first: Mention, second: Mention) -> bool:
    """Two reports may both exist: with dates they are a history, not a contradiction."""
    dated = re.compile(r"20\d\d")
    return not (dated.search(first.passage.text) or dated.search(second.passage.text)) and "badge" in (
        first.passage.kind,
        second.passage.kind,
    )


def _same_item(first: Mention, second: Mention) -> bool:
    """One entry of a list of standards: its title and the text below it."""
    one, other = first.passage, second.passage
    return one.place.file == other.place.file and (one.text == other.heading or other.text == one.heading)


def _open_yet_done(name: str, ours: Sequence[Mention]) -> Iterator[Finding]:
    """An entry that stands at `in progress` while its own text says it is covered."""
    for title in ours:
        passage = title.passage
        if passage.kind != "title" or not _words()["progress"].search(passage.standing):
            continue
        for below in ours:
            other = below.passage
            if other.heading != passage.text or other.place.file != passage.place.file or other.kind == "title":
                continue
            if (
                _COVERED.search(other.text)
                and not _words()["progress"].search(other.text)
                and not _negative(other.text)
            ):
                why = (
                    f"{name} stands as open, while the text below it reads as done; deadlines of the law are not "
                    f"said either."
                )
                suggest = (
                    "Say what is done with its date, what is open with its target, and keep the status to the worse "
                    "of them."
                )
                yield Finding(
                    "legal.open-yet-covered", "legal" if _standards()[title.standard][3] else "status",
                    quote(passage), why, suggest, quote(other),
                )  # fmt: skip
                break


def _negative(text: str) -> bool:
    return bool(re.search(r"\bnot\b|\bno\b|n't\b", text))


def _finding(rule: str, family: str, first: Mention, second: Mention, why: str, suggestion: str) -> Finding:
    return Finding(rule, family, quote(first.passage), why, suggestion, quote(second.passage))


def disclaimers(corpus: Corpus, found: Sequence[Finding]) -> Iterator[Finding]:
    """A promise to claim nothing unearned, on a page where a claim was just contradicted."""
    unearned = [one for one in found if one.rule in ("legal.open-obligation", "status.stage")]
    promised = [passage for passage in corpus.asserted if _words()["disclaimer"].search(passage.text)]
    if not promised:
        return
    told = set()
    for one in unearned:
        claimed = next((q for q in one.quotes if _words()["achieved"].search(q.text)), one.first)
        if (claimed.start, claimed.place.file) in told:
            continue
        told.add((claimed.start, claimed.place.file))
        yield Finding(
            "governance.unearned",
            "governance",
            quote(promised[0]),
            "The page promises to claim nothing that is not reached, and claims this, which another place contradicts.",
            "Remove the claim until it is earned; then the promise holds.",
            claimed,
        )
