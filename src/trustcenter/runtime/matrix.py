"""The matrix of roles: each action once, with the roles that may do it and the routes by which it is done.

The manifest takes the callers of its routes from here and the guard looks nowhere else, so that what is published,
what is enforced and what a probe expects is one declaration (TSC CC6.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from trustcenter.errors import ConfigurationError
from trustcenter.runtime.routes import EVERYBODY, SUPPORT, Route

COLUMNS = ("anonymous", "member", "admin", "owner", "staff", SUPPORT)
"""Every kind of caller, least first; `support` is the vendor's staff while it acts for a customer."""


@dataclass(frozen=True)
class Action:
    """One thing that can be done here. `limit` says what is decided row by row besides the role."""

    name: str
    says: str
    callers: frozenset[str]
    routes: tuple[str, ...]
    scope: str | None = None
    """The scope with which a token may do it; None where no token may."""
    limit: str = ""
    privileged: bool = False
    """It changes what somebody may do, or how they prove who they are: then the session gets a new identifier."""


class Matrix:
    """All actions. Raises ConfigurationError for unknown callers, and for a name or a route that is declared twice."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._actions = tuple(actions)
        self._by_route: dict[str, Action] = {}
        names: set[str] = set()
        for action in self._actions:
            if not action.callers or not action.callers <= EVERYBODY | {SUPPORT}:
                raise ConfigurationError("The action declares no callers, or unknown ones.", where=action.name)
            if action.name in names or any(route in self._by_route for route in action.routes):
                raise ConfigurationError("The action or one of its routes is declared twice.", where=action.name)
            names.add(action.name)
            self._by_route |= dict.fromkeys(action.routes, action)

    def __iter__(self) -> Iterator[Action]:
        return iter(self._actions)

    def applied(self, routes: Iterable[Route]) -> list[Route]:
        """The routes with the callers and the scope of their action. A route of no action stays without one."""
        return [self._one(route) for route in routes]

    def unused(self, routes: Iterable[Route]) -> frozenset[str]:
        """Routes that the matrix names and that are not there."""
        return frozenset(self._by_route) - {route.name for route in routes}

    def _one(self, route: Route) -> Route:
        action = self._by_route.get(route.name)
        if action is None:
            return route
        scope = action.scope if route.path.startswith("/api/") else None
        privileged = route.privileged or action.privileged
        return replace(route, callers=action.callers, action=action.name, scope=scope, privileged=privileged)

    def rows(self) -> list[dict[str, Any]]:
        """The matrix as it is published."""
        return [
            {"name": action.name, "says": action.says, "callers": sorted(action.callers), "limit": action.limit}
            for action in self._actions
        ]
