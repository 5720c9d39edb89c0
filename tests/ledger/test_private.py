"""The private store: kept from others, bound to the public root, forgetful about erased persons."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from trustcenter.errors import ConfigurationError, TamperedError, TrustCenterError
from trustcenter.ledger import private, reveals
from trustcenter.ledger.private import Erased, PrivatePart, PrivateStore, Subject

DIGEST = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32
ANNA, BERT = Subject("email", "anna@example.test"), Subject("email", "bert@example.test")
ROWS: list[dict[str, Any]] = [
    {"person": "anna@example.test", "role": "owner"},
    {"setting": "tls", "value": 1.2},
    {"person": "bert@example.test", "role": "member"},
    {"person": "anna@example.test", "reviewer": "bert@example.test"},
]
ABOUT = [(ANNA,), (), (BERT,), (ANNA, BERT)]


@pytest.fixture
def salts() -> list[bytes]:
    return private.new_salts(len(ROWS))


@pytest.fixture
def root(salts: list[bytes]) -> str:
    return private.rows_root(ROWS, salts)


@pytest.fixture
def store(tmp_path: Path, salts: list[bytes]) -> PrivateStore:
    made = PrivateStore(tmp_path / "private")
    made.put(PrivatePart(DIGEST, {"query": "select 1"}, ROWS, salts, ABOUT))
    return made


@pytest.fixture
def look(now: datetime) -> dict[str, Any]:
    return {"reason": "audit 2026", "who": "auditor", "now": now}


def test_rows_come_back_and_give_the_public_root(
    store: PrivateStore, root: str, salts: list[bytes], look: dict[str, Any]
) -> None:
    assert store.has(DIGEST)
    assert not store.has(OTHER)
    assert store.rows(DIGEST, **look) == ROWS
    assert store.document(DIGEST, **look) == {"query": "select 1"}
    assert store.salts(DIGEST, **look) == salts
    assert store.check(DIGEST, root) == 0


def test_nobody_else_may_read_it(store: PrivateStore, look: dict[str, Any]) -> None:
    for path in [store.folder, *store.folder.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    store.folder.chmod(0o755)
    with pytest.raises(ConfigurationError, match="read by others"):
        store.rows(DIGEST, **look)


def test_rows_about_persons_are_nowhere_in_the_clear(store: PrivateStore) -> None:
    for path in store.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"anna" not in data
            assert b"bert" not in data
    assert any(b"tls" in path.read_bytes() for path in store.folder.rglob("*.part"))


def test_an_erased_person_is_gone_and_the_root_still_stands(
    store: PrivateStore, root: str, look: dict[str, Any], now: datetime
) -> None:
    assert store.erase(ANNA, reason="request 7", who="dpo", now=now) == 1
    rows = store.rows(DIGEST, **look)
    assert rows == [Erased(now), ROWS[1], ROWS[2], Erased(now)]
    assert store.check(DIGEST, root) == 2
    assert [each is None for each in store.salts(DIGEST, **look)] == [True, False, False, True]
    assert store.erase(ANNA, reason="request 7", who="dpo", now=now + timedelta(days=1)) == 0
    assert PrivateStore(store.folder).rows(DIGEST, **look)[0] == Erased(now)


def test_an_erased_person_who_comes_back_gets_a_new_key(
    store: PrivateStore, salts: list[bytes], look: dict[str, Any], now: datetime
) -> None:
    store.erase(ANNA, reason="request 7", who="dpo", now=now)
    store.put(PrivatePart(OTHER, {}, ROWS, salts, ABOUT))
    assert store.rows(OTHER, **look) == ROWS
    assert store.rows(DIGEST, **look)[0] == Erased(now)


def test_each_reveal_is_logged_with_who_and_why(
    store: PrivateStore, root: str, look: dict[str, Any], now: datetime
) -> None:
    store.check(DIGEST, root)
    store.rows(DIGEST, **look)
    store.document(DIGEST, **look)
    store.erase(ANNA, reason="request 7", who="dpo", now=now)
    found = store.reveals()
    assert [(each.what, each.who, each.reason, each.count) for each in found] == [
        ("rows", "auditor", "audit 2026", 4),
        ("document", "auditor", "audit 2026", 0),
        ("erasure", "dpo", "request 7", 1),
    ]
    assert "anna" not in (store.folder / reveals.FILE).read_text()
    for who, reason in ((" ", "x"), ("x", "")):
        with pytest.raises(TrustCenterError, match="who looks, and why"):
            store.rows(DIGEST, reason=reason, who=who, now=now)


def test_a_changed_log_of_reveals_is_noticed(store: PrivateStore, look: dict[str, Any]) -> None:
    for _ in range(3):
        store.rows(DIGEST, **look)
    path = store.folder / reveals.FILE
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0].replace("auditor", "nobody"), *lines[1:]]) + "\n")
    with pytest.raises(TamperedError, match="does not continue") as caught:
        store.reveals()
    assert str(caught.value.where).endswith(":2")
    path.write_text("\n".join([lines[0], lines[2]]) + "\n")
    with pytest.raises(TamperedError, match="does not continue"):
        store.reveals()


def test_no_byte_of_a_part_can_change_unseen(store: PrivateStore, root: str) -> None:
    """All but the document, which is under commitments of its own."""
    path = next((store.folder / "parts").rglob("*.part"))
    good = path.read_bytes()
    start = good.index(b'"document"')
    document = range(start, start + len(b'"document":{"query":"select 1"}'))
    for at in range(len(good)):
        if at in document:
            continue
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(TamperedError):
            store.check(DIGEST, root)
    for changed in (good[:-1], good + b"x", b"", good[: len(good) // 2]):
        path.write_bytes(changed)
        with pytest.raises(TamperedError):
            store.check(DIGEST, root)


def test_another_root_is_refused(store: PrivateStore, salts: list[bytes]) -> None:
    for rows, given in ((ROWS[::-1], salts[::-1]), (ROWS[:-1], salts[:-1]), (ROWS, salts[::-1])):
        with pytest.raises(TamperedError, match="public root"):
            store.check(DIGEST, private.rows_root(rows, given))


def test_a_persons_key_that_is_gone_without_an_erasure_is_noticed(store: PrivateStore, root: str) -> None:
    for each in (store.folder / "subjects").glob("*.json"):
        each.unlink()
    with pytest.raises(TamperedError, match="key"):
        store.check(DIGEST, root)


def test_many_parts_are_examined_under_one_line_each(
    store: PrivateStore, root: str, salts: list[bytes], look: dict[str, Any]
) -> None:
    store.put(PrivatePart(OTHER, {"query": "other"}, ROWS[:1], salts[:1], ABOUT[:1]))
    wanted = [(DIGEST, root), (OTHER, private.rows_root(ROWS[:1], salts[:1]))]
    found = list(store.examine(wanted, **look))
    assert [(each.digest, each.document["query"], each.rows) for each in found] == [
        (DIGEST, "select 1", ROWS),
        (OTHER, "other", ROWS[:1]),
    ]
    assert [each.target for each in store.reveals()] == [DIGEST, OTHER]
    with pytest.raises(TamperedError, match="public root"):
        list(store.examine([(DIGEST, wanted[1][1])], **look))


def test_whole_numbers_beyond_a_float_come_back_as_they_were(store: PrivateStore, look: dict[str, Any]) -> None:
    row = {"n": 2**53 - 1, "f": 1e16, "g": 1.5}
    (salt,) = private.new_salts(1)
    store.put(PrivatePart(OTHER, {}, [row], [salt]))
    (found,) = store.rows(OTHER, **look)
    assert not isinstance(found, Erased)
    assert private.rows_root([found], [salt]) == private.rows_root([row], [salt])


def test_a_part_is_stored_once_and_whole(store: PrivateStore, salts: list[bytes], look: dict[str, Any]) -> None:
    with pytest.raises(TrustCenterError, match="stored already"):
        store.put(PrivatePart(DIGEST, {}, ROWS, salts, ABOUT))
    with pytest.raises(TrustCenterError, match="one salt"):
        store.put(PrivatePart(OTHER, {}, ROWS, salts[1:], ABOUT))
    with pytest.raises(TrustCenterError, match="is not here"):
        store.rows(OTHER, **look)
    store.put(PrivatePart(OTHER, {}, [], [], []))
    assert store.rows(OTHER, **look) == []
    assert store.check(OTHER, private.rows_root([], [])) == 0


def test_a_part_under_another_name_is_refused(store: PrivateStore, look: dict[str, Any]) -> None:
    path = next((store.folder / "parts").rglob("*.part"))
    moved = store.folder / "parts/cd" / ("cd" * 32 + ".part")
    moved.parent.mkdir()
    path.rename(moved)
    with pytest.raises(TamperedError, match="other evidence"):
        store.rows(OTHER, **look)


def test_pseudonyms_differ_between_stores(
    store: PrivateStore, tmp_path: Path, salts: list[bytes], now: datetime
) -> None:
    """Nobody can tell from two stores whether they are about the same person."""
    other = PrivateStore(tmp_path / "other")
    other.put(PrivatePart(DIGEST, {}, ROWS, salts, ABOUT))
    names = [
        {name for path in (each.folder / "subjects").glob("*.json") for name in json.loads(path.read_bytes())}
        for each in (store, other)
    ]
    assert len(names[0]) == len(names[1]) == 2
    assert not names[0] & names[1]
