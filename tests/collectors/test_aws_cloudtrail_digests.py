"""CloudTrail's digests, made here as the user guide describes them, with a key of the test's own."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_account import clients
from aws_faults import FAULTS, gone
from aws_fixtures import Account
from aws_front import nth
from aws_seed_services import ACCOUNT, REGION
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell

pytestmark = [pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]
BUCKET, TRAIL, FINGERPRINT = "good-logs", "good-trail", "f" * 32


@dataclass
class Trail:
    """Hourly digests in the trail's bucket, each over one log file."""

    account: Account
    key: rsa.RSAPrivateKey
    names: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)

    @property
    def s3(self) -> Any:
        return clients(self.account.port)("s3")

    def write(self, hours: int) -> None:
        before: tuple[str, bytes, str] | None = None
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        for back in range(hours, 0, -1):
            ended = now - timedelta(hours=back - 1)
            before = self._digest(ended, before)

    def _digest(self, ended: datetime, before: tuple[str, bytes, str] | None) -> tuple[str, bytes, str]:
        stamp = f"{ended:%Y%m%dT%H%M%SZ}"
        log = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{ended:%Y/%m/%d}/{stamp}.json.gz"
        content = json.dumps({"Records": [{"eventTime": stamp}]}).encode()
        self.s3.put_object(Bucket=BUCKET, Key=log, Body=gzip.compress(content))
        folder = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/{ended:%Y/%m/%d}"
        name = f"{folder}/{ACCOUNT}_CloudTrail-Digest_{REGION}_{TRAIL}_{REGION}_{stamp}.json.gz"
        said = {
            "digestEndTime": f"{ended:%Y-%m-%dT%H:%M:%SZ}",
            "digestS3Bucket": BUCKET,
            "digestS3Object": name,
            "digestPublicKeyFingerprint": FINGERPRINT,
            "previousDigestS3Object": before[0] if before else None,
            "previousDigestHashValue": hashlib.sha256(before[1]).hexdigest() if before else None,
            "previousDigestSignature": before[2] if before else None,
            "logFiles": [{"s3Bucket": BUCKET, "s3Object": log, "hashValue": hashlib.sha256(content).hexdigest()}],
        }
        body = json.dumps(said).encode()
        previous = before[2] if before else "null"
        text = f"{said['digestEndTime']}\n{BUCKET}/{name}\n{hashlib.sha256(body).hexdigest()}\n{previous}"
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), SHA256()).hex()
        self.put(name, body, signature)
        self.names.append(name)
        self.logs.append(log)
        return name, body, signature

    def put(self, name: str, body: bytes, signature: str) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=name, Body=gzip.compress(body), Metadata={"signature": signature})

    def seen(self) -> list[Any]:
        return sorted(self.account.collect("aws_cloudtrail_digests").facts, key=lambda fact: fact.ended_at)


@pytest.fixture
def trail(account: Account) -> Iterator[Trail]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = Trail(account, key)
    made.write(4)
    now = datetime.now(UTC)
    public = {
        "Fingerprint": FINGERPRINT, "Value": key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1),
        "ValidityStartTime": now - timedelta(days=2), "ValidityEndTime": now + timedelta(days=2),
    }  # fmt: skip
    with account.front.answering("cloudtrail:ListPublicKeys", {"PublicKeyList": [public]}):
        yield made
    for name in made.names + made.logs:
        made.s3.delete_object(Bucket=BUCKET, Key=name)


def test_a_good_chain_is_verified_with_exactly_the_declared_calls(trail: Trail) -> None:
    trail.account.front.asked.clear()
    facts = trail.seen()
    assert len(facts) == 4
    assert all(fact.intact and fact.logs == 1 for fact in facts)
    assert [fact.newest for fact in facts] == [False, False, False, True]
    made = set(trail.account.front.asked) - {"sts:GetCallerIdentity"}
    assert made == set(find("aws_cloudtrail_digests").description.calls)


def test_a_changed_log_a_lost_log_and_a_lost_digest_are_found(trail: Trail) -> None:
    trail.s3.put_object(Bucket=BUCKET, Key=trail.logs[0], Body=gzip.compress(b'{"Records": []}'))
    trail.s3.delete_object(Bucket=BUCKET, Key=trail.logs[1])
    trail.s3.delete_object(Bucket=BUCKET, Key=trail.names[2])
    first, second, last = trail.seen()
    assert (first.logs_altered, first.logs_missing, first.intact) == (1, 0, False)
    assert (second.logs_altered, second.logs_missing, second.intact) == (0, 1, False)
    assert (last.signed, last.chained, last.intact) == (True, False, False)


@pytest.mark.deep
@pytest.mark.parametrize("title", FAULTS)
@pytest.mark.parametrize("call", ["s3:GetObject", "cloudtrail:ListPublicKeys"])
def test_whatever_happens_on_the_way_nothing_looks_intact(trail: Trail, call: str, title: str) -> None:
    """Told to be unknown; or, where bytes of a digest or a log arrive and are not its own, found altered."""
    fault, _ = FAULTS[title]
    for broken in (fault, nth(2, fault), gone) if call == "s3:GetObject" else (fault, gone):
        with trail.account.front.breaking(call, broken):
            found = trail.account.outcome("aws_cloudtrail_digests")
        if isinstance(found, CouldNotTell):
            assert found.hint or found.where
        else:
            assert not all(fact.intact for fact in found.facts)


def test_a_digest_of_another_key_or_place_is_not_signed(trail: Trail) -> None:
    """Written anew with the right hashes by somebody who lacks CloudTrail's key, or moved."""
    stranger = Trail(trail.account, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    stranger.write(4)
    assert not any(fact.signed for fact in trail.seen())
    assert all(fact.chained for fact in trail.seen())
