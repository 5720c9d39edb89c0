"""What reviewers ask first, subprocessors and documents: rows that are read from the instance's registers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from trustcenter.model.catalogue import Catalogue
from trustcenter.model.claim_state import STATES
from trustcenter.model.collector import METHODS
from trustcenter.model.control import Tier
from trustcenter.model.incident import Incident
from trustcenter.model.records import Document, Subprocessor
from trustcenter.publish.framework_status import current_engagement, examination_words
from trustcenter.publish.values import Answer, ClaimView, DocumentView, IncidentView, SubprocessorView
from trustcenter.publish.words import DOCUMENT_ACCESS, PREFIXES, Shown, count, day, listed

_WORST: list[Shown] = ["withdrawn", *STATES]

_WHO, _WHERE, _CALL = "Who else processes our data?", "Where is our data kept?", "Whom do we call about an incident?"
ASKED_FIRST = (
    "Is there a SOC 2 report?", "Is it encrypted?", "Who signs in, and how?", "Can another customer see our data?",
    "Can you restore?", _WHERE, "Does AI see our data?", "Was it tested by outsiders?", _WHO,
    "When do you tell us of a breach?", _CALL, "How available is it?", "What happens when we leave?",
)  # fmt: skip
"""The order in which reviewers ask; a question of the instance's own comes after these."""


def answers(catalogue: Catalogue, claims: Sequence[ClaimView], today: date) -> tuple[Answer, ...]:
    """Questions that claims name, and the registers' own, in the order of `ASKED_FIRST`.

    Several claims may answer one question: their sentences stand together, the state is the worst of theirs.
    """
    found: list[Answer] = []
    if "soc2" in catalogue.organisation.frameworks:
        found.append(_examination(catalogue))
    questions: dict[str, list[ClaimView]] = {}
    for claim in claims:
        if claim.asks:
            questions.setdefault(claim.asks, []).append(claim)
    found += [_answer(question, own) for question, own in questions.items()]
    current = [row for row in catalogue.subprocessors if row.effective <= today and not _ended(row, today)]
    if current:
        found = _with_register(found, Answer(_WHO, _companies(current), "subprocessors.md", *_REGISTER))
        found = _with_register(found, Answer(_WHERE, _regions(current), "subprocessors.md", *_REGISTER))
    contact = catalogue.organisation.contacts.get("incidents") or catalogue.organisation.contacts.get("security")
    if contact:
        found = _with_register(found, Answer(_CALL, contact, "index.md#contacts", *_REGISTER))
    order = {question: place for place, question in enumerate(ASKED_FIRST)}
    return tuple(sorted(found, key=lambda answer: order.get(answer.question, len(order))))


_REGISTER: tuple[Shown, str] = ("declared", "From our register")


def _with_register(found: list[Answer], register: Answer) -> list[Answer]:
    """The register's rows, in front of what claims say to the same question."""
    if not any(answer.question == register.question for answer in found):
        return [*found, register]
    return [
        replace(answer, answer=f"{register.answer} {answer.answer}") if answer.question == register.question else answer
        for answer in found
    ]


def _ended(row: Subprocessor, today: date) -> bool:
    return row.ended is not None and row.ended <= today


def _companies(rows: Sequence[Subprocessor]) -> str:
    return f"{count(len(rows), 'company', 'companies')}: {listed([row.name for row in rows]).rstrip('.')}."


def _regions(rows: Sequence[Subprocessor]) -> str:
    """`European Union (2 of 3 companies) and United States (1 of 3 companies).`"""
    regions = sorted({row.region for row in rows})
    if len(regions) == 1:
        return f"{regions[0]}: {'the one company' if len(rows) == 1 else f'all {len(rows)} companies'} in our register."
    shares = [f"{region} ({sum(row.region == region for row in rows)} of {len(rows)} companies)" for region in regions]
    return f"{listed(shares)}."


def _answer(question: str, claims: Sequence[ClaimView]) -> Answer:
    worst = min(claims, key=lambda claim: _WORST.index(claim.shown))
    said = [f"{PREFIXES.get(c.shown, '')} {c.sentence or c.short + '.'}".strip() for c in claims]
    methods = tuple(method for method in METHODS if any(method in claim.methods for claim in claims))
    return Answer(
        question=question,
        answer=" ".join(said),
        page=worst.page,
        shown=worst.shown,
        state_words=worst.state_words,
        methods=methods,
        expires=min((claim.expires for claim in claims if claim.expires is not None), default=None),
    )


def _examination(catalogue: Catalogue) -> Answer:
    engagement = current_engagement(catalogue.engagements)
    stage = engagement.stage if engagement else "not_started"
    shown: Shown = {"not_started": "not_done", "report_issued": "documented"}.get(stage, "in_progress")  # type: ignore[assignment]
    words = {"not_done": "Not done", "documented": "Documented"}.get(shown, "In progress")
    due = engagement.report_due if engagement else None
    if shown == "in_progress" and due:
        words += f", report due {day(due)}"
    return Answer("Is there a SOC 2 report?", examination_words(engagement), "index.md#soc2", shown, words)


def subprocessor_views(rows: Sequence[Subprocessor], today: date) -> tuple[SubprocessorView, ...]:
    """Those in use and announced first, then those that ended."""
    ordered = sorted(rows, key=lambda row: (row.ended is not None and row.ended <= today, row.name.lower()))
    return tuple(
        SubprocessorView(
            name=row.name,
            purpose=row.purpose,
            data=listed(list(row.data)),
            region=row.region,
            transfer_basis=row.transfer_basis,
            security_page=row.security_page,
            agreement=row.agreement,
            announced=row.announced,
            effective=row.effective,
            notice_days=(row.effective - row.announced).days,
            role=row.role.replace("_", " "),
            ended=row.ended,
        )
        for row in ordered
    )


def document_views(documents: Sequence[Document], tier: Tier, today: date) -> tuple[DocumentView, ...]:
    """The register: what exists and who may have it. That an auditors' document exists is told from NDA up."""
    shown = [document for document in documents if document.tier != "auditor" or tier != "public"]
    return tuple(
        DocumentView(
            title=document.title,
            kind=document.kind.replace("_", " "),
            owner=document.owner,
            access=DOCUMENT_ACCESS[document.tier],
            dated=document.dated,
            review_by=document.review_by,
            overdue=document.review_by < today,
            period=f"{day(document.period_start)} to {day(document.period_end)}"
            if document.period_start and document.period_end
            else "",
        )
        for document in shown
    )


def incident_views(incidents: Sequence[Incident] | None) -> tuple[IncidentView, ...] | None:
    """The disclosed incidents, newest first; None where no register is kept."""
    if incidents is None:
        return None
    return tuple(
        IncidentView(
            id=one.id,
            title=one.title,
            kind=one.kind,
            affected=one.affected,
            began=one.began,
            detected=one.detected,
            resolved=one.resolved,
            updates=tuple((update.at, update.words) for update in one.updates),
        )
        for one in sorted(incidents, key=lambda one: (one.began, one.id), reverse=True)
    )
