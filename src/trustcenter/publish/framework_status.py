"""A framework's status: SOC 2 climbs a ladder of engagements, a law has obligations of our declared roles.

The words are AICPA's: a "SOC 2 Type 2 examination" with an opinion; reports age, they do not expire. Nothing here says
certified, compliant or passed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from trustcenter.model.catalogue import Catalogue
from trustcenter.model.records import Engagement
from trustcenter.publish.inputs import CriterionStatus
from trustcenter.publish.values import FrameworkView, Obligation, Rung
from trustcenter.publish.words import FRAMEWORK_NAMES, ROLE_WORDS, count, day, listed

CATEGORIES = ("security", "availability", "processing_integrity", "confidentiality", "privacy")
"""SOC 2's five categories (TSP section 100); security is always in scope."""

Holding = Callable[[str], str]
"""Control id to `tested`, `documented`, `in_progress` or `not_confirmed`."""

OBLIGATION_WORDS: dict[str, tuple[str, str]] = {
    "tested": ("Met, tested by us", "all controls named for it hold today, tested by us"),
    "partly": ("Met, tested in part", "some of its controls are tested by us and hold, the others are on paper"),
    "documented": ("Met, on paper", "documented or declared; nobody measured the practice"),
    "not_confirmed": ("Not currently confirmed", "a control named for it is not confirmed today"),
    "in_progress": ("In progress", "a control is being built"),
    "carved_out": ("Carved out", "met by a subservice organisation that we monitor"),
    "not_relevant": ("Not relevant", "does not concern this service; the reason is given"),
    "gap": ("Not met", "known, owned and dated"),
    "out_of_scope": ("Out of scope", "of a SOC 2 category that is not in scope, as a whole"),
}
"""What an obligation's state is called, and what that means; best first."""

_CRITERION_WORDS = {
    "tested": "Our tests hold",
    "partly": "Our tests hold, in part",
    "documented": "On paper",
    "in_progress": "In progress",
    "gap": "No control yet",
}
"""For SOC 2, whether a criterion is met is for an examiner to say: we say what our tests show."""


def groups(framework: FrameworkView) -> list[tuple[str, tuple[Obligation, ...]]]:
    """Obligations by the role that bears them (a law) or by category (SOC 2), each with a heading."""
    found: dict[str, list[Obligation]] = {}
    for obligation in framework.obligations:
        if obligation.shown == "out_of_scope":
            continue
        if framework.id == "soc2":
            name = (obligation.status.category or "common criteria").replace("_", " ").capitalize()
        else:
            roles = [ROLE_WORDS.get(role, role) for role in obligation.status.roles]
            name = f"As {listed(roles)}" if roles else "Whatever the role"
        found.setdefault(name, []).append(obligation)
    return [(name, tuple(own)) for name, own in found.items()]


def left_out(framework: FrameworkView) -> str:
    """The categories that are out of scope, each as a whole: `privacy (18 criteria)`."""
    found: dict[str, int] = {}
    for obligation in framework.obligations:
        if obligation.shown == "out_of_scope":
            name = obligation.status.category.replace("_", " ")
            found[name] = found.get(name, 0) + 1
    return listed([f"{name} ({count(amount, 'criterion', 'criteria')})" for name, amount in found.items()])


def obligation_word(framework: str, shown: str) -> str:
    """What the state is called under this framework."""
    if framework == "soc2" and shown in _CRITERION_WORDS:
        return _CRITERION_WORDS[shown]
    return OBLIGATION_WORDS[shown][0]


_STAGES = ("readiness", "observing", "in_examination", "report_issued")
_OPINIONS = {
    "unqualified": "unqualified opinion",
    "qualified": "qualified opinion",
    "adverse": "adverse opinion",
    "disclaimer": "disclaimer of opinion",
}


def framework_views(
    catalogue: Catalogue,
    coverage: Sequence[CriterionStatus],
    holding: Holding,
    pages: Callable[[str], str],
    today: date,
) -> tuple[FrameworkView, ...]:
    """One view a framework in force, in the catalogue's order."""
    return tuple(
        _view(catalogue, framework, [row for row in coverage if row.framework == framework], holding, pages, today)
        for framework in catalogue.organisation.frameworks
    )


