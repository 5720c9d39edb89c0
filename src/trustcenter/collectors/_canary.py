"""A canary tenant's owner: a session, its identifiers, and the words that belong to nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trustcenter.collectors._isolation_routes import Route
from trustcenter.collectors._sign_in import Credentials, Form, json_of, session_token, sign_out
from trustcenter.collectors._visit import Visit
from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Http, Response

SHORTEST_WORD = 8
"""A shorter text may turn up anywhere by chance."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a tenant has of one kind: identifiers in order, and per identifier the values that must not change."""

    identifiers: tuple[str, ...]
    words: frozenset[str]
    state: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Canary:
    """One signed-in canary."""

    http: Http
    form: Form
    organisation: str
    token: str | None
    sent: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every attempt with an identifier, to be found again in the access log."""
    calls: int = 0

    @classmethod
    def enter(cls, http: Http, run: Run, letter: str, *, fresh: bool = True) -> Canary:
        """Signed in; with a `fresh` proof of identity where the mapping allows one."""
        form = Form.of(run)
        session = http.session()
        visit = Visit(session, form)
        who = Credentials.of(run, f"canary_{letter}")
        visit.enter(who, run.now())
        if fresh and visit.proves(who):
            visit.step_up(who)  # what is refused afterwards is not refused for want of a fresh proof
        identity = run.setting("identity")
        me = json_of(session.request("GET", identity["page"]))
        organisation = me.get(identity["organisation"]) if isinstance(me, Mapping) else None
        if not organisation:
            raise CouldNotTell("malformed", f"`{identity['page']}` does not say the canary's organisation")
        return cls(session, form, str(organisation), session_token(session, form))

    def still_inside(self) -> None:
        """Raises CouldNotTell where the session ended during the probe: what came after was refused to a stranger."""
        if self.http.request("GET", self.form.signed_in_page).status != 200:
            raise CouldNotTell("contradicted", "the canary's session ended during the probe: refusals prove nothing")

    def leave(self) -> None:
        sign_out(self.http, self.form)

    def call(self, route: Route, path: str, body: Mapping[str, Any] | None = None, query: str = "") -> Response:
        """One attempt, once: whatever the status is, it is the answer."""
        self.calls += 1
        if route.parameters:
            self.sent.append((route.method, path))
        if not route.changes:
            return self.http.request(route.method, path + query, retry=False)
        headers = {self.form.token_header: self.token} if self.form.token_header and self.token else {}
        if body is not None:
            return self.http.request(route.method, path, headers=headers, json=dict(body), retry=False)
        fields = {self.form.token_field: self.token} if self.form.token_field and self.token else {}
        return self.http.request(route.method, path, headers=headers, form=fields, retry=False)

    def belongings(self, kind: Mapping[str, Any]) -> Belongings:
        """A listing by the mapping: `page`, `items`, `field`, `texts`, `unchanged`."""
        listed = json_of(self.http.request("GET", kind["page"]))
        items = listed.get(kind["items"]) if "items" in kind and isinstance(listed, Mapping) else listed
        try:
            if not isinstance(items, list):
                raise TypeError("no list")
            identifiers = tuple(str(item[kind["field"]]) for item in items)
            texts: Sequence[str] = kind.get("texts", ())
            watched: Sequence[str] = (*texts, *kind.get("unchanged", ()))
            words = {str(item[name]) for item in items for name in texts} | set(identifiers)
            state = {
                identifier: tuple(str(item[name]) for name in watched)
                for identifier, item in zip(identifiers, items, strict=True)
            }
        except (KeyError, TypeError) as error:
            raise CouldNotTell(
                "malformed", f"`{kind['page']}` is not the listing that the mapping describes"
            ) from error
        return Belongings(identifiers, frozenset(word for word in words if len(word) >= SHORTEST_WORD), state)
