"""in-toto Statement v1: what is said (predicate) about which bytes (subject)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trustcenter.errors import TamperedError
from trustcenter.proof import canonical

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
"""DSSE payload type of a Statement."""


@dataclass(frozen=True)
class Subject:
    """A named thing and the digest of its bytes (`sha256:` form)."""

    name: str
    digest: str


@dataclass(frozen=True)
class Statement:
    """A predicate of a declared type about at least one subject (in-toto Statement v1)."""

    subjects: tuple[Subject, ...]
    predicate_type: str
    predicate: Mapping[str, Any]


def build(subjects: Sequence[Subject], predicate_type: str, predicate: Mapping[str, Any]) -> bytes:
    """The statement in canonical JSON. Raises TrustCenterError when the predicate is not JSON."""
    return canonical.dumps(
        {
            "_type": STATEMENT_TYPE,
            "subject": [
                {"name": each.name, "digest": {"sha256": canonical.digest_hex(each.digest)}} for each in subjects
            ],
            "predicateType": predicate_type,
            "predicate": dict(predicate),
        }
    )


def parse(payload: bytes, *, where: str | None = None) -> Statement:
    """The statement that payload bytes hold. Raises TamperedError when they hold none."""
    value = canonical.loads(payload, where=where)
    if not isinstance(value, dict) or value.get("_type") != STATEMENT_TYPE:
        raise TamperedError("not an in-toto Statement v1", where=where)
    kind, predicate, listed = value.get("predicateType"), value.get("predicate"), value.get("subject")
    if not (isinstance(kind, str) and isinstance(predicate, dict) and isinstance(listed, list) and listed):
        raise TamperedError("the statement lacks a subject, a predicate or its type", where=where)
    return Statement(tuple(_subject(each, where) for each in listed), kind, predicate)


def _subject(item: object, where: str | None) -> Subject:
    name = item.get("name", "") if isinstance(item, dict) else None
    digests = item.get("digest") if isinstance(item, dict) else None
    found = digests.get("sha256") if isinstance(digests, dict) else None
    if not isinstance(name, str) or not isinstance(found, str):
        raise TamperedError("a subject of the statement has no sha256 digest", where=where)
    return Subject(name, "sha256:" + found)