def _view(
    catalogue: Catalogue,
    framework: str,
    coverage: Sequence[CriterionStatus],
    holding: Holding,
    pages: Callable[[str], str],
    today: date,
) -> FrameworkView:
    obligations = tuple(_obligation(row, holding, pages) for row in coverage)
    name = FRAMEWORK_NAMES.get(framework, framework)
    organisation = catalogue.organisation
    if framework == "soc2":
        engagement = current_engagement(catalogue.engagements)
        categories = engagement.categories if engagement and engagement.categories else organisation.categories
        return FrameworkView(
            id=framework,
            name="SOC 2®",
            scope=listed([category.replace("_", " ") for category in categories]).capitalize(),
            rungs=ladder(engagement, today),
            summary=examination_words(engagement),
            facts=_facts(engagement, [category for category in CATEGORIES if category not in categories]),
            obligations=obligations,
            user_entity_controls=engagement.user_entity_controls if engagement else (),
        )
    roles = [ROLE_WORDS.get(role, role) for role in organisation.roles.get(framework, ())]
    return FrameworkView(
        id=framework,
        name=name,
        scope=f"As {listed(roles)}" if roles else "No role declared",
        rungs=(),
        summary="A law has no certificate and no ladder: each obligation of our roles is met, in progress or not.",
        facts=(),
        obligations=obligations,
    )


def _obligation(row: CriterionStatus, holding: Holding, pages: Callable[[str], str]) -> Obligation:
    links = tuple((control, pages(control)) for control in row.controls)
    if row.state == "covered":
        states = [holding(control) for control in row.controls]
        shown = _together(states)
    elif row.state == "planned":
        shown = "in_progress"
    else:
        shown = row.state
    words = row.words if not row.target else f"{row.words} Target: {day(row.target)}.".strip()
    return Obligation(row, shown, words, links)


def _together(states: Sequence[str]) -> str:
    """Several controls name one obligation: the worst counts, and paper beside tests is called so."""
    for worst in ("not_confirmed", "in_progress"):
        if worst in states:
            return worst
    if "documented" in states:
        return "partly" if "tested" in states else "documented"
    return "tested" if states else "gap"


def current_engagement(engagements: Sequence[Engagement]) -> Engagement | None:
    """The SOC 2 engagement that counts: a report that was issued, else the one that climbed highest, the latest."""
    own = [engagement for engagement in engagements if engagement.framework == "soc2"]

    def rank(engagement: Engagement) -> tuple[int, date]:
        stage = _STAGES.index(engagement.stage) if engagement.stage in _STAGES else -1
        dates = (engagement.period_end, engagement.as_of, engagement.since)
        return stage, max((d for d in dates if d is not None), default=date.min)

    return max(own, key=rank, default=None)


def ladder(engagement: Engagement | None, today: date) -> tuple[Rung, ...]:
    """Readiness, observing (Type 2 only), in examination, report issued: done, now or next."""
    stage = engagement.stage if engagement else "not_started"
    reached = _STAGES.index(stage) if stage in _STAGES else -1
    rungs = []
    for position, step in enumerate(_STAGES):
        if step == "observing" and engagement is not None and engagement.type == 1:
            continue
        words = _rung_words(engagement, step, today) if engagement else ("not started" if position == 0 else "")
        name = {
            "readiness": "Readiness",
            "observing": "Observing",
            "in_examination": "In examination",
            "report_issued": "Report issued",
        }[step]
        done = position < reached or (position == reached and step == "report_issued")
        rungs.append(Rung(name, words, "done" if done else "now" if position == reached else "next"))
    return tuple(rungs)


