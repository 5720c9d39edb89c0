"""A ledger in a bucket or a branch only grows: what parts, goes back or is changed is refused, here and there."""

from __future__ import annotations

import shutil

import pytest
from remote_writers import LATER, NOW, first

from trustcenter.errors import ConfigurationError, TamperedError, TrustCenterError
from trustcenter.ledger import keys, layout
from trustcenter.ledger.remote import exchange
from trustcenter.ledger.remote import rejoin as rejoining
from trustcenter.ledger.remote.refusals import Behind, Overtaken, RolledBack
from trustcenter.ledger.writing import ForkError


def test_what_is_pushed_is_pulled_and_verified_elsewhere(place, tmp_path):
    one = first(tmp_path / "one", place(), "a")
    pushed = one.push()
    assert (pushed.before, pushed.size) == (0, 2)
    one.append("b", "c")
    assert (one.push().before, one.ledger.size) == (2, 4)
    two = one.reader(tmp_path / "two")
    assert (two.pull().size, two.names()) == (4, ["a", "b", "c"])
    assert two.ledger.head.data == one.ledger.head.data
    two.append("d")
    two.push()
    assert (one.pull().before, one.names()) == (4, ["a", "b", "c", "d"])
    one.append("e")
    assert one.push().size == 6


def test_more_than_a_tile_is_continued(bucket, tmp_path):
    one = first(tmp_path / "one", bucket(), *map(str, range(250)))
    one.push()
    two = one.reader(tmp_path / "two")
    two.pull()
    one.append(*map(str, range(250, 270)))
    one.push()
    assert (two.pull().fetched < 40, len(two.names())) == (True, 270)


def test_what_changed_nothing_sends_and_fetches_nothing(place, tmp_path):
    one = first(tmp_path / "one", place(), "a")
    one.push()
    assert one.push().sent == 0
    assert one.pull().fetched == 0


def test_an_empty_place_is_no_error_and_an_empty_ledger_is_not_pushed(place, tmp_path):
    one = first(tmp_path / "one", place())
    assert one.pull().there == 0
    with pytest.raises(ConfigurationError, match="no ledger to push"):
        one.push()


def test_an_unpushed_append_is_ahead_and_not_undone(place, two):
    one, _ = two(place)
    one.append("mine")
    assert (one.pull().there, one.names()) == (3, ["a", "b", "mine"])
    assert one.push().size == 4


def test_behind_is_told_from_fork(place, two):
    one, other = two(place)
    one.append("more")
    one.push()
    with pytest.raises(Behind, match="nothing to push") as caught:
        other.push()
    assert "ledger pull" in caught.value.hint


@pytest.mark.parametrize(("kind", "theirs"), [("bucket", 1), ("bucket", 2), ("bucket", 3), ("branch", 2)])
def test_a_fork_is_refused_both_ways_whoever_is_longer(request, two, kind, theirs):
    one, other = two(request.getfixturevalue(kind))
    one.append(*[f"one {number}" for number in range(theirs)])
    one.push()
    other.append("two 1", "two 2")
    before = other.ledger.head.data
    for refused in (other.push, other.pull):
        with pytest.raises(Overtaken) as caught:
            refused()
        assert (caught.value.exit_code, "ledger rejoin" in caught.value.hint) == (5, True)
    assert other.ledger.head.data == before
    assert one.push().sent == 0


def test_the_one_who_was_second_rejoins_and_loses_nothing(place, two):
    one, other = two(place)
    one.append("first")
    one.push()
    other.append("second")
    lost = other.ledger.head.data
    done = other.rejoin()
    assert (done.there, done.again, other.names()) == (4, 1, ["a", "b", "first", "second"])
    assert [path.read_bytes() for path in done.lost] == [lost]
    other.push()
    one.pull()
    assert one.names() == ["a", "b", "first", "second"]
    other.append("third")
    assert other.push().size == 6
    assert sorted(path.name for path in other.folder.iterdir()) == ["evidence", "keys", "private"]


def test_a_ledger_that_is_ahead_has_nothing_to_rejoin(bucket, two):
    one, _ = two(bucket)
    one.append("mine")
    head = one.ledger.head.data
    assert (one.rejoin().again, one.ledger.head.data) == (0, head)
    assert not (one.folder / "keys" / rejoining.LOST).exists()


def test_a_pull_that_is_killed_before_its_checkpoint_is_repeated(bucket, two, monkeypatch):
    one, other = two(bucket)
    one.append("c")
    one.push()

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exchange, "write_durably", killed)
        with pytest.raises(KeyboardInterrupt):
            other.pull()
    assert other.names() == ["a", "b"]
    one.append("d")
    one.push()
    assert (other.pull().size, other.names()) == (5, ["a", "b", "c", "d"])


def test_rejoin_finishes_after_a_kill_at_any_rename(bucket, two, monkeypatch):
    one, other = two(bucket)
    one.append("first")
    one.push()
    other.append("second")
    folder = other.folder / "evidence"

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rejoining.writing, "remember", killed)
        with pytest.raises(KeyboardInterrupt):
            other.rejoin()
    assert other.names() == ["a", "b", "second"]
    folder.rename(folder.with_name(".evidence-overtaken"))
    other.rejoin()
    assert other.names() == ["a", "b", "first", "second"]


