"""Opens what a collector needs of a source, and closes it again."""

from __future__ import annotations

import contextlib
import types
import typing
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Aws, Budget, Dns, Files, Http, Ports, Process, Sql, Tls, Web

_OFFERS: Mapping[Any, str] = {
    Http: "http",
    Tls: "tls",
    Sql: "sql",
    Files: "files",
    Process: "process",
    Aws: "aws",
    Dns: "dns",
    Ports: "ports",
    Web: "web",
}
"""Protocol to module; each has `from_source(source, run)`, and libraries are imported with it, not before."""

_SETTINGS: Mapping[Any, tuple[str, ...]] = {
    Http: ("url",),
    Tls: ("host", "url"),
    Sql: ("dsn",),
    Files: ("path",),
    Process: (),
    Aws: ("regions",),
    Dns: ("domain",),
    Ports: (),
    Web: (),
}
"""A facet that a collector takes `or None` is left out where the source has none of these settings."""


@contextlib.contextmanager
def open_for(needs: Mapping[str, Any], run: Budget) -> Iterator[dict[str, Any]]:
    """The arguments for a collector's parameters: protocols opened on the run's source, the run where it asks for it.

    Raises CouldNotTell("unsupported") where the source does not say how to reach it, other causes where it says so
    and cannot be reached. Everything that was opened is closed, on failure too.
    """
    with contextlib.ExitStack() as opened:
        arguments: dict[str, Any] = {}
        for name, hint in needs.items():
            facet, optional = _wanted(hint)
            if facet not in _OFFERS and facet is not None and isinstance(run, facet):
                arguments[name] = run
            elif facet not in _OFFERS:
                raise CouldNotTell("defect", f"no source offers what the collector's parameter `{name}` asks for")
            elif optional and not any(run.source.settings.get(setting) for setting in _SETTINGS[facet]):
                arguments[name] = None
            else:
                made = import_module(f"trustcenter.sources.{_OFFERS[facet]}").from_source(run.source, run)
                if hasattr(made, "close"):
                    opened.callback(made.close)
                arguments[name] = made
        yield arguments


def _wanted(hint: Any) -> tuple[type | None, bool]:
    """The protocol of an annotation, and whether None will do."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        arms = [arm for arm in typing.get_args(hint) if arm is not type(None)]
        return (arms[0] if len(arms) == 1 else None), True
    return (hint if isinstance(hint, type) else None), False
