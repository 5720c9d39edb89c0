"""`where`, `expect` and `count` as written, checked against the fields they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from trustcenter.catalog.problem_list import Part
from trustcenter.model.condition import OPERATORS, Condition, Operator
from trustcenter.model.fact import FactSchema, Field, Value, moment
from trustcenter.strict.scalars import duration
from trustcenter.strict.shape import suggest

_COUNT = FactSchema("count", (Field("count", "integer"),))


def conditions(written: Mapping[str, Any], schema: FactSchema, part: Part) -> tuple[Condition, ...]:
    """Every condition of one `where` or `expect`, in the order written."""
    found: list[Condition] = []
    for name, value in written.items():
        here = part.below(name)
        field = schema.get(name)
        if field is None:
            here.problem(f"{schema.name} has no field `{name}`", suggest(name, schema.names), key=True)
        elif field.secret:
            here.problem(f"`{name}` is secret and never recorded, so nothing can be said about it", key=True)
        else:
            found += _of_field(field, value, schema, here)
    return tuple(found)


def count_conditions(written: Any, part: Part) -> tuple[Condition, ...]:
    """`count: 3` or `count: {at_least: 1}`: bounds on the number of items that `where` selects."""
    found = _of_field(_COUNT.fields[0], written, _COUNT, part)
    for condition in found:
        if (condition.operator, condition.operand) == ("at_least", 0):
            part.problem("a count is always at least 0, so this can never fail")
    return tuple(found)


def _of_field(field: Field, value: Any, schema: FactSchema, part: Part) -> list[Condition]:
    if isinstance(value, list):
        value = {("includes" if field.type == "texts" else "one_of"): value}
        bare = True
    elif not isinstance(value, Mapping):
        value, bare = {"equals": value}, True
    else:
        bare = False
    if not value:
        part.problem(f"nothing is said about `{field.name}`", f"operators: {_fitting(field)}")
    found: list[Condition] = []
    for name, operand in value.items():
        here = part if bare else part.below(name)
        operator = OPERATORS.get(name)
        if operator is None:
            here.problem(f"there is no operator `{name}`", suggest(name, OPERATORS), key=True)
        elif field.type not in operator.types:
            what = f"`{name}` does not fit `{field.name}`, which is {_TYPES[field.type]}"
            here.problem(what, f"operators that fit: {_fitting(field)}", key=True)
        else:
            try:
                found.append(Condition(field.name, name, _operand(operator, field, operand, schema)))
            except ValueError as error:
                here.problem(str(error))
    return found


def _fitting(field: Field) -> str:
    return ", ".join(name for name, operator in OPERATORS.items() if field.type in operator.types)


def _operand(operator: Operator, field: Field, value: Any, schema: FactSchema) -> Any:
    match operator.operand:
        case "list":
            if not isinstance(value, list) or not value:
                raise ValueError(f"`{operator.name}` needs a list with something in it")
            item = Field(field.name, "text") if field.type == "texts" else field
            return tuple(stored(item, one) for one in value)
        case "duration":
            return stored(Field(field.name, "duration"), value)
        case "boolean":
            if not isinstance(value, bool):
                raise ValueError(f"`{operator.name}` is true or false")
            if operator.name == "present" and not field.nullable:
                raise ValueError(f"`{field.name}` is always present, so this can never fail")
            return value
        case "text":
            return stored(Field(field.name, "text"), value)
        case "field":
            other = schema.get(value) if isinstance(value, str) else None
            if other is None or other.secret:
                raise ValueError(f"`{operator.name}` names another field: {', '.join(schema.names)}")
            if other.name == field.name or _comparable(other) != _comparable(field):
                raise ValueError(f"`{field.name}` cannot be compared with `{value}`")
            return value
    if value is None and not field.nullable:
        raise ValueError(f"`{field.name}` is never absent, so this says nothing")
    if value is None and operator.name not in ("equals", "not"):
        raise ValueError(f"`{operator.name}` needs a value")
    return None if value is None else stored(field, value)


def _comparable(field: Field) -> str:
    return {"choice": "text", "integer": "number"}.get(field.type, field.type)


_TYPES = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "duration": "a duration (24h, 90d)",
    "moment": "a moment (2026-11-20T09:30:00Z)",
    "date": "a date (2026-11-20)",
    "choice": "a choice",
    "texts": "a list of texts",
}


def stored(field: Field, value: Any) -> Value:
    """A value as written, in the stored form of the field's type. Raises ValueError naming what is expected."""
    match field.type, value:
        case "boolean", bool():
            return value
        case (("text" | "choice" | "integer" | "number" | "duration" | "moment" | "date" | "texts"), bool()):
            pass
        case "text", str():
            return value
        case "choice", str():
            if value in field.choices:
                return value
            raise ValueError(f"`{field.name}` is never `{value}`: {suggest(value, field.choices)}")
        case "integer", int():
            return value
        case "number", int() | float():
            return value
        case "duration", str():
            seconds = duration(value).total_seconds()
            return int(seconds)
        case "moment", datetime():
            if value.tzinfo is None:
                raise ValueError(f"`{field.name}` is a moment in UTC: end it with Z")
            return moment(value)
        case "moment", date():
            return moment(datetime.combine(value, time(), UTC))
        case "moment", str():
            return stored(field, _parsed(value, field))
        case "date", datetime():
            pass
        case "date", date():
            return value.isoformat()
        case "date", str():
            try:
                return date.fromisoformat(value).isoformat()
            except ValueError:
                pass
        case "texts", list():
            if all(isinstance(item, str) for item in value):
                return [str(item) for item in value]
    quoted = ": put it in quotes" if field.type in ("text", "choice", "texts") and value is not None else ""
    raise ValueError(f"`{field.name}` is {_TYPES[field.type]}, and this is not{quoted}")


def _parsed(value: str, field: Field) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"`{field.name}` is {_TYPES[field.type]}, and this is not") from None