def test_a_signer_whose_own_log_is_gone_rejoins_what_is_there(place, two):
    """The key remembers a checkpoint that nobody holds any more: refused to sign on, until that is said aloud."""
    one, _ = two(place)
    one.append("gone with its disk")
    shutil.rmtree(one.folder / "evidence")
    one.pull()
    with pytest.raises(ForkError):
        one.append("next")
    assert (one.rejoin().again, len(list((one.folder / "keys" / rejoining.LOST).iterdir()))) == (0, 1)
    one.append("next")
    assert one.push().size == 4


def test_a_rotation_is_not_joined(bucket, two):
    one, other = two(bucket)
    one.append("first")
    one.push()
    pinned = other.exchange
    other.ledger.rotate(now=NOW)
    with pytest.raises(TrustCenterError, match="rotated"):
        rejoining.rejoin(pinned, other.signer, now=LATER)
    assert other.names() == ["a", "b"]


def test_a_bucket_that_went_back_is_refused(bucket, two, store):
    one, _ = two(bucket)
    old = dict(store.objects)
    one.append("c")
    one.push()
    store.objects.clear()
    store.objects.update(old)
    for refused in (one.pull, one.push, one.rejoin):
        with pytest.raises(RolledBack) as caught:
            refused()
        assert caught.value.exit_code == 5
    store.objects.clear()
    for refused in (one.pull, one.push, one.rejoin):
        with pytest.raises(RolledBack):
            refused()
    assert store.objects == {}


def test_a_log_of_another_key_is_neither_pulled_nor_pushed_over(bucket, two, tmp_path, store):
    two(bucket)
    stranger = first(tmp_path / "stranger", bucket(), "x", "y", "z", "w")
    before = dict(store.objects)
    for refused in (stranger.pull, stranger.push, stranger.rejoin):
        with pytest.raises(TamperedError):
            refused()
    assert store.objects == before


def test_a_byte_flipped_in_any_file_of_the_bucket_is_found(bucket, two, store):
    """By one who has everything already, who fetches only what differs."""
    one, _ = two(bucket)
    for key in sorted(key for key in store.objects if key.startswith("evidence/")):
        whole = store.objects[key]
        store.objects[key] = bytes([whole[0] ^ 1]) + whole[1:]
        with pytest.raises(TamperedError):
            one.pull()
        if not key.endswith(("keyring.json", layout.CHECKPOINT)):
            with pytest.raises(TamperedError, match="other bytes"):
                one.push()
        store.objects[key] = whole
    assert one.pull().fetched == 0


def test_a_key_damaged_in_an_entry_is_tampering(bucket, two, store):
    one, _ = two(bucket)
    key = next(key for key in store.objects if "/entries/" in key)
    store.objects[key] = store.objects[key].replace(b"MCowBQYDK2Vw", b"NCowBQYDK2Vw", 1)
    with pytest.raises(TamperedError, match="not an Ed25519"):
        one.pull()


@pytest.mark.deep
def test_every_byte_flipped_in_the_bucket_is_found_by_a_reader(bucket, two, store, tmp_path):
    one, _ = two(bucket)
    for key in sorted(key for key in store.objects if key.startswith("evidence/")):
        whole = store.objects[key]
        for at in range(len(whole)):
            store.objects[key] = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
            with pytest.raises(TamperedError):
                one.pull()
        store.objects[key] = whole


def test_a_file_gone_from_the_bucket_is_found_by_pull_and_put_back_by_push(bucket, two, store):
    one, _ = two(bucket)
    for key in sorted(key for key in store.objects if "/statements/" in key or "/tile/" in key):
        whole = store.objects.pop(key)
        with pytest.raises(TamperedError, match="missing"):
            one.pull()
        assert one.push().sent == 1
        assert store.objects[key] == whole


def test_a_damaged_ledger_is_not_pushed(place, two):
    one, _ = two(place)
    one.append("c")
    victim = next((one.folder / "evidence/statements").rglob("*.json"))
    victim.write_bytes(victim.read_bytes().replace(b"payload", b"pay1oad"))
    with pytest.raises(TamperedError):
        one.push()


def test_only_files_that_the_log_names_leave(bucket, two, store):
    """Keys, the private store and files beside the log stay; a stray file in the ledger's folder stops the push."""
    one, _ = two(bucket)
    canary = b"canary-7c1f"
    for name in ("private/parts/ab/x.part", "keys/note.txt", "evidence/.git/config"):
        (one.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (one.folder / name).write_bytes(canary)
    one.append("c")
    one.push()
    everything = b"".join(store.objects.values()) + "".join(store.objects).encode()
    secret = (one.folder / "keys" / keys.PRIVATE).read_bytes().splitlines()[-2]
    assert canary not in everything
    assert secret not in everything
    (one.folder / "evidence/keys" / keys.PRIVATE).write_bytes(canary)
    with pytest.raises(TamperedError, match="no record"):
        one.push()


def test_a_statement_that_no_entry_names_stays_at_home(place, two, tmp_path):
    one, other = two(place)
    other.append("draft")
    stray = {path.relative_to(other.folder) for path in other.folder.glob("evidence/statements/**/*.json")}
    mine = {path.relative_to(one.folder) for path in one.folder.glob("evidence/statements/**/*.json")}
    (left,) = stray - mine
    (one.folder / left).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(other.folder / left, one.folder / left)
    one.append("c")
    one.push()
    reader = one.reader(tmp_path / "reader")
    reader.pull()
    assert not (reader.folder / left).exists()
