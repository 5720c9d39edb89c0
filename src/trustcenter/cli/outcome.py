"""Conclusions, changes and verdicts as a person reads them, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from trustcenter.assess.verdict import Verdict
from trustcenter.cli.console import Console
from trustcenter.model.amount import counted
from trustcenter.model.assessment import Assessment, TestConclusion
from trustcenter.model.change import Change

_STYLE = {
    "no_deviations": "good",
    "deviations": "bad",
    "waived": "warn",
    "no_occurrences": "dim",
    "inconclusive": "warn",
    "not_applicable": "dim",
}
_COUNTED = {
    "no_deviations": "without deviations",
    "deviations": "with deviations",
    "no_occurrences": "without occurrences",
}
"""Conclusions behind a number."""


def words(conclusion: TestConclusion, now: datetime) -> str:
    """A conclusion in words, with its cause; `stale` where its evidence has expired."""
    said = conclusion.conclusion.replace("_", " ")
    if conclusion.cause:
        said += f" ({conclusion.cause.replace('_', ' ')})"
    return f"{said}, stale" if conclusion.stale(now) else said


def print_conclusions(console: Console, assessment: Assessment, now: datetime) -> None:
    """Counts first, then every conclusion that is not clean, with place, reason and remedy."""
    counts = Counter(one.conclusion for one in assessment.conclusions)
    console.print(
        f"{counted(len(assessment.conclusions), 'conclusion')} as of {assessment.as_of:%d %b %Y, %H:%M} UTC: "
        + ", ".join(f"{count} {_COUNTED.get(name, name.replace('_', ' '))}" for name, count in counts.most_common())
    )
    for one in assessment.conclusions:
        if one.conclusion in ("no_deviations", "not_applicable", "no_occurrences") and not one.stale(now):
            continue
        console.print(
            f"  {console.style(words(one, now), _STYLE[one.conclusion])}  {one.control}/{one.test} on {one.source}"
        )
        console.print(f"    {one.place}" + (f": {one.reason}" if one.reason else ""))
        for deviation in one.deviations[:3]:
            accepted = f" (accepted by {deviation.waiver})" if deviation.waiver else ""
            console.print(f"    expected: {'; '.join(deviation.failed)}{accepted}")
        if one.remedy:
            console.print(f"    {one.remedy}")
    for finding in assessment.findings:
        console.print(f"  {console.style(finding.kind.replace('_', ' '), 'bad')}  {finding.place}: {finding.what}")


def conclusions_json(assessment: Assessment) -> dict[str, Any]:
    """An assessment for machines, without rows."""
    from trustcenter.model.assessment_codec import public_predicate

    value = public_predicate(assessment)
    for said, one in zip(value["conclusions"], assessment.conclusions, strict=True):
        said |= {"reason": one.reason, "remedy": one.remedy, "place": str(one.place) if one.place else None}
    return value


def print_changes(console: Console, changes: Sequence[Change]) -> None:
    """Changes, weakening ones first."""
    for change in sorted(changes, key=lambda each: not each.weakens):
        mark = console.style("weaker", "bad") if change.weakens else console.style("changed", "dim")
        console.print(f"  {mark}  {change.sentence}" + (f"\n    {change.place}" if change.place else ""))


def changes_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Changes for machines."""
    return [
        {
            "kind": change.kind,
            "subject": change.subject,
            "before": change.before,
            "after": change.after,
            "weakens": change.weakens,
            "text": change.sentence,
            "place": str(change.place) if change.place else None,
        }
        for change in changes
    ]


def print_verdict(console: Console, verdict: Verdict) -> None:
    """The last lines of a check: each reason with its place, then the code."""
    names = {0: "everything holds", 1: "drift", 2: "configuration", 3: "inconclusive", 4: "stale", 5: "tampered"}
    for reason in verdict.reasons:
        console.print(f"{console.style(names[reason.code], 'bad' if reason.code in (1, 5) else 'warn')}: {reason}")
    console.print(console.style(f"{names[verdict.code]} (exit {verdict.code})", "good" if verdict.code == 0 else "bad"))
