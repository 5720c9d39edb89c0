"""Derived populations: two populations joined into one, as a pure function of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trustcenter.model.control import ReconcilePart
from trustcenter.model.fact import FactSchema, Row, parse_moment
from trustcenter.model.population import CouldNotTell
from trustcenter.model.reconciled import BOTH, LEFT_ONLY, MATCHED, RIGHT_ONLY, reconciled_schema


@dataclass(frozen=True, slots=True)
class Derived:
    """The rows of a reconciliation in the order of the left side, then what only the right side has."""

    schema: FactSchema
    rows: tuple[Row, ...]


def reconcile(
    part: ReconcilePart, left: Sequence[Row], left_schema: FactSchema, right: Sequence[Row], right_schema: FactSchema
) -> Derived:
    """Join two sides on equal values.

    A row with several counterparts gives one row for each, and all must hold. Null joins nothing. Where one key
    names several rows on both sides, no row can be said to belong to another: raises CouldNotTell(contradicted).
    Two lists join where they share an element: a row stands once for each counterpart, however many they share.
    """
    schema = reconciled_schema(part, left_schema, right_schema)
    if _lists(part, left_schema, right_schema):
        return _sharing(part, schema, left, right)
    ours = _by_key(left, [one for one, _ in part.on])
    theirs = _by_key(right, [other for _, other in part.on])
    rows: list[Row] = []
    matched: set[int] = set()
    for row in left:
        key = _key(row, [one for one, _ in part.on])
        others = theirs.get(key, ()) if key is not None else ()
        if key is not None and len(others) > 1 and len(ours[key]) > 1:
            raise CouldNotTell(
                "contradicted",
                f"one key names {len(ours[key])} rows on the left and {len(others)} on the right",
                hint="join on more fields, or select fewer rows with the sides' `where`",
            )
        for other in others:
            matched.add(other)
            rows.append(_row(part, schema, BOTH, row, right[other]))
        if not others:
            rows.append(_row(part, schema, LEFT_ONLY, row, None))
    rows += [_row(part, schema, RIGHT_ONLY, None, row) for at, row in enumerate(right) if at not in matched]
    return Derived(schema, tuple(rows))


def _lists(part: ReconcilePart, left: FactSchema, right: FactSchema) -> bool:
    """Whether the one pair of joined fields holds lists."""
    if len(part.on) != 1:
        return False
    (ours, theirs), *_ = part.on
    fields = left.get(ours), right.get(theirs)
    return all(field is not None and field.type == "texts" for field in fields)


def _sharing(part: ReconcilePart, schema: FactSchema, left: Sequence[Row], right: Sequence[Row]) -> Derived:
    """What `reconcile` says of lists."""
    (own, other), *_ = part.on
    holders: dict[Any, list[int]] = {}
    for at, row in enumerate(right):
        for element in _elements(row, other):
            holders.setdefault(element, []).append(at)
    rows: list[Row] = []
    matched: set[int] = set()
    for row in left:
        found = sorted({at for element in _elements(row, own) for at in holders.get(element, ())})
        matched.update(found)
        rows += [_row(part, schema, BOTH, row, right[at]) for at in found]
        if not found:
            rows.append(_row(part, schema, LEFT_ONLY, row, None))
    rows += [_row(part, schema, RIGHT_ONLY, None, row) for at, row in enumerate(right) if at not in matched]
    return Derived(schema, tuple(rows))


def _elements(row: Row, name: str) -> Sequence[Any]:
    if name not in row:
        raise CouldNotTell("malformed", f"a row of the evidence lacks the field `{name}`, on which it is joined")
    value = row[name]
    return value if isinstance(value, (list, tuple)) else ()


def _by_key(rows: Sequence[Row], names: Sequence[str]) -> dict[tuple[Any, ...], list[int]]:
    found: dict[tuple[Any, ...], list[int]] = {}
    for position, row in enumerate(rows):
        key = _key(row, names)
        if key is not None:
            found.setdefault(key, []).append(position)
    return found


def _key(row: Row, names: Sequence[str]) -> tuple[Any, ...] | None:
    values = []
    for name in names:
        if name not in row:
            raise CouldNotTell("malformed", f"a row of the evidence lacks the field `{name}`, on which it is joined")
        value = row[name]
        if value is None:
            return None
        values.append((type(value).__name__ == "bool", tuple(value) if isinstance(value, (list, tuple)) else value))
    return tuple(values)


def _row(
    part: ReconcilePart, schema: FactSchema, matched: str, left: Row | None, right: Row | None
) -> Mapping[str, Any]:
    row: dict[str, Any] = dict.fromkeys(schema.names)
    row[MATCHED] = matched
    for full in schema.names:
        side, _, name = full.partition(".")
        values = left if side == "left" else right if side == "right" else None
        if values is None or not name:
            continue
        if name not in values:
            raise CouldNotTell("malformed", f"a row of the evidence on the {side} lacks the field `{name}`")
        row[full] = values[name]
    for name, (start, end) in part.intervals.items():
        if row[start] is not None and row[end] is not None:
            seconds = (_moment(row[end], end) - _moment(row[start], start)).total_seconds()
            row[name] = int(seconds) if seconds.is_integer() else seconds
    return row


def _moment(text: Any, name: str) -> datetime:
    try:
        return parse_moment(text) if len(text) > 10 else datetime.fromisoformat(text).replace(tzinfo=UTC)
    except (TypeError, ValueError, AttributeError) as error:
        raise CouldNotTell("malformed", f"`{name}` holds what is no moment and no date") from error
