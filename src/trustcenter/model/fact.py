"""Facts: frozen dataclasses whose schema is read from their annotations."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from trustcenter.errors import TrustCenterError

FieldType = Literal["text", "integer", "number", "boolean", "duration", "moment", "date", "choice", "texts"]
Value = str | int | float | bool | list[str] | None
"""A field as stored: durations are seconds, moments RFC 3339 in UTC with `Z`, dates ISO 8601."""

Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Mark:
    """What an annotation says of a field beyond its type."""

    unit: str | None = None
    personal: bool = False
    subject: bool = False
    secret: bool = False
    key: bool = False


Key = Mark(key=True)
"""Part of what identifies the row: deviations are named and waivers scoped by it."""
Personal = Mark(personal=True)
"""About a person: stays in the private store, encrypted for the row's subject."""
Subject = Mark(personal=True, subject=True, key=True)
"""Names the person whom the row is about: the private store encrypts the row with this person's key."""
Secret = Mark(secret=True)
"""Never recorded anywhere: replaced by a declared redaction before the row leaves memory."""


def unit(name: str) -> Mark:
    """The unit of a number, as printed behind it (`ms`, `bit`)."""
    return Mark(unit=name)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a fact: what `where` and `expect` may say about it follows from its type."""

    name: str
    type: FieldType
    nullable: bool = False
    unit: str | None = None
    personal: bool = False
    subject: bool = False
    secret: bool = False
    key: bool = False
    choices: tuple[str, ...] = ()


_PARTS = tuple(part.name for part in dataclasses.fields(Field))


@dataclass(frozen=True, slots=True)
class FactSchema:
    """The fields of one kind of fact, in their order."""

    name: str
    fields: tuple[Field, ...]

    def get(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def key(self) -> tuple[str, ...]:
        """The fields that identify a row; all of them where none is marked."""
        return tuple(field.name for field in self.fields if field.key) or self.names

    @property
    def subject(self) -> str | None:
        return next((field.name for field in self.fields if field.subject), None)

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "fields": [{name: getattr(field, name) for name in _PARTS} for field in self.fields]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FactSchema:
        fields = tuple(Field(**{**field, "choices": tuple(field["choices"])}) for field in value["fields"])
        return cls(value["name"], fields)


_SCALARS: dict[Any, FieldType] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    timedelta: "duration",
    datetime: "moment",
    date: "date",
}


_SCHEMAS: dict[type[Any], FactSchema] = {}


def schema_of(fact: type[Any]) -> FactSchema:
    """Read a fact's schema: its fields, then its properties (computed fields, in order of definition).

    Raises TrustCenterError for an annotation that is not one of the field types.
    """
    known = _SCHEMAS.get(fact)
    if known is not None:
        return known
    hints = typing.get_type_hints(fact, include_extras=True)
    fields = [_field(fact, field.name, hints[field.name]) for field in dataclasses.fields(fact)]
    members = {name: member for owner in reversed(fact.__mro__) for name, member in vars(owner).items()}
    for name, member in members.items():
        if isinstance(member, property) and not name.startswith("_"):
            hint = typing.get_type_hints(member.fget, include_extras=True).get("return")
            fields.append(_field(fact, name, hint))
    return _SCHEMAS.setdefault(fact, FactSchema(fact.__name__, tuple(fields)))


def _field(fact: type, name: str, hint: Any) -> Field:
    marks: list[Mark] = []
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        marks = [extra for extra in extras if isinstance(extra, Mark)]
    nullable = False
    if get_origin(hint) in (Union, types.UnionType):
        arms = [arm for arm in get_args(hint) if arm is not type(None)]
        nullable = len(arms) < len(get_args(hint))
        if len(arms) != 1:
            raise TrustCenterError(f"{fact.__name__}.{name}: a field has one type, and may be None")
        hint = arms[0]
    kind: FieldType
    choices: tuple[str, ...] = ()
    if get_origin(hint) is Literal:
        kind, choices = "choice", tuple(get_args(hint))
    elif get_origin(hint) is tuple and get_args(hint) == (str, ...):
        kind = "texts"
    elif hint in _SCALARS:
        kind = _SCALARS[hint]
    else:
        raise TrustCenterError(f"{fact.__name__}.{name}: {hint!r} is not a type that a fact can have")
    return Field(
        name=name,
        type=kind,
        nullable=nullable,
        unit=next((mark.unit for mark in marks if mark.unit), None),
        personal=any(mark.personal for mark in marks),
        subject=any(mark.subject for mark in marks),
        secret=any(mark.secret for mark in marks),
        key=any(mark.key for mark in marks),
        choices=choices,
    )


REDACTED = "[redacted]"


def row_of(fact: Any) -> dict[str, Value]:
    """A fact as it is stored: JSON values, computed fields included, secret fields redacted."""
    row: dict[str, Value] = {}
    for field in schema_of(type(fact)).fields:
        row[field.name] = REDACTED if field.secret else value_of(getattr(fact, field.name))
    return row


def value_of(value: object) -> Value:
    """One value as it is stored. Raises TrustCenterError for a moment without a time zone."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return round(value.total_seconds(), 3) if value.microseconds else int(value.total_seconds())
    if isinstance(value, (tuple, list)):
        return [str(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TrustCenterError(f"{type(value).__name__} is not a value that a fact can hold")


def moment(value: datetime) -> str:
    """A moment as stored: RFC 3339, UTC, microseconds, so that text order is time order."""
    if value.tzinfo is None:
        raise TrustCenterError("a moment without a time zone", hint="pass a datetime in UTC")
    return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_moment(text: str) -> datetime:
    """Read a stored moment."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
