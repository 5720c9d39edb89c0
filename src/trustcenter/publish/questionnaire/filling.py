"""What goes into a form's places: each question decided once, and its answer fitted to what its place accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from trustcenter.publish.questionnaire.conditions import holds
from trustcenter.publish.questionnaire.confirmed import Confirmed, by_key, decision
from trustcenter.publish.questionnaire.deciding import decide
from trustcenter.publish.questionnaire.draft import Rephrase
from trustcenter.publish.questionnaire.forms.interface import Fill, FormQuestion, fitted
from trustcenter.publish.questionnaire.matching import Matcher
from trustcenter.publish.questionnaire.model import BANDS, Answerable, Decision, Row
from trustcenter.publish.questionnaire.options import CROSS
from trustcenter.publish.questionnaire.wording import citation, option

_MORE = re.compile(
    r"(please )?(describe|explain|elaborate|comment|(provide|give) (more |further |us )?(details?|information))\b",
    re.IGNORECASE,
)
HIDDEN, SKIPPED = "the row is hidden: not asked", "the form does not ask it after the answers above"
NOT_ASKED = (HIDDEN, SKIPPED)
_FOLLOWING = ("if yes", "if so", "if no", "if not")


def fill_form(
    questions: Sequence[FormQuestion],
    answerables: Sequence[Answerable],
    matcher: Matcher,
    now: datetime,
    threshold: str,
    confirmed: Sequence[Confirmed] = (),
    edited: Mapping[int, str] | None = None,
    rephrase: Rephrase | None = None,
) -> Iterator[tuple[Row, Fill | None]]:
    """Each question with its row of the report and, where it is answered, what to write.

    Options chosen further up decide whether a conditional question is asked at all. A match that the vendor's own
    people confirmed goes before what is found. `edited` holds their own words for an answer, by the question's number
    from 1: they stand in place of the quotation, beside its citation, and only where there is an answer to cite.
    `rephrase` may put what is about to be written in other words; people's own words and options of a list stay.
    """
    kept = by_key(confirmed)
    claims = {one.claim: one for one in answerables}
    so_far = _SoFar()
    for number, question in enumerate(questions, 1):
        so_far.enter(question.part)
        if question.hidden:
            yield row_of(question, None, "abstained", "", "", HIDDEN), None
            continue
        shown = question.showing.text(so_far.written) if question.showing is not None else question.text
        if not shown or (question.requires and not holds(question.requires, so_far.chosen)):
            yield row_of(question, None, "abstained", "", "", SKIPPED), None
            continue
        question = replace(question, text=shown)
        if question.several and question.options:
            row, fill = _fill_several(question, matcher, now, threshold)
        else:
            above = so_far.above(question)
            asked = _as_follow_up(question, above, matcher)
            decided = decision(question.text, kept, claims, now) or decide(asked, matcher, now, above)
            so_far.decided(question, decided)
            own = edited.get(number) if edited and decided.outcome == "answered" else None
            if own:
                decided = replace(decided, text=own)
            row, fill = _fill(question, decided, threshold)
            if rephrase is not None and not own and fill is not None and question.options is None:
                draft = rephrase(question.text, decided)
                if draft.accepted:
                    row, fill = _fill(question, replace(decided, text=draft.text), threshold)
                row = replace(row, draft="accepted" if draft.accepted else draft.reason)
        if fill is not None:
            so_far.filled(question, fill)
        yield row, fill


class _SoFar:
    """What the questions further up were answered: what a follow-up, or a form's own logic, depends on."""

    def __init__(self) -> None:
        self.written: dict[str, str] = {}
        self.chosen: set[str] = set()
        self._places: dict[str, tuple[str, Decision]] = {}
        self._last: tuple[str, Decision] | None = None
        self._part = ""

    def enter(self, part: str) -> None:
        """The next sheet or table begins with no question above."""
        if part != self._part:
            self._last, self._part = None, part

    def above(self, question: FormQuestion) -> tuple[str, Decision] | None:
        """The question that this one follows, by the form's own formulas, else the last one above."""
        follows = question.showing.follows if question.showing is not None else ()
        return next((self._places[place] for place in follows if place in self._places), self._last)

    def decided(self, question: FormQuestion, decision: Decision) -> None:
        if not question.text.lower().lstrip("-\u2022* ").startswith(_FOLLOWING):
            self._last = (question.text, decision)
        for place in (question.answer_place, *question.option_places):
            self._places[f"{question.part}!{place}"] = (question.text, decision)

    def filled(self, question: FormQuestion, fill: Fill) -> None:
        if question.option_keys and question.options:
            self.chosen |= {question.option_keys[question.options.index(one)] for one in fill.chosen}
        if question.option_places and question.options:
            crossed = (place for one, place in zip(question.options, question.option_places, strict=True)
                       if one in fill.chosen)  # fmt: skip
            self.written.update({f"{question.part}!{place}": CROSS for place in crossed})
        else:
            self.written[f"{question.part}!{question.answer_place}"] = fill.answer


