"""One question matched: controls, criteria, the answer and what it rests on, as plain values for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trustcenter.errors import TrustCenterError
from trustcenter.publish.questionnaire import polarity
from trustcenter.publish.questionnaire.bands import of_controls, of_ranking
from trustcenter.publish.questionnaire.deciding import decide
from trustcenter.publish.questionnaire.draft import Rephrase
from trustcenter.publish.questionnaire.form import LONGEST as LONGEST_READ
from trustcenter.publish.questionnaire.form import form
from trustcenter.publish.questionnaire.matching import Matcher
from trustcenter.publish.questionnaire.model import Answerable, Decision
from trustcenter.publish.questionnaire.wording import option

LONGEST = 20_000  # characters of one question; longer ones are a mistake or an attack
_FIELDS = {"id", "text", "question", "section", "choices"}


@dataclass(frozen=True)
class Asking:
    """One question as it was asked: an id and a section where given, and the only answers that are allowed."""

    text: str
    id: str = ""
    section: str = ""
    choices: tuple[str, ...] = ()


def read_questions(lines: Iterable[str], where: str) -> Iterator[Asking]:
    """One question a line: plain text, or a JSON object with `text` (or `question`), `id`, `section`, `choices`.

    Empty lines are passed over. Raises `TrustCenterError` with the line's number for what is neither.
    """
    for number, line in enumerate(lines, 1):
        line = line.strip().removeprefix("\ufeff").strip()
        if not line:
            continue
        at = f"{where}:{number}"
        if len(line) > LONGEST:
            raise TrustCenterError(f"the line is longer than {LONGEST} characters", where=at)
        yield _from_json(line, at) if line.startswith("{") else Asking(line)


def _from_json(line: str, at: str) -> Asking:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise TrustCenterError(
            f"the line starts like JSON and is none ({error})", where=at, hint="One JSON object a line, or plain text."
        ) from error
    text = entry.get("text", entry.get("question"))
    choices = entry.get("choices") or []
    if not isinstance(text, str) or not text.strip():
        raise TrustCenterError("the object has no `text`", where=at, hint='{"id": "1.2", "text": "Do you ...?"}')
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise TrustCenterError("`choices` is not a list of texts", where=at)
    return Asking(text.strip(), str(entry.get("id") or ""), str(entry.get("section") or ""), tuple(choices))


def match_all(
    questions: Sequence[Asking], matcher: Matcher, now: datetime, rephrase: Rephrase | None = None
) -> Iterator[dict[str, Any]]:
    """Each question's line; a follow-up (`If yes, ...`) refers to the question above it.

    `rephrase` may put an answer in other words; a line then says whether its wording was accepted, and why not.
    """
    matcher.prepare([asking.text for asking in questions])
    parent: tuple[str, Decision] | None = None
    for asking in questions:
        decision = decide(asking.text, matcher, now, parent)
        if form(asking.text).kind != "follow":
            parent = (asking.text, decision)
        line = as_line(asking, decision, matcher)
        if rephrase is not None and line["outcome"] == "answered":
            draft = rephrase(asking.text, decision)
            line |= {"text": draft.text, "draft": {"accepted": draft.accepted, "reason": draft.reason}}
        yield line


def as_line(asking: Asking, decision: Decision, matcher: Matcher) -> dict[str, Any]:
    """One question and what became of it.

    `band` is how surely the first criterion is right, `answer_band` how surely the answer is; the first control carries
    its own. Only an answer whose own band reaches the reader's threshold is meant to be filled in.
    """
    ranking = matcher.ranking(asking.text)
    sure = of_ranking(ranking, meaning=matcher.sense is not None)
    choice, problem = (
        option(decision.verdict, decision.claims, asking.choices)
        if asking.choices and decision.outcome == "answered"
        else (None, "")
    )
    return {
        "id": asking.id,
        "question": asking.text,
        "section": asking.section,
        "controls": _controls(decision, matcher),
        "criteria": [
            {
                "id": identifier.rpartition(":")[2],
                "framework": matcher.framework,
                "title": matcher.titles[identifier],
                "score": score,
                "band": "low" if number else sure,
            }
            for number, (identifier, score) in enumerate(ranking.criteria[:10])
        ],
        "band": sure,
        "polarity": asked_polarity(asking.text, matcher),
        "outcome": "needs_review" if problem else decision.outcome,
        "answer": decision.verdict,
        "choice": choice,
        "text": decision.text,
        "answer_band": decision.band,
        "confidence": decision.confidence,
        "reason": problem or decision.reason,
        "citations": [cited(claim) for claim in decision.claims],
    }


def _controls(decision: Decision, matcher: Matcher) -> list[dict[str, Any]]:
    """Controls by their best claim, best first; how surely the first one is right is its band."""
    found: dict[str, dict[str, Any]] = {}
    for candidate in sorted(decision.candidates, key=lambda one: -one.score):
        claim = matcher.claim(candidate.claim)
        found.setdefault(
            claim.control,
            {
                "control": claim.control,
                "claim": claim.claim,
                "title": claim.title,
                "score": candidate.score,
                "coverage": candidate.coverage,
                "state": claim.state,
                "missing": list(candidate.uncovered),
            },
        )
    sure = of_controls([entry["score"] for entry in found.values()])
    return [entry | {"band": "low" if number else sure} for number, entry in enumerate(found.values())]


def cited(claim: Answerable) -> dict[str, Any]:
    """What an answer rests on: the claim, how it is known, when it was seen, and where to check it."""
    return {
        "claim": claim.claim,
        "state": claim.state,
        "methods": list(claim.methods),
        "as_of": claim.as_of.isoformat() if claim.as_of else None,
        "link": claim.link,
    }


def asked_polarity(question: str, matcher: Matcher) -> str:
    """Whether a safeguard is asked about (`positive`: Yes is the good answer), its opposite (`negative`: No is), or
    neither is told by the words (`open`)."""
    if form(question).kind not in ("closed", "statement"):
        return "open"
    speech = polarity.speech(question[:LONGEST_READ], matcher.words)
    signs = {stance.sign for stances in speech.stances.values() for stance in stances}
    opposite = {
        stance.sign for stances in speech.stances.values() for stance in stances if stance.opposite or stance.hard
    }
    leading = opposite or signs
    return "open" if len(leading) != 1 or speech.turns else ("positive" if leading == {1} else "negative")
