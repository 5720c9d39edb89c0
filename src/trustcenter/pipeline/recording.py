"""A fetch as evidence: the public statement, and the private part that it commits to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trustcenter.ledger.parts import ROWS_DIGEST, SALTS, document_digest
from trustcenter.ledger.private import PrivatePart, new_salts
from trustcenter.ledger.subjects import Subject
from trustcenter.model.fact import FactSchema, Row, moment, row_of, value_of
from trustcenter.model.statement import EVIDENCE, EvidenceStatement
from trustcenter.pipeline.keeping import PERSON, PRIVATE
from trustcenter.pipeline.line import Line
from trustcenter.proof import canonical, commitment, statement

if TYPE_CHECKING:
    from trustcenter.pipeline.collecting import Seen


def record(line: Line, seen: Seen) -> tuple[bytes, PrivatePart]:
    """The payload to be signed and what stays private.

    Rows carry one salt each under the public Merkle root; every other private field has a salted commitment, the digest
    of the rows as they are stored among them.
    """
    description, population = seen.collector.description, seen.population
    schema = schema_of_fetch(seen)
    rows: list[Row] = [] if population is None else list(population.rows) or [row_of(fact) for fact in population.facts]
    sealed = line.store.seal(rows, _subjects(schema, rows))
    document = {**_document(line, seen, schema), ROWS_DIGEST: sealed.digest}
    names = sorted(document)
    salts = dict(zip(names, new_salts(len(names)), strict=True))
    stated = EvidenceStatement(
        nonce=seen.nonce,
        fetch=seen.key.digest,
        collector=description.id,
        collector_version=description.version,
        collector_digest=description.digest,
        source=seen.key.source,
        environment=seen.environment,
        started=seen.started,
        observed=population.observed_at if population is not None else seen.finished,
        size=len(rows),
        root=sealed.root,
        schema=_digest(schema.as_json()) if schema is not None else "",
        commitments=commitment.commit_fields(salts, document),
        cause=seen.cause,
    )
    kept = {**document, SALTS: {name: canonical.encode_base64(salt) for name, salt in salts.items()}}
    subjects = [
        statement.Subject(f"{description.id}@{seen.key.source}", sealed.root),
        statement.Subject(PRIVATE, document_digest(kept)),
    ]
    payload = statement.build(subjects, EVIDENCE, stated.predicate())
    return payload, PrivatePart(canonical.digest(payload), kept, sealed=sealed)


def schema_of_fetch(seen: Seen) -> FactSchema | None:
    """The schema of the rows: a generic collector's population brings its own."""
    if seen.population is not None and seen.population.schema is not None:
        return seen.population.schema
    return seen.collector.description.schema


def _subjects(schema: FactSchema | None, rows: list[Row]) -> list[tuple[Subject, ...]]:
    named = schema.subject if schema is not None else None
    if named is None:
        return []
    return [(Subject(PERSON, str(row[named])),) if row[named] is not None else () for row in rows]


def _document(line: Line, seen: Seen, schema: FactSchema | None) -> dict[str, Any]:
    """Everything of the fetch that is not a row. Only auditors and replay see it."""
    population, trouble = seen.population, seen.trouble
    source = line.instance.source(seen.key.source)
    document: dict[str, Any] = {
        "parameters": canonical.loads(seen.key.parameters.encode()),
        "account": source.account,
        "endpoint": _endpoint(source.settings),
        "finished": moment(seen.finished),
        "schema": schema.as_json() if schema is not None else None,
        "error": None,
    }
    if trouble is not None:
        document["error"] = {"what": trouble.what, "where": trouble.where, "hint": trouble.hint}
    if population is not None:
        complete = population.completeness
        clock = population.source_clock
        redacted = [field.name for field in schema.fields if field.secret] if schema is not None else []
        document |= {
            "query": population.query,
            "query_parameters": _plain(population.parameters),
            "completeness": {
                "method": complete.method,
                "expected": complete.expected,
                "got": complete.got,
                "independent": complete.independent,
            },
            "period": [moment(population.period.start), moment(population.period.end)] if population.period else None,
            "exclusions": list(population.exclusions),
            "notes": list(population.notes),
            "actor": population.actor,
            "permissions": _digest(population.permissions) if population.permissions else None,
            "clock_offset": round((clock - population.observed_at).total_seconds(), 3) if clock else None,
            "redactions": redacted,
        }
    return document


def _endpoint(settings: Mapping[str, Any]) -> str | None:
    """Where the source is reached, without credentials. None where its settings name no address or folder."""
    for name in ("url", "host", "path", "root"):
        if name in settings:
            try:
                return str(settings[name])
            except Exception as error:  # noqa: BLE001  (an unset variable: the fetch itself reports it)
                return f"not known: {type(error).__name__}"
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value_of(value)


def _digest(value: Any) -> str:
    return "sha256:" + hashlib.sha256(canonical.dumps(value)).hexdigest()
