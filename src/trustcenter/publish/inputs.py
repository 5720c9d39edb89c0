"""What the view is told besides catalogue and assessment: values read from the ledger, computed by the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """What the ledger knows of one evidence statement: where it stands in the log, when and what was seen."""

    digest: str
    index: int
    observed: datetime
    collector: str = ""
    source: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """The ledger at one checkpoint: `size` entries under `note`, `key` verifies it (C2SP verifier key).

    `assessment` is the digest of the assessment statement that the page quotes, `assessment_index` its entry.
    """

    origin: str
    size: int
    root: str
    note: str
    key: str
    assessment: str
    assessment_index: int
    entries: Mapping[str, EvidenceEntry] = field(default_factory=dict)


CoverageState = Literal["covered", "planned", "carved_out", "not_relevant", "gap", "out_of_scope"]


@dataclass(frozen=True, slots=True)
class CriterionStatus:
    """One criterion or obligation and what answers it: named controls, a subservice organisation, a disclosure, a gap.

    `words` is the disclosure, the carve-out's organisation or the gap's reason; `roles` are the declared roles that the
    obligation falls on.
    """

    framework: str
    criterion: str
    title: str
    state: CoverageState
    controls: tuple[str, ...] = ()
    words: str = ""
    category: str = ""
    roles: tuple[str, ...] = ()
    target: date | None = None


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """One change between signed assessments, as a sentence that may be published; `control/claim` or a control's id."""

    on: date
    subject: str
    kind: str
    text: str
    weakens: bool = False
