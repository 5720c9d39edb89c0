"""Ledger -> view -> page, pack, auditor's folder, answers: nothing is published from a ledger that does not verify."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from trustcenter.assess.drift import compare
from trustcenter.catalog.crosswalk import coverage
from trustcenter.errors import ConfigurationError
from trustcenter.ledger.private import Committed, Erased
from trustcenter.ledger.proofs import Prover
from trustcenter.ledger.verify import Report, verify
from trustcenter.model.assessment import Assessment
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.control import Tier
from trustcenter.model.statement import EVIDENCE, EvidenceStatement
from trustcenter.pipeline import judging
from trustcenter.pipeline.judging import Signed
from trustcenter.pipeline.keeping import binding
from trustcenter.pipeline.line import Line
from trustcenter.publish.auditor.inputs import AuditedEvidence, AuditedRun, AuditInputs
from trustcenter.publish.changes import public_changes
from trustcenter.publish.coverage_rows import coverage_rows
from trustcenter.publish.inputs import ChangeNote, LedgerRecord
from trustcenter.publish.ledger_record import ledger_record
from trustcenter.publish.site import BuiltSite, build_site
from trustcenter.publish.values import ClaimView, View
from trustcenter.publish.view import build_view, not_holding_since

LOOK_BACK = 90
"""How many signed runs are read for "since" and "what changed"."""


@dataclass(frozen=True)
class Verified:
    """The ledger after verification, its newest assessment, and the runs before it, oldest first."""

    report: Report
    record: LedgerRecord
    runs: tuple[tuple[Signed, Catalogue | None], ...]

    @property
    def newest(self) -> Signed:
        return self.runs[-1][0]


def verified(line: Line, *, key: str | None = None, look_back: int = LOOK_BACK) -> Verified:
    """Verify the ledger, then read its newest assessments.

    Raises TamperedError, and ConfigurationError where nothing was assessed or the catalogue changed since.
    """
    pinned = line.pinned(key)
    report = verify(line.ledger.path, key=pinned, now=line.now())
    runs = judging.recent(line, look_back)
    if not runs:
        raise ConfigurationError("nothing was assessed yet", hint="run `trustcenter check` first")
    if runs[0].assessment.catalogue != line.catalogue.digest:
        raise ConfigurationError(
            "the controls changed since the newest signed assessment",
            where=str(line.instance.controls),
            hint="run `trustcenter check` again, so that what is published is what was judged",
        )
    known: dict[str, Catalogue | None] = {}
    for run in runs:
        digest = run.assessment.catalogue
        if digest not in known:
            known[digest] = judging.catalogue_of(line, digest)
    ordered = tuple((run, known[run.assessment.catalogue]) for run in reversed(runs))
    return Verified(report, ledger_record(line.ledger, runs[0].digest, str(pinned)), ordered)


def view(line: Line, found: Verified, tier: Tier = "public") -> View:
    """The view of the newest assessment for one tier; the public one sees only what was signed in public."""
    assessment = found.newest.assessment
    history: list[tuple[Catalogue, Assessment]] = [
        (catalogue, _public(run.assessment)) for run, catalogue in found.runs if catalogue is not None
    ]
    return build_view(
        line.catalogue,
        _public(assessment) if tier == "public" else assessment,
        found.record,
        now=line.now(),
        tier=tier,
        coverage=coverage_rows(coverage(line.catalogue)),
        changes=_notes(line, found),
        since=not_holding_since(history, line.now()),
        runs=history,
        schemas={
            description.id: description.schema
            for description in line.collectors.values()
            if description.schema is not None
        },
    )


def _public(assessment: Assessment) -> Assessment:
    """What the signed statement itself says: the public page is built from that and from nothing else."""
    from trustcenter.model.assessment_codec import parse_public, public_predicate

    return parse_public(public_predicate(assessment))


def _notes(line: Line, found: Verified) -> tuple[ChangeNote, ...]:
    notes: list[ChangeNote] = []
    for (before, old), (after, new) in zip(found.runs, found.runs[1:], strict=False):
        changes = compare(before.assessment, old, after.assessment, new, collectors=line.collectors)
        notes += public_changes(changes, new or line.catalogue, after.assessment.as_of.date(), old)
    return tuple(notes)


def publish(line: Line, found: Verified, destination: Path) -> tuple[View, BuiltSite]:
    """Build the trust page and switch it into place."""
    page = view(line, found)
    built = build_site(
        page,
        Prover(line.ledger).bundle,
        instance=line.instance.root,
        docs=line.instance.site,
        destination=destination,
        evidence=line.ledger.path,
    )
    return page, built


def pack(line: Line, found: Verified, *, name: str, organisation: str, agreed: date, number: str) -> bytes:
    """The pack for one reader under NDA, with the signed statements behind it attached."""
    from trustcenter.publish.pack.build import Recipient, build_pack
    from trustcenter.publish.pack.render import AttachedFile

    digests = [found.newest.digest, *sorted(found.record.entries)]
    attachments = tuple(
        AttachedFile(
            f"{digest.removeprefix('sha256:')[:16]}.dsse.json",
            line.ledger.statement(digest).to_bytes(),
            "the signed assessment" if digest == found.newest.digest else "signed evidence",
        )
        for digest in digests
    )
    recipient = Recipient(name, organisation, agreed, number)
    as_of = found.newest.assessment.as_of
    return build_pack(
        view(line, found, "nda"), attachments, recipient, as_of, environment=os.environ, instance=line.instance.root
    )


def audit_inputs(line: Line, found: Verified, *, who: str, revealed: bool = False) -> AuditInputs:
    """Everything that the auditor's folder shows; each row that is read is written into the log of reveals."""
    reason = f"auditor's folder{' with personal fields' if revealed else ''}"
    wanted = [digest for digest in found.record.entries if line.store.has(digest)]
    read = line.store.reveal(sorted(wanted), reason=reason, who=who, now=line.now())
    evidence: dict[str, AuditedEvidence] = {}
    for logged in line.ledger.statements(EVIDENCE):
        if logged.digest not in wanted:
            continue
        stated = EvidenceStatement.parse(logged.statement.predicate)
        part = read.part(Committed(logged.digest, stated.root, stated.commitments, binding(logged)))
        evidence[logged.digest] = AuditedEvidence(
            digest=logged.digest,
            index=logged.index,
            statement=stated,
            document=part.document,
            rows=[None if isinstance(row, Erased) else row for row in part.rows],
        )
    runs = tuple(AuditedRun(run.digest, run.index, run.assessment, run.full) for run, _ in found.runs)
    return AuditInputs(line.catalogue, runs, evidence, found.record, revealed)


def chain(page: View, name: str) -> Sequence[ClaimView]:
    """The claims of a view by claim, `control/claim` or control id. Raises ConfigurationError for none."""
    wanted = [claim for claim in page.claims if name in (claim.id, claim.control, claim.id.partition("/")[2])]
    if not wanted:
        from difflib import get_close_matches

        known = [claim.id for claim in page.claims] + [claim.control for claim in page.claims]
        near = get_close_matches(name, known, n=3)
        raise ConfigurationError(
            f"no claim or control is called `{name}`",
            hint=f"did you mean {', '.join(near)}?" if near else "`trustcenter explain --list` lists them",
        )
    return wanted
