"""An application that is not the portal and mounts the runtime modules: people of an organisation keep letters."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import record
from identity import Identity, Person, TooOften
from models import Letter
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from trustcenter.proof.keys import PrivateKey
from trustcenter.runtime import audit_chain, sessions
from trustcenter.runtime.headers import PLAIN_HEADERS, SecurityHeaders
from trustcenter.runtime.passwords import PasswordHasher

Handler = Callable[[Request, Person], Awaitable[Response]]


class Letters:
    """The application; `form_key` makes the tokens of forms, `log` is the file of the access log."""

    def __init__(self, identity: Identity, form_key: bytes, heads_key: PrivateKey, log: Path) -> None:
        self.identity, self.form_key, self.heads_key, self.log = identity, form_key, heads_key, log

    async def home(self, request: Request) -> Response:
        return HTMLResponse("Letters")

    async def heads(self, request: Request) -> Response:
        """Where each organisation's chain stands, signed: what is missing behind it was cut off."""
        with Session(self.identity.engine) as session:
            rows = session.execute(text("select * from letters.heads()")).all()
        found = tuple(audit_chain.Head(audit_chain.label_of(row.organisation_id), row.seq, row.hash) for row in rows)
        return Response(audit_chain.sign(audit_chain.Heads(datetime.now(UTC), found), self.heads_key))

    async def show_sign_in(self, request: Request) -> Response:
        visitor = sessions.new_token()
        token = sessions.form_token(self.form_key, visitor)
        page = HTMLResponse(f'<form method="post"><input type="hidden" name="token" value="{escape(token)}"></form>')
        page.headers.append("set-cookie", sessions.cookie_header(sessions.ANONYMOUS_COOKIE, visitor))
        return page

    async def sign_in(self, request: Request) -> Response:
        form = await request.form()
        visitor = request.cookies.get(sessions.ANONYMOUS_COOKIE, "")
        if not visitor or not sessions.form_token_matches(self.form_key, visitor, str(form.get("token", ""))):
            return Response(status_code=403)
        token = await self.identity.sign_in(request, str(form.get("email", "")), str(form.get("password", "")))
        return Response(status_code=401) if token is None else self._entered(token)

    async def show_second_factor(self, request: Request, person: Person) -> Response:
        token = sessions.form_token(self.form_key, person.token)
        return HTMLResponse(f'<form method="post"><input type="hidden" name="token" value="{escape(token)}"></form>')

    async def second_factor(self, request: Request, person: Person) -> Response:
        token = self.identity.answer_code(request, person, str((await request.form()).get("code", "")))
        return Response(status_code=401) if token is None else self._entered(token)

    async def sign_out(self, request: Request, person: Person) -> Response:
        self.identity.sign_out(request, person)
        answer = RedirectResponse("/", 303)
        answer.headers.append("set-cookie", sessions.cookie_header(sessions.COOKIE, "", seconds=0))
        return answer

    async def me(self, request: Request, person: Person) -> Response:
        token = sessions.form_token(self.form_key, person.token)
        return JSONResponse({"organisation": str(person.organisation_id), "token": token})

    async def letters(self, request: Request, person: Person) -> Response:
        with self.identity.tenant(person.organisation_id) as session:
            found = session.scalars(select(Letter).order_by(Letter.id)).all()
            return JSONResponse({"letters": [{"id": str(each.id), "title": each.title} for each in found]})

    async def write(self, request: Request, person: Person) -> Response:
        made = Letter(id=uuid4(), title=str((await request.json())["title"])[:200])
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            session.add(made)
            self._record(session, request, person, "letter.write", made.id)
            return JSONResponse({"id": str(made.id)}, 201)

    async def letter(self, request: Request, person: Person) -> Response:
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            found = session.scalars(select(Letter).where(Letter.id == request.path_params["letter_id"])).one_or_none()
            if found is None:
                return Response(status_code=404)
            reading = request.method == "GET"
            self._record(session, request, person, "letter.read" if reading else "letter.burn", found.id)
            if not reading:
                session.delete(found)
                return Response(status_code=204)
            return JSONResponse({"id": str(found.id), "title": found.title})

    def signed_in(self, handler: Handler, stage: sessions.Stage = sessions.Stage.FULL) -> Any:
        """Lets those through whose session is at this stage; a change needs the session's form token."""

        async def guarded(request: Request) -> Response:
            person = self.identity.person(request.cookies.get(sessions.COOKIE))
            if person is None or person.stage is not stage:
                return Response(status_code=401)
            request.state.organisation = str(person.organisation_id)
            if request.method != "GET":
                given = request.headers.get("x-token") or str((await request.form()).get("token", ""))
                if not sessions.form_token_matches(self.form_key, person.token, given):
                    return Response(status_code=403)
            return await handler(request, person)

        return guarded

    def _entered(self, token: str) -> Response:
        answer = RedirectResponse("/", 303)
        answer.headers.append("set-cookie", sessions.cookie_header(sessions.COOKIE, token))
        return answer

    @staticmethod
    def _record(session: Session, request: Request, person: Person, action: str, entity_id: UUID) -> None:
        record.write(session, request, person.organisation_id, person.account_id, action, "letter", entity_id)


