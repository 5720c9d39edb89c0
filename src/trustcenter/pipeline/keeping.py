"""An assessment's private part: what is not published of it, each deviating row sealed for the persons it is about."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from trustcenter.assess.plan import plan
from trustcenter.errors import TamperedError
from trustcenter.ledger.logged import Logged
from trustcenter.ledger.parts import ROWS_DIGEST, Committed, document_digest
from trustcenter.ledger.private import Erased, PrivatePart, PrivateStore, Revealed, SealedRows
from trustcenter.ledger.subjects import Subject
from trustcenter.model.assessment import Assessment
from trustcenter.model.assessment_codec import parse_private, private_document, public_predicate
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.statement import ASSESSMENT
from trustcenter.proof import canonical, statement

PERSON = "person"
"""The kind under which the private store knows the persons that rows name."""

ERASED = "[erased]"
"""The key of a deviation about a person who was erased; that there is one, and what it failed, stays."""

PRIVATE = "private part"
"""The statement's subject whose digest binds the private part; a salt in it keeps guesses from being tested."""

_SEALED = ("key", "row")
_SALT_BYTES = 16


def keep(
    store: PrivateStore, assessment: Assessment, catalogue: Catalogue, collectors: Mapping[str, CollectorDescription]
) -> tuple[bytes, PrivatePart]:
    """The statement to sign, and the private part that it binds."""
    document = private_document(assessment)
    sealed = _seal_deviations(store, document, _person_fields(catalogue, collectors))
    kept = {
        "assessment": document,
        ROWS_DIGEST: sealed.digest,
        "salt": canonical.encode_base64(secrets.token_bytes(_SALT_BYTES)),
    }
    judged = sorted({digest for one in assessment.conclusions for digest in one.evidence})
    subjects = [
        *(statement.Subject("evidence", digest) for digest in judged),
        statement.Subject("catalogue", assessment.catalogue),
        statement.Subject(PRIVATE, document_digest(kept)),
    ]
    payload = statement.build(subjects, ASSESSMENT, public_predicate(assessment))
    return payload, PrivatePart(canonical.digest(payload), kept, sealed=sealed)


def binding(logged: Logged) -> str | None:
    """The digest by which a logged assessment binds its private part, or None where it binds none."""
    return next((one.digest for one in logged.statement.subjects if one.name == PRIVATE), None)


def read_back(revealed: Revealed, logged: Logged, bound: str, *, where: str) -> Assessment:
    """The whole assessment as it was signed. A deviation about an erased person has the key `[erased]` and no row.

    Raises TamperedError where the private part is not the one that the signed statement binds.
    """
    part = revealed.part(Committed(logged.digest, document=bound))
    document = part.document["assessment"]
    rows = iter(part.rows)
    for conclusion in document["conclusions"]:
        for deviation in conclusion["deviations"]:
            row = next(rows, None)
            if row is None:
                raise TamperedError("rows of deviations are missing", where=where)
            deviation |= {"key": ERASED, "row": {}} if isinstance(row, Erased) else row
    full = parse_private(document, where=where)
    if public_predicate(full) != dict(logged.statement.predicate):
        raise TamperedError("the private part says something else than the signed statement", where=where)
    return full


def _seal_deviations(
    store: PrivateStore, document: dict[str, Any], persons: Mapping[tuple[str, str, str], tuple[str, ...]]
) -> SealedRows:
    """Take keys and rows of deviations out of a document, and seal each for the persons it is about."""
    rows: list[dict[str, Any]] = []
    about: list[tuple[Subject, ...]] = []
    for said in document["conclusions"]:
        names = persons.get((said["control"], said["test"], said["source"]), ())
        for deviation in said["deviations"]:
            row = {name: deviation.pop(name) for name in _SEALED}
            values = {str(row["row"][name]) for name in names if row["row"].get(name) is not None}
            rows.append(row)
            about.append(tuple(Subject(PERSON, value) for value in sorted(values)))
    return store.seal(rows, about)


def _person_fields(
    catalogue: Catalogue, collectors: Mapping[str, CollectorDescription]
) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """The fields that name a person, by control, test and source; those of a join are named by their side."""
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for one in plan(catalogue, collectors).examinations:
        sides = ("left.", "right.") if len(one.parts) > 1 else ("",)
        found[one.control.id, one.test.id, one.source] = tuple(
            f"{side}{part.schema.subject}"
            for side, part in zip(sides, one.parts, strict=False)
            if part.schema is not None and part.schema.subject is not None
        )
    return found
