"""An application that is not the portal and mounts the runtime modules: people of an organisation keep letters."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import record
from account import OwnAccount
from acting import Acting
from arrival import Arrivals, Guesses, TooOften
from ceremonies import Ceremonies
from factors import Factors
from guard import UNDECLARED, Guard, away
from identity import Identity, Person
from links import Links
from models import Event, Letter, SupportAccess
from people import People
from post import Post
from posture import Posture
from roles import MATRIX
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route as Mounted
from tokens import Tokens

from trustcenter.proof.keys import PrivateKey
from trustcenter.runtime import audit_chain, sessions
from trustcenter.runtime.common_passwords import CommonPasswords
from trustcenter.runtime.headers import PLAIN_HEADERS, SecurityHeaders
from trustcenter.runtime.mail import MailServer
from trustcenter.runtime.passkeys import RelyingParty
from trustcenter.runtime.password_policy import PasswordPolicy
from trustcenter.runtime.passwords import PasswordHasher
from trustcenter.runtime.places import Places
from trustcenter.runtime.routes import Manifest, Route

SHOWN = ("at", "actor_id", "acting_for", "action", "entity", "entity_id", "ip", "user_agent", "outcome")
PASSWORDS = PasswordPolicy(CommonPasswords.shipped(), product=("Letters",))


class Letters:
    """The pages of signing in, and the letters themselves."""

    def __init__(self, guard: Guard, heads_key: PrivateKey) -> None:
        self.guard, self.identity, self.heads_key = guard, guard.identity, heads_key

    async def home(self, request: Request, person: Person | None) -> Response:
        return HTMLResponse("Letters")

    async def heads(self, request: Request, person: Person | None) -> Response:
        """Where each organisation's chain stands, signed: what is missing behind it was cut off."""
        with Session(self.identity.engine) as session:
            rows = session.execute(text("select * from letters.heads()")).all()
        found = tuple(audit_chain.Head(audit_chain.label_of(row.organisation_id), row.seq, row.hash) for row in rows)
        return Response(audit_chain.sign(audit_chain.Heads(datetime.now(UTC), found), self.heads_key))

    async def show_sign_in(self, request: Request, person: Person | None) -> Response:
        return self.guard.form(person, '<input name="email"><input name="password">')

    async def sign_in(self, request: Request, person: Person | None) -> Response:
        form = await request.form()
        token = await self.identity.sign_in(request, str(form.get("email", "")), str(form.get("password", "")))
        return Response(status_code=401) if token is None else self.guard.entered(away(), token)

    async def show_second_factor(self, request: Request, person: Person) -> Response:
        return self.guard.form(person, '<input name="code">')

    async def second_factor(self, request: Request, person: Person) -> Response:
        token = self.identity.answer_code(request, person, str((await request.form()).get("code", "")))
        return Response(status_code=401) if token is None else self.guard.entered(away(), token)

    async def sign_out(self, request: Request, person: Person) -> Response:
        self.identity.sign_out(request, person)
        answer = away()
        answer.headers.append("set-cookie", sessions.cookie_header(sessions.COOKIE, "", seconds=0))
        return answer

    async def me(self, request: Request, person: Person) -> Response:
        """Who one is; and, to everybody concerned, under which tickets the vendor acts here now."""
        lasting = select(SupportAccess).where(SupportAccess.ended_at.is_(None))
        with self.identity.tenant(person.organisation_id) as session:
            tickets = [
                row.ticket for row in session.scalars(lasting.where(SupportAccess.expires_at > datetime.now(UTC)))
            ]
        shown = {"organisation": str(person.organisation_id), "account": str(person.account_id), "support": tickets}
        return JSONResponse({**shown, "token": self.guard.token_of(person.token)})

    async def events(self, request: Request, person: Person) -> Response:
        """The newest of the organisation's record."""
        with self.identity.tenant(person.organisation_id) as session:
            found = session.scalars(select(Event).order_by(Event.seq.desc()).limit(200))
            items = [{name: str(getattr(row, name)) for name in SHOWN} for row in found]
        return JSONResponse({"items": items})

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

    @staticmethod
    def _record(session: Session, request: Request, person: Person, action: str, entity_id: UUID) -> None:
        record.write(session, request, person.organisation_id, person.account_id, action, "letter", entity_id)

    def routes(self) -> list[Route]:
        waiting, any_stage = frozenset({sessions.Stage.SECOND_FACTOR}), frozenset(sessions.Stage)
        one = "/api/letters/{letter_id:uuid}"
        return [
            Route("GET", "/", UNDECLARED, "home", self.home),
            Route("GET", "/audit-heads", UNDECLARED, "heads", self.heads),
            Route("GET", "/sign-in", UNDECLARED, "sign-in-form", self.show_sign_in),
            Route("POST", "/sign-in", UNDECLARED, "sign-in", self.sign_in),
            Route("GET", "/second-factor", UNDECLARED, "code-form", self.show_second_factor, stages=waiting),
            Route("POST", "/second-factor", UNDECLARED, "code", self.second_factor, stages=waiting),
            Route("POST", "/sign-out", UNDECLARED, "sign-out", self.sign_out, stages=any_stage),
            Route("GET", "/api/me", UNDECLARED, "me", self.me),
            Route("GET", "/api/events", UNDECLARED, "events", self.events),
            Route("GET", "/api/letters", UNDECLARED, "letters", self.letters),
            Route("POST", "/api/letters", UNDECLARED, "write", self.write),
            Route("GET", one, UNDECLARED, "letter", self.letter),
            Route("DELETE", one, UNDECLARED, "burn", self.letter),
        ]


