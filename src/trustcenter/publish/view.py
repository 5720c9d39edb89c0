"""The view of one assessment at one checkpoint, for one tier: the only thing that pages, packs and feeds render.

Numbers come from the assessment, states from `model.claim_state`, places in the log from the ledger; nothing is typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from trustcenter.errors import ConfigurationError
from trustcenter.model.assessment import Assessment
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.claim_state import HOLDING, STATES, ClaimState, state_of
from trustcenter.model.control import Claim, Control, Tier
from trustcenter.model.fact import FactSchema
from trustcenter.publish.changes import REMOVED
from trustcenter.publish.claims import RANK, ClaimContext, claim_view, criteria_of, test_line
from trustcenter.publish.framework_status import framework_views
from trustcenter.publish.inputs import ChangeNote, CriterionStatus, LedgerRecord
from trustcenter.publish.measured import measured
from trustcenter.publish.registers import answers, document_views, incident_views, subprocessor_views
from trustcenter.publish.removed_claim import RemovedClaim
from trustcenter.publish.values import ChangeView, ClaimView, ControlLine, DomainView, View
from trustcenter.publish.words import DOMAINS, day, domain_title


def build_view(
    catalogue: Catalogue,
    assessment: Assessment,
    record: LedgerRecord,
    *,
    now: datetime,
    tier: Tier = "public",
    coverage: Sequence[CriterionStatus] = (),
    changes: Sequence[ChangeNote] = (),
    since: Mapping[str, datetime] | None = None,
    schemas: Mapping[str, FactSchema] | None = None,
    runs: Sequence[tuple[Catalogue, Assessment]] = (),
) -> View:
    """Build the view of `assessment`, which must judge this very catalogue.

    `since` gives, per `control/claim`, when it stopped holding (`not_holding_since`); `schemas` are the collectors'
    facts, for units; `runs` are the signed assessments that charts draw, oldest first (this one alone where empty).
    Raises ConfigurationError when the catalogue is another, when two claims share an address, or
    when the assessment rests on evidence that the record does not hold.
    """
    if assessment.catalogue != catalogue.digest:
        raise ConfigurationError(
            f"the assessment judges catalogue {assessment.catalogue}, the files here are {catalogue.digest}",
            hint="run `trustcenter check` again, so that what is published is what was judged",
        )
    organisation = catalogue.organisation
    base = organisation.url.rstrip("/")
    context = ClaimContext(
        assessment=assessment,
        entries=record.entries,
        schemas=schemas or {},
        since=since or {},
        now=now,
        tier=tier,
        base=base,
        until={
            w.id: f"{w.id}: {w.reason} (owner {w.owner}, approved by {w.approver}, until {day(w.expires)})"
            for w in catalogue.waivers
        },
    )
    removed = _removed(changes, catalogue, base)
    domains = _domains(catalogue, context, removed)
    claims = {claim.id: claim for domain in domains for claim in domain.claims}
    gone = {one.id: f"{domain}.md#{one.anchor}" for domain, ones in removed.items() for one in ones}
    pages = {**_pages(catalogue, claims), **gone}
    return View(
        name=organisation.name,
        base=base,
        covers=organisation.covers,
        sample=organisation.sample,
        tier=tier,
        as_of=assessment.as_of,
        now=now,
        judge=assessment.judge,
        origin=record.origin,
        checkpoint=record.size,
        root=record.root,
        note=record.note,
        key=record.key,
        catalogue=catalogue.digest,
        assessment=record.assessment,
        assessment_index=record.assessment_index,
        domains=domains,
        answers=answers(catalogue, tuple(claims.values()), now.date()),
        frameworks=framework_views(
            catalogue,
            coverage,
            lambda control: control_state(catalogue.control(control), assessment, now),
            lambda control: pages.get(control, ""),
            now.date(),
        ),
        subprocessors=subprocessor_views(catalogue.subprocessors, now.date()),
        documents=document_views(catalogue.documents, tier, now.date()),
        not_done=organisation.not_done,
        contacts=tuple(organisation.contacts.items()),
        changes=_changes(changes, claims, pages),
        controls=len(catalogue.controls),
        tests=len(assessment.conclusions),
        control_lines=_control_lines(catalogue, context) if tier != "public" else (),
        measured=measured(runs or [(catalogue, assessment)], now),
        incidents=incident_views(catalogue.incidents),
        security_txt=organisation.security_txt,
    )


_REASONS = {
    "claim_removed": "The sentence was taken out of its control.",
    "control_removed": "The control behind the sentence was taken out.",
}
"""Why nothing is said at an address any more, as far as the signed catalogues tell it."""


def _removed(changes: Sequence[ChangeNote], catalogue: Catalogue, base: str) -> dict[str, tuple[RemovedClaim, ...]]:
    """By domain, what was removed and is not said again, each once with its last day; whatever its tier is now."""
    said = {(control.domain, claim.id) for control, claim in catalogue.claims()}
    gone = {}
    for change in sorted(changes, key=lambda one: one.on):
        control, _, claim = change.subject.partition("/")
        address = (control.partition(".")[0], claim)
        if change.kind in REMOVED and address not in said:
            gone[address] = RemovedClaim(
                id=change.subject,
                anchor=claim,
                words=change.text.partition(": ")[2],
                on=change.on,
                reason=_REASONS[change.kind],
                address=f"{base}/{address[0]}/#{claim}",
                twin=f"claims/{address[0]}/{claim}.json",
            )
    return {domain: tuple(one for (d, _), one in gone.items() if d == domain) for domain, _ in gone}


def _domains(
    catalogue: Catalogue, context: ClaimContext, removed: Mapping[str, tuple[RemovedClaim, ...]]
) -> tuple[DomainView, ...]:
    found: dict[str, list[ClaimView]] = {domain: [] for domain in removed}
    places: dict[tuple[str, str], Claim] = {}
    for control, claim in catalogue.claims():
        found.setdefault(control.domain, [])
        if RANK[claim.tier] > RANK[context.tier]:
            continue
        address = (control.domain, claim.id)
        if address in places:
            raise ConfigurationError(
                f"two claims have the address {control.domain}/#{claim.id}",
                where=str(claim.place),
                hint=f"the other stands at {places[address].place}; an address is permanent, so rename the newer one",
            )
        places[address] = claim
        found[control.domain].append(claim_view(control, claim, context))
    order = [domain for domain in DOMAINS if domain in found] + sorted(set(found) - set(DOMAINS))
    return tuple(
        DomainView(
            domain,
            domain_title(domain),
            DOMAINS.get(domain, ("", ""))[1],
            _grouped(found[domain]),
            removed.get(domain, ()),
        )
        for domain in order
        if found[domain] or domain in removed
    )


def _control_lines(catalogue: Catalogue, context: ClaimContext) -> tuple[ControlLine, ...]:
    return tuple(
        ControlLine(
            id=control.id,
            title=control.title,
            owner=control.owner,
            nature=control.nature,
            frequency=control.frequency.replace("_", " "),
            shown="not_applicable"
            if control.not_applicable
            else control_state(control, context.assessment, context.now),
            tests=tuple(test_line(c, context.entries) for c in context.assessment.of(control.id)),
            criteria=criteria_of(control),
        )
        for control in catalogue.controls
    )


def _grouped(claims: list[ClaimView]) -> tuple[ClaimView, ...]:
    """Claims of one group stand together, groups in the order in which they first appear."""
    order = list(dict.fromkeys(claim.group for claim in claims))
    return tuple(sorted(claims, key=lambda claim: order.index(claim.group)))


def _pages(catalogue: Catalogue, claims: Mapping[str, ClaimView]) -> dict[str, str]:
    pages: dict[str, str] = {}
    for control, claim in catalogue.claims():
        view = claims.get(f"{control.id}/{claim.id}")
        if view is not None:
            pages.setdefault(control.id, view.page)
    return pages


def _changes(
    changes: Sequence[ChangeNote], claims: Mapping[str, ClaimView], pages: Mapping[str, str]
) -> tuple[ChangeView, ...]:
    newest_first = list(changes)[::-1]  # within a day too, which the stable sort keeps
    ordered = sorted(newest_first, key=lambda change: change.on, reverse=True)
    return tuple(
        ChangeView(
            change.on,
            change.text,
            claims[change.subject].page if change.subject in claims else pages.get(change.subject, ""),
            change.weakens,
        )
        for change in ordered
    )


def control_state(control: Control, assessment: Assessment, now: datetime) -> str:
    """What a control as a whole shows: `tested`, `documented`, `in_progress` or `not_confirmed`."""
    whole = Claim(id="whole", say="", place=control.place)
    state = state_of(control, whole, assessment.conclusions, now).state
    if state in ("tested", "accepted_deviation"):
        return "tested" if state == "tested" else "not_confirmed"
    if state in ("documented", "declared"):
        return "documented"
    return "in_progress" if state in ("in_progress", "not_done") else "not_confirmed"


def not_holding_since(history: Sequence[tuple[Catalogue, Assessment]], now: datetime) -> dict[str, datetime]:
    """When each claim that does not hold today stopped holding: the first assessment of the unbroken run.

    `history` is oldest first and ends with the assessment that is published.
    """
    since: dict[str, datetime] = {}
    for position, (catalogue, assessment) in enumerate(history):
        newest = position == len(history) - 1
        holding: set[str] = set()
        for control, claim in catalogue.claims():
            identifier = f"{control.id}/{claim.id}"
            state = state_of(control, claim, assessment.conclusions, now if newest else assessment.as_of)
            if state.state in HOLDING:
                holding.add(identifier)
            else:
                since.setdefault(identifier, _stopped(state, assessment.as_of))
        for identifier in holding:
            since.pop(identifier, None)
    return since


def _stopped(state: ClaimState, as_of: datetime) -> datetime:
    if state.state == "stale" and state.expires_at is not None:
        return state.expires_at
    return as_of


def worst_first(claims: Sequence[ClaimView]) -> list[ClaimView]:
    """Claims by state, worst first; withdrawn counts as the worst that it may hide."""
    order = ["withdrawn", *STATES]
    return sorted(claims, key=lambda claim: order.index(claim.shown))
