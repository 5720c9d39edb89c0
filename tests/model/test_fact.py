"""Facts: what their annotations say, and how they are stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import TrustCenterError
from trustcenter.model.fact import (
    REDACTED,
    FactSchema,
    Field,
    Key,
    Personal,
    Secret,
    Subject,
    moment,
    parse_moment,
    row_of,
    schema_of,
    unit,
    value_of,
)


@dataclass(frozen=True)
class Login:
    person: Annotated[str, Subject]
    number: Annotated[int, Key]
    phone: Annotated[str | None, Personal]
    token: Annotated[str, Secret]
    took: Annotated[float, unit("ms")]
    factor: Literal["none", "passkey"]
    at: datetime
    day: date
    age: timedelta
    groups: tuple[str, ...] = ()

    @property
    def strong(self) -> bool:
        return self.factor != "none"


LOGIN = Login(
    "ann", 1, None, "hunter", 2.5, "passkey", datetime(2026, 11, 20, 12, tzinfo=UTC), date(2026, 11, 20),
    timedelta(hours=1), ("staff",),
)  # fmt: skip


def test_a_schema_is_read_from_the_annotations():
    schema = schema_of(Login)
    types = ["text", "integer", "text", "text", "number", "choice", "moment", "date", "duration", "texts", "boolean"]
    assert [field.type for field in schema.fields] == types
    assert schema.names[-1] == "strong"
    assert schema.key == ("person", "number")
    assert schema.subject == "person"
    assert schema.get("phone") == Field("phone", "text", nullable=True, personal=True)
    assert schema.get("took").unit == "ms"
    assert schema.get("factor").choices == ("none", "passkey")
    assert schema.get("token").secret
    assert schema.get("unknown") is None


def test_without_a_key_every_field_identifies_a_row():
    assert FactSchema("Any", (Field("one", "text"), Field("two", "text"))).key == ("one", "two")


def test_a_schema_survives_its_json_form():
    schema = schema_of(Login)
    assert FactSchema.from_json(json.loads(json.dumps(schema.as_json()))) == schema


def test_a_row_is_json_and_holds_no_secret():
    row = row_of(LOGIN)
    assert json.loads(json.dumps(row)) == {
        "person": "ann",
        "number": 1,
        "phone": None,
        "token": REDACTED,
        "took": 2.5,
        "factor": "passkey",
        "at": "2026-11-20T12:00:00.000000Z",
        "day": "2026-11-20",
        "age": 3600,
        "groups": ["staff"],
        "strong": True,
    }
    assert "hunter" not in json.dumps(row)


@dataclass(frozen=True)
class TwoTypes:
    value: int | str


@dataclass(frozen=True)
class Mapped:
    value: dict[str, str]


@pytest.mark.parametrize("fact", [TwoTypes, Mapped])
def test_an_annotation_that_no_condition_can_speak_of_is_refused(fact):
    with pytest.raises(TrustCenterError):
        schema_of(fact)


_MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=9))]))


@given(_MOMENTS, _MOMENTS)
def test_text_order_of_stored_moments_is_time_order(one, other):
    try:
        stored = moment(one), moment(other)
    except OverflowError:
        return
    assert (stored[0] < stored[1]) == (one < other)
    assert parse_moment(stored[0]) == one
    assert {len(text) for text in stored} == {27}


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(TrustCenterError):
        moment(datetime(2026, 11, 20))  # noqa: DTZ001


@pytest.mark.parametrize("value", [b"bytes", {"a": 1}, object(), {1}])
def test_what_a_fact_cannot_hold_is_refused(value):
    with pytest.raises(TrustCenterError):
        value_of(value)


@pytest.mark.parametrize(
    ("length", "stored"),
    [(timedelta(days=1), 86400), (timedelta(milliseconds=1500), 1.5), (timedelta(seconds=-3), -3)],
)
def test_durations_are_seconds(length, stored):
    assert value_of(length) == stored
    assert type(value_of(length)) is type(stored)


def test_a_fact_that_extends_another_has_its_properties_too() -> None:
    @dataclass(frozen=True, slots=True)
    class Base:
        gaps: tuple[str, ...]

        @property
        def gap_count(self) -> int:
            return len(self.gaps)

    @dataclass(frozen=True, slots=True)
    class Series(Base):
        name: Annotated[str, Key]

    assert schema_of(Series).names == ("gaps", "name", "gap_count")
    assert row_of(Series(("one",), "n"))["gap_count"] == 1
