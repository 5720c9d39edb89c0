"""A claim's sentence, filled with values read from the assessment; never typed, never half filled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from trustcenter.model.assessment import TestConclusion
from trustcenter.model.condition import duration_text
from trustcenter.model.control import Control
from trustcenter.model.fact import FactSchema, Field, parse_moment
from trustcenter.publish.words import day, listed, number

PLACEHOLDER = re.compile(r"\{([\w-]+)\.(passed|size|examined|as_of|(?:min|max|only|list)\.[\w.-]+)\}")
_ANY_BRACE = re.compile(r"[{}]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def fill(
    control: Control,
    sentence: str,
    conclusions: Sequence[TestConclusion],
    schemas: Mapping[str, FactSchema],
) -> str | None:
    """The sentence with its numbers, or None when any value is missing: then it is withdrawn."""
    values: dict[str, str] = {}
    for match in PLACEHOLDER.finditer(sentence):
        value = _value(control, match[1], match[2], conclusions, schemas)
        if value is None:
            return None
        values[match[0]] = value
    if _ANY_BRACE.search(PLACEHOLDER.sub("", sentence)):
        return None
    return PLACEHOLDER.sub(lambda match: values[match[0]], sentence)


def _value(
    control: Control,
    test: str,
    name: str,
    conclusions: Sequence[TestConclusion],
    schemas: Mapping[str, FactSchema],
) -> str | None:
    own = [c for c in conclusions if c.control == control.id and c.test == test]
    if not own or any(c.observed_at is None or c.conclusion in ("inconclusive", "not_applicable") for c in own):
        return None
    if name in ("passed", "size", "examined"):
        return number(sum(getattr(c, name) for c in own))
    if name == "as_of":
        return day(min(c.observed_at for c in own if c.observed_at is not None))
    found: list[Any] = [c.values.get(name, c.restricted.get(name)) for c in own]
    if any(value is None for value in found):
        return None
    aggregate, field_name = name.split(".", 1)
    field = _field(control, test, field_name, schemas)
    match aggregate:
        case "min":
            return shown(min(found), field)
        case "max":
            return shown(max(found), field)
        case "only":
            return shown(found[0], field) if len({str(value) for value in found}) == 1 else None
        case _:
            distinct = sorted({str(item) for value in found for item in (value if _many(value) else [value])})
            return listed([shown(item, field) for item in distinct]) if distinct else None


def _many(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _field(control: Control, test: str, name: str, schemas: Mapping[str, FactSchema]) -> Field | None:
    declared = next((item for item in control.tests if item.id == test), None)
    if declared is None:
        return None
    if declared.query is not None:
        return declared.query.columns.get(name)
    if declared.reconcile is not None:
        if name in declared.reconcile.intervals:
            return Field(name, "duration")
        side, _, rest = name.partition(".")
        joined = {"left": declared.reconcile.left, "right": declared.reconcile.right}.get(side)
        if joined is None:
            return None
        if any(item.id == joined for item in control.tests):
            return _field(control, joined, rest, schemas)
        return schemas[joined].get(rest) if joined in schemas else None
    schema = schemas.get(declared.collector or "")
    return schema.get(name) if schema is not None else None


def shown(value: Any, field: Field | None = None) -> str:
    """A stored value as a reader reads it: durations in their largest unit, dates as `20 Nov 2026`, units behind."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field is not None and field.type == "duration" and isinstance(value, (int, float)):
        return duration_text(value) if value >= 1 else f"{value:g} seconds"
    if isinstance(value, int):
        text = number(value)
    elif isinstance(value, float):
        text = f"{value:,.2f}".rstrip("0").rstrip(".")
    elif isinstance(value, str) and _MOMENT.fullmatch(value):
        text = day(parse_moment(value))
    elif isinstance(value, str) and _DATE.fullmatch(value):
        text = day(date.fromisoformat(value))
    elif _many(value):
        text = listed([shown(item, field) for item in value])
    else:
        text = str(value)
    return f"{text} {field.unit}" if field is not None and field.unit else text
