"""Confirmed matches: what the vendor's own people said that a question asks, kept for the next form.

A confirmation names claims and a verdict. It decides nothing by itself: the claims must stand today, else the question
needs review again. A customer's file teaches nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from trustcenter.publish.questionnaire.model import HELD, NOT_HELD, Answerable, Decision
from trustcenter.publish.questionnaire.sent import key_of
from trustcenter.publish.questionnaire.wording import quote

VERDICTS = ("yes", "no", "partial", "text", "not_applicable")


@dataclass(frozen=True)
class Confirmed:
    """One match: the question's words, the claims that answer it, the verdict, who said so and when (UTC)."""

    question: str
    claims: tuple[str, ...]
    verdict: str
    by: str
    at: str

    @property
    def key(self) -> str:
        return key_of(self.question)


def decision(
    question: str, confirmed: Mapping[str, Confirmed], claims: Mapping[str, Answerable], now: datetime
) -> Decision | None:
    """What a confirmation decides today; None where nobody confirmed this question."""
    kept = confirmed.get(key_of(question))
    if kept is None:
        return None
    found = [claims[name] for name in kept.claims if name in claims]
    current = [one for one in found if one.as_of is None or one.as_of <= now]
    may = HELD if kept.verdict in ("yes", "partial", "text") else HELD | NOT_HELD | {"not_applicable"}
    if len(current) != len(kept.claims) or not current or any(one.state not in may for one in current):
        why = f"confirmed by {kept.by} on {kept.at[:10]}, but what it rests on does not stand today"
        return Decision("needs_review", "", "", why, tuple(found), 0.0, "low", (), ())
    text = quote(kept.verdict, current)
    why = f"confirmed by {kept.by} on {kept.at[:10]}"
    return Decision("answered", kept.verdict, text, why, tuple(current), 1.0, "high", (), ())


def by_key(all_confirmed: Sequence[Confirmed]) -> dict[str, Confirmed]:
    """The latest confirmation of each question."""
    return {one.key: one for one in sorted(all_confirmed, key=lambda one: one.at)}
