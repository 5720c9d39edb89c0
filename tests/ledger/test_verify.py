"""Verification: every byte counts, and each failure names its record."""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trustcenter.errors import ConfigurationError, TamperedError
from trustcenter.ledger import keys, layout
from trustcenter.ledger.store import Ledger
from trustcenter.ledger.verify import STEPS, NotVerified, Report, verify
from trustcenter.proof import note
from trustcenter.proof.keys import PrivateKey

Say = Callable[..., bytes]
Authority = tuple[Callable[[bytes], bytes], bytes]


@pytest.fixture
def check(full_ledger: Ledger, timestamp_authority: Authority) -> Callable[..., Report]:
    """Verify the full ledger as an auditor does.

    Pinned key, the authority's root, a copy without private keys.
    """
    assert full_ledger.signer is not None
    key, later = full_ledger.signer.verifier, datetime.now(UTC) + timedelta(minutes=1)

    def run(**options: object) -> Report:
        given = {"key": key, "now": later, "roots": [timestamp_authority[1]], **options}
        return verify(full_ledger.path, **given)  # type: ignore[arg-type]

    return run


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flips(path: Path, offsets: list[int], bit: int) -> Iterator[int]:
    good = path.read_bytes()
    for at in offsets:
        changed = bytearray(good)
        changed[at] ^= bit
        path.write_bytes(changed)
        yield at
    path.write_bytes(good)


def test_a_good_ledger_passes_every_step(check: Callable[..., Report]) -> None:
    report = check()
    assert [each.number for each in report.steps] == list(range(1, len(STEPS) + 1))
    assert (report.size, report.notices) == (5, ())
    assert report.statements == {
        "urn:test:assessment": 1,
        "urn:test:evidence": 2,
        "urn:trustcenter:keyring:v1": 2,
    }
    assert sorted(report.timestamps) == [3, 4, 5]
    assert all(report.timestamps.values())


def _assert_every_flip_is_named(
    full_ledger: Ledger, check: Callable[..., Report], offsets: Callable[[int], list[int]], bits: tuple[int, ...]
) -> int:
    tried = 0
    for path in files(full_ledger.path):
        record = path.relative_to(full_ledger.path).as_posix()
        for bit in bits:
            for at in flips(path, offsets(path.stat().st_size), bit):
                with pytest.raises(NotVerified) as caught:
                    check()
                assert caught.value.where is not None, f"{record} byte {at}: {caught.value}"
                assert record in caught.value.where, f"{record} byte {at} bit {bit}: {caught.value}"
                tried += 1
    check()
    return tried


def test_a_flipped_byte_of_any_file_is_found_and_named(full_ledger: Ledger, check: Callable[..., Report]) -> None:
    """A random sample of bytes in every file; the deep test takes all."""
    draw = random.Random(2026)
    tried = _assert_every_flip_is_named(
        full_ledger, check, lambda size: sorted(draw.sample(range(size), min(size, 12))), (1,)
    )
    assert tried > 200


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_every_flipped_byte_is_found_and_named(full_ledger: Ledger, check: Callable[..., Report]) -> None:
    _assert_every_flip_is_named(full_ledger, check, lambda size: list(range(size)), (1, 32))


def test_a_missing_file_is_found_and_named(full_ledger: Ledger, check: Callable[..., Report]) -> None:
    """Past checkpoints and their timestamps are the exception: the log does not say when they were made."""
    for path in files(full_ledger.path):
        record = path.relative_to(full_ledger.path).as_posix()
        if layout.history_of(record) and not record.endswith("tsr.note"):
            continue
        data = path.read_bytes()
        path.unlink()
        with pytest.raises(NotVerified) as caught:
            check()
        assert record in str(caught.value.where)
        path.write_bytes(data)


@pytest.mark.parametrize(
    "record", ["index.html", "log/extra", "statements/sha256/ab/x.json", "log/tile/0/1", "keys/old.pem"]
)
def test_a_file_that_is_no_record_is_named(full_ledger: Ledger, check: Callable[..., Report], record: str) -> None:
    path = full_ledger.path / record
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    with pytest.raises(NotVerified, match="no record of a ledger") as caught:
        check()
    assert caught.value.where == record


