"""The route manifest: every route declares who may call it; the router is built from it and from nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trustcenter.errors import ConfigurationError
from trustcenter.runtime.sessions import Stage

ANONYMOUS = "anonymous"
MEMBER, ADMIN, OWNER, STAFF = "member", "admin", "owner", "staff"
ROLES = frozenset({MEMBER, ADMIN, OWNER, STAFF})
EVERYBODY = frozenset({ANONYMOUS}) | ROLES
SIGNED_IN = ROLES
MANAGERS = frozenset({ADMIN, OWNER})
SUPPORT = "support"
"""The vendor's staff while it acts for a customer: a role of its own, in no other set."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_PARAMETER = re.compile(r"{([a-z_]+)(?::[a-z]+)?}")


FULL_ONLY = frozenset({Stage.FULL})
ANY_STAGE = frozenset(Stage)


class Refusal(StrEnum):
    """Why the guard lets nobody through; these words are in the API's answers."""

    SIGN_IN = "sign_in_required"
    SECOND_FACTOR = "second_factor_required"
    ENROLMENT = "enrolment_required"
    ROLE = "role_not_allowed"
    STAGE = "nothing_to_do_here"
    STEP_UP = "step_up_required"
    SCOPE = "scope_not_allowed"


@dataclass(frozen=True)
class Standing:
    """What the guard knows of somebody signed in."""

    role: str
    stage: Stage = Stage.FULL
    stepped_up: bool = False
    scopes: frozenset[str] | None = None
    """Those of the token with which the request came; None for a session."""


@dataclass(frozen=True)
class Route:
    """One method on one path template, with the roles that may call it and the handler that answers.

    `stages` are those of a session that reach it; a route for anonymous callers is reached in each. `step_up` asks for
    a fresh proof of identity. A change with `step_up`, or with `privileged`, which every change of a privileged action
    of the matrix is, gives the session a new identifier. `largest` is how many bytes the body of a request may have.
    """

    method: str
    path: str
    callers: frozenset[str]
    name: str
    handler: Any
    stages: frozenset[Stage] = FULL_ONLY
    step_up: bool = False
    privileged: bool = False
    action: str | None = None
    """The action of the matrix of roles that it belongs to."""
    scope: str | None = None
    """The scope with which a token reaches it; None where no token does."""
    largest: int = 300_000

    @property
    def parameters(self) -> tuple[str, ...]:
        """The identifiers in the path, in order."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def template(self) -> str:
        """The path without the types of its parameters, as it is published and logged."""
        return _PARAMETER.sub(r"{\1}", self.path)

    @property
    def changes_state(self) -> bool:
        """Safe methods change nothing (RFC 9110 9.2.1)."""
        return self.method != "GET"

    def may_call(self, role: str | None) -> bool:
        """`role` is None for somebody who has not signed in."""
        return (role or ANONYMOUS) in self.callers

    @property
    def rotates(self) -> bool:
        """Whether a successful call gives the session a new identifier."""
        return self.changes_state and (self.step_up or self.privileged)

    def refusal(self, standing: Standing | None) -> Refusal | None:
        """Why this caller may not call it, None when they may. In one order: session, scope, stage, role, step-up."""
        if standing is None:
            return None if ANONYMOUS in self.callers else Refusal.SIGN_IN
        if standing.scopes is not None and ANONYMOUS not in self.callers and self.scope not in standing.scopes:
            return Refusal.SCOPE
        if ANONYMOUS not in self.callers and standing.stage not in self.stages:
            waiting = {Stage.SECOND_FACTOR: Refusal.SECOND_FACTOR, Stage.ENROLMENT: Refusal.ENROLMENT}
            return waiting.get(standing.stage, Refusal.STAGE)
        if standing.role not in self.callers:
            return Refusal.ROLE
        if self.step_up and not standing.stepped_up:
            return Refusal.STEP_UP
        return None


class Manifest:
    """All routes, in matching order. Raises ConfigurationError for an undeclared or doubly declared caller or path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = tuple(routes)
        seen: set[tuple[str, str]] = set()
        names: set[str] = set()
        for route in self._routes:
            where = f"{route.method} {route.path}"
            if route.method not in _METHODS:
                raise ConfigurationError("The method is not one that routes may use.", where=where)
            if not route.callers:
                raise ConfigurationError("The route does not declare who may call it.", where=where)
            if not route.callers <= EVERYBODY | {SUPPORT}:
                unknown = sorted(route.callers - EVERYBODY - {SUPPORT})
                raise ConfigurationError(f"Unknown callers: {unknown}.", where=where)
            if not route.stages or (route.step_up and ANONYMOUS in route.callers):
                raise ConfigurationError("No session could reach the route as it is declared.", where=where)
            if (route.method, route.path) in seen or route.name in names:
                raise ConfigurationError("The route or its name is declared twice.", where=where)
            seen.add((route.method, route.path))
            names.add(route.name)

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def __len__(self) -> int:
        return len(self._routes)

    def named(self, name: str) -> Route:
        """The route of this name; raises ConfigurationError when there is none."""
        for route in self._routes:
            if route.name == name:
                return route
        raise ConfigurationError("No route has this name.", where=name)

    def rows(self) -> list[dict[str, Any]]:
        """The manifest as it is published, sorted: how to call, who may, from which stage, by which action, scope."""
        return [
            {
                "method": route.method,
                "path": route.template,
                "callers": sorted(route.callers),
                "parameters": list(route.parameters),
                "stages": sorted(route.stages),
                "step_up": route.step_up,
                "rotates": route.rotates,
                "action": route.action,
                "scope": route.scope,
            }
            for route in sorted(self._routes, key=lambda route: (route.path, route.method))
        ]