def _rung_words(engagement: Engagement, step: str, today: date) -> str:
    here = engagement.stage == step
    if step == "readiness" and here and engagement.since:
        return f"since {day(engagement.since)}"
    if step == "observing" and engagement.period_start:
        if here and engagement.period_end and engagement.period_start <= today <= engagement.period_end:
            length = (engagement.period_end - engagement.period_start).days + 1
            passed = (today - engagement.period_start).days + 1
            return f"since {day(engagement.period_start)}, day {passed} of {length}"
        end = f" to {day(engagement.period_end)}" if engagement.period_end else ""
        return f"{'planned from' if engagement.period_start > today else 'from'} {day(engagement.period_start)}{end}"
    if step == "in_examination" and here:
        return f"with {_firm(engagement)}"
    if step == "report_issued":
        if here:
            return f"Type {engagement.type}, {period_words(engagement)}" if engagement.type else "issued"
        return f"due {day(engagement.report_due)}" if engagement.report_due else "none yet"
    return ""


def _firm(engagement: Engagement) -> str:
    if engagement.firm is None:
        return "an independent auditor"
    return engagement.firm if engagement.firm_consents else "an independent auditor (named on request)"


def period_words(engagement: Engagement) -> str:
    """`as of 31 Mar 2026` for Type 1, `for 1 Apr 2025 to 31 Mar 2026` for Type 2."""
    if engagement.type == 1:
        return f"as of {day(engagement.as_of)}" if engagement.as_of else "date not set"
    if engagement.period_start and engagement.period_end:
        return f"for {day(engagement.period_start)} to {day(engagement.period_end)}"
    return "period not set"


def examination_words(engagement: Engagement | None) -> str:
    """The one sentence that says where we stand."""
    if engagement is None or engagement.stage == "not_started":
        return "There is no SOC 2 report, and no examination has started."
    kind = f"SOC 2® Type {engagement.type} examination" if engagement.type else "SOC 2® examination"
    match engagement.stage:
        case "readiness":
            since = f" since {day(engagement.since)}" if engagement.since else ""
            return f"There is no SOC 2 report. We have been preparing for a {kind}{since}; no period is observed yet."
        case "observing":
            period = period_words(engagement).removeprefix("for ")
            return f"There is no SOC 2 report yet. The period of a {kind} is being observed ({period})."
        case "in_examination":
            what = f"A {kind} {period_words(engagement)} is under way with {_firm(engagement)}"
            return f"There is no SOC 2 report yet. {what}."
    opinion = _OPINIONS[engagement.opinion] if engagement.opinion else "opinion not recorded"
    return f"{kind} {period_words(engagement)}, {opinion}, by {_firm(engagement)}. A report ages; it does not expire."


def _facts(engagement: Engagement | None, out_of_scope: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What a reader of a report looks up first; what there is none of is said, so that nobody has to ask."""
    if engagement is None:
        return ()
    issued = engagement.stage == "report_issued"
    names = {
        method: listed([name for name, how in engagement.subservice.items() if how == method])
        for method in ("carve_out", "inclusive")
    }
    facts: list[tuple[str, str]] = [
        ("Examination", f"SOC 2® Type {engagement.type}" if engagement.type else "SOC 2®"),
        (
            "As of" if engagement.type == 1 else "Period",
            period_words(engagement).removeprefix("as of ").removeprefix("for "),
        ),
        ("Firm", _firm(engagement) if engagement.firm or engagement.stage in _STAGES[2:] else "none engaged on record"),
        ("Opinion", _OPINIONS[engagement.opinion] if engagement.opinion else "not recorded" if issued else "none yet"),
        ("Boundary", engagement.boundary or "not described"),
        (
            "Not in scope",
            listed([category.replace("_", " ") for category in out_of_scope]) or "every category is in scope",
        ),
        ("Carved out", names["carve_out"] or "no subservice organisation"),
    ]
    if names["inclusive"]:
        facts.append(("Included", names["inclusive"]))
    facts.append(("Bridge letter", day(engagement.bridge_letter) if engagement.bridge_letter else "none"))
    if engagement.report_digest:
        facts.append(("Report", engagement.report_digest))
    return tuple(facts)