def told_to_wait(request: Request, error: Exception) -> Response:
    """The wait in seconds, the same whether the guess was right or not."""
    assert isinstance(error, TooOften)
    return Response(status_code=429, headers={"retry-after": str(error.seconds)})


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


def create(
    dsn: str, hasher: PasswordHasher, keys: Mapping[str, PrivateKey], log: Path, server: MailServer, origin: str,
    places: Places,
) -> Starlette:  # fmt: skip
    """The application on the database that `dsn` reaches as its own role; `keys` sign its `heads` and its `posture`."""
    engine, post = create_engine(dsn, pool_size=5), Post(server)
    arrivals = Arrivals(engine, Guesses(secrets.token_bytes(32)), secrets.token_bytes(32), post, places)
    identity = Identity(engine, hasher, secrets.token_bytes(32), arrivals)
    tokens = Tokens(identity)
    guard = Guard(identity, secrets.token_bytes(32), tokens.person)
    said = Posture(keys["posture"], identity.policy)
    app, own = Letters(guard, keys["heads"]), OwnAccount(identity, guard, PASSWORDS)
    links = Links(identity, guard, PASSWORDS, post, secrets.token_bytes(32), origin)
    home = RelyingParty(urlsplit(origin).hostname or "", "Letters", frozenset({origin}))
    posture_route = Route("GET", "/.well-known/trust-posture", UNDECLARED, "posture", said.show)
    more = [*tokens.routes(), *People(identity).routes(), *Factors(identity, guard).routes()]
    more += [*Ceremonies(identity, guard, home).routes(), *Acting(identity, post).routes()]
    said.manifest = Manifest(MATRIX.applied([*app.routes(), *own.routes(), *links.routes(), *more, posture_route]))
    mounted = guard.mounted(said.manifest)
    traced = Middleware(Traced, log=log, templates={route.endpoint: route.path for route in mounted})
    return Starlette(
        routes=mounted, middleware=[Middleware(SecurityHeaders), traced], exception_handlers={TooOften: told_to_wait}
    )


def redirector(origin: str) -> Any:
    """The plain port: the same path over TLS, on our own host whatever the request says."""

    async def redirect(request: Request) -> Response:
        return RedirectResponse(origin + request.url.path, 308)

    listed = [Mounted("/{path:path}", redirect)]
    return Starlette(routes=listed, middleware=[Middleware(SecurityHeaders, headers=PLAIN_HEADERS)])
