"""Signing keys: made once, kept from others, rotated in the open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from trustcenter.errors import ConfigurationError, KeyMissingError, TamperedError
from trustcenter.ledger import keyring, keys
from trustcenter.ledger.keys import Signer
from trustcenter.ledger.store import Ledger
from trustcenter.ledger.verify import NotVerified, verify
from trustcenter.proof import dsse, statement
from trustcenter.proof.keys import PrivateKey
from trustcenter.proof.note import VerifierKey

Say = Callable[..., bytes]


def test_a_key_comes_back_as_it_was_made(tmp_path: Path, now: datetime) -> None:
    made = keys.init(tmp_path / "keys", "example.test/ledger", now)
    found = keys.load(tmp_path / "keys")
    assert (found.name, found.since, found.verifier) == (made.name, now, made.verifier)
    assert (tmp_path / "keys" / keys.PRIVATE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert VerifierKey.parse((tmp_path / "keys" / keys.PUBLIC).read_text()) == made.verifier


def test_a_key_is_never_overwritten(signer: Signer, tmp_path: Path, now: datetime) -> None:
    with pytest.raises(ConfigurationError, match="not overwritten"):
        keys.init(tmp_path / "keys", "example.test/ledger", now)
    assert keys.load(tmp_path / "keys").verifier == signer.verifier


def test_a_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeyMissingError) as caught:
        keys.load(tmp_path / "nowhere")
    assert "trustcenter keys init" in str(caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o660])
def test_a_key_that_others_may_read_or_write_is_refused(signer: Signer, tmp_path: Path, mode: int) -> None:
    (tmp_path / "keys" / keys.PRIVATE).chmod(mode)
    with pytest.raises(KeyMissingError, match=f"readable by others .mode {mode:04o}"):
        keys.load(tmp_path / "keys")


@pytest.mark.parametrize("damage", [b"", b"no key", b"name: a\nsince: x\n\n-----BEGIN PRIVATE KEY-----\n"])
def test_a_damaged_key_is_refused(signer: Signer, tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "keys" / keys.PRIVATE).write_bytes(damage)
    with pytest.raises(KeyMissingError, match="damaged"):
        keys.load(tmp_path / "keys")


def test_rotation_is_signed_by_both_and_any_key_may_be_pinned(
    ledger: Ledger, say: Say, now: datetime, tmp_path: Path
) -> None:
    assert ledger.signer is not None
    old = ledger.signer.verifier
    ledger.append_statements([say(1)], now=now)
    new = ledger.rotate(now=now + timedelta(hours=2)).verifier
    ledger.append_statements([say(2)], now=now + timedelta(hours=3))
    rotation = list(ledger.statements(keyring.PREDICATE_TYPE))[-1]
    assert [each.keyid for each in rotation.envelope.signatures] == [old.public.key_id, new.public.key_id]
    for pinned in (old, new):
        assert verify(ledger.path, key=pinned, now=now + timedelta(days=1)).size == 4
    assert keys.load(tmp_path / "keys").verifier == new
    ring = ledger.keyring()
    assert ring is not None
    assert [(each.since, each.until) for each in ring.keys] == [
        (now, now + timedelta(hours=2)),
        (now + timedelta(hours=2), None),
    ]


def test_a_retired_key_signs_nothing_more(ledger: Ledger, say: Say, now: datetime) -> None:
    old = ledger.signer
    assert old is not None
    ledger.append_statements([say(1)], now=now)
    ledger.rotate(now=now)
    with pytest.raises(KeyMissingError, match="not by this one"):
        Ledger(ledger.path, signer=old).append_statements([say(2)], now=now)


@pytest.mark.parametrize("stage", ["key made", "rotation logged"])
def test_an_interrupted_rotation_is_finished_by_the_next(
    ledger: Ledger, say: Say, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    ledger.append_statements([say(1)], now=now)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    target = (Ledger, "_append") if stage == "key made" else (keys, "finish_rotation")
    with monkeypatch.context() as patch:
        patch.setattr(*target, die)
        with pytest.raises(KeyboardInterrupt):
            ledger.rotate(now=now)
    again = Ledger(ledger.path, signer=keys.load(tmp_path / "keys"))
    new = again.rotate(now=now + timedelta(minutes=1))
    again.append_statements([say(2)], now=now + timedelta(minutes=2))
    ring = again.keyring()
    assert ring is not None
    assert len(ring.keys) == 2
    assert keys.load(tmp_path / "keys").verifier == new.verifier
    assert verify(ledger.path, key=new.verifier, now=now + timedelta(hours=1)).notices == ()


def test_the_next_rotation_makes_a_key_even_when_the_last_left_its_own_behind(
    ledger: Ledger, say: Say, now: datetime, tmp_path: Path
) -> None:
    ledger.append_statements([say(1)], now=now)
    first = ledger.rotate(now=now)
    (tmp_path / "keys" / keys.NEXT).write_bytes(first.key.pem)
    (tmp_path / "keys" / keys.NEXT).chmod(0o600)
    assert ledger.rotate(now=now).verifier != first.verifier
    ring = ledger.keyring()
    assert ring is not None
    assert len(ring.keys) == 3


def test_a_rotation_signed_by_one_key_only_is_refused(now: datetime) -> None:
    old, new = PrivateKey.generate(), PrivateKey.generate()
    ring = keyring.Keyring("a", (keyring.KeyWindow(old.public, now),))
    after = ring.with_next(new.public, now + timedelta(days=1))
    payload = after.to_statement()
    assert keyring.advance(ring, dsse.sign(payload, statement.PAYLOAD_TYPE, old, new)) == after
    for signers in ([old], [new], [old, new, PrivateKey.generate()]):
        with pytest.raises(TamperedError, match="exactly the key in force"):
            keyring.advance(ring, dsse.sign(payload, statement.PAYLOAD_TYPE, *signers))


def test_a_rotation_cannot_rewrite_the_past(now: datetime) -> None:
    old, new, third = (PrivateKey.generate() for _ in range(3))
    ring = keyring.Keyring("a", (keyring.KeyWindow(old.public, now),))
    rewritten = keyring.Keyring("a", (keyring.KeyWindow(third.public, now),)).with_next(new.public, now)
    for after in (rewritten, ring.with_next(third.public, now).with_next(new.public, now)):
        with pytest.raises(TamperedError, match="does not continue"):
            keyring.advance(ring, dsse.sign(after.to_statement(), statement.PAYLOAD_TYPE, old, new))


def test_a_key_that_is_not_the_ledgers_verifies_nothing(ledger: Ledger, say: Say, now: datetime) -> None:
    ledger.append_statements([say(1)], now=now)
    for name in ("example.test/ledger", "another.test/ledger"):
        with pytest.raises(NotVerified, match="not one of this ledger's"):
            verify(ledger.path, key=VerifierKey(name, PrivateKey.generate().public), now=now)


def test_a_rotation_back_in_time_or_to_the_same_key_is_refused(now: datetime) -> None:
    old, new = PrivateKey.generate(), PrivateKey.generate()
    ring = keyring.Keyring("a", (keyring.KeyWindow(old.public, now),))
    longer = ring.with_next(new.public, now + timedelta(days=2))
    earlier = keyring.Keyring("a", (keyring.KeyWindow(old.public, now - timedelta(days=9)),)).with_next(
        new.public, now - timedelta(days=1)
    )
    envelope = dsse.sign(earlier.to_statement(), statement.PAYLOAD_TYPE, old, new)
    for before in (None, ring, longer):
        with pytest.raises(TamperedError):
            keyring.advance(before, envelope)
