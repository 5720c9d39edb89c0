"""`where` and `expect` over stored rows: conditions compiled once, then applied column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from trustcenter.assess.columns import Columns, MalformedRows, fits
from trustcenter.model.condition import OPERATORS, Condition, shower
from trustcenter.model.fact import FactSchema, Field, moment, parse_moment, value_of

CLOCK_SKEW = timedelta(minutes=5)
"""How far a clock of the platform may run ahead of ours before we distrust it."""

Predicate = Callable[[Any], bool]


def meeting(columns: Columns, condition: Condition, items: Sequence[int], as_of: datetime) -> list[int]:
    """Those of the items (positions of rows) that meet a condition.

    A null meets only `present: false` and `equals: null`. Raises MalformedRows where the rows cannot answer.
    """
    field = columns.field(condition.field)
    column = columns.column(condition.field)
    if condition.operator == "same_as":
        other = columns.column(str(condition.operand))
        return [item for item in items if column[item] is not None and column[item] == other[item]]
    accepts = predicate(condition, field, as_of)
    if field.type == "texts" or len(items) < 64:
        return [item for item in items if accepts(column[item])]
    everything = isinstance(items, range) and len(items) == len(column)
    verdicts = {value: accepts(value) for value in (set(column) if everything else {column[item] for item in items})}
    if all(verdicts.values()):
        return list(items)
    return [item for item in items if verdicts[column[item]]]


def selected(columns: Columns, conditions: Sequence[Condition], as_of: datetime) -> list[int]:
    """The positions of the rows that meet all conditions. Every named field is read in every row."""
    for condition in conditions:
        columns.column(condition.field)
    items: Sequence[int] = range(len(columns.rows))
    for condition in conditions:
        items = meeting(columns, condition, items, as_of)
    return list(items)


def predicate(condition: Condition, field: Field, as_of: datetime) -> Predicate:
    """Whether one value of a field meets a condition.

    `within` ends at `as_of` (give or take CLOCK_SKEW): what lies in the future is not recent. Dates are compared by
    day, in UTC. Raises MalformedRows for an operator that the field's type does not have.
    """
    operator = OPERATORS.get(condition.operator)
    if operator is None or field.type not in operator.types or operator.operand == "field":
        raise MalformedRows(f"`{condition.operator}` cannot be asked of `{field.name}`, which is a {field.type}")
    if operator.operand == "duration":
        return _by_age(condition, field, as_of)
    operand = _operand(condition.operand, field)
    if condition.operator == "present":
        return (lambda value: value is not None) if operand else (lambda value: value is None)
    if operand is None and condition.operator in ("equals", "not"):
        return (lambda value: value is None) if condition.operator == "equals" else (lambda value: value is not None)
    if not all(fits(field, one) for one in (operand if isinstance(operand, list) else [operand])):
        raise MalformedRows(f"`{field.name}` is a {field.type} and cannot be compared with {operand!r}")
    return _PREDICATES[condition.operator](operand)


def _operand(operand: Any, field: Field) -> Any:
    """An operand in stored form, whoever wrote it."""
    if isinstance(operand, (list, tuple, set, frozenset)):
        return [_operand(item, field) for item in operand]
    if operand is None or isinstance(operand, (bool, int, float)):
        return operand
    stored = operand if isinstance(operand, str) else value_of(operand)
    return moment(parse_moment(stored)) if field.type == "moment" and isinstance(stored, str) else stored


def _by_age(condition: Condition, field: Field, as_of: datetime) -> Predicate:
    length = condition.operand if isinstance(condition.operand, timedelta) else timedelta(seconds=condition.operand)
    try:
        edge = as_of + length if condition.operator == "ahead" else as_of - length
    except OverflowError as error:
        raise MalformedRows(f"`{condition.operator}` of `{field.name}` reaches beyond the calendar") from error
    limit, latest = moment(edge), moment(as_of + CLOCK_SKEW)
    if field.type == "date":
        limit, latest = limit[:10], latest[:10]
    if condition.operator == "ahead":
        return lambda value: value is not None and value >= limit
    if condition.operator == "within":
        return lambda value: value is not None and limit <= value <= latest
    return lambda value: value is not None and value < limit


_PREDICATES: dict[str, Callable[[Any], Predicate]] = {
    "equals": lambda operand: lambda value: value is not None and _plain(value) == operand,
    "not": lambda operand: lambda value: value is not None and _plain(value) != operand,
    "one_of": lambda operand: lambda value: value is not None and value in operand,
    "none_of": lambda operand: lambda value: value is not None and value not in operand,
    "at_least": lambda operand: lambda value: value is not None and value >= operand,
    "at_most": lambda operand: lambda value: value is not None and value <= operand,
    "above": lambda operand: lambda value: value is not None and value > operand,
    "below": lambda operand: lambda value: value is not None and value < operand,
    "starts_with": lambda operand: lambda value: value is not None and value.startswith(operand),
    "contains": lambda operand: lambda value: value is not None and operand in value,
    "includes": lambda operand: lambda value: value is not None and set(operand) <= set(value),
    "excludes": lambda operand: lambda value: value is not None and not set(operand) & set(value),
}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def wording(condition: Condition, schema: FactSchema | None, found: Any = None, *, told: bool = False) -> str:
    """A condition in English, with what was found behind it where `told` and where it is not about a person."""
    show = shower(schema)
    text = condition.english(show)
    field = schema.get(condition.field) if schema is not None else None
    if not told or (field is not None and field.personal):
        return text
    moments = field is not None and field.type in ("moment", "date")
    return f"{text} (found {found if moments and found is not None else show(condition.field, found)})"