def told_to_wait(request: Request, error: Exception) -> Response:
    """The wait in seconds, the same whether the guess was right or not."""
    assert isinstance(error, TooOften)
    return Response(status_code=429, headers={"retry-after": str(error.seconds)})


def routes(app: Letters) -> list[Route]:
    factor = sessions.Stage.SECOND_FACTOR
    return [
        Route("/", app.home),
        Route("/audit-heads", app.heads),
        Route("/sign-in", app.show_sign_in),
        Route("/sign-in", app.sign_in, methods=["POST"]),
        Route("/second-factor", app.signed_in(app.show_second_factor, factor)),
        Route("/second-factor", app.signed_in(app.second_factor, factor), methods=["POST"]),
        Route("/sign-out", app.signed_in(app.sign_out), methods=["POST"]),
        Route("/me", app.signed_in(app.me)),
        Route("/letters", app.signed_in(app.letters)),
        Route("/letters", app.signed_in(app.write), methods=["POST"]),
        Route("/letters/{letter_id:uuid}", app.signed_in(app.letter), methods=["GET", "DELETE"]),
    ]


class Traced:
    """Numbers each request, tells the number in the answer, and writes a line of the access log."""

    def __init__(self, application: Any, log: Path, templates: Mapping[Any, str]) -> None:
        self.application, self.log, self.templates = application, log, templates

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["id"] = uuid4()

        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", str(state["id"]).encode())]
            await send(message)

        await self.application(scope, receive, told)
        line = {
            "method": scope["method"], "route": self.templates.get(scope.get("endpoint")), "path": scope["path"],
            "organisation": state.get("organisation"),
        }  # fmt: skip
        with self.log.open("a") as file:
            file.write(json.dumps(line) + "\n")


def create(dsn: str, pepper: bytes, heads_key: PrivateKey, log: Path) -> Starlette:
    """The application on the database that `dsn` reaches as its own role."""
    identity = Identity(create_engine(dsn, pool_size=5), PasswordHasher(pepper))
    app = Letters(identity, secrets.token_bytes(32), heads_key, log)
    listed = routes(app)
    traced = Middleware(Traced, log=log, templates={route.endpoint: route.path for route in listed})
    return Starlette(
        routes=listed, middleware=[Middleware(SecurityHeaders), traced], exception_handlers={TooOften: told_to_wait}
    )


def redirector(origin: str) -> Any:
    """The plain port: the same path over TLS, on our own host whatever the request says."""

    async def redirect(request: Request) -> Response:
        return RedirectResponse(origin + request.url.path, 308)

    listed = [Route("/{path:path}", redirect)]
    return Starlette(routes=listed, middleware=[Middleware(SecurityHeaders, headers=PLAIN_HEADERS)])
