"""Appending to a ledger and reading it back."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from trustcenter.errors import ConfigurationError, KeyMissingError, TamperedError, TrustCenterError
from trustcenter.ledger import keys, layout
from trustcenter.ledger.keyring import PREDICATE_TYPE
from trustcenter.ledger.store import Ledger
from trustcenter.ledger.verify import verify
from trustcenter.ledger.writing import ForkError
from trustcenter.proof import dsse, statement
from trustcenter.proof.keys import PrivateKey

Say = Callable[..., bytes]


def numbers(ledger: Ledger, **options: object) -> list[int]:
    found = ledger.statements("urn:test:evidence", **options)  # type: ignore[arg-type]
    return [each.statement.predicate["number"] for each in found]


def test_what_is_appended_is_read_back_in_order(ledger: Ledger, say: Say, now: datetime) -> None:
    first = ledger.append_statements([say(1), say(2)], now=now)
    second = ledger.append_statements([say(3)], now=now)
    assert (first.first, first.size, second.first, second.size) == (1, 3, 3, 4)
    assert numbers(ledger) == [1, 2, 3]
    assert numbers(ledger, newest_first=True) == [3, 2, 1]
    assert [each.digest for each in ledger.statements()][first.first :] == [*first.digests, *second.digests]
    assert numbers(Ledger(ledger.path)) == [1, 2, 3]


def test_the_first_entry_is_the_keyring(ledger: Ledger, say: Say, now: datetime) -> None:
    ledger.append_statements([say(1)], now=now)
    first = next(iter(ledger.statements()))
    assert first.statement.predicate_type == PREDICATE_TYPE
    ring = ledger.keyring()
    assert ring is not None
    assert (ledger.path / layout.KEYRING).read_bytes() == ring.to_bytes()


def test_a_past_checkpoint_shows_only_what_it_had_logged(ledger: Ledger, say: Say, now: datetime) -> None:
    for number in range(3):
        ledger.append_statements([say(number)], now=now + timedelta(hours=number))
    assert ledger.checkpoint_sizes() == [2, 3, 4]
    assert numbers(ledger, up_to_size=3) == [0, 1]
    assert [each.logged for each in ledger.statements()] == [now, *(now + timedelta(hours=h) for h in range(3))]
    with pytest.raises(TrustCenterError, match="4 entries, not 5"):
        list(ledger.statements(up_to_size=5))


@pytest.mark.parametrize("batches", [[1] * 9, [254, 1, 1, 1], [255], [256], [300, 300, 1], [1, 700]])
def test_tiles_fill_and_move_on(ledger: Ledger, say: Say, now: datetime, batches: list[int]) -> None:
    count = 0
    for batch in batches:
        ledger.append_statements([say(count + at) for at in range(batch)], now=now)
        count += batch
    assert numbers(ledger) == list(range(count))
    assert ledger.signer is not None
    report = verify(ledger.path, key=ledger.signer.verifier, now=now)
    assert (report.size, report.notices) == (count + 1, ())


def test_without_a_key_nothing_is_appended(tmp_path: Path, say: Say, now: datetime) -> None:
    with pytest.raises(KeyMissingError, match="without a signing key") as caught:
        Ledger(tmp_path / "evidence").append_statements([say(1)], now=now)
    assert "trustcenter keys init" in str(caught.value)
    assert not (tmp_path / "evidence").exists()


def test_an_envelope_that_others_signed_is_refused(ledger: Ledger, say: Say, now: datetime) -> None:
    foreign = dsse.sign(say(1), statement.PAYLOAD_TYPE, PrivateKey.generate())
    with pytest.raises(TamperedError, match="unknown key"):
        ledger.append([foreign.to_bytes()], now=now)
    assert ledger.signer is not None
    good = ledger.signer.sign(say(1))
    false = dsse.Envelope(say(2), good.payload_type, good.signatures)
    with pytest.raises(TamperedError):
        ledger.append([false.to_bytes()], now=now)
    with pytest.raises(TamperedError, match="Statement"):
        ledger.append([ledger.signer.sign(b"{}").to_bytes()], now=now)
    with pytest.raises(TrustCenterError, match="nothing to append"):
        ledger.append([], now=now)
    assert ledger.size == 0


def test_another_ledgers_key_is_refused(ledger: Ledger, say: Say, now: datetime, tmp_path: Path) -> None:
    ledger.append_statements([say(1)], now=now)
    stranger = keys.init(tmp_path / "other", "example.test/ledger", now)
    with pytest.raises(KeyMissingError, match="is signed by key"):
        Ledger(ledger.path, signer=stranger).append_statements([say(2)], now=now)


def test_one_statement_may_be_logged_twice(ledger: Ledger, say: Say, now: datetime) -> None:
    ledger.append_statements([say(1)], now=now)
    ledger.append_statements([say(1)], now=now)
    assert numbers(ledger) == [1, 1]


def test_a_garbage_statement_of_another_key_is_replaced(ledger: Ledger, say: Say, now: datetime) -> None:
    """A writer that died left the statement under a key that was rotated away; nobody has logged it."""
    ledger.append_statements([say(1)], now=now)
    foreign = dsse.sign(say(2), statement.PAYLOAD_TYPE, PrivateKey.generate())
    path = ledger.path / layout.statement(foreign.digest)
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(foreign.to_bytes())
    ledger.append_statements([say(2)], now=now)
    assert ledger.signer is not None
    assert verify(ledger.path, key=ledger.signer.verifier, now=now).size == 3


def test_a_clock_that_went_back_is_refused(ledger: Ledger, say: Say, now: datetime) -> None:
    ledger.append_statements([say(1)], now=now + timedelta(days=1))
    with pytest.raises(ConfigurationError, match="clock"):
        ledger.append_statements([say(2)], now=now)
    with pytest.raises(ConfigurationError, match="key begins"):
        ledger.append_statements([say(2)], now=now - timedelta(days=1))


def test_a_log_that_was_rolled_back_is_not_signed_on(ledger: Ledger, say: Say, now: datetime) -> None:
    """The whole folder is put back to an older state; the memory beside the key knows better."""
    ledger.append_statements([say(1)], now=now)
    shutil.copytree(ledger.path, ledger.path.with_name("backup"))
    ledger.append_statements([say(2)], now=now)
    shutil.rmtree(ledger.path)
    ledger.path.with_name("backup").rename(ledger.path)
    with pytest.raises(ForkError, match="checkpoint over 3 was signed") as caught:
        Ledger(ledger.path, signer=ledger.signer).append_statements([say(3)], now=now)
    assert "restore" in str(caught.value)


def test_a_log_that_went_another_way_is_not_signed_on(ledger: Ledger, say: Say, now: datetime, tmp_path: Path) -> None:
    """Two runners start from one copy; the second finds the first one's checkpoint in its key folder."""
    ledger.append_statements([say(1)], now=now)
    other = tmp_path / "other-copy"
    shutil.copytree(ledger.path, other)
    shutil.copytree(tmp_path / "keys", tmp_path / "keys-of-other")
    second = Ledger(other, signer=keys.load(tmp_path / "keys-of-other"))
    second.append_statements([say(3)], now=now)
    ledger.append_statements([say(2)], now=now)
    shutil.copy(tmp_path / "keys" / keys.LAST_SEEN, tmp_path / "keys-of-other" / keys.LAST_SEEN)
    with pytest.raises(ForkError, match="not the ones that were signed"):
        second.append_statements([say(4)], now=now)


