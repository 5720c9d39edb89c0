"""The words that go into the form: the answer quoted from claims, its citation, and the option of a drop-down."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trustcenter.publish.questionnaire.model import Answerable

_LEAD = {"yes": "Yes", "no": "No", "partial": "Partially", "not_applicable": "Not applicable"}
_OPTIONS = {
    "yes": r"yes|y|true|implemented|fully implemented|in place|compliant|met|fully met|fully|complies|agree",
    "no": r"no|n|false|not implemented|not in place|non compliant|not compliant|not met|none|does not comply|disagree",
    "partial": r"partial|partly|(yes )?partially( (implemented|compliant|met))?|in part|some",
    "not_applicable": r"n a|na|not applicable|does not apply",
    "planned": r"planned|in progress|not yet|no but planned|in development|roadmap|underway",
}
_STATE = {
    "tested": "tested by us",
    "documented": "documented",
    "declared": "declared",
    "in_progress": "in progress",
    "not_done": "not done",
    "accepted_deviation": "accepted deviation",
    "not_applicable": "not applicable",
    "stale": "not currently confirmed",
    "unconfirmed": "not currently confirmed",
    "failing": "not currently confirmed",
}


def quote(verdict: str, claims: Sequence[Answerable], why: str = "") -> str:
    """The answer in words: the verdict, then the published sentences. Adds no fact that they do not hold."""
    sentences = []
    for claim in claims:
        sentence = claim.sentence.strip()
        if claim.state in ("in_progress", "not_done", "accepted_deviation", "not_applicable"):
            words = _STATE[claim.state].capitalize()
            missing = (claim.missing or "").strip()
            sentence = f"{words}: {missing or claim.title}"
        sentences.append(sentence if sentence.endswith((".", "!", "?")) else f"{sentence}.")
    body = " ".join(dict.fromkeys(sentences))
    lead = _LEAD.get(verdict)
    if verdict == "not_applicable":
        held = (claim.missing or (claim.sentence if claim.state == "declared" else "") for claim in claims)
        reason = next((words for words in held if words), "")
        return f"Not applicable: {reason}" if reason else "Not applicable."
    return f"{lead}. {body}".strip() if lead else body


def state_words(claim: Answerable) -> str:
    """How we know: `tested by us, 2026-11-20 (inspection, probe)`."""
    date = f", {claim.as_of.date().isoformat()}" if claim.as_of else ""
    methods = f" ({', '.join(claim.methods)})" if claim.methods else ""
    return f"{_STATE[claim.state]}{date}{methods}"


def citation(claims: Sequence[Answerable]) -> str:
    """Claim, state, methods, date and link of everything that an answer rests on; one line a claim."""
    return "\n".join(f"[{claim.claim}] {state_words(claim)}. {claim.link}" for claim in claims)


def option(verdict: str, claims: Sequence[Answerable], options: Sequence[str]) -> tuple[str | None, str]:
    """The drop-down's option that says the verdict, and why when there is none. Never one that says more."""
    if verdict not in _OPTIONS:
        return None, "the form offers a choice, and the answer is a sentence"
    in_progress = bool(claims) and all(claim.state == "in_progress" for claim in claims)
    wanted = [verdict]
    if verdict == "no" and in_progress:
        wanted = ["planned", "no"]
    for kind in wanted:
        found = [choice for choice in options if _says(kind, choice)]
        if len(found) == 1:
            return found[0], ""
        if len(found) > 1:
            exact = [choice for choice in found if _plain(choice) in ("yes", "no", "partially", "n a")]
            return (
                (exact[0], "")
                if len(exact) == 1
                else (None, f"several options of the drop-down say {verdict.replace('_', ' ')}")
            )
    return None, f"the drop-down has no option for {verdict.replace('_', ' ')}"


def are_verdicts(options: Sequence[str]) -> bool:
    """Whether options are answers (Yes, No, Partially), and not things that one may have."""
    return any(_says("yes", one) or _says("no", one) for one in options)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.casefold()).split())


def _says(kind: str, choice: str) -> bool:
    plain = _plain(choice)
    if re.fullmatch(_OPTIONS[kind], plain):
        return True
    if any(re.fullmatch(pattern, plain) for pattern in _OPTIONS.values()):
        return False
    if kind == "yes":  # "Yes - in all systems" says more than a Yes, so only explanations of form are accepted
        return bool(re.fullmatch(r"yes( (please )?(explain|describe|comment|see comments?|provide details).*)?", plain))
    if kind == "no":
        return bool(re.fullmatch(r"no( (please )?(explain|describe|comment|see comments?|provide details).*)?", plain))
    return False
