"""A private part as one file.

A header in JSON, then leaf hashes, then rows in groups by the persons they are about.

The rows of a group lie as canonical JSON lines behind their salts, sealed as one (AES-256-GCM) under the
keys of the group's persons. Stored bytes are hashed as they are; nothing is encoded again to be checked.
"""

from __future__ import annotations

import hashlib
import secrets
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
class PrivatePart:
    """What a piece of evidence keeps to itself.

    `document` is a JSON object (query, parameters, endpoint, actor, salts of its commitments and so on),
    opaque here. `salts` has one salt a row, in the rows' order, the ones under the public root, all of one
    length. `subjects` names for each row the persons it is about; a missing or empty tuple means none.
    """

    statement_digest: str
    document: Row
    rows: Sequence[Row]
    salts: Sequence[bytes]
    subjects: Sequence[Sequence[Subject]] = field(default=())


@dataclass(frozen=True)
class Opened:
    """A private part as read back: each row is the one under its leaf hash, or `Erased`."""

    digest: str
    document: dict[str, Any]
    rows: list[dict[str, Any] | Erased]
    salts: list[bytes | None]
    leaves: list[bytes]

    @property
    def erased(self) -> int:
        """How many rows stand by their leaf hash only."""
        return sum(each is None for each in self.salts)

    def check(self, root: str) -> None:
        """Check number, order and content of the rows against the public root. Raises TamperedError."""
        if commitment.rows_root(self.leaves) != root:
            raise TamperedError("the stored rows do not give the public root", where=place(self.digest))


def place(digest: str) -> str:
    """A private part as errors name it."""
    return f"private part of {digest}"


def encode(part: PrivatePart, keys: SubjectKeys) -> bytes:
    """The file of a part.

    Makes keys for persons who have none. Raises TrustCenterError when lengths differ.
    """
    rows, subjects = list(part.rows), list(part.subjects) or [()] * len(part.rows)
    if len(part.salts) != len(rows) or len(subjects) != len(rows):
        raise TrustCenterError("each row needs one salt and one list of the persons it is about")
    length = len(part.salts[0]) if part.salts else commitment.SALT_BYTES
    if any(len(salt) != length for salt in part.salts) or not commitment.SALT_BYTES <= length <= 255:
        raise TrustCenterError("all salts of a part have one length, of 16 to 255 bytes")
    members: dict[tuple[Subject, ...], list[int]] = {}
    for index, about in enumerate(subjects):
        members.setdefault(distinct(about) if about else (), []).append(index)
    leaves, order = [b""] * len(rows), array("I", bytes(4 * len(rows)))
    groups, blobs = [], []
    for number, (about, indexes) in enumerate(members.items()):
        lines = [canonical.dumps(dict(rows[index])) for index in indexes]
        for index, line in zip(indexes, lines, strict=True):
            leaves[index] = commitment.stored_row_leaf(part.salts[index], line)
            order[index] = number
        blob = b"".join(part.salts[index] for index in indexes) + b"\n".join(lines)
        named = dict(keys.for_writing(keys.pseudonym(each)) for each in about)
        if named:
            blob = _seal(blob, named, part.statement_digest, number)
        groups.append({"keys": sorted(named), "rows": len(indexes), "bytes": len(blob)})
        blobs.append(blob)
    header = {
        "statement": part.statement_digest,
        "document": dict(part.document),
        "rows": len(rows),
        "salt": length,
        "groups": groups,
    }
    return b"".join([canonical.dumps(header), b"\n", *leaves, _order_bytes(order), *blobs])


def decode(data: bytes, digest: str, keys: SubjectKeys) -> Opened:
    """The part that a file holds. Raises TamperedError for anything that is not what was stored."""
    where = place(digest)
    head, found, _ = data.partition(b"\n")
    header = canonical.loads(head, where=where)
    try:
        if not found or header["statement"] != digest:
            raise TamperedError("the private part is of other evidence", where=where)
        count, length, groups = header["rows"], header["salt"], header["groups"]
        at = len(head) + 1
        leaves = [data[start : start + _LEAF] for start in range(at, at + count * _LEAF, _LEAF)]
        at += count * _LEAF
        order = array("I", data[at : at + count * 4])
        at += count * 4
        if sys.byteorder == "big":
            order.byteswap()
        indexes: list[list[int]] = [[] for _ in groups]
        for index, number in enumerate(order):
            indexes[number].append(index)
        rows: list[dict[str, Any] | Erased] = [{}] * count
        salts: list[bytes | None] = [None] * count
        for number, group in enumerate(groups):
            blob = data[at : at + group["bytes"]]
            at += group["bytes"]
            if len(blob) != group["bytes"] or len(indexes[number]) != group["rows"]:
                raise TamperedError("rows are missing", where=where)
            content = _unseal(blob, group["keys"], digest, number, keys) if group["keys"] else blob
            if isinstance(content, Erased):
                for index in indexes[number]:
                    rows[index] = content
                continue
            found_salts, hashes, found_rows = _rows(content, group["rows"], length)
            for index, salt, leaf, row in zip(indexes[number], found_salts, hashes, found_rows, strict=True):
                if leaf != leaves[index]:
                    raise TamperedError("the row is not the one that was committed to", where=f"{where} row {index}")
                rows[index], salts[index] = row, salt
        if at != len(data):
            raise TamperedError("there is more in the file than was stored", where=where)
        document: dict[str, Any] = header["document"]
    except (KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
        raise TamperedError(f"the private part is malformed: {error}", where=where) from error
    return Opened(digest, document, rows, salts, leaves)


def _rows(content: bytes, count: int, length: int) -> tuple[list[bytes], list[bytes], list[dict[str, Any]]]:
    """Salts, leaf hashes and values of a group's rows."""
    salts = [content[at : at + length] for at in range(0, count * length, length)]
    lines = content[count * length :].split(b"\n")
    # `commitment.stored_row_leaf` of each line, without a call for each: there may be millions.
    sha256, prefix = hashlib.sha256, b"\x00" + bytes([length])
    leaves = [sha256(prefix + salt + line).digest() for salt, line in zip(salts, lines, strict=True)]
    return salts, leaves, canonical.loads_own(b"[" + b",".join(lines) + b"]")


def _seal(blob: bytes, keys: Mapping[str, bytes], digest: str, number: int) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(sealing_key(keys)).encrypt(nonce, blob, f"{digest} {number}".encode())


def _unseal(blob: bytes, names: Sequence[str], digest: str, number: int, keys: SubjectKeys) -> bytes | Erased:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    found = {name: keys.for_reading(name) for name in names}
    if times := [each for each in found.values() if isinstance(each, datetime)]:
        return Erased(min(times))
    cipher = AESGCM(sealing_key({name: each for name, each in found.items() if isinstance(each, bytes)}))
    try:
        return cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], f"{digest} {number}".encode())
    except InvalidTag as error:
        raise TamperedError("sealed rows are not the ones that were stored", where=place(digest)) from error


def _order_bytes(order: array[int]) -> bytes:
    """Little-endian, 4 bytes a row, on every machine."""
    if sys.byteorder == "big":
        order = array("I", order)
        order.byteswap()
    return order.tobytes()
