"""Finds collectors: ours by file name, third parties' by the entry-point group `trustcenter.collectors`."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import trustcenter.collectors as package
from trustcenter.collectors.interface import Collector
from trustcenter.errors import ConfigurationError
from trustcenter.model.collector import CollectorDescription

_NOT_COLLECTORS = frozenset({"interface", "registry"})


@cache
def _points() -> dict[str, EntryPoint]:
    """What third parties offer, read once: each reading looks through every installed package."""
    return {point.name: point for point in entry_points(group="trustcenter.collectors")}


@cache
def identifiers() -> tuple[str, ...]:
    """The ids of all collectors, without importing them."""
    own = {
        module.name
        for module in pkgutil.iter_modules(package.__path__)
        if module.name not in _NOT_COLLECTORS and not module.name.startswith("_") and not module.ispkg
    }
    return tuple(sorted(own | _points().keys()))


@cache
def find(name: str) -> Collector:
    """One collector by id. Raises ConfigurationError for an id that nobody offers."""
    points = _points()
    if name not in identifiers():
        raise ConfigurationError(f"there is no collector `{name}`", hint=f"known: {', '.join(identifiers())}")
    found = points[name].load() if name in points else getattr(import_module(f"{package.__name__}.{name}"), name)
    if not isinstance(found, Collector):
        raise ConfigurationError(f"`{name}` is not a collector", hint="decorate the function with @collector")
    return found


class Descriptions(Mapping[str, CollectorDescription]):
    """Every collector's contract, by id: what the catalogue is checked against; a collector is imported when asked for.

    Raises ConfigurationError where what a third party offers under an id is no collector.
    """

    def __getitem__(self, name: str) -> CollectorDescription:
        if name not in identifiers():
            raise KeyError(name)
        return find(name).description

    def __contains__(self, name: object) -> bool:
        return name in identifiers()

    def __iter__(self) -> Iterator[str]:
        return iter(identifiers())

    def __len__(self) -> int:
        return len(identifiers())


def descriptions() -> Mapping[str, CollectorDescription]:
    """The contracts of all collectors."""
    return Descriptions()
