"""What is checked of a collector: each function returns the objections that it finds, in words."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from trustcenter.assess.columns import Columns, MalformedRows
from trustcenter.assess.examine import row_key
from trustcenter.collectors.interface import Collector
from trustcenter.errors import TrustCenterError
from trustcenter.model.fact import REDACTED, Row, value_of
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.model.source import Source
from trustcenter.sources.interface import Http

_SECRET = re.compile(r"(^|_)(password|passphrase|secret|token|credential|api_key|private_key)s?$")
_CLOCKS = frozenset(
    {
        "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "os.environ",
        "os.getenv", "random.random", "random.choice", "uuid.uuid4", "secrets.token_hex", "secrets.token_urlsafe",
    }
)  # fmt: skip
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def protocols(collector: Collector) -> set[Any]:
    """The protocols that a collector asks for, those among them that may be absent too."""
    found: set[Any] = set()
    for hint in collector.needs.values():
        union = typing.get_origin(hint) in (typing.Union, types.UnionType)
        found.update(typing.get_args(hint) if union else (hint,))
    return found


def parameters(collector: Collector, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a test would ask: the defaults, and what the stage says."""
    known = collector.description.parameters
    return {name: one.default for name, one in known.items() if one.default is not None} | dict(given)


def description(collector: Collector) -> Iterator[str]:
    """It says what it is; a generic one has no fact of its own."""
    contract = collector.description
    if not contract.summary:
        yield "its docstring does not say in one line what it sees"
    if not contract.kinds:
        yield "it reads no kind of source"
    for one in contract.schema.fields if contract.schema is not None else ():
        if _SECRET.search(one.name) and one.type == "text" and not (one.secret or one.key):
            yield f"`{one.name}` sounds like a secret and is not marked `Secret`"


def admission(collector: Collector) -> Iterator[str]:
    """The safety class is enforced before anything of the source is opened."""
    contract = collector.description
    kind = contract.kinds[0] if contract.kinds else ""

    def cause(source: Source) -> str | None:
        try:
            collector.admit(source)
        except CouldNotTell as error:
            return error.cause
        return None

    if cause(Source("x", "no-such-kind", "demo")) != "unsupported":
        yield "it admits a kind of source that it does not read"
    production = cause(Source("x", kind, "production"))
    if contract.safety == "staging" and production != "unsafe":
        yield "it is for staging and runs in production"
    if contract.safety == "canary" and production != "unsafe":
        yield "it runs without a canary to touch"
    if contract.safety == "passive" and contract.method == "probe" and production is not None:
        yield "it is passive and refuses production"


class _Watched:
    """An Http client that notes the methods that are asked of it."""

    def __init__(self, client: Http, asked: list[str]) -> None:
        self._client, self._asked = client, asked

    def request(self, method: str, path: str, **more: Any) -> Any:
        self._asked.append(method.upper())
        return self._client.request(method, path, **more)

    def session(self, *where: str) -> Any:
        return _Watched(self._client.session(*where), self._asked)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def watched(arguments: Mapping[str, Any], asked: list[str]) -> dict[str, Any]:
    """The collector's arguments, its web clients noting what is asked of them."""
    return {name: _Watched(one, asked) if isinstance(one, Http) else one for name, one in arguments.items()}


def methods(collector: Collector, asked: Sequence[str]) -> Iterator[str]:
    """What is called passive changes nothing: it asks by GET, HEAD or OPTIONS only (RFC 9110 9.2.1)."""
    strange = sorted(set(asked) - _READING)
    if collector.description.safety == "passive" and strange:
        yield f"it is called passive and asks by {', '.join(strange)}"


def clocks(collector: Collector) -> Iterator[str]:
    """It looks at no clock but the run's, at no chance and no variable of its own."""
    module = inspect.getmodule(collector.function)
    if module is None:
        return
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Attribute):
            name = ".".join(ast.unparse(node).split(".")[-2:])
            if name in _CLOCKS:
                yield f"line {node.lineno} of its module reads `{name}`: the run has a clock and a nonce"


def facts(collector: Collector, population: Population[Any], rows: Sequence[Row]) -> Iterator[str]:
    """Every value is of its field's type, absent only where it may be, and no two rows have one key."""
    schema = collector.description.schema or population.schema
    if schema is None:
        yield "it is generic, and its population brings no schema"
        return
    for fact in population.facts:
        parameters_of = getattr(type(fact), "__dataclass_params__", None)
        if not dataclasses.is_dataclass(fact) or not getattr(parameters_of, "frozen", False):
            yield f"{type(fact).__name__} is no frozen dataclass"
            return
        if collector.description.schema is not None and type(fact).__name__ != schema.name:
            yield f"it declares {schema.name} and gives {type(fact).__name__}"
            return
    columns = Columns(rows, schema)
    for one in schema.fields:
        if one.secret:
            if any(row.get(one.name) != REDACTED for row in rows):
                yield f"`{one.name}` is secret and stands in a row"
            continue
        try:
            column = columns.column(one.name)
        except MalformedRows as error:
            yield error.what
            continue
        if not one.nullable and any(value is None for value in column):
            yield f"`{one.name}` is absent in a row, and is not declared so"
    names = [row_key(schema, row) for row in rows]
    twice = len(names) - len(set(names))
    if twice and any(one.key for one in schema.fields):
        yield f"{twice} rows have the key of another: a deviation could not be told from its neighbour"


def completeness(population: Population[Any], times: Collection[datetime]) -> Iterator[str]:
    """It says how it knows that it saw all, what it asked, and when."""
    said = population.completeness
    if not said.holds:
        yield f"it says itself that it saw {said.got} of {said.expected}, where nothing is wrong"
    if not said.method.strip():
        yield "it does not say how it knows that it saw all"
    if not population.query.strip():
        yield "it does not say what it asked"
    if population.observed_at.tzinfo is None or population.observed_at > max(times):
        yield "`observed_at` is a time of its own, after any that the run's clock gave"
    try:
        _plain(population.parameters)
    except (TrustCenterError, OverflowError) as error:
        yield f"its parameters cannot be recorded: {type(error).__name__}"


def secrets_of(settings: Mapping[str, Any], mapping: Mapping[str, Any], more: Sequence[str]) -> list[str]:
    """Texts that must appear nowhere: settings whose name says so, and the password of a connection string."""
    found = [text for text in more if text]
    for name, value in (*settings.items(), *mapping.items()):
        if isinstance(value, str) and len(value) >= 6 and _SECRET.search(name):
            found.append(value)
        if isinstance(value, str) and (spoken := re.search(r"(?:password=|://[^:/@]+:)'?([^'\s@]{6,})", value)):
            found.append(spoken[1])
    return found


def leaks(population: Population[Any], rows: Sequence[Row], hidden: Sequence[str]) -> Iterator[str]:
    """No secret of the source stands in a row, or in what is recorded beside the rows."""
    parts = {
        "a row": repr([dict(row) for row in rows]),
        "the query": population.query,
        "the parameters": repr(population.parameters),
        "a note": repr((population.notes, population.exclusions)),
        "the completeness": population.completeness.method,
        "the actor": repr((population.actor, population.permissions)),
    }
    for name, text in parts.items():
        if any(secret in text for secret in hidden):
            yield f"a secret of the source stands in {name}"


def spoken(trouble: CouldNotTell, hidden: Sequence[str]) -> Iterator[str]:
    """What is said of a fault tells no secret, and says something."""
    if any(secret in f"{trouble}" for secret in hidden):
        yield "a secret of the source stands in what it says"
    if not trouble.what.strip():
        yield "it does not say what happened"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value_of(value)
