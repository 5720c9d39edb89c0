"""The routes that a tenant probe must try: from the live router, reconciled with what the access log saw."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trustcenter.collectors._posture import read_posture
from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.files import Folder
from trustcenter.sources.interface import Http

_PARAMETER = re.compile(r"{([A-Za-z_][A-Za-z0-9_]*)(?::[^}]*)?}")
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """One method on one path template, types of its parameters removed."""

    path: str
    method: str

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(_PARAMETER.findall(self.path))

    @property
    def changes(self) -> bool:
        return self.method in _CHANGES

    def filled(self, values: Mapping[str, str]) -> str:
        return _PARAMETER.sub(lambda found: values[found[1]], self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def live_routes(http: Http, run: Run) -> tuple[Route, ...]:
    """Routes from the signed posture document, or from the mapping's `routes` (`["GET /things/{id}", ...]`)."""
    listed = run.mapping.get("routes")
    try:
        if listed is None:
            found = [(row["method"], row["path"]) for row in read_posture(http, run).observed["routes"]]
        else:
            found = [tuple(text.split(" ", 1)) for text in listed]
        routes = {Route(_PARAMETER.sub(r"{\1}", path), method.upper()) for method, path in found}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CouldNotTell("malformed", "the list of routes is not a list of methods and paths") from error
    if not routes:
        raise CouldNotTell("incomplete", "the router lists no routes")
    return tuple(sorted(routes))


class AccessLog:
    """The platform's access log in JSON lines; field names by the mapping's `log_fields`."""

    def __init__(self, run: Run) -> None:
        place = Path(str(run.setting("access_log")))
        self._folder, self._name = Folder(place.parent, name=run.source.name), place.name
        fields = {"method": "method", "route": "route", "path": "path", "organisation": "organisation"}
        self._fields: Mapping[str, str] = {**fields, **run.mapping.get("log_fields", {})}
        self._begun = self._folder.size(self._name)

    def count_since(self, sent: Collection[tuple[str, str]], organisation: str) -> int:
        """Requests of these methods and paths since the log was opened here, by this organisation or by nobody known.

        A request that no route takes is logged without organisation. Raises CouldNotTell where the log was cut.
        """
        if self._folder.size(self._name) < self._begun:
            raise CouldNotTell("contradicted", "the access log became shorter during the probe")
        rows = self._rows(self._folder.read(self._name)[self._begun :])
        wanted = frozenset(sent)
        return sum(
            (row["method"], row["path"]) in wanted and row["organisation"] in (organisation, None) for row in rows
        )

    def routes_seen(self) -> frozenset[Route]:
        """Every route that the log has a request of."""
        return frozenset(
            self._route(row) for row in self._rows(self._folder.read(self._name)) if row["route"] is not None
        )

    def routes_since(self) -> frozenset[Route]:
        """Every route that the log has a request of since it was opened here. Raises CouldNotTell where it was cut."""
        if self._folder.size(self._name) < self._begun:
            raise CouldNotTell("contradicted", "the access log became shorter during the probe")
        rows = self._rows(self._folder.read(self._name)[self._begun :])
        return frozenset(self._route(row) for row in rows if row["route"] is not None)

    def _rows(self, content: bytes) -> Sequence[Mapping[str, Any]]:
        found = []
        for line in content.split(b"\n")[:-1]:
            try:
                row = json.loads(line)
                found.append({ours: row[theirs] for ours, theirs in self._fields.items()})
            except (ValueError, KeyError, TypeError) as error:
                raise CouldNotTell("malformed", "the access log holds a line that is not one of its records") from error
        return found

    @staticmethod
    def _route(row: Mapping[str, Any]) -> Route:
        return Route(_PARAMETER.sub(r"{\1}", str(row["route"])), str(row["method"]).upper())
