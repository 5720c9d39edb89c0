"""The outcomes of a decision: answered with its confidence, left to a person, or open because no claim speaks of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from trustcenter.publish.questionnaire.bands import band, below, likelihood
from trustcenter.publish.questionnaire.matching import Match, Matcher
from trustcenter.publish.questionnaire.model import UNCERTAIN, Answerable, Decision
from trustcenter.publish.questionnaire.wording import quote

CLOSE = 0.7  # a claim within this share of the best score speaks of the same thing
LEAST_COVERAGE = 0.45
MOST_WORDS = 0.8  # the coverage from which few words are left open


def eligible(matches: Sequence[Match]) -> list[Match]:
    """Claims that cover the question, close to the best of them."""
    covering = [match for match in matches if match.covers and match.candidate.coverage >= LEAST_COVERAGE]
    return [match for match in covering if match.candidate.score >= CLOSE * covering[0].candidate.score]


def uncertain(matches: Sequence[Match], now: datetime) -> Match | None:
    """The claim that speaks of the question, but cannot be relied on today."""
    if not matches:
        return None
    least = CLOSE * matches[0].candidate.score
    for match in matches:
        late = match.claim.as_of is not None and match.claim.as_of > now
        if (
            (match.claim.state in UNCERTAIN or late)
            and match.candidate.score >= least
            and match.candidate.coverage >= LEAST_COVERAGE
        ):
            return match
    return None


def signals(matcher: Matcher, question: str, matches: Sequence[Match], chosen: Sequence[Match]) -> dict[str, float]:
    """What tells how sure an answer is: its lead over the claims of other controls, and agreement with the criteria."""
    best = chosen[0]
    others = (match.candidate.score for match in matches if match.claim.control != best.claim.control)
    margin = max(0.0, 1 - next(others, 0.0) / best.candidate.score) if best.candidate.score else 0.0
    ranked = [criterion for criterion, _ in matcher.criteria(question)]
    return {"margin": margin, "agreement": float(bool(set(best.claim.criteria) & set(ranked[:3])))}


def confidence(matcher: Matcher, question: str, matches: Sequence[Match], chosen: Sequence[Match]) -> float:
    """How likely the answer is right; never high where its claim leaves words of the question open."""
    likely = likelihood("answer", signals(matcher, question, matches, chosen))
    return likely if chosen[0].candidate.coverage >= MOST_WORDS else min(likely, below("high"))


def answer(
    question: str,
    matcher: Matcher,
    matches: Sequence[Match],
    chosen: Sequence[Match],
    value: str,
    claims: tuple[Answerable, ...],
    why: str,
) -> Decision:
    sure = confidence(matcher, question, matches, chosen)
    candidates = tuple(match.candidate for match in matches)
    return Decision(
        "answered",
        value,
        quote(value, claims, why),
        why,
        claims,
        sure,
        band(sure),
        candidates,
        matcher.criteria(question),
    )


def review(
    question: str, matcher: Matcher, matches: Sequence[Match], why: str, claims: tuple[Answerable, ...]
) -> Decision:
    candidates = tuple(match.candidate for match in matches)
    return Decision("needs_review", "", "", why, claims, 0.0, "low", candidates, matcher.criteria(question))


def abstain(question: str, matcher: Matcher, matches: Sequence[Match], why: str = "") -> Decision:
    """No claim covers the question; says what the nearest one lacks."""
    if not why:
        lacking = matches[0].candidate.uncovered if matches else matcher.named(question)
        why = f"no claim speaks of: {', '.join(lacking[:5])}" if lacking else "no claim speaks of this"
    candidates = tuple(match.candidate for match in matches)
    return Decision("abstained", "", "", why, (), 0.0, "low", candidates, matcher.criteria(question))
