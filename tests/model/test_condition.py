"""Conditions as an auditor reads them."""

from __future__ import annotations

import pytest

from trustcenter.model.condition import OPERATORS, Condition, duration_text, shower
from trustcenter.model.fact import FactSchema, Field

SCHEMA = FactSchema(
    "Any",
    (
        Field("key_size", "integer", unit="bit"),
        Field("age", "duration"),
        Field("seen", "moment"),
        Field("other", "moment"),
        Field("open", "boolean"),
        Field("role", "choice", choices=("owner", "member")),
        Field("left.person", "text"),
    ),
)


@pytest.mark.parametrize(
    ("condition", "english"),
    [
        (Condition("key_size", "at_least", 2048), "key size is at least 2048 bit"),
        (Condition("age", "at_most", 86400), "age is at most 24 hours"),
        (Condition("seen", "within", 90 * 86400), "seen is not older than 90 days"),
        (Condition("seen", "ahead", 2592000), "seen lies at least 30 days ahead"),
        (Condition("seen", "same_as", "other"), "seen is the same as other"),
        (Condition("open", "equals", False), "open is no"),
        (Condition("open", "present", True), "open is present"),
        (Condition("open", "present", False), "open is absent"),
        (Condition("role", "one_of", ["owner", "member"]), "role is one of owner, member"),
        (Condition("role", "none_of", []), "role is none of nothing"),
        (Condition("role", "equals", None), "role is absent"),
        (Condition("left.person", "starts_with", "a"), "left's person starts with a"),
    ],
)
def test_english_with_the_fields_of_a_schema(condition, english):
    assert condition.english(shower(SCHEMA)) == english


@pytest.mark.parametrize(
    ("condition", "english"),
    [
        (Condition("seen", "within", 86400), "seen is not older than 24 hours"),
        (Condition("role", "one_of", ["a", "b"]), "role is one of a, b"),
        (Condition("open", "equals", True), "open is yes"),
        (Condition("role", "equals", None), "role is absent"),
        (Condition("seen", "same_as", "other_one"), "seen is the same as other one"),
    ],
)
def test_english_without_a_schema(condition, english):
    assert condition.english() == english


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (86400, "24 hours"),
        (172800, "2 days"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (60, "1 minute"),
        (1, "1 second"),
        (0, "0 seconds"),
        (0.5, "0.5 seconds"),
    ],
)
def test_durations_read_in_the_largest_unit_that_divides_them(seconds, text):
    assert duration_text(seconds) == text


def test_every_operator_has_a_place_for_its_operand():
    for name, operator in OPERATORS.items():
        assert name == operator.name
        assert (operator.english.count("{}") == 1) == (operator.operand != "boolean")
        assert operator.types
