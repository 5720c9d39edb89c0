"""Populations -> assessment: judged, signed, comparable, and repeatable for any past run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from trustcenter.assess.judge import JUDGE_VERSION, judge
from trustcenter.catalog.loader import load as load_catalogue
from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.instance import parse as parse_instance
from trustcenter.ledger.logged import Logged, Receipt
from trustcenter.ledger.private import PrivatePart
from trustcenter.model.assessment import Assessment
from trustcenter.model.assessment_codec import parse_public, public_predicate
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.statement import ASSESSMENT, CATALOGUE, EVIDENCE, CatalogueStatement
from trustcenter.pipeline.beside import in_two
from trustcenter.pipeline.keeping import binding, keep, read_back
from trustcenter.pipeline.line import Line
from trustcenter.pipeline.recalling import Found, Recollection, found_in, recall
from trustcenter.proof import canonical, statement


@dataclass(frozen=True)
class Signed:
    """A signed assessment as the ledger holds it; `full` has deviations where the private part is on this machine."""

    digest: str
    index: int
    logged: datetime
    assessment: Assessment
    full: bool


@dataclass(frozen=True)
class Judged:
    """What judging gave: the assessment, warnings, and the receipt where it was signed."""

    assessment: Assessment
    warnings: tuple[str, ...]
    receipt: Receipt | None = None


def assess(line: Line, *, as_of: datetime | None = None) -> Judged:
    """Judge the newest evidence of the ledger. Nothing is written."""
    moment = as_of or line.now()
    recalled = recall(line, line.plan, moment, reason="assessment")
    judged = judge(line.catalogue, line.collectors, recalled.populations, as_of=moment, planned=line.plan, each=in_two)
    return Judged(judged, recalled.warnings)


def sign(line: Line, judged: Judged) -> Judged:
    """Log the catalogue in force, where it is new, and the assessment. Raises KeyMissingError without a key."""
    signing = line.signing()
    assessment = judged.assessment
    payloads: list[bytes] = []
    if not any(stated.digest == line.catalogue.digest for _, stated in catalogues(line)):
        payload = _catalogue_payload(line)
        files = {name: content.decode() for name, content in line.catalogue.files.items()}
        digest = canonical.digest(payload)
        if not line.store.has(digest):
            line.store.put(PrivatePart(digest, {"files": files}, (), ()))
        payloads.append(payload)
    payload, part = keep(line.store, assessment, line.catalogue, line.collectors)
    line.store.put(part)
    payloads.append(payload)
    return Judged(assessment, judged.warnings, signing.ledger.append_statements(payloads, now=line.now()))


def _catalogue_payload(line: Line) -> bytes:
    catalogue = line.catalogue
    controls = {control.id: control.digest for control in catalogue.controls}
    own = {control.place.file for control in catalogue.controls}
    records = {name: canonical.digest(content) for name, content in catalogue.files.items() if name not in own}
    stated = CatalogueStatement(catalogue.digest, controls, records, dict(line.instance.source_digests))
    subject = statement.Subject("catalogue", catalogue.digest)
    return statement.build([subject], CATALOGUE, stated.predicate())


def catalogues(line: Line) -> Iterator[tuple[Logged, CatalogueStatement]]:
    """The catalogues that were in force, newest first."""
    for logged in line.ledger.statements(CATALOGUE, newest_first=True):
        yield logged, CatalogueStatement.parse(logged.statement.predicate)


def recent(line: Line, count: int) -> list[Signed]:
    """The newest signed assessments, newest first, at most so many."""
    return _signed(line, list(islice(line.ledger.statements(ASSESSMENT, newest_first=True), count)))


def history(line: Line) -> Iterator[Signed]:
    """All signed assessments, newest first."""
    for logged in line.ledger.statements(ASSESSMENT, newest_first=True):
        yield from _signed(line, [logged])


def last(line: Line) -> Signed | None:
    """The newest signed assessment, or None before the first."""
    return next(iter(recent(line, 1)), None)


def _signed(line: Line, runs: Sequence[Logged]) -> list[Signed]:
    """Logged assessments, whole where their private parts are here and are what the statements bind."""
    bound = {run.digest: binding(run) for run in runs if line.store.has(run.digest)}
    here = [digest for digest, found in bound.items() if found is not None]
    revealed = line.store.reveal(here, reason="history", who="trustcenter", now=line.now()) if here else None
    found = []
    for run in runs:
        where, private = f"log entry {run.index}", bound.get(run.digest)
        if revealed is None or private is None:
            said, full = parse_public(run.statement.predicate, where=where), False
        else:
            said, full = read_back(revealed, run, private, where=where), True
        found.append(Signed(run.digest, run.index, run.logged, said, full))
    return found


def catalogue_of(line: Line, digest: str) -> Catalogue | None:
    """A catalogue that was in force, loaded again from the very files; None where its files are not kept here."""
    if digest == line.catalogue.digest:
        return line.catalogue
    for logged, stated in catalogues(line):
        if stated.digest == digest and line.store.has(logged.digest):
            document = line.store.document(logged.digest, reason="comparison", who="trustcenter", now=line.now())
            files = {name: text.encode() for name, text in document["files"].items()}
            instance = parse_instance(files[line.instance.file], {}, root=line.instance.root)
            found = load_catalogue(files, instance, line.collectors)
            if found.digest != digest:
                raise TamperedError("the files kept of this catalogue are not the ones in force", where=logged.digest)
            return found
    return None


@dataclass(frozen=True)
class Replayed:
    """A past assessment judged again from what its checkpoint had logged."""

    signed: Signed
    again: Assessment | None
    same: bool
    erased: bool


def replay(line: Line, digest: str | None = None) -> Replayed:
    """Judge a past run again and compare byte for byte.

    Raises TrustCenterError where the run is not logged, was judged by another version of the judge, or its catalogue
    is not kept here.
    """
    signed = next((one for one in history(line) if digest in (None, one.digest)), None)
    if signed is None:
        raise TrustCenterError(
            "there is no such assessment in the ledger", hint="`trustcenter drift --list` lists them"
        )
    if signed.assessment.judge != JUDGE_VERSION:
        raise TrustCenterError(
            f"this run was judged by version {signed.assessment.judge}, this is version {JUDGE_VERSION}",
            hint="install the version of trustcenter that made it",
        )
    catalogue = catalogue_of(line, signed.assessment.catalogue)
    if catalogue is None:
        raise TrustCenterError("the catalogue of this run is not kept on this machine", where=signed.digest)
    judged = {digest for one in signed.assessment.conclusions for digest in one.evidence}
    found: dict[str, Found] = {}
    for logged in line.ledger.statements(EVIDENCE, up_to_size=signed.index):
        if logged.digest in judged:
            one = found_in(logged)
            found[one.statement.fetch] = one
    populations = Recollection(line, found, reason="replay")
    again = judge(catalogue, line.collectors, populations, as_of=signed.assessment.as_of)
    same = canonical.dumps(public_predicate(again)) == canonical.dumps(public_predicate(signed.assessment))
    erased = any(one.cause == "erased" for one in again.conclusions)
    return Replayed(signed, again, same, erased)
