"""Stored rows seen column by column, each value checked against its field's type."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from trustcenter.errors import TrustCenterError
from trustcenter.model.fact import FactSchema, Field, FieldType, Row

Column = list[Any]

_MOMENT_LENGTH = len("2026-01-01T00:00:00.000000Z")
_DATE_LENGTH = len("2026-01-01")
_TYPES: dict[FieldType, frozenset[type]] = {
    "text": frozenset({str}),
    "choice": frozenset({str}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "duration": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "moment": frozenset({str}),
    "date": frozenset({str}),
    "texts": frozenset({list, tuple}),
}


def fits(field: Field, value: object) -> bool:
    """Whether a value is one that the field can hold; for `texts`, also one of its items."""
    return type(value) in _TYPES[field.type] or (field.type == "texts" and type(value) is str)


class MalformedRows(TrustCenterError):
    """Rows that cannot be what the schema says: a field is missing, or holds a value of another type."""

    exit_code = 3


class Columns:
    """The rows of one population by field. Each column is read and checked once, when it is first asked for."""

    def __init__(self, rows: Sequence[Row], schema: FactSchema) -> None:
        self.rows = rows
        self.schema = schema
        self._columns: dict[str, Column] = {}

    def field(self, name: str) -> Field:
        """A field of the schema. Raises MalformedRows for a name that it does not have, and for a secret field."""
        field = self.schema.get(name)
        if field is None:
            raise MalformedRows(f"the evidence has no field `{name}`")
        if field.secret:
            raise MalformedRows(f"`{name}` is never recorded, so nothing can be said about it")
        return field

    def column(self, name: str) -> Column:
        """All values of a field. Raises MalformedRows where a row lacks it or holds what the field cannot hold."""
        known = self._columns.get(name)
        if known is None:
            known = self._columns[name] = self._read(self.field(name))
        return known

    def _read(self, field: Field) -> Column:
        try:
            column = list(map(itemgetter(field.name), self.rows))
        except KeyError as error:
            raise MalformedRows(f"a row of the evidence lacks the field `{field.name}`") from error
        types = set(map(type, column))
        if not types <= _TYPES[field.type] | {type(None)}:
            raise MalformedRows(f"a row of the evidence holds in `{field.name}` what is no {field.type}")
        if field.type in ("moment", "date"):
            length = _MOMENT_LENGTH if field.type == "moment" else _DATE_LENGTH
            if any(value is not None and len(value) != length for value in set(column)):
                raise MalformedRows(f"a row of the evidence holds in `{field.name}` what is no {field.type}")
        elif field.type == "choice" and field.choices:
            strange = set(column) - {None, *field.choices}
            if strange:
                raise MalformedRows(f"a row of the evidence holds in `{field.name}` none of {', '.join(field.choices)}")
        return column
