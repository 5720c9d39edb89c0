"""Every kind of caller tries every route: what is let through and what is refused must be what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import uuid4

from trustcenter.collectors._canary import Canary
from trustcenter.collectors._isolation_routes import AccessLog, Route
from trustcenter.collectors._posture import read_posture
from trustcenter.collectors._sign_in import Form
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Response

ANONYMOUS = "anonymous"
UNREADABLE = {"content-type": "application/x-nothing-that-anybody-reads"}


@dataclass(frozen=True, slots=True)
class RoleAttempt:
    """One route, called once by one kind of caller."""

    method: Annotated[str, Key]
    route: Annotated[str, Key]
    caller: Annotated[str, Key]
    declared: Literal["allowed", "refused", "undeclared"]
    """By the matrix that the platform publishes; undeclared where the router answers a route that no action names."""
    seen: Literal["allowed", "refused", "error"]
    status: int

    @property
    def agrees(self) -> bool:
        """What happened is what is declared."""
        return self.declared == self.seen


@collector(method="probe", kinds=("platform",), safety="canary")
def role_matrix_probe(http: Http, run: Run) -> Population[RoleAttempt]:
    """Each route of the live router as each role, as nobody, and as another tenant's owner with the first one's things.

    Mapping: `callers` (kind of caller to the canary that is one: `{owner = "a", admin = "admin"}`), `stranger` (a
    canary of another tenant), `identity`, `identifiers` (as for tenant_isolation_probe, from the owner's listings),
    `refusal` (`words` in an answer and `pages` redirected to that mean: let through by role, stopped by something
    else). Reading is done with the tenant's own things; a change by another tenant's owner is
    tenant_isolation_probe's to try. A change carries a body of a type that nobody reads: a caller who is let through
    is told so (415 or another answer than 401 and 403), and nothing is changed whoever calls.
    """
    routes = _declared(http, run)
    kinds: Mapping[str, Any] = run.setting("identifiers")
    log = AccessLog(run)
    callers: Mapping[str, str] = run.setting("callers")
    facts: list[RoleAttempt] = []
    owner = Canary.enter(http, run, callers["owner"])
    try:
        things = {kind: _first(kind, owner.belongings(table).identifiers) for kind, table in kinds.items()}
        foreign = {
            route: actors
            for route, actors in routes.items()
            if not route.changes and route.parameters and set(route.parameters) <= set(kinds)
        }
        for name, letter in callers.items():
            canary = owner if name == "owner" else Canary.enter(http, run, letter)
            try:
                facts += _attempts(canary.http, name, name, routes, things, run)
            finally:
                if canary is not owner:
                    canary.leave()
        facts += _attempts(http.session(), ANONYMOUS, ANONYMOUS, routes, things, run)
        stranger = Canary.enter(http, run, str(run.setting("stranger")))
        try:
            facts += _attempts(stranger.http, "owner of another tenant", None, foreign, things, run)
        finally:
            stranger.leave()
    finally:
        owner.leave()
    unlogged = set(routes) - log.routes_since()
    if unlogged:  # a log that does not show what was just done cannot show routes that nobody declared
        raise CouldNotTell("incomplete", f"the access log lacks requests of this probe: {min(unlogged)}, for one")
    unknown = sorted(log.routes_seen() - set(routes))
    facts += [RoleAttempt(route.method, route.path, "anybody", "undeclared", "allowed", 200) for route in unknown]
    expected = len(routes) * (len(callers) + 1) + len(foreign)
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "each route of the live router by each kind of caller, and readings with identifiers by another tenant",
            expected + len(unknown),
            len(facts),
        ),
        query="every route of the live router, as every kind of caller",
        parameters={"callers": [ANONYMOUS, *callers], "routes": [str(route) for route in routes]},
        observed_at=run.now(),
        notes=(
            f"{len(routes)} routes, {len(callers) + 1} kinds of caller and another tenant's owner.",
            "Changes carried a body that nobody reads: none was made.",
        ),
    )


def _declared(http: Http, run: Run) -> dict[Route, frozenset[str] | None]:
    """Routes of the signed posture document with their callers; None where no action of the matrix names them."""
    observed = read_posture(http, run).observed
    try:
        actions = {row["name"]: frozenset(row["callers"]) for row in observed["roles"]}
        found = {}
        for row in observed["routes"]:
            callers = actions.get(row["action"]) if row["action"] is not None else None
            if callers is not None and callers != frozenset(row["callers"]):
                raise CouldNotTell(
                    "contradicted", f"{row['method']} {row['path']}: router and matrix do not name the same callers"
                )
            found[Route(row["path"], row["method"])] = callers
    except (KeyError, TypeError) as error:
        raise CouldNotTell("malformed", "the posture document has no routes with actions, or no matrix") from error
    if not found:
        raise CouldNotTell("incomplete", "the router lists no routes")
    return dict(sorted(found.items()))


def _attempts(
    http: Http,
    name: str,
    role: str | None,
    routes: Mapping[Route, frozenset[str] | None],
    things: Mapping[str, str],
    run: Run,
) -> Iterator[RoleAttempt]:
    """`role` None is a stranger to whom every identifier is refused. The session's own end comes last."""
    form = Form.of(run)
    for route in sorted(routes, key=lambda each: (each.path == form.sign_out_path, each)):
        declared = routes[route]
        values = {kind: things.get(kind) or str(uuid4()) for kind in route.parameters}
        if route.changes:
            answer = http.request(route.method, route.filled(values), headers=UNREADABLE, json="x", retry=False)
        else:
            answer = http.request(route.method, route.filled(values), retry=False)
        seen = _seen(answer, form, run, stranger=role is None)
        yield RoleAttempt(route.method, route.path, name, _expected(declared, role), seen, answer.status)


def _expected(declared: frozenset[str] | None, role: str | None) -> Literal["allowed", "refused", "undeclared"]:
    if declared is None:
        return "undeclared"
    return "allowed" if role in declared else "refused"


def _seen(answer: Response, form: Form, run: Run, *, stranger: bool) -> Literal["allowed", "refused", "error"]:
    if answer.status >= 500:
        return "error"
    if stranger and answer.status == 404:
        return "refused"
    words: Sequence[str] = run.setting("refusal")["words"]
    text = answer.body.decode("utf-8", "replace")
    location = answer.header("location") or ""
    elsewhere: Sequence[str] = run.setting("refusal").get("pages", ())
    if any(word in text for word in words) or any(location.startswith(page) for page in elsewhere):
        return "allowed"
    if answer.status in (401, 403) or location.startswith(f"{form.path}?"):
        return "refused"
    return "allowed"


def _first(kind: str, identifiers: Sequence[str]) -> str:
    if not identifiers:
        raise CouldNotTell("incomplete", f"the canary owner has nothing of kind {kind}: its routes cannot be tried")
    return identifiers[0]