def test_a_link_is_no_record(full_ledger: Ledger, check: Callable[..., Report], tmp_path: Path) -> None:
    path = full_ledger.path / layout.CHECKPOINT
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotVerified, match="plain files only"):
        check()


def test_leftovers_of_a_crash_are_named_but_no_tampering(
    full_ledger: Ledger, check: Callable[..., Report], say: Say
) -> None:
    assert full_ledger.signer is not None
    orphan = full_ledger.signer.sign(say(99))
    path = full_ledger.path / layout.statement(orphan.digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orphan.to_bytes())
    shutil.copy(full_ledger.path / "log/tile/entries/000.p/5", full_ledger.path / "log/tile/entries/000.p/9")
    (full_ledger.path / "log/.tmp-1-ab").write_bytes(b"half")
    notices = check().notices
    assert len(notices) == 3
    assert any(layout.statement(orphan.digest) in each for each in notices)
    full_ledger.append_statements([say(100)], now=datetime.now(UTC) + timedelta(seconds=3))
    assert len(check().notices) == 1


def test_a_statement_is_read_only_through_the_log(full_ledger: Ledger, say: Say) -> None:
    assert full_ledger.signer is not None
    orphan = full_ledger.signer.sign(say(99))
    path = full_ledger.path / layout.statement(orphan.digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orphan.to_bytes())
    assert orphan.digest not in {each.digest for each in full_ledger.statements()}


def test_a_rollback_of_everything_shows_only_against_a_kept_checkpoint(
    ledger: Ledger, say: Say, now: datetime, tmp_path: Path
) -> None:
    ledger.append_statements([say(1)], now=now)
    shutil.copytree(ledger.path, tmp_path / "older")
    kept = ledger.append_statements([say(2)], now=now).note
    assert ledger.signer is not None
    pinned = ledger.signer.verifier
    assert verify(ledger.path, key=pinned, now=now, known=kept).size == 3
    assert verify(tmp_path / "older", key=pinned, now=now).size == 2
    with pytest.raises(NotVerified, match="rolled back") as caught:
        verify(tmp_path / "older", key=pinned, now=now, known=kept)
    assert caught.value.step == 7
    shutil.rmtree(tmp_path / "keys", ignore_errors=True)
    branch = Ledger(tmp_path / "older", signer=keys.Signer(pinned.name, ledger.signer.key, now))
    branch.append_statements([say(3)], now=now)
    with pytest.raises(NotVerified, match="forked"):
        verify(tmp_path / "older", key=pinned, now=now, known=kept)


def test_a_log_written_again_with_the_same_key_contradicts_its_history(
    ledger: Ledger, say: Say, now: datetime, tmp_path: Path
) -> None:
    """Even the key's owner cannot swap a past statement while one old checkpoint is kept in the history."""
    ledger.append_statements([say(1)], now=now)
    ledger.append_statements([say(2)], now=now)
    assert ledger.signer is not None
    signer = keys.Signer(ledger.signer.name, ledger.signer.key, now)
    other = Ledger(tmp_path / "again", signer=signer)
    other.append_statements([say(7)], now=now)
    other.append_statements([say(2)], now=now)
    shutil.copy(ledger.path / layout.history(2), other.path / layout.history(2))
    with pytest.raises(NotVerified, match="not the ones it signed") as caught:
        verify(other.path, key=signer.verifier, now=now)
    assert caught.value.where == layout.history(2)


