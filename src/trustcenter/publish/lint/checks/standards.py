"""Examinations and laws said to be reached in one place and not in another (rules/standards.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from trustcenter.publish.lint.checks.mentions import Mention, all_standards, mentions, words_of
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus
from trustcenter.publish.lint.passages import quote

_COVERED = re.compile(
    r"\b(cover(s|ed)|complete[d]?|complian(t|ce) (is )?(achieved|in place)|fully|issued|obtained"
    r"|certified|satisf(y|ies|ied)"
    r"|fulfil(s|led)?|implemented|updated|in place|meets?)\b",
    re.IGNORECASE,
)

_TYPE = re.compile(r"\btype (1|2|I{1,2})\b", re.IGNORECASE)
_STATUS = (
    "A reader cannot tell which state is true, and takes the better one; an examiner's report has "
    "one type and one date.",
    "Keep one record per examination (type, stage, as-of date or period, firm) and let every mention repeat it.",
)
_LAW = (
    "An obligation of this law is still open here, so the unconditional statement is not true today.",
    "Say which obligations are met and which are open, one by one; leave the word compliant out.",
)


def check(corpus: Corpus) -> Iterator[Finding]:
    """Contradicting states of the same standard; at most a handful per standard, the strongest first."""
    words, everything = words_of(), mentions(corpus)
    for standard, (name, _, _, law) in all_standards().items():
        ours = [one for one in everything if one.standard == standard]
        if law:
            yield from _law(name, ours)
        else:
            yield from _examination(name, ours, bool(words["window"].search(corpus.text)))
        yield from _open_yet_done(name, ours)


def _law(name: str, ours: Sequence[Mention]) -> Iterator[Finding]:
    reached = [one for one in ours if one.stage == "achieved" and not one.duty and _unconditional(one)]
    pending = [one for one in ours if one.stage == "progress" and one.passage.kind != "title"]
    pending.sort(key=lambda one: not words_of()["progress"].search(one.passage.text))
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
        types = types and not (_both_types(first) or _both_types(second))
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


def _both_types(mention: Mention) -> bool:
    """Whether it tells of both types: `Type I report of November; Type II window runs till June`."""
    return (
        len({found.upper().replace("1", "I").replace("2", "II") for found in _TYPE.findall(mention.passage.said)}) > 1
    )


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
    about = all_standards()[mention.standard][1]
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
        if passage.kind != "title" or not words_of()["progress"].search(passage.standing):
            continue
        for below in ours:
            other = below.passage
            if other.heading != passage.text or other.place.file != passage.place.file or other.kind == "title":
                continue
            if (
                _COVERED.search(other.text)
                and not words_of()["progress"].search(other.text)
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
                    "legal.open-yet-covered", "legal" if all_standards()[title.standard][3] else "status",
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
    promised = [passage for passage in corpus.asserted if words_of()["disclaimer"].search(passage.text)]
    if not promised:
        return
    told = set()
    for one in unearned:
        claimed = next((q for q in one.quotes if words_of()["achieved"].search(q.text)), one.first)
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
