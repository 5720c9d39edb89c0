"""JSON Schema for editors, made from the same shapes that loading checks."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from trustcenter.catalog.control_shape import ControlShape
from trustcenter.catalog.incidents import IncidentsShape
from trustcenter.catalog.record_shapes import (
    CoverageShape,
    DeclarationShape,
    DocumentsShape,
    EngagementShape,
    SubprocessorsShape,
    WaiversShape,
)
from trustcenter.catalog.reviewed_answers import ReviewedAnswersShape
from trustcenter.instance import InstanceShape, SourceShape
from trustcenter.strict.shape import Shape

SHAPES: dict[str, tuple[type[Shape], str]] = {
    "control.json": (ControlShape, "A control"),
    "waivers.json": (WaiversShape, "Waivers: accepted deviations"),
    "declaration.json": (DeclarationShape, "A declaration: what a person states"),
    "documents.json": (DocumentsShape, "The register of documents"),
    "subprocessors.json": (SubprocessorsShape, "The register of subprocessors"),
    "incident-register.json": (IncidentsShape, "The register of disclosed incidents"),
    "answers.json": (ReviewedAnswersShape, "Reviewed answers for questionnaires"),
    "engagement.json": (EngagementShape, "What an examiner does for us"),
    "coverage.json": (CoverageShape, "Criteria that no control covers"),
    "trustcenter.json": (InstanceShape, "The instance"),
}


class _Schema(GenerateJsonSchema):
    schema_dialect = "https://json-schema.org/draft/2020-12/schema"

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        return value  # the order of the shape, in which a file reads best


def schemas() -> dict[str, dict[str, Any]]:
    """File name to JSON Schema (2020-12). What needs facts or frameworks is checked when loading, not here."""
    found: dict[str, dict[str, Any]] = {}
    for name, (shape, title) in SHAPES.items():
        schema = shape.model_json_schema(schema_generator=_Schema)
        found[name] = {"$schema": _Schema.schema_dialect, **schema, "title": title}
    _loosen_sources(found["trustcenter.json"])
    _loosen_documents(found["control.json"])
    for schema in found.values():
        _close(schema)
    return found


def schema_files() -> dict[str, bytes]:
    """File name to the bytes of its schema, as `trustcenter schema` writes them."""
    return {
        name: (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode() for name, schema in schemas().items()
    }


def _close(schema: Any) -> None:
    """A key that fits no pattern is an error, as when loading."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema.setdefault("additionalProperties", False)
        schema = list(schema.values())
    for item in schema if isinstance(schema, list) else ():
        _close(item)


def _loosen_sources(schema: dict[str, Any]) -> None:
    """A source has settings of its kind's own beside what every source says."""
    source = SourceShape.model_json_schema(schema_generator=_Schema)
    source["additionalProperties"] = True
    source.pop("$defs", None)
    patterns = schema["properties"]["sources"]["patternProperties"]
    patterns.update(dict.fromkeys(patterns, source))


def _loosen_documents(schema: dict[str, Any]) -> None:
    """What a shape reads in several forms: `on: person`, a list of fields, or a mapping of them."""
    text = {"type": "string", "minLength": 1}
    schema["$defs"]["ReconcileShape"]["properties"]["on"] = {
        "anyOf": [
            text,
            {"type": "array", "items": text, "minItems": 1},
            {"type": "object", "additionalProperties": text, "minProperties": 1},
        ]
    }
