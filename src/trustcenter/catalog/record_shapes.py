"""The shapes of the records: waivers, declarations, documents, subprocessors, engagements, coverage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from trustcenter.catalog.control_shape import Word
from trustcenter.model.control import Tier
from trustcenter.model.records import EngagementStage
from trustcenter.strict.shape import Day, Line, Lines, Moment, Name, Shape, Text, Texts

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Address = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=2000)]
RelativePath = Annotated[str, StringConstraints(pattern=r"^[^/\\~\x00][^\\\x00]*$", max_length=400)]


class WaiverShape(Shape):
    """An accepted deviation."""

    id: Name
    control: Name
    test: Word
    owner: Line
    approver: Line
    reason: Text
    approved: Moment
    expires: Moment
    source: Name | None = None
    scope: dict[Line, Texts] = Field(default={})


class WaiversShape(Shape):
    """controls/waivers.yaml."""

    waivers: list[WaiverShape]


class DeclarationShape(Shape):
    """controls/declarations/NAME.yaml: what a person states, in a role, until a date."""

    id: Name
    statement: Text
    role: Line
    declared: Day
    expires: Day
    document: RelativePath | None = None
    document_digest: Digest | None = None


class DocumentShape(Shape):
    """A policy or report of the register."""

    id: Name
    title: Line
    kind: Word
    owner: Line
    tier: Tier
    dated: Day
    review_by: Day
    path: RelativePath | None = None
    period_start: Day | None = None
    period_end: Day | None = None


class DocumentsShape(Shape):
    """controls/documents.yaml."""

    documents: list[DocumentShape]


HostPattern = Annotated[
    str,
    StringConstraints(pattern=r"^(\*\.)?([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])$", max_length=253),
]
"""A host's name in lower case, or `*.name` for every name below it; never a whole top-level domain."""


class SubprocessorShape(Shape):
    """A company that processes customers' personal data for us."""

    id: Name
    name: Line
    purpose: Text
    data: Lines
    region: Line
    transfer_basis: Line
    security_page: Address
    agreement: Line
    announced: Day
    effective: Day
    hosts: list[HostPattern] = Field(default=[])
    role: Literal["subprocessor", "subservice_organisation"] = "subprocessor"
    monitored_by: Annotated[str, StringConstraints(max_length=80)] = ""
    ended: Day | None = None


class SubprocessorsShape(Shape):
    """controls/subprocessors.yaml."""

    subprocessors: list[SubprocessorShape]


class CarveOutShape(Shape):
    """A criterion that a subservice organisation meets for us."""

    framework: Name
    criterion: Line
    organisation: Name
    monitored_by: Name
    reason: Text
    owner: Line
    decided: Day


class NotRelevantShape(Shape):
    """A criterion that does not concern us, with the disclosure that says why."""

    framework: Name
    criterion: Line
    disclosure: Text
    owner: Line
    decided: Day


class GapShape(Shape):
    """A criterion that applies and that nothing covers yet."""

    framework: Name
    criterion: Line
    reason: Text
    owner: Line
    target: Day


class CoverageShape(Shape):
    """controls/coverage.yaml."""

    carve_outs: list[CarveOutShape] = Field(default=[])
    not_relevant: list[NotRelevantShape] = Field(default=[])
    gaps: list[GapShape] = Field(default=[])


class EngagementShape(Shape):
    """controls/engagements/NAME.yaml: what an examiner does for us."""

    id: Name
    framework: Name
    stage: EngagementStage
    type: Literal[1, 2] | None = None
    categories: list[Name] = Field(default=[])
    boundary: Annotated[str, StringConstraints(max_length=10_000)] = ""
    firm: Line | None = None
    firm_consents: bool = False
    as_of: Day | None = None
    period_start: Day | None = None
    period_end: Day | None = None
    since: Day | None = None
    report_due: Day | None = None
    opinion: Literal["unqualified", "qualified", "adverse", "disclaimer"] | None = None
    report_digest: Digest | None = None
    subservice: dict[Name, Literal["carve_out", "inclusive"]] = Field(default={})
    user_entity_controls: Lines = Field(default=[])
    bridge_letter: Day | None = None
