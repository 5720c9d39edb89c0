"""What publishing would change, before it does: the ledger's evidence judged now, with the files as they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trustcenter.catalog.crosswalk import coverage
from trustcenter.errors import ConfigurationError
from trustcenter.ledger.verify import verify
from trustcenter.model.assessment import Assessment
from trustcenter.model.assessment_codec import parse_public, public_predicate
from trustcenter.model.statement import EVIDENCE, EvidenceStatement
from trustcenter.pipeline import judging
from trustcenter.pipeline.line import Line
from trustcenter.publish.coverage_rows import coverage_rows
from trustcenter.publish.inputs import EvidenceEntry, LedgerRecord
from trustcenter.publish.planned import PlannedChange, planned_changes, published_page
from trustcenter.publish.view import build_view


@dataclass(frozen=True)
class Planned:
    """What would change, against which page; `first` where nothing is published there yet."""

    page: Path
    first: bool
    changes: tuple[PlannedChange, ...]
    warnings: tuple[str, ...]

    @property
    def weakens(self) -> bool:
        """A sentence that stands on the page would not stand any more."""
        return any(change.kind in ("falls", "goes") for change in self.changes)


def plan(line: Line, page: Path, *, key: str | None = None, named: bool = False) -> Planned:
    """Compare a built page with what the line would say now. Nothing is collected, signed or written.

    A page that somebody `named` must be there: beside a mistyped one nothing would fall. The ledger comes first, since
    a page says nothing about a ledger that was tampered with. Raises TamperedError for a ledger that does not verify,
    ConfigurationError for a page that is none.
    """
    pinned = line.pinned(key)
    report = verify(line.ledger.path, key=pinned, now=line.now())
    if named and not page.exists():
        hint = "without --page, an instance that has none is a first run"
        raise ConfigurationError("there is no such page", where=str(page), hint=hint)
    published = published_page(page)
    judged = judging.assess(line)
    view = build_view(
        line.catalogue,
        parse_public(public_predicate(judged.assessment)),
        _record(line, judged.assessment, str(pinned), report.size),
        now=line.now(),
        coverage=coverage_rows(coverage(line.catalogue)),
        schemas={one.id: one.schema for one in line.collectors.values() if one.schema is not None},
    )
    return Planned(page, published is None, planned_changes(published, view), judged.warnings)


def _record(line: Line, assessment: Assessment, key: str, size: int) -> LedgerRecord:
    """The evidence that a judgement without a signature rests on; it has no place in the log itself."""
    wanted = {digest for one in assessment.conclusions for digest in one.evidence}
    entries: dict[str, EvidenceEntry] = {}
    for logged in line.ledger.statements(EVIDENCE, newest_first=True):
        if logged.digest in wanted:
            stated = EvidenceStatement.parse(logged.statement.predicate)
            entries[logged.digest] = EvidenceEntry(
                logged.digest, logged.index, stated.observed, stated.collector, stated.source, stated.size
            )
    return LedgerRecord(
        origin="", size=size, root="", note="", key=key, assessment="", assessment_index=0, entries=entries
    )
