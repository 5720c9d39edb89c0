"""One value of a query's result, read by its declared type: nothing is guessed, and what does not fit is an error."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, date, datetime, timedelta

from trustcenter.model.fact import Field, Value, value_of
from trustcenter.model.population import CouldNotTell

_INTERVAL = re.compile(r"(?P<sign>-)?(?:(?P<days>\d+) days? ?)?(?:(?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d(?:\.\d+)?))?")
_OFFSET = re.compile(r"([+-]\d\d)$")


def cell_of(text: str | None, field: Field, number: int) -> Value:
    """A cell in stored form. Raises CouldNotTell("malformed") naming column and row, never the value."""
    if text is None:
        if field.nullable:
            return None
        raise CouldNotTell(
            "malformed", f"column {field.name}, row {number}: nothing, where the control says there is a value"
        )
    try:
        return _READERS[field.type](text, field)
    except (ValueError, OverflowError) as error:
        raise CouldNotTell("malformed", f"column {field.name}, row {number}: not of type {field.type}") from error


def _text(text: str, field: Field) -> Value:
    return text


def _integer(text: str, field: Field) -> Value:
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise ValueError("no integer")
    return int(text)


def _number(text: str, field: Field) -> Value:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("no number")
    return value


def _boolean(text: str, field: Field) -> Value:
    return {"true": True, "false": False}[text.lower()] if text.lower() in ("true", "false") else _no("yes or no")


def _moment(text: str, field: Field) -> Value:
    """ISO 8601; a cast to TIMESTAMP in SQL is UTC, as the session is."""
    value = datetime.fromisoformat(_OFFSET.sub(r"\1:00", text.strip()))
    return value_of(value if value.tzinfo is not None else value.replace(tzinfo=UTC))


def _date(text: str, field: Field) -> Value:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError("no date")
    return value_of(date.fromisoformat(text))


def _duration(text: str, field: Field) -> Value:
    """Seconds, or an interval as DuckDB prints it; months and years have no fixed length and are refused."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return value_of(timedelta(seconds=float(text)))
    found = _INTERVAL.fullmatch(text)
    if found is None or not text:
        raise ValueError("no duration")
    days, hours, minutes, seconds = (float(found[name] or 0) for name in ("days", "h", "m", "s"))
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return value_of(-length if found["sign"] else length)


def _choice(text: str, field: Field) -> Value:
    return text if text in field.choices else _no("choice")


def _texts(text: str, field: Field) -> Value:
    value = json.loads(text)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("no list of texts")
    return value


def _no(what: str) -> Value:
    raise ValueError(f"no {what}")


_READERS = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "moment": _moment,
    "date": _date,
    "duration": _duration,
    "choice": _choice,
    "texts": _texts,
}
