"""A machine's rephrasing of a decided answer, held against what it was given: it may reorder and shorten, never add.

Rejected is a draft with a number, a name, a certification or any word of substance that the cited sentences and the
question do not hold, one that changes the verdict or a negation, and one that says more. Then the deterministic text
stands. Nothing here asks anyone: the draft comes as a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from trustcenter.publish.questionnaire import polarity, quantity, tls, vocabulary
from trustcenter.publish.questionnaire.model import Decision
from trustcenter.publish.questionnaire.text import stem, words

UNASKED = "the model could not be asked"
LONGEST = 1.5  # of the deterministic text, in characters; a short answer may have a sentence around it
_ROOM = 80
_LEADS = ("yes", "no", "partially", "not applicable")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"\b(?:[A-Z]{2,}[\w/-]*|[A-Z][a-z]+[A-Z]\w*|[A-Za-z]+-?\d[\w.-]*)\b")
_MARKUP = re.compile(r"https?://|www\.|[<>{}\[\]|`]|\*\*")
# Words that join and say nothing by themselves. Everything else must come from what was cited.
_SMALL = (
    "a an the and or of to in on for with by from as at into per via that which this these those it its they their we"
    " our us you your is are was were be been being has have had do does did can may must will all each every any both"
    " also here when while where who whose than then so therefore yes no not never without only there if"
)
_JOINING = frozenset(stem(word) for word in _SMALL.split())
# Of these, the ones that turn or widen a meaning count as additions all the same.
_HEAVY = "all each every any both must never only always no not without"
_TURNING = ("not", "never", "no", "without", "except", "only", "planned")
_WEIGHTY = frozenset(stem(word) for word in _HEAVY.split())


@dataclass(frozen=True)
class Draft:
    """The text to use, whether it is the machine's, and why its own was refused."""

    text: str
    accepted: bool
    reason: str = ""


Rephrase = Callable[[str, Decision], Draft]
"""Asks for other words for the answer to a question."""


def until_silent(rephrase: Rephrase, most: int = 3) -> Rephrase:
    """Asks no more after so many silences in a row: a file has hundreds of questions, and each would wait as long."""
    silent = 0

    def patient(question: str, decision: Decision) -> Draft:
        nonlocal silent
        if silent >= most:
            return Draft(decision.text, False, f"{UNASKED}: it was silent {most} times, and is not asked again")
        draft = rephrase(question, decision)
        silent = silent + 1 if draft.reason.startswith(UNASKED) else 0
        return draft

    return patient


def consider(question: str, decision: Decision, draft: str) -> Draft:
    """The draft where it says nothing that the decision's claims do not say; the deterministic text otherwise."""
    draft = " ".join(draft.split())
    reason = _refusal(question, decision, draft)
    return Draft(decision.text, False, reason) if reason else Draft(draft, True)


def instructions(question: str, decision: Decision) -> tuple[str, str]:
    """What a model is asked: the rule, then the question and the only sentences that it may use."""
    rule = (
        "Rephrase the answer to a security questionnaire. Use only the facts in the sentences. Add no number, name,"
        " certification, promise or adjective. Keep the first word of the answer. Plain text, no lists."
    )
    sentences = "\n".join(f"- {claim.sentence}" for claim in decision.claims)
    return rule, f"Question: {question}\nAnswer: {decision.text}\nSentences:\n{sentences}"


def _refusal(question: str, decision: Decision, draft: str) -> str:
    if decision.outcome != "answered":
        return "there is no answer to rephrase"
    if not draft:
        return "the draft is empty"
    if len(draft) > LONGEST * len(decision.text) + _ROOM:
        return "the draft is longer than what it rephrases"
    if _MARKUP.search(draft):
        return "the draft holds a link or markup"
    if _lead(draft) != _lead(decision.text):
        return "the draft changes the verdict"
    given = _given(decision)
    if added := sorted(set(_NUMBER.findall(draft)) - set(_NUMBER.findall(given))):
        return f"the draft adds a number: {added[0]}"
    if added := sorted({name.casefold() for name in _NAME.findall(draft)} - set(_tokens(given))):
        return f"the draft adds a name: {added[0]}"
    if reason := _figures(draft, given):
        return reason
    if added := _added_words(draft, given):
        return f"the draft adds: {', '.join(added[:3])}"
    return _turned(draft, decision)


def _given(decision: Decision) -> str:
    return " . ".join((decision.text, *(claim.sentence for claim in decision.claims)))


def _tokens(text: str) -> list[str]:
    return [name.casefold() for name in _NAME.findall(text)]


def _lead(text: str) -> str:
    plain = text.casefold()
    return next((lead for lead in _LEADS if re.match(rf"{lead}\b", plain)), "")


def _figures(draft: str, given: str) -> str:
    """Every quantity with its bound must be one that was given: `within 24 hours` is not `after 24 hours`."""
    known = {(one.kind, one.value, one.bound) for one in quantity.quantities(given)}
    for one in quantity.quantities(draft):
        if (one.kind, one.value, one.bound) not in known:
            return f"the draft changes a figure: {one.text}"
    mine, theirs = tls.versions(draft), tls.versions(given)
    if mine and (theirs is None or mine.accepted - theirs.accepted or mine.refused - theirs.refused):
        return "the draft changes which versions are accepted"
    return ""


def _added_words(draft: str, given: str) -> list[str]:
    known = {stem(word) for word in words(given)}
    return sorted(
        {
            word
            for word in words(draft)
            if stem(word) not in known and (stem(word) not in _JOINING or stem(word) in _WEIGHTY) and word not in _LEADS
        }
    )


def _turned(draft: str, decision: Decision) -> str:
    """Each concept keeps the sign that the given text gives it."""
    terms = vocabulary.load()
    mine = _signs(draft, terms)
    given = _signs(decision.text, terms)
    for claim in decision.claims:
        for concept, signs in _signs(claim.sentence, terms).items():
            given.setdefault(concept, set()).update(signs)
    for concept, signs in mine.items():
        if concept in given and signs - given[concept]:
            return f"the draft turns what is said of {terms.labels[concept]}"
    said, kept = set(words(_given(decision))), set(words(draft))
    lost = (said - kept) & set(_TURNING)
    return f"the draft leaves out `{sorted(lost)[0]}`" if lost and not _only_other(lost, decision, kept) else ""


def _only_other(lost: set[str], decision: Decision, kept: set[str]) -> bool:
    """Whether the lost words stand only in sentences that the draft leaves out whole."""
    for claim in decision.claims:
        own = set(words(claim.sentence))
        if lost & own and len(own & kept) > len(own) / 3:
            return False
    return True


def _signs(text: str, terms: vocabulary.Vocabulary) -> dict[str, set[int]]:
    speech = polarity.speech(text, terms)
    return {concept: {stance.sign for stance in stances} for concept, stances in speech.stances.items()}
