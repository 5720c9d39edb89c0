"""Rows as they lie in a private part: a header in JSON, leaf hashes, then rows in groups by the persons they are about.

The rows of a group lie as canonical JSON lines behind their salts, sealed as one (AES-256-GCM) under the keys of the
group's persons. Stored bytes are hashed as they are; nothing is encoded again to be checked.
"""

from __future__ import annotations

import hashlib
import secrets
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.ledger.subjects import Subject, SubjectKeys, distinct, sealing_key
from trustcenter.proof import canonical, commitment, merkle

Row = Mapping[str, Any]
_NONCE_BYTES = 12
_LEAF = merkle.HASH_SIZE


@dataclass(frozen=True)
class Erased:
    """A row that can no longer be read, because a person it is about was erased at that time."""

    at: datetime


@dataclass(frozen=True)
class SealedRows:
    """Rows in their stored form, with the public root over them."""

    body: bytes
    root: str

    @property
    def digest(self) -> str:
        """Digest of the stored bytes. Salts and nonces are among them, so it tells nothing about a row."""
        return canonical.digest(self.body)


@dataclass(frozen=True)
class OpenedRows:
    """Rows as read back in their order, with their salts (None where erased) and leaf hashes."""

    rows: list[dict[str, Any] | Erased]
    salts: list[bytes | None]
    leaves: list[bytes]

    @property
    def erased(self) -> int:
        """How many rows stand by their leaf hash only."""
        return sum(each is None for each in self.salts)


@dataclass(frozen=True)
class _Laid:
    """The places of the groups in stored bytes."""

    count: int
    salt: int
    leaves: bytes
    indexes: list[list[int]]
    blobs: list[tuple[bytes, list[str]]]


def seal(rows: Sequence[Row], salts: Sequence[bytes], subjects: Sequence[Sequence[Subject]], keys: SubjectKeys
         ) -> SealedRows:  # fmt: skip
    """Seal rows for their persons. Makes keys for persons who have none.

    Raises TrustCenterError when lengths differ.
    """
    subjects = list(subjects) or [()] * len(rows)
    if len(salts) != len(rows) or len(subjects) != len(rows):
        raise TrustCenterError("each row needs one salt and one list of the persons it is about")
    length = len(salts[0]) if salts else commitment.SALT_BYTES
    if any(len(salt) != length for salt in salts) or not commitment.SALT_BYTES <= length <= 255:
        raise TrustCenterError("all salts of a part have one length, of 16 to 255 bytes")
    lines = [canonical.dumps(dict(row)) for row in rows]
    leaves = [commitment.stored_row_leaf(salt, line) for salt, line in zip(salts, lines, strict=True)]
    root = commitment.rows_root(leaves)
    members: dict[tuple[Subject, ...], list[int]] = {}
    for index, about in enumerate(subjects):
        members.setdefault(distinct(about) if about else (), []).append(index)
    order, groups, blobs = array("I", bytes(4 * len(rows))), [], []
    for number, (about, indexes) in enumerate(members.items()):
        for index in indexes:
            order[index] = number
        blob = b"".join(salts[index] for index in indexes) + b"\n".join(lines[index] for index in indexes)
        named = dict(keys.for_writing(keys.pseudonym(each)) for each in about)
        if named:
            blob = _seal(blob, named, root, number)
        groups.append({"keys": sorted(named), "rows": len(indexes), "bytes": len(blob)})
        blobs.append(blob)
    header = canonical.dumps({"root": root, "rows": len(rows), "salt": length, "groups": groups})
    return SealedRows(b"".join([header, b"\n", *leaves, _order_bytes(order), *blobs]), root)


