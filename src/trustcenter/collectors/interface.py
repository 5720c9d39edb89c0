"""The `@collector` decorator and what a collector is given.

A collector is a function whose parameters are annotated with protocols of `sources.interface` (what it needs of its
source) and with `Run`; its return annotation `Population[Fact]` names its fact. It reads one source and returns one
population, or raises `CouldNotTell`. It keeps no state and looks at no clock but the run's.
"""

from __future__ import annotations

import hashlib
import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from trustcenter.errors import TrustCenterError
from trustcenter.model.collector import CollectorDescription, Holds, Method, Parameter, Safety, allowed
from trustcenter.model.fact import schema_of
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.model.source import Source
from trustcenter.sources.shared import Shared


@dataclass(frozen=True, slots=True)
class Run:
    """What every collector may know of the run: the source's mapping for it, the test's parameters, the clocks.

    `now()` is the time in UTC, `timer()` seconds for measuring, `nonce` a fresh random text for probes, `deadline`
    the value of `timer()` after which the collector must have given up.
    """

    source: Source
    now: Callable[[], datetime]
    timer: Callable[[], float]
    nonce: str
    deadline: float
    parameters: Mapping[str, Any] = field(default_factory=dict)
    mapping: Mapping[str, Any] = field(default_factory=dict)
    shared: Shared | None = None
    """What the collectors of this run share (a listing that several need is fetched once)."""
    say: Callable[[str], None] = lambda _: None
    """Hears how far a long collection is, in a few words."""

    def setting(self, name: str) -> Any:
        """A value of the collector's mapping, else of the source. Raises CouldNotTell naming what to add where."""
        value = self.mapping.get(name, self.source.settings.get(name))
        if value is None:
            raise CouldNotTell(
                "unsupported",
                f"source {self.source.name} does not say `{name}`",
                where=str(self.source.place) if self.source.place else None,
                hint=f"add `{name}` to [sources.{self.source.name}] or to its mapping for this collector",
            )
        return value


_CANARY = ("canary_a_email", "canary_a_password")


@dataclass(frozen=True, slots=True)
class Collector:
    """A collector ready to be called with protocols by type."""

    description: CollectorDescription
    function: Callable[..., Population[Any]]
    needs: Mapping[str, type]
    """Parameter name to protocol; `Run` among them."""

    def admit(self, source: Source) -> None:
        """Called before anything of the source is opened.

        Raises CouldNotTell: `unsupported` for a kind of source that the collector does not read, `unsafe` for a probe
        whose safety class forbids the source's environment, or that has no canary to touch instead of customers.
        """
        contract, where = self.description, str(source.place) if source.place else None
        if source.kind not in contract.kinds:
            raise CouldNotTell(
                "unsupported", f"{contract.id} reads {', '.join(contract.kinds)}, not {source.kind}", where=where
            )
        if not allowed(contract.safety, source.environment):
            raise CouldNotTell(
                "unsafe",
                f"{contract.id} is a probe for staging: it does not run against {source.name} in {source.environment}",
                where=where,
                hint="point the test at a source whose environment is staging or demo",
            )
        mapping = source.mapping.get(contract.id, {})
        if contract.safety == "canary" and not all(mapping.get(name, source.settings.get(name)) for name in _CANARY):
            raise CouldNotTell(
                "unsafe",
                f"{contract.id} touches canary tenants only, and source {source.name} names none",
                where=where,
                hint=f"add `canary_a_email` and `canary_a_password` to [sources.{source.name}]",
            )


def collector(
    *,
    method: Method,
    kinds: tuple[str, ...],
    holds: Holds = "tested",
    safety: Safety = "passive",
    version: str = "1",
    parameters: Mapping[str, Parameter] | None = None,
    calls: tuple[str, ...] = (),
) -> Callable[[Callable[..., Population[Any]]], Collector]:
    """Declare a collector. Its id is its module's name; a generic one returns `Population[Any]`.

    `calls` are all the calls that it makes to a cloud's interface: the rights that it needs are derived from them.
    """

    def declare(function: Callable[..., Population[Any]]) -> Collector:
        hints = typing.get_type_hints(function)
        returned = hints.pop("return", None)
        arguments = typing.get_args(returned)
        if typing.get_origin(returned) is not Population or len(arguments) != 1:
            raise TrustCenterError(f"{function.__module__}: a collector returns Population[Fact]")
        fact = arguments[0]
        module = inspect.getmodule(function)
        code = Path(module.__file__).read_bytes() if module is not None and module.__file__ else b""
        description = CollectorDescription(
            id=function.__module__.rpartition(".")[2],
            version=version,
            kinds=kinds,
            method=method,
            holds=holds,
            safety=safety,
            schema=None if fact is Any else schema_of(fact),
            summary=(function.__doc__ or "").strip().splitlines()[0] if function.__doc__ else "",
            digest="sha256:" + hashlib.sha256(code).hexdigest(),
            parameters=dict(parameters or {}),
            calls=calls,
        )
        return Collector(description, function, hints)

    return declare
