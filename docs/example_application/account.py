"""Mounts sessions and passwords for the person themselves: step-up, a new password, the list of sessions, limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import record
from guard import UNDECLARED, Guard
from identity import Identity, Person
from models import Account, Organisation, SignedIn
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trustcenter.runtime import sessions
from trustcenter.runtime.password_policy import PasswordPolicy, context_words
from trustcenter.runtime.routes import Route

LIMITS = ("idle_seconds", "reset_seconds")


@dataclass
class OwnAccount:
    """What somebody does with their own account."""

    identity: Identity
    guard: Guard
    policy: PasswordPolicy

    def routes(self) -> list[Route]:
        sessions_ = "/api/sessions"
        return [
            Route("POST", "/api/step-up", UNDECLARED, "step-up", self.step_up),
            Route("POST", "/api/password", UNDECLARED, "change-password", self.change_password, step_up=True),
            Route("GET", sessions_, UNDECLARED, "sessions", self.sessions),
            Route("DELETE", sessions_, UNDECLARED, "end-sessions", self.end_sessions),
            Route("DELETE", sessions_ + "/{session_id:uuid}", UNDECLARED, "end-session", self.end_sessions),
            Route("PUT", "/api/limits", UNDECLARED, "limits", self.limits, step_up=True),
        ]

    async def step_up(self, request: Request, person: Person) -> Response:
        """A fresh proof of identity; the session goes on under another identifier."""
        with self.identity.tenant(person.organisation_id) as session:
            account = session.scalars(select(Account).where(Account.id == person.account_id)).one()
        self.identity.arrivals.guess(request, account.email)
        given = str((await request.json()).get("password", ""))
        if not (await self.identity.hasher.verify(given, account.password)).matched:
            return Response(status_code=400)
        self.identity.arrivals.taken_back(request, account.email, 1)
        return self.guard.entered(JSONResponse({}), self.identity.renew(person, sessions.Event.STEP_UP))

    async def change_password(self, request: Request, person: Person) -> Response:
        """Judged by the policy; every other session of the account ends."""
        given = str((await request.json()).get("password", ""))
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            account = session.scalars(select(Account).where(Account.id == person.account_id)).one()
            judged = self.policy.judge(given, context_words(account.email))
            if judged.refused is not None:
                return JSONResponse({"error": judged.said}, 422)
            account.password = await self.identity.hasher.hash(given)
            self.identity.end(session, person.account_id, but=person.session_id)
            ids = (person.organisation_id, person.account_id)
            record.write(session, request, *ids, "password.change", "account", person.account_id)
        return JSONResponse({"said": judged.said})

    async def sessions(self, request: Request, person: Person) -> Response:
        """Where the account is signed in."""
        live = (SignedIn.account_id == person.account_id, SignedIn.ended_at.is_(None))
        with self.identity.tenant(person.organisation_id) as session:
            found = session.scalars(
                select(SignedIn).where(*live, SignedIn.expires_at > datetime.now(UTC)).order_by(SignedIn.created_at)
            )
            items = [
                {"id": str(row.id), "ip": row.ip, "user_agent": row.user_agent, "this": row.id == person.session_id}
                for row in found
            ]
        return JSONResponse({"items": items})

    async def end_sessions(self, request: Request, person: Person) -> Response:
        """One of the account's other sessions by its identifier, or all of them."""
        wanted = request.path_params.get("session_id")
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            ended = self.identity.end(session, person.account_id, but=person.session_id, only=wanted)
            for identifier in ended:
                ids = (person.organisation_id, person.account_id)
                record.write(session, request, *ids, "session.revoke", "session", identifier)
        return Response(status_code=204 if ended or wanted is None else 404)

    async def limits(self, request: Request, person: Person) -> Response:
        """The organisation's own limits in seconds; a longer one than the policy's has no effect."""
        asked = {name: value for name, value in (await request.json()).items() if name in LIMITS}
        if not all(value is None or (isinstance(value, int) and 1 <= value <= 86_400) for value in asked.values()):
            return Response(status_code=422)
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            organisation = session.scalars(select(Organisation).with_for_update()).one()
            for name, value in asked.items():
                setattr(organisation, name, value)
            ids = (person.organisation_id, person.account_id)
            record.write(session, request, *ids, "limits.change", "organisation", person.organisation_id)
        return JSONResponse({})
