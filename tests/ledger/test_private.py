"""The private store: kept from others, bound to the public root, forgetful about erased persons."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from trustcenter.errors import ConfigurationError, TamperedError, TrustCenterError
from trustcenter.ledger import private, reveals
from trustcenter.ledger.private import Committed, Erased, PrivatePart, PrivateStore, Subject
from trustcenter.ledger.subjects import sealing_key
from trustcenter.proof import canonical, commitment

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


def committed(store: PrivateStore, digest: str, fields: dict[str, Any], rows: list[dict[str, Any]]) -> Committed:
    """Store a part as the pipeline does: its fields and the digest of its rows under salted commitments."""
    sealed = store.seal(rows, ABOUT[: len(rows)])
    fields = {**fields, "rows_digest": sealed.digest}
    salts = dict(zip(fields, private.new_salts(len(fields)), strict=True))
    document = {**fields, "salts": {name: canonical.encode_base64(salt) for name, salt in salts.items()}}
    store.put(PrivatePart(digest, document, sealed=sealed))
    return Committed(digest, sealed.root, commitment.commit_fields(salts, fields))


def test_many_parts_are_revealed_under_one_line_each(store: PrivateStore, look: dict[str, Any]) -> None:
    parts = [committed(store, f"sha256:{n:064x}", {"query": str(n)}, ROWS[:n]) for n in range(1, 4)]
    revealed = store.reveal([each.digest for each in parts], **look)
    assert [each.target for each in store.reveals()] == [each.digest for each in parts]
    found = [revealed.part(each) for each in parts]
    assert [(each.document["query"], each.rows) for each in found] == [(str(n), ROWS[:n]) for n in range(1, 4)]
    with pytest.raises(TrustCenterError, match="not asked for"):
        revealed.part(Committed(DIGEST, parts[0].root, {}))
    for wrong in (replace(parts[0], root=parts[1].root), replace(parts[0], commitments=parts[1].commitments)):
        with pytest.raises(TamperedError):
            revealed.part(wrong)


def test_no_byte_of_a_committed_part_can_change_unseen(store: PrivateStore, look: dict[str, Any]) -> None:
    """The document included: each of its fields is under a commitment, and so is the digest of the rows."""
    part = committed(store, OTHER, {"query": "select 1", "completeness": {"expected": 4, "got": 4}}, ROWS)
    path = store.folder / "parts/cd" / ("cd" * 32 + ".part")
    good = path.read_bytes()
    revealed = store.reveal([OTHER], **look)
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(TamperedError):
            revealed.part(part)
    path.write_bytes(good)
    assert revealed.part(part).rows == ROWS


def test_rows_that_were_stored_anew_under_the_same_root_are_still_not_the_committed_bytes(
    store: PrivateStore, look: dict[str, Any], salts: list[bytes], root: str
) -> None:
    """The bytes are what was committed to, and they never change: not even by somebody who knows every row."""
    sealed = store.seal(ROWS, ABOUT)
    document = {"rows_digest": "sha256:" + "00" * 32}
    field_salts = {"rows_digest": b"s" * 16}
    stored = {**document, "salts": {"rows_digest": canonical.encode_base64(b"s" * 16)}}
    store.put(PrivatePart(OTHER, stored, sealed=sealed))
    with pytest.raises(TamperedError, match="bytes that were committed to"):
        store.reveal([OTHER], **look).part(
            Committed(OTHER, sealed.root, commitment.commit_fields(field_salts, document))
        )


def test_an_erased_person_is_gone_from_a_committed_part_and_its_bytes_stand(
    store: PrivateStore, look: dict[str, Any], now: datetime
) -> None:
    part = committed(store, OTHER, {}, ROWS)
    store.erase(ANNA, reason="request 7", who="dpo", now=now)
    found = store.reveal([OTHER], **look).part(part)
    assert (found.rows, found.erased) == ([Erased(now), ROWS[1], ROWS[2], Erased(now)], 2)


def test_the_sealing_key_is_derived_as_rfc_5869_says() -> None:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    keys = {"b.1": b"b" * 32, "a.1": b"a" * 32}
    info = canonical.dumps(["trustcenter row", "a.1", "b.1"])
    expected = HKDF(SHA256(), 32, salt=None, info=info).derive(b"a" * 32 + b"b" * 32)
    assert sealing_key(keys) == expected


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
