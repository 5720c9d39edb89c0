"""Conditions over stored rows, against a naive reading of the same words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.assess.columns import Columns, MalformedRows
from trustcenter.assess.expectations import CLOCK_SKEW, selected, wording
from trustcenter.assess.thresholds import direction
from trustcenter.model.condition import OPERATORS, Condition
from trustcenter.model.fact import FactSchema, Field, moment, parse_moment

AS_OF = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CHOICES = ("red", "green", "blue")

_MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2027, 2, 1)).map(lambda at: moment(at.replace(tzinfo=UTC)))  # noqa: DTZ001
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["", "a", "ab", "abc", "b"]),
    "integer": st.integers(-5, 5),
    "number": st.integers(-5, 5) | st.sampled_from([-1.5, 0.5, 2.25]),
    "boolean": st.booleans(),
    "duration": st.integers(0, 5) | st.just(0.5),
    "moment": _MOMENTS | st.just(moment(AS_OF)),
    "date": _MOMENTS.map(lambda text: text[:10]),
    "choice": st.sampled_from(CHOICES),
    "texts": st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
}


@st.composite
def questions(draw: st.DrawFn) -> tuple[FactSchema, list[dict[str, Any]], Condition]:
    """A schema, rows with nulls, and a condition that the catalogue would accept."""
    operator = draw(st.sampled_from(sorted(OPERATORS.values(), key=lambda one: one.name)))
    kind = draw(st.sampled_from(operator.types))
    choices = CHOICES if kind == "choice" else ()
    schema = FactSchema("Any", tuple(Field(name, kind, nullable=True, choices=choices) for name in ("one", "other")))
    value = _VALUES[kind]
    operand: Any
    if operator.operand == "list":
        operand = draw(st.lists(_VALUES["text"] if kind == "texts" else value, max_size=3))
    elif operator.operand == "duration":
        operand = draw(st.integers(0, 60 * 86400))
    elif operator.operand == "boolean":
        operand = draw(st.booleans())
    elif operator.operand == "text":
        operand = draw(_VALUES["text"])
    elif operator.operand == "field":
        operand = "other"
    else:
        operand = draw(value | st.none()) if operator.name in ("equals", "not") else draw(value)
    row = st.fixed_dictionaries({"one": value | st.none(), "other": value | st.none()})
    rows = draw(st.lists(row, max_size=8) | st.lists(row, min_size=70, max_size=70))
    return schema, rows, Condition("one", operator.name, operand)


def reads(condition: Condition, row: dict[str, Any], kind: str) -> bool:
    """The meaning of a condition, spelt out one value at a time."""
    value, operand = row[condition.field], condition.operand
    if condition.operator == "present":
        return (value is not None) == operand
    if value is None:
        return condition.operator == "equals" and operand is None
    if condition.operator in ("within", "older_than", "ahead"):
        length = timedelta(seconds=operand)
        if kind == "date":
            at, then, later = value, (AS_OF - length).date().isoformat(), (AS_OF + length).date().isoformat()
            latest = (AS_OF + CLOCK_SKEW).date().isoformat()
        else:
            at, then, later, latest = parse_moment(value), AS_OF - length, AS_OF + length, AS_OF + CLOCK_SKEW
        return {"within": then <= at <= latest, "older_than": at < then, "ahead": at >= later}[condition.operator]
    match condition.operator:
        case "equals":
            return value == operand
        case "not":
            return value != operand
        case "one_of":
            return any(value == one for one in operand)
        case "none_of":
            return all(value != one for one in operand)
        case "at_least":
            return value >= operand
        case "at_most":
            return value <= operand
        case "above":
            return value > operand
        case "below":
            return value < operand
        case "starts_with":
            return value[: len(operand)] == operand
        case "contains":
            return operand in value
        case "includes":
            return all(one in value for one in operand)
        case "excludes":
            return not any(one in value for one in operand)
        case "same_as":
            return value == row[operand]
    raise AssertionError(condition.operator)


@given(questions())
def test_every_operator_means_what_it_says(question):
    schema, rows, condition = question
    kind = schema.fields[0].type
    expected = [at for at, row in enumerate(rows) if reads(condition, row, kind)]
    assert selected(Columns(rows, schema), [condition], AS_OF) == expected


@given(questions().filter(lambda question: OPERATORS[question[2].operator].grows != 0), st.data())
def test_loosening_a_threshold_never_turns_a_pass_into_a_fail(question, data):
    """`Operator.grows` is what drift relies on: whatever it calls looser accepts at least the same rows."""
    schema, rows, before = question
    operator = OPERATORS[before.operator]
    if operator.operand == "duration":
        operand = data.draw(st.integers(0, 60 * 86400))
    elif operator.operand == "list":
        operand = data.draw(st.lists(st.sampled_from(before.operand or [None]), max_size=3))
        operand = [one for one in operand if one is not None]
    else:
        operand = data.draw(_VALUES[schema.fields[0].type])
    after = Condition("one", before.operator, operand)
    first, second = (set(selected(Columns(rows, schema), [one], AS_OF)) for one in (before, after))
    way = direction(before, after)
    if way == "more":
        assert first <= second
    elif way == "fewer":
        assert second <= first


@pytest.mark.parametrize(
    ("operator", "at", "meets"),
    [
        ("within", timedelta(days=-1), True),
        ("within", timedelta(days=-1, microseconds=-1), False),
        ("within", CLOCK_SKEW, True),
        ("within", CLOCK_SKEW + timedelta(microseconds=1), False),
        ("older_than", timedelta(days=-1), False),
        ("older_than", timedelta(days=-1, microseconds=-1), True),
        ("ahead", timedelta(days=1), True),
        ("ahead", timedelta(days=1, microseconds=-1), False),
    ],
)
def test_ages_count_to_the_microsecond(operator, at, meets):
    schema = FactSchema("Any", (Field("at", "moment"),))
    found = selected(Columns([{"at": moment(AS_OF + at)}], schema), [Condition("at", operator, 86400)], AS_OF)
    assert found == ([0] if meets else [])


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_a_null_meets_only_absence(name):
    operator = OPERATORS[name]
    schema = FactSchema("Any", (Field("one", operator.types[0], nullable=True), Field("other", operator.types[0])))
    row = {"one": None, "other": None}
    by_operand = {"list": ["x"], "duration": 60, "boolean": True, "text": "x", "field": "other"}
    operand = by_operand.get(operator.operand, 1 if operator.types[0] == "integer" else "x")
    assert selected(Columns([row], schema), [Condition("one", name, operand)], AS_OF) == []


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (Condition("gone", "equals", 1), [{"one": 1}]),
        (Condition("one", "equals", 1), [{"one": 1}, {}]),
        (Condition("one", "not", 1), [{"one": "1"}]),
        (Condition("one", "not", 1), [{"one": True}]),
        (Condition("one", "not", 1), [{"one": 1.5}]),
        (Condition("one", "not", "1"), [{"one": 1}]),
        (Condition("one", "not", True), [{"one": 1}]),
        (Condition("one", "starts_with", "1"), [{"one": 1}]),
        (Condition("one", "unheard_of", 1), [{"one": 1}]),
        (Condition("secret", "not", "x"), [{"one": 1, "secret": "[redacted]"}]),
    ],
)
def test_what_cannot_be_answered_is_an_error_and_never_a_pass(condition, rows):
    schema = FactSchema("Any", (Field("one", "integer"), Field("secret", "text", secret=True)))
    with pytest.raises(MalformedRows):
        selected(Columns(rows, schema), [condition], AS_OF)


def test_a_moment_that_is_not_in_stored_form_is_an_error():
    """Text order is time order only for the one form that rows are stored in."""
    schema = FactSchema("Any", (Field("at", "moment"),))
    with pytest.raises(MalformedRows):
        selected(Columns([{"at": "2026-11-20T12:00:00Z"}], schema), [Condition("at", "within", 60)], AS_OF)


def test_a_field_is_read_in_every_row_even_where_another_condition_already_decides():
    schema = FactSchema("Any", (Field("one", "integer"), Field("two", "integer")))
    with pytest.raises(MalformedRows):
        selected(Columns([{"one": 1}], schema), [Condition("one", "equals", 2), Condition("two", "equals", 2)], AS_OF)


def test_what_was_found_is_told_unless_it_is_about_a_person():
    schema = FactSchema("Any", (Field("age", "duration"), Field("mail", "text", personal=True)))
    told = wording(Condition("age", "at_most", 86400), schema, 172800, told=True)
    assert told == "age is at most 24 hours (found 2 days)"
    assert "ann@" not in wording(Condition("mail", "contains", "@corp"), schema, "ann@home.example", told=True)
