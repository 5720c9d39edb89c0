"""The folder's tables as CSV: UTF-8 with a mark for spreadsheets, no cell a formula, personal fields withheld."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trustcenter.model.assessment import TestConclusion
from trustcenter.model.fact import Field, Row, moment
from trustcenter.publish.auditor.deviation_history import DeviationSpan
from trustcenter.publish.auditor.inputs import AuditedEvidence
from trustcenter.publish.inert import csv_cell

WITHHELD = "withheld (personal)"
ERASED = "erased at the person’s request"

RUN_COLUMNS = (
    "test", "source", "environment", "conclusion", "cause", "reason", "in population", "examined", "passed",
    "deviating", "accepted", "method", "collector", "collector version", "collector digest", "account", "endpoint",
    "read as", "rights digest", "started", "observed", "finished", "source clock offset (s)", "period", "exclusions",
    "independent count by", "count expected", "count listed", "counts agree", "count is independent",
    "evidence expires", "evidence", "log entry", "population file",
)  # fmt: skip


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([csv_cell(column) for column in columns])
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def population_table(evidence: AuditedEvidence, revealed: bool) -> bytes:
    """All rows as they were judged, numbered; personal fields withheld unless revealed."""
    schema = evidence.schema
    first = next((row for row in evidence.rows if row is not None), {})
    fields = list(schema.fields) if schema is not None else [Field(name, "text") for name in first]
    units = [f"{field.name} ({field.unit})" if field.unit else field.name for field in fields]
    units = [f"{name} (s)" if field.type == "duration" else name for name, field in zip(units, fields, strict=True)]

    def cells(row: Row | None) -> list[Any]:
        if row is None:
            return [ERASED] * len(fields)
        return [row.get(field.name) if revealed or not is_personal(field) else WITHHELD for field in fields]

    return table(["row", *units], ([number, *cells(row)] for number, row in enumerate(evidence.rows, 1)))


def is_personal(field: Field) -> bool:
    """About a person, or naming one."""
    return field.personal or field.subject


def personal_names(evidence: Iterable[AuditedEvidence]) -> frozenset[str]:
    """The personal fields of several populations, also as a join names them."""
    names = {field.name for one in evidence if one.schema for field in one.schema.fields if is_personal(field)}
    return frozenset(names | {f"{side}.{name}" for name in names for side in ("left", "right")})


def run_row(conclusion: TestConclusion, evidence: AuditedEvidence | None, file: str) -> list[Any]:
    """One test on one source, one piece of its evidence: who looked, where, when, and how the count was checked."""
    judged = [
        conclusion.test, conclusion.source, conclusion.environment, conclusion.conclusion, conclusion.cause,
        conclusion.reason, conclusion.size, conclusion.examined, conclusion.passed, conclusion.deviating,
        conclusion.accepted, conclusion.method,
    ]  # fmt: skip
    if evidence is None:
        return judged + [""] * (len(RUN_COLUMNS) - len(judged))
    document: Mapping[str, Any] = evidence.document
    complete = document.get("completeness") or {}
    expected, got = complete.get("expected"), complete.get("got")
    return [
        *judged,
        evidence.statement.collector,
        evidence.statement.collector_version,
        evidence.statement.collector_digest,
        document.get("account"),
        document.get("endpoint"),
        document.get("actor"),
        document.get("permissions"),
        moment(evidence.statement.started),
        moment(evidence.statement.observed),
        moment(evidence.finished) if evidence.finished else "",
        document.get("clock_offset"),
        " to ".join(document["period"]) if document.get("period") else "",
        document.get("exclusions") or "",
        complete.get("method"),
        expected,
        got,
        "not known" if expected is None else expected == got,
        complete.get("independent"),
        moment(conclusion.expires_at) if conclusion.expires_at else "",
        evidence.digest,
        evidence.index,
        file,
    ]


DEVIATION_COLUMNS = (
    "control", "test", "source", "row in population file", "item", "failed", "opened", "closed", "waiver",
)  # fmt: skip


def deviation_row(span: DeviationSpan, evidence: Sequence[AuditedEvidence], revealed: bool) -> list[Any]:
    """One deviation with its dates; the row's number leads to the population file."""
    number = next(
        (i for one in evidence for i, row in enumerate(one.rows, 1) if row is not None and row == span.row), ""
    )
    hidden = not revealed and bool(personal_names(evidence) & set(span.row)) and _names_person(span, evidence)
    return [
        span.control,
        span.test,
        span.source,
        number,
        WITHHELD if hidden else span.key,
        "; ".join(span.failed),
        moment(span.opened),
        moment(span.closed) if span.closed else "open",
        span.waiver or "",
    ]


def _names_person(span: DeviationSpan, evidence: Sequence[AuditedEvidence]) -> bool:
    """Whether the item's key holds the value of a personal field of its row."""
    values = {str(span.row[name]) for name in personal_names(evidence) & set(span.row) if span.row[name] is not None}
    return any(value and value in span.key for value in values)
