"""Shapes: pydantic models at the edge, and their errors as ours, each with its place and a suggestion."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails

from trustcenter.errors import ConfigurationError
from trustcenter.model.place import Place
from trustcenter.strict.document import Document, at
from trustcenter.strict.scalars import duration

S = TypeVar("S", bound="Shape")
LONGEST = 400
"""Characters of one message."""

Steps = tuple[str | int, ...]

MOST = 100
"""Problems of one file that are explained one by one."""


class Shape(BaseModel):
    """A mapping of a configuration file: no key beyond its own, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=r"\S")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=1_000, pattern=r"^[^\r\n]*\S[^\r\n]*$")]
Name = Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$")]


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError("a duration is expected: write it like 30s, 15m, 24h or 90d")
    found = duration(value)
    if not found:
        raise ValueError("a duration is longer than nothing")
    return found


def _date(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"`{value}` is no date: write it like 2026-11-20") from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("a date is expected: write it like 2026-11-20")
    return value


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"`{value}` is no moment: write it like 2026-11-20T09:30:00Z") from None
    if isinstance(value, datetime):
        if value.tzinfo is None or value.utcoffset():
            raise ValueError("a moment in UTC is expected: end it with Z")
        return value.astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    raise ValueError("a moment is expected: write it like 2026-11-20T09:30:00Z")


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": "^([0-9]{1,6} ?[smhdw]|P[0-9WDTHMS]+)$", "examples": ["24h", "90d"]}),
]
"""`24h`, `90d`, or ISO 8601."""
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+Z)?$"}),
]
"""A moment in UTC; a bare date is its first moment."""
Texts = Annotated[
    list[Text],
    BeforeValidator(_one_or_many),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string", "minLength": 1}}]}
    ),
]
"""One text or a list of them."""
Lines = Annotated[list[Line], Field(max_length=200)]


def check(shape: type[S], document: Document, path: Steps = ()) -> tuple[S | None, list[ConfigurationError]]:
    """The document (or its part at `path`) in that shape, or all that is wrong with it."""
    value = at(document.value, path)
    if not isinstance(value, Mapping):
        what = f"a mapping is expected here, not {_kind(value)}"
        return None, [ConfigurationError(what, where=str(document.place(path)), hint=_keys_of(shape))]
    try:
        return shape.model_validate(value), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        found = [_problem(shape, document, path, detail) for detail in details[:MOST]]
        if len(details) > MOST:
            what = f"{len(details) - MOST:,} more problems in this file"
            found.append(ConfigurationError(what, where=str(document.place(path))))
        return None, found


def suggest(word: str, known: Iterable[str]) -> str | None:
    """`did you mean X?`, or all that is known where nothing is near and the list is short."""
    options = list(dict.fromkeys(known))
    near = get_close_matches(word.lower(), options, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if not options:
        return None
    shown = ", ".join(options[:12])
    return f"known: {shown}{', ...' if len(options) > 12 else ''}"


def in_order(problems: Iterable[ConfigurationError]) -> list[ConfigurationError]:
    """Problems by place, each once, fit for a terminal: short, without control characters."""
    tamed = [
        ConfigurationError(_tame(problem.what), where=problem.where, hint=problem.hint and _tame(problem.hint))
        for problem in problems
    ]
    unique = {(problem.where or "", problem.what): problem for problem in tamed}
    return sorted(unique.values(), key=lambda problem: _order(problem.where or ""))


def _tame(text: str) -> str:
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in short)


def _order(where: str) -> tuple[str, int, int, str]:
    file, _, rest = where.partition(":")
    numbers = [int(part) for part in rest.split(":") if part.isdigit()]
    return (file, *([*numbers, 0, 0][:2]), where)  # type: ignore[return-value]


def _problem(shape: type[Shape], document: Document, base: Steps, detail: ErrorDetails) -> ConfigurationError:
    path = (*base, *detail["loc"])
    raw = document.raw(path)
    place = document.place(path)
    hint: str | None = None
    match detail["type"]:
        case "extra_forbidden":
            owner = _shape_at(shape, detail["loc"][:-1])
            what, place = f"unknown key `{path[-1]}`", document.key_place(path)
            hint = suggest(str(path[-1]), _names(owner)) if owner else None
        case "missing":
            what, place = f"`{path[-1]}` is missing", _owner_place(document, path[:-1])
        case "string_type":
            what = f"text is expected here, not {_kind(detail['input'])}"
            hint = f'write "{raw}"' if raw is not None and detail["input"] is not None else None
        case "literal_error":
            options = [part.strip("' ") for part in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]
            what = f"`{raw if raw is not None else detail['input']}` is none of {', '.join(options)}"
            hint = suggest(str(detail["input"]), options) if isinstance(detail["input"], str) else None
        case "value_error":
            what = str(detail["ctx"]["error"])
        case "string_pattern_mismatch":
            pattern = detail["ctx"]["pattern"]
            what = f"`{raw if raw is not None else path[-1]}` {_PATTERNS.get(pattern, 'does not match ' + pattern)}"
        case "string_too_short":
            what = "there is no text here"
        case kind:
            expected = _EXPECTED.get(kind, detail["msg"][:1].lower() + detail["msg"][1:])
            what = f"{expected} is expected here, not {_kind(detail['input'])}" if kind in _EXPECTED else expected
    return ConfigurationError(what, where=str(place), hint=hint)


_EXPECTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_PATTERNS = {
    r"\S": "is no text",
    r"^[^\r\n]*\S[^\r\n]*$": "must be one line of text",
    r"^[a-z0-9]+([._-][a-z0-9]+)*$": "is no name: small letters, digits and single . _ - between them",
}


def _kind(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case datetime():
            return "a moment"
        case date():
            return "a date"
        case list():
            return "a list"
    return "a mapping"


def _owner_place(document: Document, path: Steps) -> Place:
    return document.key_place(path) if path and isinstance(path[-1], str) else document.place(path)


def _keys_of(shape: type[Shape]) -> str:
    return f"its keys: {', '.join(_names(shape))}"


def _names(shape: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in shape.model_fields.items()]


def _shape_at(shape: type[BaseModel], loc: Steps) -> type[BaseModel] | None:
    """The model that stands at `loc` below `shape`."""
    here: Any = shape
    for step in loc:
        if isinstance(here, type) and issubclass(here, BaseModel):
            by_name = {field.alias or name: field for name, field in here.model_fields.items()}
            here = by_name[str(step)].annotation if str(step) in by_name else None
        else:
            here = _inner(here)
        here = _without_none(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _inner(annotation: Any) -> Any:
    arguments = get_args(annotation)
    return arguments[-1] if get_origin(annotation) in (dict, list, tuple) and arguments else None


def _without_none(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    arms = [arm for arm in get_args(annotation) if arm is not type(None)]
    is_union = get_origin(annotation) is typing.Union or type(annotation).__name__ == "UnionType"
    return _without_none(arms[0]) if is_union and len(arms) == 1 else annotation
