"""A private part as one file: which statement it is of and its document, then the rows as they were sealed.

The rows' bytes never change, not even by an erasure, which destroys keys. So one digest over them, committed to in the
signed statement, stands for all of them; the leaf hashes in front show which row is wrong, and stand for erased ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trustcenter.errors import TamperedError
from trustcenter.ledger.sealed_rows import Erased, Row, SealedRows
from trustcenter.ledger.subjects import Subject
from trustcenter.proof import canonical, commitment

SALTS = "salts"
"""Field of a document that holds the salts of the commitments to all its other fields, in base64."""
ROWS_DIGEST = "rows_digest"
"""Field of a document that holds the digest of the rows' bytes as stored."""


@dataclass(frozen=True)
class PrivatePart:
    """What a piece of evidence keeps to itself.

    `document` is a JSON object (query, parameters, endpoint, actor, salts of its commitments and so on). The rows are
    either `sealed` already, or given with one salt each, the ones under the public root, all of one length; `subjects`
    names for each row the persons it is about, a missing or empty tuple means none.
    """

    statement_digest: str
    document: Row
    rows: Sequence[Row] = ()
    salts: Sequence[bytes] = ()
    subjects: Sequence[Sequence[Subject]] = field(default=())
    sealed: SealedRows | None = None


@dataclass(frozen=True)
class Committed:
    """What a signed statement says of its private part.

    The root over the rows, a commitment to each field of the document, the digest of the whole document as stored: one
    of the last two at least. The document holds the digest of the rows.
    """

    digest: str
    root: str | None = None
    commitments: Mapping[str, str] = field(default_factory=dict)
    document: str | None = None


@dataclass(frozen=True)
class Examined:
    """A private part that is what its statement committed to. `rows` has `Erased` where a row can no longer be read."""

    digest: str
    document: dict[str, Any]
    rows: list[dict[str, Any] | Erased]
    erased: int


def place(digest: str) -> str:
    """A private part as errors name it."""
    return f"private part of {digest}"


def encode(digest: str, document: Row, sealed: SealedRows) -> bytes:
    """The file of a part."""
    return canonical.dumps({"statement": digest, "document": dict(document)}) + b"\n" + sealed.body


def document_digest(document: Row) -> str:
    """What a statement names to bind a whole document: the digest of its bytes as stored."""
    return canonical.digest(canonical.dumps(dict(document)))


def split(data: bytes, digest: str) -> tuple[bytes, bytes]:
    """The bytes of a file's document, and those of its rows. Raises TamperedError where it is of another statement."""
    head, found, body = data.partition(b"\n")
    start, end = b'{"document":', b',"statement":"%b"}' % digest.encode()
    if not found or not head.startswith(start) or not head.endswith(end):
        raise TamperedError("the private part is of other evidence", where=place(digest))
    return head[len(start) : -len(end)], body


def parse_document(data: bytes, digest: str) -> dict[str, Any]:
    """The document of a part. Raises TamperedError."""
    document = canonical.loads(data, where=place(digest))
    if not isinstance(document, dict):
        raise TamperedError("the private part is malformed", where=place(digest))
    return document


def check_document(document: Mapping[str, Any], commitments: Mapping[str, str], where: str) -> None:
    """Check every field of a document against its commitment. Raises TamperedError naming the field."""
    fields = {name: value for name, value in document.items() if name != SALTS}
    salts = document.get(SALTS)
    if not isinstance(salts, dict) or not all(isinstance(salt, str) for salt in salts.values()):
        raise TamperedError("the salts of the document are missing", where=where)
    try:
        decoded = {name: canonical.decode_base64(salt, where=where) for name, salt in salts.items()}
        commitment.verify_fields(commitments, decoded, fields)
    except TamperedError as error:
        raise TamperedError(error.what, where=where) from error
