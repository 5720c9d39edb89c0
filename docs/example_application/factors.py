"""Mounts the enrolment of an app for codes, with recovery codes; and its removal by somebody who manages people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import record
from guard import UNDECLARED, Guard
from identity import Identity, Person
from models import Account, RecoveryCode
from people import colleague
from sqlalchemy import delete
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trustcenter.runtime import recovery_codes, sessions, totp
from trustcenter.runtime.routes import Route

ENROLLING = frozenset({sessions.Stage.ENROLMENT, sessions.Stage.FULL})


@dataclass
class Factors:
    """What an owner must have before anything else, and what everybody may."""

    identity: Identity
    guard: Guard

    def routes(self) -> list[Route]:
        reset = "/api/people/{account_id:uuid}/factors/reset"
        return [
            Route("GET", "/second-factor/enrol", UNDECLARED, "enrol-form", self.show, stages=ENROLLING),
            Route("POST", "/api/app", UNDECLARED, "begin-app", self.begin, stages=ENROLLING),
            Route("POST", "/api/app/confirm", UNDECLARED, "confirm-app", self.confirm, stages=ENROLLING),
            Route("POST", reset, UNDECLARED, "reset-factors", self.reset, step_up=True),
        ]

    async def show(self, request: Request, person: Person) -> Response:
        return self.guard.form(person, '<input name="code">')

    async def begin(self, request: Request, person: Person) -> Response:
        """A new secret, which counts for nothing before its first code. Whoever is inside has proven anew who it is."""
        if person.stage is sessions.Stage.FULL and not person.stepped_up:
            return JSONResponse({"error": "step_up_required"}, 403)
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            account = session.get_one(Account, person.account_id, with_for_update=True)
            account.totp_pending = secret = totp.new_secret()
            uri = totp.provisioning_uri(secret, issuer="Letters", account=account.email)
        return JSONResponse({"secret": secret, "uri": uri})

    async def confirm(self, request: Request, person: Person) -> Response:
        """The first code: the app works from then on, and recovery codes are shown this once."""
        code, now = str((await request.json()).get("code", "")), datetime.now(UTC)
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            account = session.get_one(Account, person.account_id, with_for_update=True)
            if account.totp_pending is None:
                return Response(status_code=409)
            attempt = totp.Attempt(account.totp_pending, code)
            after, decision, _ = totp.TotpPolicy().decide(totp.TotpState(), attempt, now)
            if decision is not totp.Decision.ACCEPTED:
                return Response(status_code=400)
            account.totp_secret, account.totp_pending, account.totp_last_step = attempt.secret, None, after.last_step
            made, key = recovery_codes.new_codes(), self.identity.recovery_key
            session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
            for each in made:
                stored = recovery_codes.stored_form(key, str(account.id), each)
                session.add(RecoveryCode(hash=stored, account_id=account.id))
            token = self.identity.advance(session, request, person)
            ids = (person.organisation_id, person.account_id)
            record.write(session, request, *ids, "factor.add", "account", account.id)
        return self.guard.entered(JSONResponse({"recovery_codes": made}), token)

    async def reset(self, request: Request, person: Person) -> Response:
        """Of somebody else; their sessions end."""
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            found = colleague(session, request, person)
            if isinstance(found, Response):
                return found
            found.totp_secret = found.totp_pending = found.totp_last_step = None
            session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == found.id))
            self.identity.end(session, found.id)
            ids = (person.organisation_id, person.account_id)
            record.write(session, request, *ids, "factor.reset", "account", found.id)
        return JSONResponse({})
