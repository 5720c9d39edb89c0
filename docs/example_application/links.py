"""Mounts mailed links: a forgotten password is set anew, and somebody who was invited sets their first."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import record
from guard import UNDECLARED, Guard
from identity import Identity, Person
from models import Account, Link, Organisation
from post import Post
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from trustcenter.runtime import guessing, mailed_links
from trustcenter.runtime.mailed_links import Decision, Event, LinkState, Purpose
from trustcenter.runtime.password_policy import PasswordPolicy, context_words
from trustcenter.runtime.passwords import placeholder
from trustcenter.runtime.routes import Route

OVER = 410
ROLES = ("admin", "member")
"""Whom one may invite; an owner is made by another way, if at all."""


@dataclass
class Links:
    """Reset and invitation; `key` signs the links, `origin` is where they lead."""

    identity: Identity
    guard: Guard
    policy: PasswordPolicy
    post: Post
    key: bytes
    origin: str

    def routes(self) -> list[Route]:
        one = "/api/invitations/{account_id:uuid}"
        return [
            Route("GET", "/reset", UNDECLARED, "ask-reset-form", self.show),
            Route("POST", "/reset", UNDECLARED, "ask-reset", self.ask),
            Route("GET", "/reset/new", UNDECLARED, "reset-form", self.show_link),
            Route("POST", "/api/reset", UNDECLARED, "reset", self.reset),
            Route("GET", "/join", UNDECLARED, "join-form", self.show_link),
            Route("POST", "/api/join", UNDECLARED, "join", self.join),
            Route("POST", "/api/invitations", UNDECLARED, "invite", self.invite, step_up=True),
            Route("DELETE", one, UNDECLARED, "withdraw", self.withdraw, step_up=True),
        ]

    async def show(self, request: Request, person: Person | None) -> Response:
        return self.guard.form(person, '<input name="email">')

    async def show_link(self, request: Request, person: Person | None) -> Response:
        given = html.escape(request.query_params.get("link", ""))
        return HTMLResponse(f'<form><input type="hidden" name="link" value="{given}"><input name="password"></form>')

    async def ask(self, request: Request, person: Person | None) -> Response:
        """The same answer at the same time for everybody: whether there is such an account is looked at afterwards."""
        email = str((await request.form()).get("email", "")).strip().lower()
        guesses = self.identity.arrivals.guesses
        guesses.reserve((guessing.key(guesses.secret, "asking", email, guesses.policy.account),))
        return Response(status_code=202, background=BackgroundTask(self._mail_reset, email))

    async def _mail_reset(self, email: str) -> None:
        with Session(self.identity.engine) as session:
            found = session.execute(text("select * from letters.account_for_sign_in(:email)"), {"email": email})
            row = found.one_or_none()
        if row is None or row.disabled_at is not None or row.joined_at is None:
            return
        with self.identity.tenant(row.organisation_id) as session, session.begin():
            given = self._issue(session, row.id, email, Purpose.RESET)
        await self.post.send(email, "A new password", f"{self.origin}/reset/new?link={given}")

    async def invite(self, request: Request, person: Person) -> Response:
        asked = await request.json()
        email, role, made = str(asked.get("email", "")).strip().lower(), asked.get("role"), uuid4()
        if role not in ROLES or "@" not in email:
            return Response(status_code=422)
        try:
            with self.identity.tenant(person.organisation_id) as session, session.begin():
                session.add(Account(id=made, email=email, role=role, password=placeholder(), joined_at=None))
                session.flush()
                given = self._issue(session, made, email, Purpose.INVITATION)
                ids = (person.organisation_id, person.account_id)
                record.write(session, request, *ids, "person.invite", "account", made)
        except IntegrityError:
            return Response(status_code=409)
        await self.post.send(email, "An invitation to Letters", f"{self.origin}/join?link={given}")
        return JSONResponse({"id": str(made)}, 201)

    async def withdraw(self, request: Request, person: Person) -> Response:
        """Only of somebody who has not joined; the links go with the row."""
        wanted = (Account.id == request.path_params["account_id"], Account.joined_at.is_(None))
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            found = session.scalars(select(Account).where(*wanted).with_for_update()).one_or_none()
            if found is None:
                return Response(status_code=404)
            session.delete(found)
            record.write(
                session, request, person.organisation_id, person.account_id, "person.withdraw", "account", found.id
            )
        return Response(status_code=204)

    async def reset(self, request: Request, person: Person | None) -> Response:
        return await self._used(request, Purpose.RESET)

    async def join(self, request: Request, person: Person | None) -> Response:
        return await self._used(request, Purpose.INVITATION)

    async def _used(self, request: Request, purpose: Purpose) -> Response:
        """The password is judged and hashed first; the link is used up in the transaction that sets it."""
        asked = await request.json()
        given, password = str(asked.get("link", "")), str(asked.get("password", ""))
        identifier = mailed_links.identifier_of(given)
        with Session(self.identity.engine) as session:
            call = text("select organisation_id from letters.link_by_id(:id)")
            tenant = session.execute(call, {"id": identifier}).scalar_one_or_none() if identifier else None
        if tenant is None or identifier is None:
            return Response(status_code=OVER)
        with self.identity.tenant(tenant) as session, session.begin():
            found = self._decided(session, identifier, given, purpose, Event.OPEN)
            words = context_words(found.email) if found else frozenset()
        if found is None:
            return Response(status_code=OVER)
        judged = self.policy.judge(password, words)
        if judged.refused is not None:
            return JSONResponse({"error": judged.said}, 422)
        stored = await self.identity.hasher.hash(password)
        with self.identity.tenant(tenant) as session, session.begin():
            account = self._decided(session, identifier, given, purpose, Event.USE)
            if account is None:
                return Response(status_code=OVER)
            account.password, account.joined_at = stored, account.joined_at or datetime.now(UTC)
            self.identity.end(session, account.id)
            record.write(session, request, tenant, account.id, f"password.{purpose}", "account", account.id)
        return JSONResponse({})

    def _decided(
        self, session: Session, identifier: UUID, given: str, purpose: Purpose, event: Event
    ) -> Account | None:
        """The account that the link is for, where it is genuine and still good; the row follows the decision."""
        row = session.get_one(Link, identifier, with_for_update=True)
        account, state = session.get_one(Account, row.account_id), _state(row)
        genuine = mailed_links.is_genuine(self.key, given, identifier, state, account.email)
        if not genuine or state.purpose is not purpose or account.disabled_at is not None:
            return None
        after, decision, _ = mailed_links.decide(state, event, datetime.now(UTC))
        row.used_at = after.used_at
        return account if decision is Decision.VALID else None

    def _issue(self, session: Session, account: UUID, email: str, purpose: Purpose) -> str:
        """A new link; earlier ones of the account for the same purpose are over."""
        now, seconds = datetime.now(UTC), session.scalars(select(Organisation)).one().reset_seconds
        open_ = (Link.account_id == account, Link.purpose == purpose, Link.used_at.is_(None))
        for row in session.scalars(select(Link).where(*open_).with_for_update()):
            row.superseded_at = mailed_links.decide(_state(row), Event.SUPERSEDE, now)[0].superseded_at
        longest = timedelta(seconds=seconds) if seconds and purpose is Purpose.RESET else None
        made, state = uuid4(), mailed_links.issued(purpose, now, longest)
        fields: dict[str, Any] = {"requested_at": state.requested_at, "expires_at": state.expires_at}
        session.add(Link(id=made, account_id=account, purpose=purpose, **fields))
        return mailed_links.token(self.key, made, state, email)


def _state(row: Link) -> LinkState:
    """In UTC whatever the database's session shows: the end is part of what is signed."""
    times = [each and each.astimezone(UTC) for each in (row.requested_at, row.expires_at)]
    return LinkState(Purpose(row.purpose), *times, row.used_at, row.superseded_at)
