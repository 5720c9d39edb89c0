"""The fields of a reconciliation."""

from __future__ import annotations

import pytest

from trustcenter.errors import ConfigurationError
from trustcenter.model.control import ReconcilePart
from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.reconciled import reconciled_schema

LEFT = FactSchema("Left", (Field("id", "text", subject=True, personal=True, key=True), Field("at", "moment")))
RIGHT = FactSchema("Right", (Field("id", "text"), Field("day", "date"), Field("token", "text", secret=True)))


def schema(on=("id", "id"), **intervals):
    return reconciled_schema(ReconcilePart("a", "b", (on,), intervals), LEFT, RIGHT)


def test_both_sides_their_marks_and_the_intervals():
    found = schema(gap=("left.at", "right.day"))
    names = ("matched", "left.id", "left.at", "right.id", "right.day", "right.token", "gap")
    assert found.names == names
    assert found.key == ("left.id", "right.id")
    assert found.get("left.id").personal
    assert found.get("right.token").secret
    assert found.get("gap") == Field("gap", "duration", nullable=True)
    assert all(field.nullable for field in found.fields if field.name != "matched")


@pytest.mark.parametrize(
    ("on", "intervals"),
    [
        (("other", "id"), {}),
        (("id", "other"), {}),
        (("id", "id"), {"gap": ("left.at", "right.id")}),
        (("id", "id"), {"gap": ("left.at", "right.unknown")}),
        (("id", "id"), {"matched": ("left.at", "right.day")}),
    ],
)
def test_what_the_sides_do_not_have_is_refused(on, intervals):
    with pytest.raises(ConfigurationError):
        schema(on, **intervals)
