"""One canary tenant tries everything that belongs to another."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from trustcenter.collectors._canary import Belongings, Canary
from trustcenter.collectors._isolation_routes import AccessLog, Route, live_routes
from trustcenter.collectors._sign_in import json_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Response

Outcome = Literal["refused", "leaked", "error", "not_tried"]
REFUSALS = frozenset({401, 403, 404, 405})
MOST_IDENTIFIERS = 3
LOG_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class IsolationAttempt:
    """One request of tenant B with something of tenant A, or a look of A's at its own data afterwards."""

    method: Annotated[str, Key]
    route: Annotated[str, Key]
    identifier_kind: Annotated[str, Key]
    identifier: Annotated[str, Key]
    outcome: Outcome
    """`error` is neither: a failure may hide a leak. `not_tried`: reading it was not refused, so it was not changed."""
    status: int | None


@collector(method="probe", kinds=("platform",), safety="canary")
def tenant_isolation_probe(http: Http, run: Run) -> Population[IsolationAttempt]:
    """Every route with every identifier of canary tenant A, tried by canary tenant B; A itself can read."""
    routes = live_routes(http, run)
    kinds: Mapping[str, Any] = run.setting("identifiers")
    free = frozenset(run.mapping.get("without_tenant", ()))
    _check_parameters(routes, kinds, free)
    log = AccessLog(run)
    with _canaries(http, run) as (a, b, mark):
        before = {kind: a.belongings(table) for kind, table in kinds.items()}
        own = {kind: b.belongings(table) for kind, table in kinds.items()}
        words = frozenset[str]().union(*(each.words for each in before.values()), {mark})
        # a title may be the same in both, an identifier of A's is never B's: where B is shown one, that is the leak
        identifiers = frozenset[str]().union(*(each.identifiers for each in before.values()), {mark})
        words -= frozenset[str]().union(*(each.words for each in own.values())) - identifiers
        _a_can_read(a, routes, before)
        templated = [route for route in routes if set(route.parameters) - free]
        open_ended = [route for route in routes if not route.parameters and not route.changes]
        b.sent.clear()
        b.calls = 0
        facts = list(_attempts(b, templated, before, words, run.mapping.get("bodies", {})))
        facts += _listings(b, open_ended, a.organisation, words, run)
        b.still_inside()
        after = {kind: a.belongings(table) for kind, table in kinds.items()}
        facts += [_afterwards(a, routes, kinds[kind]["page"], kind, before[kind], after[kind]) for kind in kinds]
        attempted, logged, calls = len(b.sent), _logged(log, b), b.calls
    unknown = sorted(str(route) for route in log.routes_seen() - set(routes))
    if unknown:
        raise CouldNotTell(
            "contradicted", f"the access log has requests of routes that the router does not list: {', '.join(unknown)}"
        )
    seen = len(log.routes_seen() & set(routes))
    skipped = [str(route) for route in routes if route not in templated and route not in open_ended]
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "requests of tenant B with an identifier, by method and path, counted in the platform's own access log",
            logged,
            attempted,
            independent=True,
        ),
        query="every route of the live router with every identifier of canary A, by canary B signed in as owner",
        parameters={"routes": [str(route) for route in routes], "identifiers_a_kind": MOST_IDENTIFIERS},
        exclusions=tuple(f"{route}: takes nothing that belongs to a tenant" for route in skipped),
        observed_at=run.now(),
        notes=(
            f"{len(routes)} routes in the live router, {len(templated)} with identifiers, {len(open_ended)} listings; "
            f"{seen} of them have requests in the access log",
            f"{calls} requests by tenant B; tenant A could read what B was refused",
            "One document was created in each canary tenant and removed again.",
        ),
    )


def _check_parameters(routes: Sequence[Route], kinds: Mapping[str, Any], free: frozenset[str]) -> None:
    unknown = {name for route in routes for name in route.parameters} - set(kinds) - free
    if unknown:
        raise CouldNotTell(
            "incomplete",
            f"routes take identifiers that the mapping does not know: {', '.join(sorted(unknown))}",
            hint="add each to `identifiers`, or to `without_tenant` where it belongs to no tenant",
        )


@contextmanager
def _canaries(http: Http, run: Run) -> Iterator[tuple[Canary, Canary, str]]:
    """Both canaries signed in, each with a document of its own made for this probe; removed and signed out after it."""
    a, b = Canary.enter(http, run, "a"), Canary.enter(http, run, "b")
    if a.organisation == b.organisation:
        raise CouldNotTell("contradicted", "both canaries belong to one organisation")
    made: list[tuple[Canary, str]] = []
    table: Mapping[str, Any] = run.setting("canary_document")
    create, remove = Route(table["create"], "POST"), Route(table["remove"], "DELETE")
    mark = f"canary {run.nonce}"
    try:
        for canary, word in ((a, mark), (b, "own " + mark[::-1])):
            body = {key: word if value == "{nonce}" else value for key, value in table["body"].items()}
            answer = canary.call(create, create.path, body)
            if not 200 <= answer.status < 300:
                raise CouldNotTell(
                    "contradicted", f"a canary cannot create its own document ({answer.status}): refusals prove nothing"
                )
            made.append((canary, str(json_of(answer)[table["identifier"]])))
        yield a, b, mark
    finally:
        for canary, identifier in made:
            canary.call(remove, remove.filled(dict.fromkeys(remove.parameters, identifier)), {})
        for canary in (a, b):
            canary.leave()


