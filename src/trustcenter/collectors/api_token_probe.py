"""Every route of the interface with every kind of bad token, and with a good one; and how tokens are kept."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import uuid4

from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors._canary import Canary
from trustcenter.collectors._isolation_routes import Route
from trustcenter.collectors._posture import read_posture
from trustcenter.collectors._privileged import change, step_up
from trustcenter.collectors._sign_in import json_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Sql

UNREADABLE = {"content-type": "application/x-nothing-that-anybody-reads"}
KINDS = ("none", "malformed", "unknown", "revoked", "expired", "wrong scope", "good")
STRANGER = "another tenant's thing"


@dataclass(frozen=True, slots=True)
class TokenAttempt:
    """One call with one kind of token; or one stored token, held against the one that was handed out."""

    method: Annotated[str, Key]
    """`STORED` for a stored token, `LEFT` for one of the canary's after it was taken back at the end."""
    route: Annotated[str, Key]
    token: Annotated[str, Key]
    expected: Literal["accepted", "refused"]
    seen: Literal["accepted", "refused", "error"]
    status: int | None

    @property
    def agrees(self) -> bool:
        """A good token with the right scope is accepted, all else refused; only a digest is stored, none is left."""
        return self.expected == self.seen


@dataclass(frozen=True, slots=True)
class _Listed:
    route: Route
    scope: str | None


@collector(method="probe", kinds=("platform",), safety="canary")
def api_token_probe(http: Http, db: Sql, run: Run) -> Population[TokenAttempt]:
    """Each route of the interface with no token, a malformed, unknown, revoked, expired, wrongly scoped and a good one.

    Mapping: `prefix` (where the interface begins), `scopes` (all there are), `make` and `revoke` (addresses, `{id}` in
    the second), `step_up` (address and `field` of the password, where a fresh proof is
    asked for), `identity`; of the stored form `table`, `shown` (column of what names a token), `stored` (column of its
    SHA-256), `shown_length`. Tokens are the canary's own, revoked at the end, and
    tried once more then: `left`. Changes carry a body nobody reads. With `stranger` (a canary of another tenant) and
    `identifiers` (as for tenant_isolation_probe) a good token also asks for that tenant's things, one by one.
    """
    listed = _routes(http, run)
    scopes = [str(scope) for scope in run.setting("scopes")]
    canary = Canary.enter(http, run, "a")
    made: dict[str, tuple[str, Sequence[str]]] = {}
    try:
        step_up(canary, run, "a")

        def token(wanted: Sequence[str], seconds: int = 900) -> tuple[str, str]:
            answer = change(
                canary, "POST", str(run.setting("make")),
                {"name": f"canary {run.nonce}"[:100], "scopes": list(wanted), "seconds": seconds},
            )  # fmt: skip
            if answer.status != 201:
                raise CouldNotTell("denied", f"the canary could not make a token: {answer.status}")
            row = json_of(answer)
            made[str(row["id"])] = (str(row["token"]), wanted)
            return str(row["id"]), str(row["token"])

        expired, good = token(scopes, 1)[1], token(scopes)[1]
        until = time.monotonic() + 1.5
        identifier, revoked = token(scopes)
        change(canary, "DELETE", str(run.setting("revoke")).replace("{id}", identifier))
        others = {scope: token([each for each in scopes if each != scope])[1] for scope in scopes}
        stored = [_stored(db, run, each) for each in (good, revoked, *others.values())]
        time.sleep(max(0.0, until - time.monotonic()))  # the short one must have ended
        tokens = {
            "none": None, "malformed": good[:-9], "unknown": _unknown(good), "revoked": revoked, "expired": expired,
        }  # fmt: skip
        facts = list(_attempts(http, listed, tokens, good, others))
        crossing = _crossings(http, run, listed, good)
    finally:
        for identifier in made:
            change(canary, "DELETE", str(run.setting("revoke")).replace("{id}", identifier))
        canary.leave()
    left = [_left(http, run, listed, token, scopes) for token, scopes in made.values()]
    expected = sum(len(KINDS) - (each.scope is None) for each in listed)
    return Population(
        facts=(*facts, *crossing, *stored, *left),
        completeness=Completeness(
            "each route of the interface in the live router with each kind of token, less those that take no good one; "
            "each token that was made; each thing of another tenant, where one is mapped",
            expected + len(crossing) + len(stored) + len(made),
            len(facts) + len(crossing) + len(stored) + len(left),
        ),
        query="every route of the interface that is not open to everybody, with every kind of token",
        parameters={"routes": [str(each.route) for each in listed], "tokens": list(KINDS)},
        observed_at=run.now(),
        actor=db.actor,
        permissions=postgresql.rights(db),
        notes=(
            f"{len(listed)} routes of the interface; {len(made)} tokens were made, for 15 minutes at most.",
            "A route that no token reaches is called with one that has every scope: it must be refused.",
        ),
    )


def _routes(http: Http, run: Run) -> list[_Listed]:
    prefix = str(run.setting("prefix"))
    try:
        found = [
            _Listed(Route(row["path"], row["method"]), row["scope"])
            for row in read_posture(http, run).observed["routes"]
            if row["path"].startswith(prefix) and "anonymous" not in row["callers"]
        ]
    except (KeyError, TypeError) as error:
        raise CouldNotTell("malformed", "the posture document has no routes with callers and scopes") from error
    if not any(each.scope for each in found):
        raise CouldNotTell("incomplete", f"no route below {prefix} is reached by a token")
    return sorted(found, key=lambda each: each.route)


