"""The page's claims as answers: what a questionnaire may quote is what the public may read."""

from __future__ import annotations

from trustcenter.frameworks import framework
from trustcenter.pipeline.line import Line
from trustcenter.publish.questionnaire import Answerable, CriterionText
from trustcenter.publish.values import ClaimView, View

_MISSING = {
    "stale": "the evidence has expired",
    "unconfirmed": "it could not be confirmed",
    "failing": "it is not confirmed at present",
    "withdrawn": "it is not confirmed at present",
}


def answerables(line: Line, page: View) -> tuple[Answerable, ...]:
    """Every claim of a view, with its state, so that a fallen one can never support an answer."""
    return tuple(_answerable(line, claim) for claim in page.claims)


def _answerable(line: Line, claim: ClaimView) -> Answerable:
    control = line.catalogue.control(claim.control)
    declared = next(one for one in control.claims if f"{control.id}/{one.id}" == claim.id)
    # What a fallen claim spoke of still finds the questions that it can no longer answer.
    topics = () if claim.sentence else (declared.say,)
    state = "unconfirmed" if claim.shown == "withdrawn" else claim.shown
    missing = control.progress.missing if control.progress is not None else _MISSING.get(claim.shown)
    return Answerable(
        claim=claim.id,
        sentence=claim.sentence or f"{claim.short}: not currently confirmed",
        state=state,
        methods=claim.methods,
        as_of=claim.as_of,
        criteria=tuple(f"{one.framework}:{one.pinpoint}" for one in control.criteria),
        aliases=(*declared.aliases, *topics),
        title=control.title,
        link=claim.address,
        missing=missing,
        opposites=declared.opposites,
    )


def criteria_texts(line: Line) -> tuple[CriterionText, ...]:
    """Titles and notes of the declared frameworks' criteria, for matching."""
    return tuple(
        CriterionText(f"{name}:{criterion.id}", criterion.title, criterion.note or "")
        for name in line.catalogue.organisation.frameworks
        for criterion in framework(name).criteria
    )
