"""A claim's state: one total function of its conclusions (DESIGN.md, "Claims and the page")."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from trustcenter.model.assessment import TestConclusion
from trustcenter.model.collector import METHODS, Method
from trustcenter.model.control import Claim, Control

State = Literal[
    "failing",
    "unconfirmed",
    "stale",
    "accepted_deviation",
    "not_done",
    "in_progress",
    "declared",
    "documented",
    "tested",
    "not_applicable",
]
STATES: tuple[State, ...] = (
    "failing", "unconfirmed", "stale", "accepted_deviation", "not_done", "in_progress",
    "declared", "documented", "tested", "not_applicable",
)  # fmt: skip
"""Worst first."""
HOLDING: frozenset[State] = frozenset({"accepted_deviation", "declared", "documented", "tested"})
"""States in which the sentence may stand."""


@dataclass(frozen=True, slots=True)
class ClaimState:
    """The state of a claim at a time, with what the page says beside it."""

    state: State
    methods: tuple[Method, ...]
    as_of: datetime | None
    expires_at: datetime | None
    until: datetime | date | None = None
    cause: str | None = None
    reason: str = ""


def state_of(control: Control, claim: Claim, conclusions: Sequence[TestConclusion], now: datetime) -> ClaimState:
    """The worst state among the claim's tests on all their sources.

    A declared test without a conclusion is unconfirmed; an event that never happened proves no operation, so
    `no_occurrences` lets a claim be no more than declared; a deviation is accepted until its waiver expires.
    """
    if control.not_applicable is not None:
        return ClaimState("not_applicable", (), None, None, reason=control.not_applicable.reason)
    wanted = set(claim.tests) or {test.id for test in control.tests}
    own = [c for c in conclusions if c.control == control.id and c.test in wanted]
    states: list[tuple[State, str | None]] = [_of(conclusion, now) for conclusion in own]
    states += [("unconfirmed", "missing") for test in wanted - {conclusion.test for conclusion in own}]
    until: datetime | date | None = None
    if control.progress is not None:
        states.append((control.progress.state, None))
        until = control.progress.target
    if not states:
        states.append(("not_done", None))
    state, cause = min(states, key=lambda pair: STATES.index(pair[0]))
    if state == "accepted_deviation":
        until = min((c.accepted_until for c in own if c.accepted_until is not None), default=None)
    seen = [c.observed_at for c in own if c.observed_at is not None]
    expiring = [c.expires_at for c in own if c.expires_at is not None]
    methods = tuple(method for method in METHODS if any(c.method == method for c in own))
    return ClaimState(
        state=state,
        methods=methods,
        as_of=min(seen, default=None),
        expires_at=min(expiring, default=None),
        until=until if state in ("accepted_deviation", "in_progress", "not_done") else None,
        cause=cause,
        reason=_reason(control, state, wanted),
    )


def _reason(control: Control, state: State, wanted: Collection[str]) -> str:
    """What is missing, or why a test that selected nothing does not apply."""
    if state in ("not_done", "in_progress"):
        return control.progress.missing if control.progress else ""
    if state == "not_applicable":
        return next((test.if_none for test in control.tests if test.id in wanted and test.if_none), "")
    return ""


def _of(conclusion: TestConclusion, now: datetime) -> tuple[State, str | None]:
    match conclusion.conclusion:
        case "deviations":
            return "failing", None
        case "inconclusive":
            return "unconfirmed", conclusion.cause or "missing"
        case "not_applicable" if not conclusion.stale(now):
            return "not_applicable", None
    if conclusion.stale(now):
        return "stale", None
    match conclusion.conclusion:
        case "waived":
            if conclusion.accepted_until is None or now >= conclusion.accepted_until:
                return "failing", None
            return "accepted_deviation", None
        case "no_occurrences":
            return "declared", None
        case "no_deviations":
            return conclusion.holds, None
    return "unconfirmed", "malformed"
