"""From a copy of the site alone, with a key that was pinned elsewhere, a reader checks each sentence."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.ledger import keys
from trustcenter.ledger.proofs import Prover, verify_bundle
from trustcenter.ledger.store import Ledger
from trustcenter.ledger.verify import verify
from trustcenter.model.assessment_codec import parse_public, public_predicate
from trustcenter.model.statement import ASSESSMENT, EVIDENCE, EvidenceStatement
from trustcenter.proof import canonical, statement
from trustcenter.publish.ledger_record import ledger_record
from trustcenter.publish.site import build_site
from trustcenter.publish.view import build_view


@pytest.fixture
def published(given, tmp_path):
    """A real ledger with evidence and an assessment, and the site that quotes it."""
    signer = keys.init(tmp_path / "keys", "trust.larkspur.example", given.now)
    ledger = Ledger(tmp_path / "evidence", signer=signer)
    payloads, digests = [], {}
    for conclusion in given.assessment.conclusions:
        stated = EvidenceStatement(
            nonce=conclusion.control, fetch=conclusion.evidence[0], collector="user_accounts", collector_version="1",
            collector_digest="sha256:c", source="portal", environment="demo", started=conclusion.observed_at,
            observed=conclusion.observed_at, size=conclusion.size, root=canonical.digest(b"r"), schema="s",
        )  # fmt: skip
        subject = statement.Subject("user_accounts@portal", canonical.digest(b"r"))
        payloads.append(statement.build([subject], EVIDENCE, stated.predicate()))
        digests[conclusion.evidence[0]] = canonical.digest(payloads[-1])
    conclusions = tuple(replace(c, evidence=(digests[c.evidence[0]],)) for c in given.assessment.conclusions)
    predicate = public_predicate(replace(given.assessment, conclusions=conclusions))
    subject = statement.Subject("catalogue", given.catalogue.digest)
    payloads.append(statement.build([subject], ASSESSMENT, predicate))
    ledger.append_statements(payloads, now=given.now)
    signed = canonical.digest(payloads[-1])
    key = str(signer.verifier)
    view = build_view(
        given.catalogue,
        parse_public(predicate, where="the ledger"),
        ledger_record(ledger, signed, key),
        now=given.now,
        schemas=given.schemas,
    )
    build_site(
        view,
        Prover(ledger).bundle,
        instance=tmp_path,
        docs=tmp_path / "site",
        destination=tmp_path / "out",
        evidence=tmp_path / "evidence",
    )
    shutil.move(tmp_path / "out", tmp_path / "copy")
    shutil.rmtree(tmp_path / "evidence")
    return tmp_path / "copy", key, view


def test_the_ledger_inside_the_copy_verifies(published, given):
    copy, key, view = published
    report = verify(copy / "evidence", key=key, now=given.now)
    assert report.size == view.checkpoint


def test_the_proof_beside_each_claim_verifies(published):
    copy, key, view = published
    proved = 0
    for claim in view.claims:
        for digest, proof in json.loads((copy / claim.twin).read_text())["proofs"].items():
            assert verify_bundle(proof, key).digest == digest
            proved += 1
    assert proved >= 9
    assessment = json.loads((copy / "claims" / "assessment.json").read_text())
    assert verify_bundle(assessment, key).digest == view.assessment


def test_a_changed_copy_does_not_verify(published, given):
    copy, key, _ = published
    victim = next((copy / "evidence" / "statements").rglob("*.json"))
    victim.write_bytes(victim.read_bytes().replace(b"e", b"f", 1))
    with pytest.raises(TamperedError):
        verify(copy / "evidence", key=key, now=given.now)


def test_numbers_survive_the_signed_statement(published):
    *_, view = published
    sentences = [claim.sentence for claim in view.claims]
    assert "Passwords are stored as bcrypt hashes with a cost of 12 or more." in sentences


def test_an_assessment_that_is_not_logged_is_not_published(tmp_path, given):
    signer = keys.init(tmp_path / "keys", "trust.larkspur.example", given.now)
    ledger = Ledger(tmp_path / "evidence", signer=signer)
    with pytest.raises(TrustCenterError, match="empty"):
        ledger_record(ledger, "sha256:none", "key")