def unseal(body: bytes, root: str, keys: SubjectKeys, *, where: str) -> OpenedRows:
    """The rows, each held against its leaf hash, and number and order of all against the public root.

    Raises TamperedError naming the row that is not the one that was stored.
    """
    try:
        laid = _lay(body, root, where)
        leaves = [laid.leaves[at : at + _LEAF] for at in range(0, len(laid.leaves), _LEAF)]
        rows: list[dict[str, Any] | Erased] = [{}] * laid.count
        salts: list[bytes | None] = [None] * laid.count
        for number, (blob, names) in enumerate(laid.blobs):
            content = _open(blob, names, root, number, keys, where)
            if isinstance(content, Erased):
                for index in laid.indexes[number]:
                    rows[index] = content
                continue
            found_salts, hashes = _hashes(content, len(laid.indexes[number]), laid.salt)
            for index, salt, leaf in zip(laid.indexes[number], found_salts, hashes, strict=True):
                if leaf != leaves[index]:
                    raise TamperedError("the row is not the one that was committed to", where=f"{where} row {index}")
                salts[index] = salt
            values = _values(content, len(laid.indexes[number]), laid.salt)
            for index, row in zip(laid.indexes[number], values, strict=True):
                rows[index] = row
    except (KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
        raise TamperedError(f"the stored rows are malformed: {error}", where=where) from error
    if commitment.rows_root(leaves) != root:
        raise TamperedError("the stored rows do not give the public root", where=where)
    return OpenedRows(rows, salts, leaves)


def read(body: bytes, root: str, keys: SubjectKeys, *, where: str) -> tuple[list[dict[str, Any] | Erased], int]:
    """The rows of stored bytes whose digest has been held against the signed one, and how many of them are erased.

    No row is hashed again.
    """
    try:
        laid = _lay(body, root, where)
        if len(laid.blobs) == 1 and not laid.blobs[0][1]:
            return _values(laid.blobs[0][0], laid.count, laid.salt), 0
        rows: list[dict[str, Any] | Erased] = [{}] * laid.count
        erased = 0
        for number, (blob, names) in enumerate(laid.blobs):
            content, indexes = _open(blob, names, root, number, keys, where), laid.indexes[number]
            if isinstance(content, Erased):
                erased += len(indexes)
                found: list[dict[str, Any] | Erased] = [content] * len(indexes)
            else:
                found = _values(content, len(indexes), laid.salt)
            for index, row in zip(indexes, found, strict=True):
                rows[index] = row
        return rows, erased
    except (KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
        raise TamperedError(f"the stored rows are malformed: {error}", where=where) from error


def root_of(body: bytes, *, where: str) -> str:
    """The root that stored bytes name; `unseal` holds them against it."""
    header = canonical.loads(body.partition(b"\n")[0], where=where)
    if not isinstance(header, dict) or not isinstance(header.get("root"), str):
        raise TamperedError("the stored rows are malformed", where=where)
    return str(header["root"])


def _lay(body: bytes, root: str, where: str) -> _Laid:
    head, found, _ = body.partition(b"\n")
    header = canonical.loads(head, where=where)
    if not found or header["root"] != root:
        raise TamperedError("the stored rows do not give the public root", where=where)
    count, groups = header["rows"], header["groups"]
    at = len(head) + 1
    leaves = body[at : at + count * _LEAF]
    at += count * _LEAF
    order = array("I", body[at : at + count * 4])
    at += count * 4
    if sys.byteorder == "big":
        order.byteswap()
    if len(order) != count or len(leaves) != count * _LEAF:
        raise TamperedError("rows are missing", where=where)
    indexes: list[list[int]] = [[] for _ in groups]
    if len(groups) == 1 and not any(order):
        indexes[0] = list(range(count))
    else:
        for index, number in enumerate(order):
            indexes[number].append(index)
    blobs = []
    for number, group in enumerate(groups):
        blob = body[at : at + group["bytes"]]
        at += group["bytes"]
        if len(blob) != group["bytes"] or len(indexes[number]) != group["rows"]:
            raise TamperedError("rows are missing", where=where)
        blobs.append((blob, group["keys"]))
    if at != len(body):
        raise TamperedError("there is more in the file than was stored", where=where)
    return _Laid(count, header["salt"], leaves, indexes, blobs)


def _hashes(content: bytes, count: int, length: int) -> tuple[list[bytes], list[bytes]]:
    """Salts and leaf hashes of a group's rows."""
    salts = [content[at : at + length] for at in range(0, count * length, length)]
    lines = content[count * length :].split(b"\n")
    # `commitment.stored_row_leaf` of each line, without a call for each: there may be millions.
    sha256, prefix = hashlib.sha256, b"\x00" + bytes([length])
    return salts, [sha256(prefix + salt + line).digest() for salt, line in zip(salts, lines, strict=True)]


def _values(content: bytes, count: int, length: int) -> list[dict[str, Any] | Erased]:
    """A group's rows. Canonical JSON has no line break inside of a row, so that all are read as one array."""
    found: list[dict[str, Any] | Erased] = canonical.loads_own(
        b"[" + content[count * length :].replace(b"\n", b",") + b"]"
    )
    if len(found) != count:
        raise ValueError("another number of rows")
    return found


def _seal(blob: bytes, keys: Mapping[str, bytes], root: str, number: int) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(sealing_key(keys)).encrypt(nonce, blob, f"{root} {number}".encode())


def _open(blob: bytes, names: Sequence[str], root: str, number: int, keys: SubjectKeys, where: str) -> bytes | Erased:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not names:
        return blob
    found = {name: keys.for_reading(name) for name in names}
    if times := [each for each in found.values() if isinstance(each, datetime)]:
        return Erased(min(times))
    cipher = AESGCM(sealing_key({name: each for name, each in found.items() if isinstance(each, bytes)}))
    try:
        return cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], f"{root} {number}".encode())
    except InvalidTag as error:
        raise TamperedError("sealed rows are not the ones that were stored", where=where) from error


def _order_bytes(order: array[int]) -> bytes:
    """Little-endian, 4 bytes a row, on every machine."""
    if sys.byteorder == "big":
        order = array("I", order)
        order.byteswap()
    return order.tobytes()
