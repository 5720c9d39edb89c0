"""Populations -> assessment: judged, signed, comparable, and repeatable for any past run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trustcenter.assess.judge import JUDGE_VERSION, judge
from trustcenter.assess.plan import plan
from trustcenter.catalog.loader import load as load_catalogue
from trustcenter.errors import TrustCenterError
from trustcenter.instance import parse as parse_instance
from trustcenter.ledger.logged import Logged, Receipt
from trustcenter.ledger.private import PrivatePart
from trustcenter.model.assessment import Assessment
from trustcenter.model.assessment_codec import parse_private, parse_public, private_document, public_predicate
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.statement import ASSESSMENT, CATALOGUE, EVIDENCE, CatalogueStatement, EvidenceStatement
from trustcenter.pipeline.line import Line
from trustcenter.pipeline.recalling import Found, population, recall
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
    made = plan(line.catalogue, line.collectors)
    recalled = recall(line, made, moment, reason="assessment")
    return Judged(judge(line.catalogue, line.collectors, recalled.populations, as_of=moment), recalled.warnings)


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
    predicate = public_predicate(assessment)
    subjects = [
        statement.Subject("evidence", digest)
        for digest in sorted({digest for one in assessment.conclusions for digest in one.evidence})
    ]
    subjects.append(statement.Subject("catalogue", assessment.catalogue))
    payload = statement.build(subjects, ASSESSMENT, predicate)
    line.store.put(PrivatePart(canonical.digest(payload), private_document(assessment), (), ()))
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


def history(line: Line, *, newest_first: bool = True) -> Iterator[Signed]:
    """The signed assessments."""
    for logged in line.ledger.statements(ASSESSMENT, newest_first=newest_first):
        yield _signed(line, logged)


def last(line: Line) -> Signed | None:
    """The newest signed assessment, or None before the first."""
    return next(history(line), None)


def _signed(line: Line, logged: Logged) -> Signed:
    where = f"log entry {logged.index}"
    public = parse_public(logged.statement.predicate, where=where)
    if not line.store.has(logged.digest):
        return Signed(logged.digest, logged.index, logged.logged, public, False)
    document = line.store.document(logged.digest, reason="history", who="trustcenter", now=line.now())
    full = parse_private(document, where=where)
    if public_predicate(full) != dict(logged.statement.predicate):
        raise TrustCenterError(
            "the private part of this assessment is not the one that was signed",
            where=where,
            hint="restore the private store from a backup",
        )
    return Signed(logged.digest, logged.index, logged.logged, full, True)


def catalogue_of(line: Line, digest: str) -> Catalogue | None:
    """A catalogue that was in force, loaded again from the very files; None where its files are not kept here."""
    if digest == line.catalogue.digest:
        return line.catalogue
    for logged, stated in catalogues(line):
        if stated.digest == digest and line.store.has(logged.digest):
            document = line.store.document(logged.digest, reason="comparison", who="trustcenter", now=line.now())
            files = {name: text.encode() for name, text in document["files"].items()}
            instance = parse_instance(files[line.instance.file], {}, root=line.instance.root)
            return load_catalogue(files, instance, line.collectors)
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
    populations: dict[str, Any] = {}
    for logged in line.ledger.statements(EVIDENCE, up_to_size=signed.index):
        if logged.digest in judged:
            stated = EvidenceStatement.parse(logged.statement.predicate)
            populations[stated.fetch] = population(line, Found(logged.digest, logged.index, stated), reason="replay")
    erased = any(one.cause == "erased" for one in populations.values())
    again = judge(catalogue, line.collectors, populations, as_of=signed.assessment.as_of)
    same = canonical.dumps(public_predicate(again)) == canonical.dumps(public_predicate(signed.assessment))
    return Replayed(signed, again, same, erased)
