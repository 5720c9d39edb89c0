"""The page's claims as answers: what a questionnaire may quote is what the public may read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from trustcenter.errors import ConfigurationError
from trustcenter.frameworks import framework
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.control import Claim, Control
from trustcenter.pipeline import publishing
from trustcenter.pipeline.line import Line
from trustcenter.publish.questionnaire import Answerable, CriterionText, Matcher
from trustcenter.publish.questionnaire.library import Library
from trustcenter.publish.questionnaire.sense import Sense
from trustcenter.publish.values import ClaimView, View

_MISSING = {
    "stale": "the evidence has expired",
    "unconfirmed": "it could not be confirmed",
    "failing": "it is not confirmed at present",
    "withdrawn": "it is not confirmed at present",
}


def matcher_for(line: Line, *, meaning: bool = False) -> tuple[Matcher, str]:
    """A matcher over the claims as the ledger shows them today, and a note where it shows none.

    Without a current assessment every claim is unconfirmed: questions still find their controls and criteria, and none
    is answered. Raises TamperedError as publishing does, and `MeaningUnavailable` where the model is not installed.
    """
    try:
        found, note = answerables(line, publishing.view(line, publishing.verified(line))), ""
    except ConfigurationError as error:
        hint = f" ({error.hint})" if error.hint else ""
        note = f"no answer is given: {error.what}{hint}"
        found = tuple(_unconfirmed(control, claim) for control in line.catalogue.controls for claim in control.claims)
    return matcher_over(line, found, meaning=meaning), note


def matcher_over(line: Line, claims: Sequence[Answerable], *, meaning: bool = False) -> Matcher:
    """A matcher over these claims, the declared frameworks' criteria and the reviewed answers."""
    sense = Sense(line.instance.build / "meaning") if meaning else None
    catalogue = line.catalogue
    return Matcher(claims, criteria_texts(line), sense, library(line), scope(catalogue), not_done(catalogue))


def scope(catalogue: Catalogue) -> tuple[Answerable, ...]:
    """What is declared to be outside: criteria that a subservice organisation meets for us are not applicable here;
    those that do not concern us are declared so, each with the day on which that was decided."""
    outside = [
        *((one.framework, one.criterion, one.disclosure, one.decided, "declared") for one in catalogue.not_relevant),
        *((one.framework, one.criterion, one.reason, one.decided, "not_applicable") for one in catalogue.carve_outs),
    ]
    titles = {
        (name, criterion.id): criterion.title
        for name in catalogue.organisation.frameworks
        for criterion in framework(name).criteria
    }
    return tuple(
        Answerable(
            claim=f"scope/{name}:{criterion}",
            sentence=words,
            state=state,
            methods=("representation",),
            as_of=datetime.combine(decided, time(), UTC),
            criteria=(f"{name}:{criterion}",),
            aliases=(),
            title=titles[name, criterion],
            link=f"{catalogue.organisation.url}/frameworks/",
            missing=words if state == "not_applicable" else None,
        )
        for name, criterion, words, decided, state in outside
        if (name, criterion) in titles
    )


def not_done(catalogue: Catalogue) -> tuple[Answerable, ...]:
    """What the page says is not done, each sentence a declared claim of its own with its place on that page."""
    return tuple(
        Answerable(
            claim=one.claim,
            sentence=one.say,
            state="declared",
            methods=("representation",),
            as_of=datetime.combine(one.decided, time(), UTC) if one.decided else None,
            criteria=(),
            aliases=(),
            title="What we do not do",
            link=f"{catalogue.organisation.url}/not-done/#{one.id}",
            missing=None,
            opposites=one.opposites,
        )
        for one in catalogue.organisation.not_done
    )


def declared(line: Line, now: datetime) -> tuple[Answerable, ...]:
    """What may be cited beside the claims: what is not done, what is out of scope, and reviewed answers in force."""
    return (*not_done(line.catalogue), *scope(line.catalogue), *library(line).in_force(now))


def library(line: Line) -> Library:
    """The reviewed answers of the instance's own people."""
    return Library(line.catalogue.answers, line.catalogue.organisation.url)


def _unconfirmed(control: Control, claim: Claim) -> Answerable:
    return Answerable(
        claim=f"{control.id}/{claim.id}",
        sentence=f"{claim.short}: not currently confirmed",
        state="unconfirmed",
        methods=(),
        as_of=None,
        criteria=tuple(f"{one.framework}:{one.pinpoint}" for one in control.criteria),
        aliases=(*claim.aliases, claim.say),
        title=control.title,
        link="",
        missing="nothing was assessed",
        opposites=claim.opposites,
    )


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