def _attempts(
    http: Http, listed: list[_Listed], tokens: Mapping[str, str | None], good: str, others: Mapping[str, str]
) -> Iterator[TokenAttempt]:
    for each in listed:
        wrong = others[each.scope] if each.scope is not None else good
        cases: list[tuple[str, str | None, Literal["accepted", "refused"]]] = [
            *((kind, token, "refused") for kind, token in tokens.items()), ("wrong scope", wrong, "refused"),
        ]  # fmt: skip
        if each.scope is not None:
            cases.append(("good", good, "accepted"))
        path = each.route.filled({name: _harmless(name) for name in each.route.parameters})
        for kind, token, expected in cases:
            headers = {} if token is None else {"authorization": f"Bearer {token}"}
            client = http.session()
            if each.route.changes:
                answer = client.request(
                    each.route.method, path, headers={**UNREADABLE, **headers}, json="x", retry=False
                )
            else:
                answer = client.request(each.route.method, path, headers=headers, retry=False)
            seen: Literal["accepted", "refused", "error"] = (
                "error" if answer.status >= 500 else "refused" if answer.status in (401, 403) else "accepted"
            )
            yield TokenAttempt(each.route.method, each.route.path, kind, expected, seen, answer.status)


def _crossings(http: Http, run: Run, listed: list[_Listed], token: str) -> list[TokenAttempt]:
    """A good token of one tenant on each reading route with a thing of another one, which its own canary can read.

    A refusal may be a 404 here. Raises CouldNotTell("contradicted") where the other tenant cannot read it either.
    """
    if "stranger" not in run.mapping:
        return []
    kinds: Mapping[str, Mapping[str, Any]] = run.setting("identifiers")
    stranger, found = Canary.enter(http, run, str(run.setting("stranger"))), []
    try:
        things = {name: stranger.belongings(kind).identifiers for name, kind in kinds.items()}
        for each in listed:
            wanted = each.route.parameters
            if each.scope is None or each.route.changes or not wanted or not all(things.get(name) for name in wanted):
                continue
            path = each.route.filled({name: things[name][0] for name in wanted})
            if stranger.http.request("GET", path).status != 200:
                raise CouldNotTell("contradicted", f"{each.route}: the other tenant cannot read its own thing either")
            answer = http.session().request("GET", path, headers={"authorization": f"Bearer {token}"}, retry=False)
            seen: Literal["accepted", "refused", "error"] = (
                "error" if answer.status >= 500 else "refused" if answer.status in (401, 403, 404) else "accepted"
            )
            found.append(TokenAttempt(each.route.method, each.route.path, STRANGER, "refused", seen, answer.status))
    finally:
        stranger.leave()
    if not found:
        raise CouldNotTell("incomplete", "the other tenant has nothing that a token could ask for by its identifier")
    return found


def _left(http: Http, run: Run, listed: list[_Listed], token: str, scopes: Sequence[str]) -> TokenAttempt:
    """Whether a token that was taken back still opens what its scopes name. Raises CouldNotTell where nothing does."""
    readable = [each for each in listed if each.scope in scopes and not each.route.changes]
    if not readable:
        raise CouldNotTell("incomplete", "no route reads with the scopes of the canary's token")
    route = min((each.route for each in readable), key=lambda route: len(route.parameters))
    path = route.filled({name: _harmless(name) for name in route.parameters})
    answer = http.session().request("GET", path, headers={"authorization": f"Bearer {token}"}, retry=False)
    seen: Literal["accepted", "refused", "error"] = (
        "error" if answer.status >= 500 else "refused" if answer.status in (401, 403) else "accepted"
    )
    return TokenAttempt("LEFT", token[: int(run.setting("shown_length"))], "left", "refused", seen, answer.status)


def _harmless(name: str) -> str:
    """An identifier that belongs to nothing; a number where the name says that it is one."""
    return "999999999999" if name.startswith("event") else str(uuid4())


def _unknown(good: str) -> str:
    """A token of the right form that was never handed out: what a digest of a good one gives."""
    return good[:-43] + base64.urlsafe_b64encode(hashlib.sha256(good.encode()).digest()).decode().rstrip("=")


def _stored(db: Sql, run: Run, token: str) -> TokenAttempt:
    """The row of a token that was handed out: its digest, and its secret part in no column in any usual encoding."""
    shown = token[: int(run.setting("shown_length"))]
    query = (
        f"select t::text as whole, {postgresql.column(run, 'stored')} as stored "  # noqa: S608 - quoted by `quoted`
        f"from {postgresql.quoted(run.setting('table'))} t where {postgresql.column(run, 'shown')} = %(shown)s"
    )
    rows = db.committed(query, {"shown": shown})
    if len(rows) != 1:
        raise CouldNotTell("incomplete", f"{len(rows)} stored tokens bear the name of the one that was handed out")
    secret = token[len(shown) :].strip("_-.")
    forms = (secret, secret.encode().hex(), base64.b64encode(secret.encode()).decode())
    digest = bytes(rows[0]["stored"]) == hashlib.sha256(token.encode()).digest()
    plain = any(form in rows[0]["whole"] for form in forms)
    return TokenAttempt("STORED", shown, "digest", "refused", "refused" if digest and not plain else "accepted", None)
