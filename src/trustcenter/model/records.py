"""What people state and sign: waivers, declarations, engagements, subprocessors, documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from trustcenter.model.control import Tier
from trustcenter.model.place import Place


@dataclass(frozen=True, slots=True)
class Waiver:
    """An accepted deviation: an owner, a different approver, a reason, a scope, a mandatory expiry in UTC.

    `scope` selects deviations by field and value (a row is covered when each named field equals one of the values);
    empty covers every deviation of the test. `source` None means every source.
    """

    id: str
    control: str
    test: str
    owner: str
    approver: str
    reason: str
    approved: datetime
    expires: datetime
    place: Place
    source: str | None = None
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a person states: a role, a date, an expiry, and the document behind it."""

    id: str
    statement: str
    role: str
    declared: date
    expires: date
    place: Place
    document: str | None = None
    document_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A policy or report of the register: `path` None where it is held elsewhere."""

    id: str
    title: str
    kind: str
    owner: str
    tier: Tier
    dated: date
    review_by: date
    place: Place
    path: str | None = None
    period_start: date | None = None
    period_end: date | None = None


@dataclass(frozen=True, slots=True)
class Subprocessor:
    """A company that processes customers' personal data for us, and how we watch it."""

    id: str
    name: str
    purpose: str
    data: tuple[str, ...]
    region: str
    transfer_basis: str
    security_page: str
    agreement: str
    announced: date
    effective: date
    place: Place
    hosts: tuple[str, ...] = ()
    role: Literal["subprocessor", "subservice_organisation"] = "subprocessor"
    monitored_by: str = ""
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class CarveOut:
    """A criterion that a subservice organisation meets for us, monitored by a named control."""

    framework: str
    criterion: str
    organisation: str
    monitored_by: str
    reason: str
    owner: str
    decided: date
    place: Place


@dataclass(frozen=True, slots=True)
class NotRelevant:
    """A criterion or obligation that does not concern us, with the disclosure that says why."""

    framework: str
    criterion: str
    disclosure: str
    owner: str
    decided: date
    place: Place


@dataclass(frozen=True, slots=True)
class Gap:
    """A criterion or obligation that applies and that nothing covers yet: known, owned and dated."""

    framework: str
    criterion: str
    reason: str
    owner: str
    target: date
    place: Place


EngagementStage = Literal["not_started", "readiness", "observing", "in_examination", "report_issued"]


@dataclass(frozen=True, slots=True)
class Engagement:
    """What an examiner does for us. Words are AICPA's: a "SOC 2 Type 2 examination", never a certification."""

    id: str
    framework: str
    stage: EngagementStage
    place: Place
    type: Literal[1, 2] | None = None
    categories: tuple[str, ...] = ()
    boundary: str = ""
    firm: str | None = None
    firm_consents: bool = False
    as_of: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    since: date | None = None
    report_due: date | None = None
    opinion: Literal["unqualified", "qualified", "adverse", "disclaimer"] | None = None
    report_digest: str | None = None
    subservice: Mapping[str, Literal["carve_out", "inclusive"]] = field(default_factory=dict)
    user_entity_controls: tuple[str, ...] = ()
    bridge_letter: date | None = None
