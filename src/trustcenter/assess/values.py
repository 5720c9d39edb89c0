"""The numbers that sentences quote: aggregates over the items that a test examined."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from trustcenter.assess.columns import Columns
from trustcenter.model.control import Claim, Control
from trustcenter.model.figure import FIGURE_FIELDS, FIGURE_ROWS, figure_value
from trustcenter.proof import canonical

_PLACEHOLDER = re.compile(r"\{([\w-]+)\.(min|max|only|list)\.([\w.-]+)\}")
_LARGEST = 2**53 - 1

LONGEST_TEXT = 1_000
"""Characters of one text that are published; what is longer is cut, and named by its digest."""
MOST_VALUES = 200
"""Distinct values of a list that are published; the whole list is named by its digest."""


def quoted(control: Control, test: str) -> Iterator[tuple[str, str, bool]]:
    """Which aggregates of a test its control's claims quote: aggregate, field, whether a public claim does."""
    for claim in control.claims:
        for text in _texts(claim):
            for name, aggregate, field in _PLACEHOLDER.findall(text):
                if name == test:
                    yield aggregate, field, claim.tier == "public"


def _texts(claim: Claim) -> tuple[str, ...]:
    check = (claim.check.instruction, claim.check.command, claim.check.expect) if claim.check is not None else ()
    return (claim.say, claim.short, claim.noun, claim.note, *check)


def aggregates(
    control: Control, test: str, columns: Columns, items: Sequence[int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The quoted aggregates over the items: those of public claims, and those that only other tiers quote.

    `min`, `max` and `only` exist where every item has a value; `only` where all have the same one. `list` holds the
    distinct values in order. Personal and secret fields are never aggregated. What does not exist is left out, so
    that its sentence is withdrawn. Raises MalformedRows for a field that the evidence does not have.
    """
    public: dict[str, Any] = {}
    restricted: dict[str, Any] = {}
    for aggregate, name, is_public in sorted(set(quoted(control, test))):
        field = columns.field(name)
        if field.personal or field.subject:
            continue
        column = columns.column(name)
        found = _aggregate(aggregate, [column[item] for item in items])
        if found is not None:
            (public if is_public else restricted)[f"{aggregate}.{name}"] = found
    for kind, is_public in sorted(set(_figures(control, test))):
        (public if is_public else restricted)[figure_value(kind)] = _rows(kind, columns, items)
    return public, {name: value for name, value in restricted.items() if name not in public}


def _figures(control: Control, test: str) -> Iterator[tuple[str, bool]]:
    """The figures that claims draw from a test: kind, whether a public claim does."""
    for claim in control.claims:
        if claim.figure and (claim.tests or tuple(item.id for item in control.tests)) == (test,):
            yield claim.figure, claim.tier == "public"


def _rows(kind: str, columns: Columns, items: Sequence[int]) -> list[list[Any]]:
    """The items as rows of the figure's fields, in the order of their values; a field about a person is left empty."""
    found = []
    for name in FIGURE_FIELDS[kind]:
        field = columns.field(name)
        hidden = field.personal or field.subject
        column = columns.column(name)
        found.append([None if hidden or column[item] is None else _plain(column[item]) for item in items])
    rows = sorted(zip(*found, strict=True), key=lambda row: [(value is not None, value) for value in row])
    return [list(row) for row in rows[-FIGURE_ROWS:]]


def _aggregate(aggregate: str, values: list[Any]) -> Any:
    if values and isinstance(next((value for value in values if value is not None), None), (list, tuple)):
        if aggregate != "list":
            return None
        values = [item for value in values if value is not None for item in value]
    if aggregate == "list":
        distinct = {value for value in values if value is not None}
        return _bounded(sorted(distinct)) if distinct else None
    if not values or None in values:
        return None
    low, high = min(values), max(values)
    if aggregate == "only":
        return _plain(low) if low == high else None
    return _plain(low if aggregate == "min" else high)


def _bounded(values: list[Any]) -> list[Any]:
    """The values in order; of very many the first ones, and a last text that names the whole."""
    plain = [_plain(value) for value in values]
    if len(plain) <= MOST_VALUES:
        return plain
    return [*plain[:MOST_VALUES], f"… {len(plain) - MOST_VALUES} more, all: {canonical.digest(canonical.dumps(plain))}"]


def _plain(value: Any) -> Any:
    """A value with one JSON form: whole floats as integers, integers that JSON readers would round as text.

    A text that is too long to be quoted is cut, and the digest of the whole stands behind it.
    """
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[:LONGEST_TEXT]}… ({len(value)} characters, {canonical.digest(value.encode())})"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST:
        return str(value)
    return value