def _as_follow_up(question: FormQuestion, above: tuple[str, Decision] | None, matcher: Matcher) -> str:
    """`Please describe.`, which the form shows after an answer, as what it asks: `If so, please describe.`"""
    follows = question.showing is not None and question.showing.follows
    if not follows or above is None or above[1].verdict not in ("yes", "no"):
        return question.text
    if matcher.named(question.text) and not _MORE.match(question.text):
        return question.text
    return f"{'If so' if above[1].verdict == 'yes' else 'If not'}, {question.text[:1].lower()}{question.text[1:]}"


def _fill(question: FormQuestion, decision: Decision, threshold: str) -> tuple[Row, Fill | None]:
    """What goes into the places of one question; nothing at all unless the answer itself may be written."""
    if decision.outcome != "answered":
        return row_of(question, decision, decision.outcome, "", "", decision.reason), None
    if BANDS.index(decision.band) < BANDS.index(threshold):
        reason = f"confidence {decision.confidence:.2f} is below the band {threshold!r}"
        return row_of(question, decision, "needs_review", decision.text, "", reason), None
    if question.problem or question.answered:
        reason = question.problem or "the cell is filled already"
        return row_of(question, decision, "refused", decision.text, "", reason), None
    picked: tuple[str, ...] = ()
    cited = citation(decision.claims)
    if question.options is not None:
        found, why = option(decision.verdict, decision.claims, question.options)
        if found is None:
            return row_of(question, decision, "needs_review", decision.text, "", why), None
        picked, answer, beside = (found,), found, f"{decision.text}\n{cited}"
    else:
        answer, beside = decision.text, cited
    comment, reference = question.comment_limit, question.reference_limit
    if (question.comment_if == "yes" and decision.verdict == "no") or (
        question.comment_if == "no" and decision.verdict == "yes"
    ):
        comment = None
    if comment is None and reference is None and question.options is None:
        answer = f"{answer}\n{cited}"
    if question.options is None:
        answer = fitted(answer, question.limit)
    written = fitted(beside, comment) if comment is not None else ""
    pointed = ""
    if reference is not None:
        pointed = fitted(beside if comment is None else _links(decision.claims), reference)
    placed = comment is not None or reference is not None
    reason = decision.reason if placed or question.options is None else "no cell for the citation"
    row = row_of(question, decision, "answered", answer, written or pointed, reason)
    return row, Fill(question.key, answer, picked, written, pointed)


def _fill_several(question: FormQuestion, matcher: Matcher, now: datetime, threshold: str) -> tuple[Row, Fill | None]:
    """Of "mark all that apply", the options that claims affirm, each decided by itself; none is marked by guess."""
    decided = [(one, decide(f"Do you have {one}?", matcher, now)) for one in question.options or ()]
    sure = [
        (one, decision)
        for one, decision in decided
        if decision.outcome == "answered"
        and decision.verdict == "yes"
        and BANDS.index(decision.band) >= BANDS.index(threshold)
    ]
    if not sure:
        whole = decide(question.text, matcher, now)
        return row_of(question, whole, "needs_review", "", "", "no claim affirms one of the options"), None
    claims = tuple(dict.fromkeys(claim for _, decision in sure for claim in decision.claims))
    weakest = min((decision for _, decision in sure), key=lambda decision: decision.confidence)
    merged = replace(weakest, claims=claims)
    if question.problem or question.answered:
        reason = question.problem or "the place is filled already"
        return row_of(question, merged, "refused", "", "", reason), None
    picked = tuple(one for one, _ in sure)
    answer = "; ".join(picked)
    comment = fitted(citation(claims), question.comment_limit) if question.comment_limit is not None else ""
    return row_of(question, merged, "answered", answer, comment, ""), Fill(question.key, answer, picked, comment)


def _links(claims: Sequence[Answerable]) -> str:
    return "\n".join(dict.fromkeys(claim.link for claim in claims))


def row_of(
    question: FormQuestion, decision: Decision | None, outcome: str, answer: str, comment: str, reason: str
) -> Row:
    """The report's row of one question."""
    claims = decision.claims if decision else ()
    dates = [claim.as_of for claim in claims if claim.as_of]
    return Row(
        sheet=question.part,
        question_cell=question.place,
        cell=question.answer_place,
        section=question.section,
        question=question.text,
        outcome=outcome,
        verdict=decision.verdict if decision else "",
        answer=answer,
        comment=comment,
        citation=citation(claims),
        state=claims[0].state if claims else "",
        as_of=min(dates) if dates else None,
        confidence=decision.confidence if decision else 0.0,
        band=decision.band if decision else "low",
        claims=tuple(claim.claim for claim in claims),
        candidates=decision.candidates[:5] if decision else (),
        criteria=decision.criteria if decision else (),
        reason=reason,
    )
