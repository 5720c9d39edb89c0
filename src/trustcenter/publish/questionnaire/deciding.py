"""The decision for one question: an answer, a review by a person, or an abstention that says what is missing.

Never a Yes without a current claim behind it. A failing, stale or unconfirmed claim that speaks of the question calls
for review even where another claim would answer. Where polarity or a figure cannot be settled, nobody is told anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from trustcenter.publish.questionnaire import kinds, polarity, quantity, tls, vocabulary
from trustcenter.publish.questionnaire.bands import band, below
from trustcenter.publish.questionnaire.clauses import alternatives
from trustcenter.publish.questionnaire.form import LONGEST, MOST_PARTS, clean, form, parts
from trustcenter.publish.questionnaire.library import Found
from trustcenter.publish.questionnaire.matching import Match, Matcher
from trustcenter.publish.questionnaire.model import HELD, Decision
from trustcenter.publish.questionnaire.outcomes import abstain, answer, eligible, review, uncertain
from trustcenter.publish.questionnaire.wording import quote


@dataclass(frozen=True)
class _Verdict:
    """What one claim says: yes, no, partial, not_applicable, or empty with the reason why it settles nothing."""

    value: str
    why: str = ""


def decide(question: str, matcher: Matcher, now: datetime, parent: tuple[str, Decision] | None = None) -> Decision:
    """Decide one question. `parent` is the question above and its decision, for `If yes, ...`."""
    if len(question) > LONGEST:
        why = f"the question has {len(question)} characters; at most {LONGEST} are read: ask it in parts"
        return Decision("abstained", "", "", why, (), 0.0, "low", (), ())
    question = clean(question)
    reviewed = matcher.reviewed(question, now)
    if reviewed is not None:
        return _reviewed(question, reviewed, matcher, now)
    asked = form(question)
    if asked.kind == "follow":
        return _follow(question, matcher, now, parent, negated=asked.negated_condition)
    if asked.kind == "closed":
        single = parts(question, matcher.words)
        if len(single) > MOST_PARTS:
            why = f"it asks {len(single)} things at once; at most {MOST_PARTS} are answered together: ask it in parts"
            return review(question, matcher, (), why, ())
        if len(single) > 1:
            return _together(question, [decide(part, matcher, now) for part in single], matcher)
        decision = _closed(question, matcher, now)
        either = alternatives(question) if decision.outcome == "abstained" else ()
        if len(either) > 1:
            each = [_closed(one, matcher, now) for one in either]
            if all(one.outcome == "answered" and one.verdict == "no" for one in each):
                return _together(question, each, matcher)
        if decision.outcome == "abstained":
            decision = _not_done(question, decision, matcher, closed=True)
        return _outside_scope(question, decision, matcher) if decision.outcome == "abstained" else decision
    decision = _open(question, matcher, now, asked.needs)
    return _not_done(question, decision, matcher, closed=False) if decision.outcome == "abstained" else decision


def _reviewed(question: str, found: Found, matcher: Matcher, now: datetime) -> Decision:
    """A reviewed answer, unless it has expired or a claim that speaks of the question cannot be relied on today."""
    matches = matcher.matches(question)
    doubtful = uncertain(matches, now)
    if found.problem or doubtful:
        why = found.problem or (_fallen(doubtful) if doubtful else "")
        return review(question, matcher, matches, why, (found.answerable, *found.leans_on))
    text = found.answerable.sentence
    if found.verdict != "text":
        text = quote(found.verdict, (found.answerable,))
    candidates = tuple(match.candidate for match in matches)
    claims = (found.answerable, *found.leans_on)
    return Decision("answered", found.verdict, text, "", claims, 1.0, "high", candidates, matcher.criteria(question))


def _not_done(question: str, decision: Decision, matcher: Matcher, *, closed: bool) -> Decision:
    """The No of what is declared not to be done, in the sentence of the page; it never supports a Yes.

    An open question is answered by that sentence where its own phrases say all that is asked for.
    """
    found = matcher.not_done(question)
    if not found or (not closed and not all(match.words for match in found)):
        return decision
    if closed and not all(
        _verdict(question, match).value == "no" or matcher.denied(question, match) for match in found
    ):
        return decision
    claims = tuple(match.claim for match in found)
    said = answer(question, matcher, found, found[:1], "no" if closed else "text", claims, "")
    return replace(said, candidates=decision.candidates)


def _outside_scope(question: str, decision: Decision, matcher: Matcher) -> Decision:
    """Not applicable where a subservice organisation does what is asked about; for a person to say where it is only
    declared not to concern us: whether a disclosure fits a question takes more than its words.
    """
    outside = matcher.outside(question)
    if outside is None:
        return decision
    if outside.claim.state != "not_applicable":
        why = f"it may be outside of the declared scope: {outside.claim.sentence}"
        return replace(decision, outcome="needs_review", reason=why, claims=(outside.claim,))
    sure = min(outside.candidate.coverage, below("high"))
    return Decision(
        outcome="answered",
        verdict="not_applicable",
        text=quote("not_applicable", (outside.claim,)),
        reason="outside of the declared scope",
        claims=(outside.claim,),
        confidence=sure,
        band=band(sure),
        candidates=decision.candidates,
        criteria=decision.criteria,
    )


def _closed(question: str, matcher: Matcher, now: datetime) -> Decision:
    matches = matcher.matches(question)
    if doubtful := uncertain(matches, now):
        return review(question, matcher, matches, _fallen(doubtful), (doubtful.claim,))
    covering = eligible(matches)
    if tls.versions(question):
        covering = [match for match in covering if tls.versions(match.claim.sentence)]
    if not covering:
        return _uncovered(question, matcher, matches)
    verdicts = [(match, _verdict(question, match)) for match in covering]
    settled = [(match, verdict) for match, verdict in verdicts if verdict.value]
    if not settled:
        return review(question, matcher, matches, verdicts[0][1].why, (verdicts[0][0].claim,))
    values = {verdict.value for _, verdict in settled}
    best = settled[0]
    if verdicts[0][0] is not best[0] and verdicts[0][0].candidate.score > best[0].candidate.score * 1.15:
        return review(question, matcher, matches, verdicts[0][1].why, (verdicts[0][0].claim,))
    if values == {"yes"} or len(values) == 1:
        value = values.pop()
    elif "yes" in values and any(match.claim.state not in HELD for match, _ in settled):
        value = "partial"
    else:
        return review(
            question,
            matcher,
            matches,
            "the claims that speak of it do not agree",
            tuple(match.claim for match, _ in settled),
        )
    claims = tuple(match.claim for match, _ in settled[:3])
    if value == "yes":
        claims = tuple(claim for claim in claims if claim.state in HELD)
    return answer(question, matcher, matches, covering, value, claims, settled[0][1].why)


def _verdict(question: str, match: Match) -> _Verdict:
    """The answer that one covering claim supports, by its state, then polarity and figures."""
    claim, sentence = match.claim, match.claim.sentence
    if claim.state == "not_applicable":
        return _Verdict("not_applicable")
    relation = match.candidate.relation
    versions = tls.compare(question, sentence)
    if versions is not None:
        if versions == 0:
            return _Verdict("", "the claim does not speak of that version")
        relation = versions
    held, why = quantity.compare(question, sentence) if versions is None else (2, "")
    if held == 0 and match.words and quantity.quantities(match.words):
        held, why = quantity.compare(question, match.words)
    below = [asked for asked in quantity.quantities(question) if asked.bound == "below"]
    if below and held == -1 and versions is None and claim.state in HELD:
        # "Are passwords shorter than 12 refused?" against "at least 15": the figure excludes what is asked about.
        asked = polarity.speech(question, vocabulary.load())
        return (
            _Verdict("", "a figure and a negation in one question")
            if asked.hard
            else _Verdict("yes" if asked.soft else "no")
        )
    if relation < 0 and versions is None and _unsaid(match):
        return _Verdict("", f"a denial, and the claim does not speak of: {', '.join(match.candidate.uncovered[:3])}")
    if relation == 0:
        return _Verdict("", "it is not clear whether the claim affirms or contradicts the question")
    if held == 0:
        return _Verdict("", why)
    if claim.state not in HELD:
        if relation < 0:
            return _Verdict(
                "", f"the safeguard is {claim.state.replace('_', ' ')}, and the question asks for its opposite"
            )
        if claim.state == "accepted_deviation" and re.match(r"(can|may|are you able)\b", question.lower()):
            return _Verdict("", "the question asks for leave, and the safeguard has an accepted deviation")
        if claim.state == "accepted_deviation":
            return _Verdict("partial", claim.missing or "")
        return _Verdict("no", claim.missing or "")
    if held == -1:
        if relation < 0:
            return _Verdict("", "a figure and a negation in one question")
        return _Verdict("no", why)
    return _Verdict("yes" if relation > 0 else "no")


def _unsaid(match: Match) -> bool:
    """Whether words of the question are missing in the claim, one of which may turn its meaning."""
    return match.candidate.coverage < 0.99


def _open(question: str, matcher: Matcher, now: datetime, needs: str) -> Decision:
    """An open question is answered by sentences that state what it asks for, never by ones that are only near."""
    matches = matcher.matches(question)
    if doubtful := uncertain(matches, now):
        return review(question, matcher, matches, _fallen(doubtful), (doubtful.claim,))
    if not eligible(matches):
        return _uncovered(question, matcher, matches)
    covering = [
        match
        for match in matches
        if match.covers and (match.words or (match.states and match.claim.state in (HELD | {"not_applicable"})))
    ]
    stating = [match for match in covering if kinds.states(needs, question, match.claim.sentence)]
    if not stating:
        what = f"a {needs}" if needs else "something"
        return review(question, matcher, matches, f"it asks for {what} that the claims do not state", ())
    best = stating[0]
    if best.claim.state == "not_applicable":
        return answer(question, matcher, matches, stating, "not_applicable", (best.claim,), "")
    if best.claim.state not in HELD:
        return answer(question, matcher, matches, stating, "text", (best.claim,), "")
    same = [match for match in stating if match.claim.control == best.claim.control and match.claim.state in HELD]
    return answer(question, matcher, matches, stating, "text", tuple(match.claim for match in same[:3]), "")


def _fallen(match: Match) -> str:
    return f"{match.claim.claim} is {match.claim.state.replace('_', ' ')}"


def _uncovered(question: str, matcher: Matcher, matches: Sequence[Match]) -> Decision:
    """No claim may answer; a person may want to look at one that says it of something narrower."""
    near = next((match for match in matches[:3] if match.beside and match.claim.state in HELD), None)
    if near is None:
        return abstain(question, matcher, matches)
    return review(question, matcher, matches, f"{near.claim.claim} {near.beside}", (near.claim,))


def _follow(
    question: str, matcher: Matcher, now: datetime, parent: tuple[str, Decision] | None, *, negated: bool
) -> Decision:
    """`If yes, describe`: the sentences behind the answer above; `If no, ...` does not apply after a Yes."""
    if parent is None or parent[1].outcome != "answered":
        return abstain(question, matcher, matcher.matches(question), "it depends on an answer above that was not given")
    above = parent[1]
    if (above.verdict == "yes") == negated or above.verdict not in ("yes", "no"):
        return abstain(question, matcher, (), f"it does not follow from the answer above ({above.verdict})")
    asked = question.partition(",")[2].strip() or question
    own = _open(asked, matcher, now, "")
    if own.outcome == "answered":
        return own
    if further := matcher.beyond(asked, parent[0]):
        why = f"the answer above does not speak of: {', '.join(further[:5])}"
        return review(question, matcher, (), why, above.claims)
    text = quote("text", above.claims)
    confidence = min(above.confidence, below("high"))
    return Decision(
        "answered", "text", text, "", above.claims, confidence, band(confidence), above.candidates, above.criteria
    )


def _together(question: str, decisions: Sequence[Decision], matcher: Matcher) -> Decision:
    """A compound question: every part must hold."""
    worst = next((one for wanted in ("needs_review", "abstained") for one in decisions if one.outcome == wanted), None)
    candidates = tuple(candidate for one in decisions for candidate in one.candidates[:3])
    criteria = matcher.criteria(question)
    claims = tuple(dict.fromkeys(claim for one in decisions for claim in one.claims))
    if worst:
        reason = f"one part of the question is open: {worst.reason}"
        return Decision(worst.outcome, "", "", reason, claims, 0.0, "low", candidates, criteria)
    values = {one.verdict for one in decisions}
    if len(values) > 1:
        values -= {"text"}  # "Do you make backups, and how often?" is a Yes with its sentences
    if not values <= {"yes", "no", "partial"}:
        return Decision(
            "needs_review",
            "",
            "",
            "its parts have different kinds of answers",
            claims,
            0.0,
            "low",
            candidates,
            criteria,
        )
    value = values.pop() if len(values) == 1 else "partial"
    confidence = min(one.confidence for one in decisions)
    return Decision(
        "answered", value, quote(value, claims), "", claims, confidence, band(confidence), candidates, criteria
    )
