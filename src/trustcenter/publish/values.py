"""The view: page-ready frozen values. What is not a field here cannot be published (allow-list by field)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from trustcenter.model.catalogue import NotDone, SecurityTxt
from trustcenter.model.collector import Method
from trustcenter.model.control import SelfCheck, Tier
from trustcenter.publish.inputs import CriterionStatus, EvidenceEntry
from trustcenter.publish.measured import NOTHING_MEASURED, Measured
from trustcenter.publish.removed_claim import RemovedClaim
from trustcenter.publish.words import SHOWN, Shown


@dataclass(frozen=True, slots=True)
class TestLine:
    """One test behind a claim on one source, with its counts and its evidence."""

    __test__ = False  # not a test of this repository's own suite

    control: str
    test: str
    source: str
    environment: str
    method: Method
    passed: int
    examined: int
    size: int
    observed: datetime | None
    expires: datetime | None
    evidence: tuple[EvidenceEntry, ...]


@dataclass(frozen=True, slots=True)
class ClaimDetail:
    """Why a claim does not hold: for readers under NDA and auditors, and where the claim says `disclose`."""

    conclusions: tuple[str, ...]
    """`enrolled on portal: 13 of 14 passed, 1 deviation`, `... inconclusive (denied)`; never a row, host or reason."""
    waivers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One claim as a reader of this tier sees it.

    `sentence` is empty when it is withdrawn or cannot be filled; then `short` names the topic and nothing is asserted.
    """

    id: str
    control: str
    domain: str
    anchor: str
    address: str
    twin: str
    short: str
    group: str
    shown: Shown
    state_words: str
    sentence: str
    owner: str
    methods: tuple[Method, ...]
    noun: str
    criteria: tuple[tuple[str, tuple[str, ...]], ...]
    passed: int | None = None
    examined: int | None = None
    as_of: datetime | None = None
    expires: datetime | None = None
    since: datetime | None = None
    until: datetime | date | None = None
    note: str = ""
    environments: tuple[str, ...] = ()
    tests: tuple[TestLine, ...] = ()
    check: SelfCheck | None = None
    quotation: str = ""
    asks: str = ""
    aliases: tuple[str, ...] = ()
    opposites: tuple[str, ...] = ()
    detail: ClaimDetail | None = None

    @property
    def page(self) -> str:
        """Where it stands among the Markdown files."""
        return f"{self.domain}.md#{self.anchor}"

    @property
    def evidence(self) -> tuple[EvidenceEntry, ...]:
        """The evidence of all its tests, each once."""
        return tuple({entry.digest: entry for test in self.tests for entry in test.evidence}.values())


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One control for readers under NDA: what is declared, and what the tests show of it."""

    id: str
    title: str
    owner: str
    nature: str
    frequency: str
    shown: str
    tests: tuple[TestLine, ...]
    criteria: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class DomainView:
    """One page: a domain's claims, in the order of the files, then what was said there before."""

    id: str
    title: str
    topic: str
    claims: tuple[ClaimView, ...]
    removed: tuple[RemovedClaim, ...] = ()

    @property
    def tally(self) -> Mapping[Shown, int]:
        return tally_of(self.claims)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the SOC 2 ladder; `stage` is done, now or next."""

    name: str
    words: str
    stage: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """A criterion or obligation with what our controls show of it: met, documented, not_confirmed, in_progress, ..."""

    status: CriterionStatus
    shown: str
    words: str
    pages: tuple[tuple[str, str], ...] = ()
    """Control and the page where its first claim stands."""


@dataclass(frozen=True, slots=True)
class FrameworkView:
    """A framework's status: SOC 2 has a ladder, laws have obligations by our declared roles."""

    id: str
    name: str
    scope: str
    rungs: tuple[Rung, ...]
    summary: str
    facts: tuple[tuple[str, str], ...]
    obligations: tuple[Obligation, ...]
    user_entity_controls: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for obligation in self.obligations:
            found[obligation.shown] = found.get(obligation.shown, 0) + 1
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """One of "What reviewers ask first", answered by claims (or by the register that `page` shows)."""

    question: str
    answer: str
    page: str
    shown: Shown
    state_words: str
    methods: tuple[Method, ...] = ()
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class SubprocessorView:
    """A row of the subprocessor table."""

    name: str
    purpose: str
    data: str
    region: str
    transfer_basis: str
    security_page: str
    agreement: str
    announced: date
    effective: date
    notice_days: int
    role: str
    ended: date | None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A row of the document register: who may have it, its date, when it is looked at again."""

    title: str
    kind: str
    owner: str
    access: str
    dated: date
    review_by: date
    overdue: bool
    period: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """A disclosed incident, and each thing that was told of it with its moment, oldest first."""

    id: str
    title: str
    kind: str
    affected: str
    began: datetime
    detected: datetime
    resolved: datetime | None
    updates: tuple[tuple[datetime, str], ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change between two signed assessments; `page` is empty when its subject has no page of its own."""

    on: date
    words: str
    page: str
    weakens: bool


@dataclass(frozen=True, slots=True)
class View:
    """Everything that a page, a pack or a feed may say, at one checkpoint, for one tier."""

    name: str
    base: str
    covers: str
    sample: bool
    tier: Tier
    as_of: datetime
    now: datetime
    judge: str
    origin: str
    checkpoint: int
    root: str
    note: str
    key: str
    catalogue: str
    assessment: str
    assessment_index: int
    domains: tuple[DomainView, ...]
    answers: tuple[Answer, ...]
    frameworks: tuple[FrameworkView, ...]
    subprocessors: tuple[SubprocessorView, ...]
    documents: tuple[DocumentView, ...]
    not_done: tuple[NotDone, ...]
    contacts: tuple[tuple[str, str], ...]
    changes: tuple[ChangeView, ...]
    controls: int
    tests: int
    control_lines: tuple[ControlLine, ...] = ()
    """Empty for the public."""
    measured: Measured = NOTHING_MEASURED
    """What charts and the status page draw."""
    incidents: tuple[IncidentView, ...] | None = None
    """Newest first; None where no register is kept, which is not the same as none."""
    security_txt: SecurityTxt = field(default_factory=SecurityTxt)

    @property
    def claims(self) -> tuple[ClaimView, ...]:
        return tuple(claim for domain in self.domains for claim in domain.claims)

    @property
    def tally(self) -> Mapping[Shown, int]:
        return tally_of(self.claims)

    def open(self) -> tuple[ClaimView, ...]:
        """Claims that do not hold today and are not planned work: withdrawn, failing, unconfirmed, stale."""
        order = ("failing", "unconfirmed", "stale", "withdrawn")
        return tuple(claim for state in order for claim in self.claims if claim.shown == state)


def tally_of(claims: tuple[ClaimView, ...]) -> dict[Shown, int]:
    """Counts by state, in the order of the legend, without those that are nought."""
    counts = {state: sum(claim.shown == state for claim in claims) for state in SHOWN}
    return {state: amount for state, amount in counts.items() if amount}
