"""What an auditor's folder is made of: values from the ledger and the private store, passed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trustcenter.model.assessment import Assessment
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.fact import FactSchema, Row, parse_moment
from trustcenter.model.statement import EvidenceStatement
from trustcenter.publish.inputs import LedgerRecord


@dataclass(frozen=True, slots=True)
class AuditedEvidence:
    """One population with its private part. A row is None where it was erased at a person's request."""

    digest: str
    index: int
    statement: EvidenceStatement
    document: Mapping[str, Any]
    """The private document as it was committed to: query, parameters, endpoint, actor, completeness, ..."""
    rows: Sequence[Row | None]

    @property
    def schema(self) -> FactSchema | None:
        found = self.document.get("schema")
        return FactSchema.from_json(found) if found else None

    @property
    def finished(self) -> datetime | None:
        found = self.document.get("finished")
        return parse_moment(found) if found else None


@dataclass(frozen=True, slots=True)
class AuditedRun:
    """One signed assessment. `full` when its private part is at hand, so that single deviations are known."""

    digest: str
    index: int
    assessment: Assessment
    full: bool = True


@dataclass(frozen=True, slots=True)
class AuditInputs:
    """The catalogue in force, all runs of the period oldest first (the last is the audited one), the evidence behind
    that last run, and the ledger at its checkpoint.

    `revealed` prints personal fields; otherwise they are withheld, and `redactions.csv` lists each such field.
    """

    catalogue: Catalogue
    runs: tuple[AuditedRun, ...]
    evidence: Mapping[str, AuditedEvidence]
    record: LedgerRecord
    revealed: bool = False