def _a_can_read(a: Canary, routes: Sequence[Route], before: Mapping[str, Belongings]) -> None:
    """The control: of each kind that a GET route takes, A reads one of its own."""
    for kind, found in before.items():
        readers = [route for route in routes if route.method == "GET" and route.parameters == (kind,)]
        if not found.identifiers:
            raise CouldNotTell("incomplete", f"canary A has nothing of kind {kind}: nothing could leak")
        if readers and not any(
            a.call(route, route.filled({kind: identifier})).status == 200
            for route in readers
            for identifier in found.identifiers[:MOST_IDENTIFIERS]
        ):
            raise CouldNotTell("contradicted", f"canary A cannot read its own {kind}: that B cannot proves nothing")


def _attempts(
    b: Canary,
    routes: Sequence[Route],
    before: Mapping[str, Belongings],
    words: frozenset[str],
    bodies: Mapping[str, Any],
) -> Iterator[IsolationAttempt]:
    """Reading first; what was not refused on reading is not changed too."""
    spared: set[str] = set()
    for route in sorted(routes, key=lambda route: route.changes):
        for kind, found in before.items():
            for identifier in found.identifiers[:MOST_IDENTIFIERS]:
                matching = kind in route.parameters
                if route.changes and identifier in spared:
                    yield IsolationAttempt(route.method, route.path, kind, identifier, "not_tried", None)
                    continue
                values = {
                    name: identifier if name == kind or not matching else before[name].identifiers[0]
                    for name in route.parameters
                }
                answer = b.call(route, route.filled(values), bodies.get(str(route)))
                outcome = _outcome(answer, words - {identifier}, matching)
                if outcome != "refused":
                    spared.add(identifier)
                yield IsolationAttempt(route.method, route.path, kind, identifier, outcome, answer.status)


def _outcome(answer: Response, words: frozenset[str], matching: bool) -> Outcome:
    if _holds(answer, words) or 200 <= answer.status < 400:
        return "leaked"
    if answer.status in REFUSALS or (not matching and answer.status in (400, 422)):
        return "refused"
    return "error"


def _holds(answer: Response, words: frozenset[str]) -> bool:
    text = answer.body.decode("utf-8", "replace")
    return any(word in text for word in words)


def _listings(
    b: Canary, routes: Sequence[Route], tenant: str, words: frozenset[str], run: Run
) -> Iterator[IsolationAttempt]:
    """Pages without identifiers, plain and with A's organisation as a parameter: nothing of A's may be on them."""
    names = run.mapping.get("tenant_parameters", ("organisation_id", "organisation", "tenant"))
    asked = "?" + "&".join(f"{name}={tenant}" for name in names)
    for route in routes:
        for kind, query in (("nothing", ""), ("organisation", asked)):
            answer = b.call(route, route.path, query=query)
            outcome: Outcome = "leaked" if _holds(answer, words) else "error" if answer.status >= 500 else "refused"
            yield IsolationAttempt(route.method, route.path, kind, tenant if query else "", outcome, answer.status)


def _afterwards(
    a: Canary, routes: Sequence[Route], page: str, kind: str, before: Belongings, after: Belongings
) -> IsolationAttempt:
    """A looks at its own: whatever B was told, nothing of A's may be gone or changed.

    A listing may show the newest only: what fell off its end is there where A can still read it by itself.
    """
    readers = [route for route in routes if route.method == "GET" and route.parameters == (kind,)]
    same = all(
        after.state[identifier] == state
        if identifier in after.state
        else any(_still_reads(a, route, route.filled({kind: identifier}), state) for route in readers)
        for identifier, state in before.state.items()
    )
    return IsolationAttempt("GET", page, kind, "A's own, afterwards", "refused" if same else "leaked", None)


def _still_reads(a: Canary, route: Route, path: str, state: Sequence[str]) -> bool:
    answer = a.call(route, path)
    return answer.status == 200 and all(_holds(answer, frozenset({text})) for text in state)


def _logged(log: AccessLog, b: Canary) -> int:
    """B's attempts in the access log. A log is written behind the answer, so it is given a moment."""
    until = time.monotonic() + LOG_SECONDS
    while True:
        found = log.count_since(b.sent, b.organisation)
        if found >= len(b.sent) or time.monotonic() > until:
            return found
        time.sleep(0.05)
