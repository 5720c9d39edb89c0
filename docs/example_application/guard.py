"""Mounts the manifest of routes: who may call what is declared once, and decided here before any handler runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from identity import Identity, Person
from starlette.background import BackgroundTask, BackgroundTasks
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route as Mounted

from trustcenter.runtime import api_tokens, sessions
from trustcenter.runtime.routes import Manifest, Refusal, Route, Standing

UNDECLARED: frozenset[str] = frozenset()
"""The matrix says who calls a route; one that it does not name has no callers and stops the start."""
Handler = Callable[[Request, Person], Awaitable[Response]]
_READ = ("application/json", "application/x-www-form-urlencoded", "")
_UNKNOWN = (Refusal.SIGN_IN, Refusal.SECOND_FACTOR, Refusal.ENROLMENT)


@dataclass
class Guard:
    """Session, stage, role and step-up by the manifest; the form token of every change; new identifiers."""

    identity: Identity
    form_key: bytes
    of_token: Callable[[str], Person | None]

    def mounted(self, manifest: Manifest) -> list[Mounted]:
        return [Mounted(route.path, self._guarded(route), methods=[route.method]) for route in manifest]

    def token_of(self, token: str) -> str:
        return sessions.form_token(self.form_key, token)

    def form(self, person: Person | None, fields: str) -> Response:
        """A form with its token: the session's, or that of a visitor, who gets a cookie for it."""
        visitor = "" if person else sessions.new_token()
        hidden = f'<input type="hidden" name="token" value="{self.token_of(person.token if person else visitor)}">'
        page = HTMLResponse(f'<form method="post">{hidden}{fields}</form>')
        if visitor:
            page.headers.append("set-cookie", sessions.cookie_header(sessions.ANONYMOUS_COOKIE, visitor))
        return page

    def entered(self, answer: Response, token: str) -> Response:
        """The browser's new identifier, and the form token that belongs to it."""
        answer.headers.append("set-cookie", sessions.cookie_header(sessions.COOKIE, token))
        answer.headers["x-token"] = self.token_of(token)
        return answer

    def _guarded(self, route: Route) -> Any:
        async def guarded(request: Request) -> Response:
            request.state.afterwards, request.state.cookies = [], []
            answer = await allowed(request)
            for cookie in request.state.cookies:
                answer.headers.append("set-cookie", cookie)
            if request.state.afterwards:
                answer.background = BackgroundTasks([BackgroundTask(*each) for each in request.state.afterwards])
            return answer

        async def allowed(request: Request) -> Response:
            if route.changes_state:
                await request.body()  # first: a body may take its time, and what is allowed now be over at its end
            bearer = api_tokens.bearer(request.headers.get("authorization"))
            if bearer is None:
                person = self.identity.person(request.cookies.get(sessions.COOKIE))
            else:
                person = self.of_token(bearer) if bearer else None
            standing = None if person is None else Standing(person.role, person.stage, person.stepped_up, person.scopes)
            if person is not None:
                request.state.organisation, request.state.acting_for = str(person.organisation_id), person.acting_for
            refusal = None if standing is None and route.may_call(None) else route.refusal(standing)
            if refusal is not None:
                return JSONResponse({"error": refusal}, 401 if refusal in _UNKNOWN else 403)
            if route.changes_state:
                if request.headers.get("content-type", "").partition(";")[0] not in _READ:
                    return JSONResponse({"error": "send a form or JSON"}, 415)
                if bearer is None and not await self._own_form(request, person):
                    return JSONResponse({"error": "form_token"}, 403)
            answer: Response = await route.handler(request, person)
            if route.rotates and person is not None and bearer is None and answer.status_code < 400:
                self.entered(answer, self.identity.renew(person))
            return answer

        return guarded

    async def _own_form(self, request: Request, person: Person | None) -> bool:
        token = person.token if person else request.cookies.get(sessions.ANONYMOUS_COOKIE, "")
        given = request.headers.get("x-token") or str((await request.form()).get("token", ""))
        return bool(token) and sessions.form_token_matches(self.form_key, token, given)


def away(path: str = "/") -> Response:
    return RedirectResponse(path, 303)
