"""Ledgers to write into, with keys made on the spot."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trustcenter.ledger import keys
from trustcenter.ledger.store import Ledger
from trustcenter.proof import canonical, statement

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def say() -> Callable[..., bytes]:
    """A statement's bytes about a number."""

    def build(number: int, kind: str = "urn:test:evidence") -> bytes:
        subject = statement.Subject("number", canonical.digest(b"%d" % number))
        return statement.build([subject], kind, {"number": number})

    return build


@pytest.fixture
def signer(tmp_path: Path) -> keys.Signer:
    return keys.init(tmp_path / "keys", "example.test/ledger", NOW)


@pytest.fixture
def ledger(tmp_path: Path, signer: keys.Signer) -> Ledger:
    return Ledger(tmp_path / "evidence", signer=signer)


@pytest.fixture(scope="session")
def timestamp_authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Callable[[bytes], bytes], bytes]:
    """A timestamp authority of our own.

    A function from request to response, and its root certificate in PEM.
    """
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: it is the timestamp authority of this test")
    folder = tmp_path_factory.mktemp("authority")
    (folder / "tsa.cnf").write_text(
        "[req]\ndistinguished_name = dn\n[dn]\n"
        "[root]\nbasicConstraints = critical, CA:true\nkeyUsage = critical, keyCertSign\n"
        "subjectKeyIdentifier = hash\n"
        "[leaf]\nbasicConstraints = critical, CA:false\nkeyUsage = critical, digitalSignature\n"
        "extendedKeyUsage = critical, timeStamping\nsubjectKeyIdentifier = hash\n"
        "authorityKeyIdentifier = keyid\n"
        "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\ncrypto_device = builtin\nsigner_cert = leaf.pem\n"
        "signer_key = leaf.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n"
        "accuracy = secs:1\nordering = no\ntsa_name = no\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n"
    )
    (folder / "serial").write_text("01\n")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    for name, subject in (("root", "/CN=Test root"), ("leaf", "/CN=Test timestamps")):
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-config", "tsa.cnf", "-subj", subject,
                "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
    openssl("x509", "-req", "-in", "root.csr", "-signkey", "root.key", "-days", "30", "-extfile", "tsa.cnf",
            "-extensions", "root", "-out", "root.pem")  # fmt: skip
    openssl("x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
            "-days", "30", "-extfile", "tsa.cnf", "-extensions", "leaf", "-out", "leaf.pem")  # fmt: skip

    def answer(query: bytes) -> bytes:
        (folder / "query.tsq").write_bytes(query)
        openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "one", "-queryfile", "query.tsq",
                "-out", "answer.tsr")  # fmt: skip
        return (folder / "answer.tsr").read_bytes()

    return answer, (folder / "root.pem").read_bytes()


@pytest.fixture
def full_ledger(
    tmp_path: Path,
    say: Callable[..., bytes],
    timestamp_authority: tuple[Callable[[bytes], bytes], bytes],
) -> Ledger:
    """A small ledger with every kind of record: two keys, three checkpoints, a timestamp each."""
    now = datetime.now(UTC)
    signer = keys.init(tmp_path / "full-keys", "example.test/ledger", now)
    made = Ledger(tmp_path / "full", signer=signer, authority=timestamp_authority[0])
    assert made.append_statements([say(1), say(2)], now=now).timestamp_problem is None
    made.rotate(now=now + timedelta(seconds=1))
    made.append_statements([say(3, "urn:test:assessment")], now=now + timedelta(seconds=2))
    return made
