"""Questionnaires that were sent: what was told to whom, resting on which claims, and what has fallen since.

Values only. Customers' names and their questions stay in the private store (`pipeline.sending`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from trustcenter.errors import TrustCenterError
from trustcenter.publish.questionnaire.model import HELD, NOT_HELD, Report
from trustcenter.publish.questionnaire.text import words

_OPEN = NOT_HELD | {"accepted_deviation", "not_applicable"}
"""States of which an honest answer can speak without a Yes: it still says so tomorrow, unless they change."""


@dataclass(frozen=True)
class SentAnswer:
    """One answer as it was written. `question_key` is the question's words, folded, for comparing across forms."""

    place: str
    question: str
    verdict: str
    answer: str
    state: str
    as_of: str
    claims: tuple[str, ...]

    @property
    def question_key(self) -> str:
        return key_of(self.question)


@dataclass(frozen=True)
class Sent:
    """One questionnaire that went out. Digests are of the customer's file and of the answered copy (sha256)."""

    id: str
    recipient: str
    file: str
    sent_at: str
    source_digest: str
    result_digest: str
    fingerprint: str
    checkpoint: int
    answers: tuple[SentAnswer, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any], where: str) -> Sent:
        """Raises TrustCenterError for a record that is not one."""
        try:
            answers = tuple(SentAnswer(**{**one, "claims": tuple(one["claims"])}) for one in value["answers"])
            return cls(**{**value, "answers": answers})
        except (KeyError, TypeError) as error:
            raise TrustCenterError(f"this is not the record of a sent questionnaire ({error})", where=where) from error


def key_of(question: str) -> str:
    """A question's words, folded: what makes two questions the same."""
    return " ".join(words(question))


def sent(report: Report, recipient: str, file: str, checkpoint: int) -> Sent:
    """The record of an answered file. Raises TrustCenterError where nothing was written."""
    if not report.written or report.result_digest is None:
        raise TrustCenterError("nothing was written, so nothing can have been sent")
    identifier = f"{report.made_at:%Y%m%dT%H%M%SZ}-{report.result_digest.removeprefix('sha256:')[:8]}"
    return Sent(
        identifier, recipient, file, report.made_at.isoformat(), report.source_digest, report.result_digest,
        report.fingerprint, checkpoint, answers_of(report),
    )  # fmt: skip


def answers_of(report: Report) -> tuple[SentAnswer, ...]:
    """What a report's file tells its reader: the rows that were answered."""
    return tuple(
        SentAnswer(
            f"{row.sheet}!{row.cell}", row.question, row.verdict, row.answer, row.state,
            row.as_of.isoformat() if row.as_of else "", row.claims,
        )
        for row in report.rows
        if row.outcome == "answered"
    )  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One answer that rests on a claim which no longer holds."""

    record: Sent
    answer: SentAnswer
    fallen: tuple[str, ...]


def resting_on_fallen(records: Iterable[Sent], states: Mapping[str, str]) -> tuple[Told, ...]:
    """The answers of which at least one claim does not stand; the latest questionnaire of each customer first.

    `states` are those of all claims today. A claim that was held must be held; what a No or "not applicable" said of
    something that is not done, or is outside, must still be said. An answer that a later one to the same customer has
    replaced (the same question) is not told again.
    """
    found: list[Told] = []
    replaced: set[tuple[str, str]] = set()
    latest_first = sorted(records, key=lambda one: one.sent_at)[::-1]  # of one second, the later one first
    for record in latest_first:
        for answer in record.answers:
            mark = (record.recipient, answer.question_key)
            if mark in replaced:
                continue
            replaced.add(mark)
            fallen = tuple(claim for claim in answer.claims if states.get(claim) not in _supporting(answer))
            if fallen:
                found.append(Told(record, answer, fallen))
    return tuple(found)


def _supporting(answer: SentAnswer) -> frozenset[str]:
    """The states of its claims that still support an answer; the state of the first claim was kept, as it was then."""
    mixed = answer.verdict == "partial" or (answer.verdict == "no" and len(answer.claims) > 1)
    return HELD | _OPEN if mixed or answer.state not in HELD else HELD


@dataclass(frozen=True)
class Conflict:
    """The same question, answered differently before: to whom and when. `number` is the question's, from 1."""

    question: str
    place: str
    now: str
    before: str
    record: Sent
    number: int


def conflicts(report: Report, records: Iterable[Sent]) -> tuple[Conflict, ...]:
    """Answers of a report whose verdict differs from the latest one sent to anybody for the same question."""
    latest: dict[str, tuple[Sent, SentAnswer]] = {}
    for record in sorted(records, key=lambda one: one.sent_at):
        for answer in record.answers:
            latest[answer.question_key] = (record, answer)
    found = []
    for number, row in enumerate(report.rows, 1):
        if row.outcome not in ("answered", "needs_review"):
            continue
        earlier = latest.get(key_of(row.question))
        if earlier is None or not earlier[1].verdict:
            continue
        now = row.verdict if row.outcome == "answered" else "needs review"
        if now != earlier[1].verdict:
            found.append(Conflict(row.question, f"{row.sheet}!{row.cell}", now, earlier[1].verdict, earlier[0], number))
    return tuple(found)


@dataclass(frozen=True)
class Difference:
    """A question of two questionnaires of one customer: new, gone, or answered differently."""

    kind: str
    question: str
    before: str
    after: str


def differences(before: Sent, after: Sequence[SentAnswer]) -> tuple[Difference, ...]:
    """What changed against an earlier questionnaire: reworded answers of the same verdict and claims are no change."""
    old = {answer.question_key: answer for answer in before.answers}
    new = {answer.question_key: answer for answer in after}
    found = [Difference("new", answer.question, "", answer.answer) for key, answer in new.items() if key not in old]
    for key, answer in old.items():
        other = new.get(key)
        if other is None:
            found.append(Difference("gone", answer.question, answer.answer, ""))
        elif (answer.verdict, set(answer.claims)) != (other.verdict, set(other.claims)):
            found.append(Difference("changed", answer.question, answer.answer, other.answer))
    return tuple(found)


def notice(record: Sent, told: Sequence[Told], sentences: Mapping[str, str], organisation: str, now: datetime) -> str:
    """A letter that corrects what was told: each question, what was answered then, and what the page says now."""
    one_alone = len(told) == 1
    lines = [
        f"To: {record.recipient}",
        f"Subject: Correction to our answers of {record.sent_at[:10]}",
        "",
        f"On {record.sent_at[:10]} we answered your questionnaire {record.file}.",
        f"{'One' if one_alone else len(told)} of our answers rested on what is no longer confirmed.",
        f"Please do not rely on {'it' if one_alone else 'them'} until we write again.",
        "",
    ]
    for number, one in enumerate(told, 1):
        lines += [f"{number}. {one.answer.question}", f"   We answered then: {' '.join(one.answer.answer.split())}"]
        lines += [f"   Today, {claim}: {sentences.get(claim, 'no longer stated')}" for claim in one.fallen]
        lines.append("")
    lines += [f"{organisation}, {now:%d %B %Y}", ""]
    return "\n".join(lines)