def test_a_statement_of_a_stranger_in_the_log_is_named(
    ledger: Ledger, say: Say, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that logs what another key signed, and signs the checkpoint itself."""
    stranger = keys.Signer("x", PrivateKey.generate(), now)
    ledger.append_statements([say(1)], now=now)
    assert ledger.signer is not None
    envelope = stranger.sign(say(2))
    ledger._append([envelope], [stranger.key.public], ledger.signer, now)
    with pytest.raises(NotVerified, match="key in force") as caught:
        verify(ledger.path, key=ledger.signer.verifier, now=now)
    assert envelope.digest.removeprefix("sha256:") in str(caught.value.where)
    assert caught.value.step == 5


def test_a_checkpoint_from_the_future_is_refused(ledger: Ledger, say: Say, now: datetime) -> None:
    ledger.append_statements([say(1)], now=now)
    assert ledger.signer is not None
    with pytest.raises(NotVerified, match="future"):
        verify(ledger.path, key=ledger.signer.verifier, now=now - timedelta(hours=2))


def test_a_foreign_signature_beside_ours_is_refused(ledger: Ledger, say: Say, now: datetime) -> None:
    ledger.append_statements([say(1)], now=now)
    head = ledger.head
    assert head is not None
    assert ledger.signer is not None
    extra = note.sign(head.note.text, "witness", PrivateKey.generate())
    both = note.Note(head.note.text, (*head.note.signatures, *extra.signatures))
    (ledger.path / layout.CHECKPOINT).write_bytes(both.to_bytes())
    with pytest.raises(NotVerified, match="2 signatures") as caught:
        verify(ledger.path, key=ledger.signer.verifier, now=now)
    assert caught.value.where == layout.CHECKPOINT


def test_where_there_is_no_ledger(tmp_path: Path, now: datetime) -> None:
    key = keys.Signer("a", PrivateKey.generate(), now).verifier
    with pytest.raises(ConfigurationError, match="no ledger"):
        verify(tmp_path / "nowhere", key=key, now=now)
    with pytest.raises(TamperedError, match="missing"):
        verify(tmp_path, key=key, now=now)


def test_a_keyring_file_behind_the_log_is_renewed(ledger: Ledger, say: Say, now: datetime) -> None:
    """A crash between the rotation's commit and the keyring's file."""
    ledger.append_statements([say(1)], now=now)
    before = (ledger.path / layout.KEYRING).read_bytes()
    key = ledger.rotate(now=now).verifier
    (ledger.path / layout.KEYRING).write_bytes(before)
    assert "older than the log" in verify(ledger.path, key=key, now=now).notices[0]
    ledger.append_statements([say(2)], now=now)
    assert verify(ledger.path, key=key, now=now).notices == ()


def test_timestamps_without_roots_are_said_to_be_unchecked(check: Callable[..., Report]) -> None:
    report = check(roots=[])
    assert set(report.timestamps.values()) == {None}
    assert "not checked" in report.notices[0]


def test_timestamps_of_another_authority_are_refused(check: Callable[..., Report], tmp_path: Path) -> None:
    import trustme

    other = trustme.CA().cert_pem.bytes()
    with pytest.raises(NotVerified, match="not by the authority"):
        check(roots=[other])


def test_an_authority_that_fails_does_not_undo_the_commit(tmp_path: Path, say: Say, now: datetime) -> None:
    def silent(_: bytes) -> bytes:
        raise ConfigurationError("no answer")

    signer = keys.init(tmp_path / "k", "example.test/ledger", now)
    for authority in (silent, lambda _: b"garbage"):
        made = Ledger(tmp_path / "evidence", signer=signer, authority=authority)
        assert made.append_statements([say(1)], now=now).timestamp_problem
    assert verify(tmp_path / "evidence", key=signer.verifier, now=now).size == 3


def test_a_ledger_that_is_being_written_verifies(ledger: Ledger, say: Say, now: datetime) -> None:
    ledger.append_statements([say(0)], now=now)
    assert ledger.signer is not None
    done = threading.Event()

    def write() -> None:
        try:
            for number in range(1, 25):
                ledger.append_statements([say(number)], now=now)
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    rounds = 0
    while not done.is_set() or rounds < 2:
        assert verify(ledger.path, key=ledger.signer.verifier, now=now).size >= 2
        rounds += 1
    writer.join()
    report = verify(ledger.path, key=ledger.signer.verifier, now=now)
    assert (report.size, report.notices) == (26, ())
