"""The auditor's folder as files: an index by request list, one folder a control, populations, dates, digests."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from trustcenter.errors import ConfigurationError
from trustcenter.model.amount import counted
from trustcenter.model.assessment import TestConclusion
from trustcenter.model.control import Control
from trustcenter.model.fact import moment
from trustcenter.publish import inert, templates, words
from trustcenter.publish.auditor.deviation_history import DeviationSpan, deviation_spans
from trustcenter.publish.auditor.inputs import AuditedEvidence, AuditInputs
from trustcenter.publish.auditor.procedures import procedure
from trustcenter.publish.auditor.request_list import OF_DOMAIN, REQUESTS, Line
from trustcenter.publish.auditor.tables import (
    DEVIATION_COLUMNS,
    RUN_COLUMNS,
    deviation_row,
    is_personal,
    population_table,
    run_row,
    table,
)
from trustcenter.publish.folder_switch import switch
from trustcenter.publish.pages import fingerprint


def auditor_files(inputs: AuditInputs, now: datetime, instance: Path | None = None) -> dict[str, bytes]:
    """Every file of the folder, by path. Raises ConfigurationError when a piece of evidence was not passed in."""
    if not inputs.runs:
        raise ConfigurationError("there is no assessment to audit", hint="run `trustcenter check` first")
    spans = deviation_spans(inputs.runs)
    files: dict[str, bytes] = {}
    lines = [_control(control, inputs, spans, files) for control in inputs.catalogue.controls]
    files["deviations.csv"] = table(
        DEVIATION_COLUMNS,
        (
            deviation_row(span, _behind(line.conclusions, inputs, span.test), inputs.revealed)
            for line in lines
            for span in line.spans
        ),
    )
    files["waivers.csv"] = _waivers(inputs)
    files["redactions.csv"] = _redactions(inputs)
    files["runs.csv"] = table(
        ("as of", "assessment", "log entry", "judge", "catalogue", "deviations known by item"),
        (
            [moment(r.assessment.as_of), r.digest, r.index, r.assessment.judge, r.assessment.catalogue, r.full]
            for r in inputs.runs
        ),
    )
    files["declarations.csv"] = table(
        ("id", "statement", "by", "declared", "expires", "document", "document digest"),
        (
            [d.id, d.statement, d.role, d.declared.isoformat(), d.expires.isoformat(), d.document, d.document_digest]
            for d in inputs.catalogue.declarations
        ),
    )
    files["index.csv"] = table(
        ("request", "control", "title", "owner", "outcome", "tests", "open deviations", "folder"),
        (
            [
                _area(area),
                line.control.id,
                line.control.title,
                line.control.owner,
                line.outcome,
                len(line.conclusions),
                line.open,
                line.folder,
            ]
            for area, own in _by_area(lines)
            for line in own
        ),
    )
    files |= _texts(inputs, lines, now, instance)
    manifest = [(path, len(content), hashlib.sha256(content).hexdigest()) for path, content in sorted(files.items())]
    files["manifest.csv"] = table(("file", "bytes", "sha256"), manifest)
    return files


def write_auditor_folder(files: Mapping[str, bytes], destination: Path) -> None:
    """Write the folder and switch it into place in one step. It holds private evidence: readable by its owner alone."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{destination.name}-", dir=destination.parent) as work:
        folder = Path(work) / "folder"
        folder.mkdir(mode=0o700)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        switch(folder, destination)


def _control(control: Control, inputs: AuditInputs, spans: Sequence[DeviationSpan], files: dict[str, bytes]) -> Line:
    conclusions = inputs.runs[-1].assessment.of(control.id)
    folder = f"controls/{_name(control.id)}"
    own = tuple(span for span in spans if span.control == control.id)
    rows: list[list[Any]] = []
    populations: list[tuple[str, str, int]] = []
    for conclusion in conclusions:
        behind = _behind([conclusion], inputs)
        for position, evidence in enumerate(behind, 1):
            last = f"-{position}" if len(behind) > 1 else ""
            file = f"population-{_name(conclusion.test)}-{_name(conclusion.source)}{last}.csv"
            files[f"{folder}/{file}"] = population_table(evidence, inputs.revealed)
            populations.append((conclusion.test, file, len(evidence.rows)))
            rows.append(run_row(conclusion, evidence, file))
        if not behind:
            rows.append(run_row(conclusion, None, ""))
    for test in control.tests:
        behind = _behind([c for c in conclusions if c.test == test.id], inputs)
        files[f"{folder}/procedure-{_name(test.id)}.txt"] = procedure(test, behind).encode()
    files[f"{folder}/tests.csv"] = table(RUN_COLUMNS, rows)
    files[f"{folder}/deviations.csv"] = table(
        DEVIATION_COLUMNS,
        (deviation_row(span, _behind(conclusions, inputs, span.test), inputs.revealed) for span in own),
    )
    source = inputs.catalogue.files.get(control.place.file)
    if source is not None:
        files[f"{folder}/control.yaml"] = source
    areas = control.request_list or (OF_DOMAIN.get(control.domain, control.domain),)
    return Line(control, areas, conclusions, own, folder, tuple(populations))


