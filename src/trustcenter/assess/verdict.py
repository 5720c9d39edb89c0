"""How a check ends: its exit code, and why, in lines that a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trustcenter.model.amount import counted
from trustcenter.model.assessment import Assessment, TestConclusion
from trustcenter.model.change import Change
from trustcenter.model.place import Place

Code = Literal[0, 1, 2, 3, 4, 5]
PRECEDENCE: tuple[Code, ...] = (5, 2, 1, 3, 4)
"""0 all hold; 1 drift; 2 configuration or usage; 3 inconclusive; 4 stale; 5 tampered. The worst first."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for one code, with the place of the control it concerns."""

    code: Code
    text: str
    place: Place | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place is not None else self.text


@dataclass(frozen=True, slots=True)
class Verdict:
    """The exit code of a check and its reasons, worst first, otherwise in the order of the catalogue."""

    code: Code
    reasons: tuple[Reason, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(str(reason) for reason in self.reasons)


def verdict(
    assessment: Assessment | None,
    changes: Sequence[Change],
    now: datetime,
    *,
    tampered: Sequence[str] = (),
    problems: Sequence[str] = (),
) -> Verdict:
    """Judge the whole: unwaived deviations, faulty waivers and weaker states are drift (1).

    `tampered` (5) and `problems` (2) are what the ledger and the configuration reported. A conclusion that became
    inconclusive is 3, not 1: not being able to look is told apart from having seen something worse. An assessment
    with nothing in it holds nothing: that is inconclusive. What a platform says of itself against what a probe found
    stands first among the drift.
    """
    reasons: list[Reason] = [Reason(5, text) for text in tampered] + [Reason(2, text) for text in problems]
    if assessment is not None:
        reasons += _contradictions(assessment)
        for conclusion in assessment.conclusions:
            reason = _of(conclusion, now)
            if reason is not None:
                reasons.append(reason)
        reasons += [
            Reason(1, f"{finding.subject}: {finding.what or finding.kind.replace('_', ' ')}", finding.place)
            for finding in assessment.findings
        ]
        if not assessment.conclusions:
            reasons.append(Reason(3, "no test is declared, so nothing is known to hold"))
    reasons += [
        Reason(1, change.sentence, change.place)
        for change in changes
        if change.weakens and not (change.kind == "conclusion_worse" and change.after.startswith("inconclusive"))
    ]
    reasons.sort(key=lambda reason: PRECEDENCE.index(reason.code))
    return Verdict(reasons[0].code if reasons else 0, tuple(reasons))


def _of(conclusion: TestConclusion, now: datetime) -> Reason | None:
    """What one conclusion says against the check, if anything."""
    name = f"{conclusion.control}/{conclusion.test}" + (f" on {conclusion.source}" if conclusion.source else "")
    if conclusion.conclusion == "deviations":
        number = conclusion.deviating - conclusion.accepted
        deviate = "deviates" if number == 1 else "deviate"
        of = f"{number} of {counted(conclusion.examined, 'item')} {deviate}" if conclusion.examined else "deviates"
        return Reason(1, f"{name}: {of}{_first(conclusion)}", conclusion.place)
    if conclusion.conclusion == "waived" and (conclusion.accepted_until is None or now >= conclusion.accepted_until):
        return Reason(1, f"{name}: the waiver of its deviations has expired", conclusion.place)
    if conclusion.conclusion == "inconclusive":
        remedy = f"; {conclusion.remedy}" if conclusion.remedy else ""
        reason = f": {conclusion.reason}{remedy}" if conclusion.reason else ""
        return Reason(3, f"{name}: inconclusive ({conclusion.cause or 'missing'}){reason}", conclusion.place)
    if conclusion.stale(now):
        return Reason(4, f"{name}: its evidence has expired; collect again", conclusion.place)
    return None


def _contradictions(assessment: Assessment) -> list[Reason]:
    """Probes that deviate where the platform's own signed word, in the same control on the same source, holds.

    The worst that a check can find out: with it, nothing else that the platform says of itself is worth much.
    """
    said: dict[tuple[str, str], list[str]] = {}
    for one in assessment.conclusions:
        if one.method == "observation" and one.conclusion == "no_deviations":
            said.setdefault((one.control, one.source), []).append(one.test)
    return [
        Reason(
            1,
            f"{one.control}/{one.test} on {one.source}: what was tried contradicts what the platform says of itself "
            f"({', '.join(said[one.control, one.source])} holds by its own word)",
            one.place,
        )
        for one in assessment.conclusions
        if one.method == "probe" and one.conclusion == "deviations" and (one.control, one.source) in said
    ]


def _first(conclusion: TestConclusion) -> str:
    """The first open deviation, without naming the item: what it failed."""
    for deviation in conclusion.deviations:
        if deviation.waiver is None and deviation.failed:
            return f" (expected: {'; '.join(deviation.failed)})"
    return ""