def test_a_checkpoint_put_back_alone_is_a_fork(ledger: Ledger, say: Say, now: datetime, tmp_path: Path) -> None:
    """Without memory beside the key, the history in the ledger still shows it."""
    ledger.append_statements([say(1)], now=now)
    ledger.append_statements([say(2)], now=now)
    shutil.copy(ledger.path / layout.history(2), ledger.path / layout.CHECKPOINT)
    (tmp_path / "keys" / keys.LAST_SEEN).unlink()
    with pytest.raises((ForkError, TamperedError)):
        ledger.append_statements([say(3)], now=now)


def test_a_reader_is_never_disturbed_by_a_writer(ledger: Ledger, say: Say, now: datetime) -> None:
    """Partial tiles go away while somebody reads them.

    What was read before stays a prefix of what is read next.
    """
    ledger.append_statements([say(0)], now=now)
    done = threading.Event()

    def write() -> None:
        try:
            for number in range(1, 60):
                ledger.append_statements([say(number)] * (number % 11 + 1), now=now)
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    before: list[str] = []
    rounds = 0
    while not done.is_set() or rounds < 2:
        found = [each.digest for each in Ledger(ledger.path).statements()]
        assert found[: len(before)] == before
        before, rounds = found, rounds + 1
    writer.join()
    assert len(list(Ledger(ledger.path).statements())) == ledger.size