def _behind(
    conclusions: Sequence[TestConclusion], inputs: AuditInputs, test: str | None = None
) -> list[AuditedEvidence]:
    found: dict[str, AuditedEvidence] = {}
    for conclusion in conclusions:
        if test is not None and conclusion.test != test:
            continue
        for digest in conclusion.evidence:
            if digest not in inputs.evidence:
                raise ConfigurationError(
                    f"the evidence {digest} is not at hand",
                    where=f"{conclusion.control}.{conclusion.test}",
                    hint="an auditor’s folder is made where the private store is",
                )
            found[digest] = inputs.evidence[digest]
    return list(found.values())


def _waivers(inputs: AuditInputs) -> bytes:
    columns = (
        "id",
        "control",
        "test",
        "source",
        "scope",
        "reason",
        "owner",
        "approver",
        "approved",
        "expires",
        "written at",
    )
    return table(
        columns,
        (
            [
                w.id,
                w.control,
                w.test,
                w.source or "every source",
                "; ".join(f"{name} is {' or '.join(values)}" for name, values in w.scope.items()) or "every deviation",
                w.reason,
                w.owner,
                w.approver,
                moment(w.approved),
                moment(w.expires),
                str(w.place),
            ]
            for w in inputs.catalogue.waivers
        ),
    )


def _redactions(inputs: AuditInputs) -> bytes:
    rows = []
    for evidence in inputs.evidence.values():
        for field in evidence.schema.fields if evidence.schema else ():
            if field.secret:
                rows.append(
                    [evidence.statement.collector, evidence.statement.source, field.name, "secret", "never recorded"]
                )
            elif is_personal(field) and not inputs.revealed:
                rows.append(
                    [
                        evidence.statement.collector,
                        evidence.statement.source,
                        field.name,
                        "personal",
                        "ask us to reveal it; each reveal is logged",
                    ]
                )
        erased = sum(row is None for row in evidence.rows)
        if erased:
            rows.append(
                [
                    evidence.statement.collector,
                    evidence.statement.source,
                    "whole rows",
                    "erased",
                    f"{counted(erased, 'row')} at the person’s request",
                ]
            )
    return table(("collector", "source", "field", "why", "what to do"), sorted({tuple(row) for row in rows}))


def _by_area(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    named = {area for line in lines for area in line.areas}
    order = [area for area in REQUESTS if area in named] + sorted(named - set(REQUESTS))
    return [(area, [line for line in lines if area in line.areas]) for area in order]


def _area(area: str) -> str:
    return REQUESTS.get(area, area.replace("_", " ").replace("-", " ").capitalize())


def _name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", text).lstrip(".") or "unnamed"


def _texts(inputs: AuditInputs, lines: Sequence[Line], now: datetime, instance: Path | None) -> dict[str, bytes]:
    made = templates.environment(instance, "auditor", inert.html)
    plain = templates.environment(instance, "auditor", inert.clean)
    values: dict[str, Any] = {
        "inputs": inputs,
        "organisation": inputs.catalogue.organisation,
        "run": inputs.runs[-1],
        "record": inputs.record,
        "now": now,
        "areas": [(_area(area), own) for area, own in _by_area(lines)],
        "lines": lines,
        "open_deviations": sum(line.open for line in lines),
        "minute": words.minute,
        "day": words.day,
        "number": words.number,
        "count": words.count,
        "fingerprint": fingerprint,
        "frameworks": words.FRAMEWORK_NAMES,
    }
    files = {
        "index.html": made.get_template("index.html.j2").render(values).encode(),
        "README.md": plain.get_template("README.md.j2").render(values).encode(),
    }
    page = made.get_template("control.html.j2")
    for line in lines:
        files[f"{line.folder}/index.html"] = page.render({**values, "line": line}).encode()
    return files
