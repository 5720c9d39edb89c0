"""Mounts passkeys: registered by somebody signed in, they sign in without a user name and count as two factors."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import record
from guard import UNDECLARED, Guard
from identity import Identity, Person
from models import Account, PasskeyRow
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trustcenter.runtime import challenges, passkeys, sessions
from trustcenter.runtime.challenges import Purpose
from trustcenter.runtime.routes import Route


@dataclass
class Ceremonies:
    """Challenges are kept in this process until they are answered or over; several processes need a table."""

    identity: Identity
    guard: Guard
    home: passkeys.RelyingParty
    given: dict[bytes, challenges.ChallengeState] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/api/sign-in/passkey/options", UNDECLARED, "passkey-options", self.options),
            Route("POST", "/api/sign-in/passkey", UNDECLARED, "passkey-sign-in", self.sign_in),
            Route("GET", "/api/passkeys", UNDECLARED, "passkeys", self.listed),
            Route("POST", "/api/passkeys/options", UNDECLARED, "new-passkey", self.begin, step_up=True),
            Route("POST", "/api/passkeys", UNDECLARED, "add-passkey", self.add, step_up=True),
            Route("DELETE", "/api/passkeys/{passkey_id:uuid}", UNDECLARED, "revoke-passkey", self.revoke, step_up=True),
        ]

    async def options(self, request: Request, person: Person | None) -> Response:
        """Any passkey of this site may answer: nothing is told about who has one."""
        made = self._challenge(Purpose.SIGN_IN, _visitor(request))
        return JSONResponse(self.home.sign_in_options(made, verification=True))

    async def sign_in(self, request: Request, person: Person | None) -> Response:
        """One refusal for every reason."""
        answer = await _answer(request)
        try:
            given = self._answered(answer, Purpose.SIGN_IN, _visitor(request))
            identifier = passkeys.identifier_of(answer)
        except passkeys.PasskeyRefusedError:
            return Response(status_code=401)
        with Session(self.identity.engine) as session:
            call = text("select id, organisation_id from letters.passkey_by_credential(:credential)")
            found = session.execute(call, {"credential": identifier}).one_or_none()
        if found is None:
            return Response(status_code=401)
        with self.identity.tenant(found.organisation_id) as session, session.begin():
            row, now = session.get_one(PasskeyRow, found.id, with_for_update=True), datetime.now(UTC)
            account = session.get_one(Account, row.account_id)
            state = passkeys.PasskeyState(account.id.bytes, row.sign_count, row.last_used_at, row.revoked_at)
            stored = passkeys.StoredPasskey(row.credential_id, row.public_key, state)
            after, decision, _ = self.home.assess(stored, given, answer, now, verification=True)
            if decision is not passkeys.Decision.ACCEPTED or account.disabled_at is not None:
                ids = (found.organisation_id, account.id)
                record.write(session, request, *ids, "session.sign_in", "account", account.id, "refused")
                return Response(status_code=401)
            row.sign_count, row.last_used_at = after.sign_count, after.last_used_at
            token = self.identity.begin(session, request, account, sessions.Stage.FULL)
        return self.guard.entered(JSONResponse({}), token)

    async def listed(self, request: Request, person: Person) -> Response:
        with self.identity.tenant(person.organisation_id) as session:
            items = [{"id": str(row.id), "name": row.name} for row in session.scalars(_live(person))]
        return JSONResponse({"items": items})

    async def begin(self, request: Request, person: Person) -> Response:
        with self.identity.tenant(person.organisation_id) as session:
            email = session.get_one(Account, person.account_id).email
            existing = tuple(row.credential_id for row in session.scalars(_live(person)))
        made = self._challenge(Purpose.REGISTER, person.session_id.bytes)
        holder = passkeys.Holder(person.account_id.bytes, email, email)
        return JSONResponse(self.home.registration_options(holder, existing, made, verification=True))

    async def add(self, request: Request, person: Person) -> Response:
        answer, name = await _answer(request), str((await request.json()).get("name", ""))[:100]
        try:
            given = self._answered(answer, Purpose.REGISTER, person.session_id.bytes)
            made = self.home.register(given, answer, verification=True)
            with self.identity.tenant(person.organisation_id) as session, session.begin():
                kept = {"credential_id": made.credential_id, "public_key": made.public_key, "name": name}
                row = PasskeyRow(account_id=person.account_id, sign_count=made.sign_count, **kept)
                session.add(row)
                session.flush()
                ids = (person.organisation_id, person.account_id)
                record.write(session, request, *ids, "factor.add", "passkey", row.id)
        except passkeys.PasskeyRefusedError:
            return Response(status_code=400)
        except IntegrityError:
            return Response(status_code=409)
        return Response(status_code=201)

    async def revoke(self, request: Request, person: Person) -> Response:
        wanted = _live(person).where(PasskeyRow.id == request.path_params["passkey_id"]).with_for_update()
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            row = session.scalars(wanted).one_or_none()
            if row is None:
                return Response(status_code=404)
            row.revoked_at = datetime.now(UTC)
            ids = (person.organisation_id, person.account_id)
            record.write(session, request, *ids, "factor.remove", "passkey", row.id)
        return Response(status_code=204)

    def _challenge(self, purpose: Purpose, bound: bytes) -> bytes:
        """A new one, bound to who asked; those that are over go."""
        made, now = challenges.new_challenge(), datetime.now(UTC)
        self.given = {each: state for each, state in self.given.items() if state.expires_at > now}
        self.given[challenges.stored_form(made)] = challenges.begin(purpose, bound, now)
        return made

    def _answered(self, answer: dict[str, Any], purpose: Purpose, bound: bytes) -> bytes:
        """The challenge that was answered, used up by it. Raises PasskeyRefusedError."""
        given = passkeys.challenge_of(answer)
        state = self.given.pop(challenges.stored_form(given), None)
        if state is not None:
            _, decision, _ = challenges.decide(state, challenges.Answer(purpose, bound), datetime.now(UTC))
            if decision is challenges.Decision.ACCEPTED:
                return given
        raise passkeys.PasskeyRefusedError("No such challenge waits for an answer.", where="passkey")


def _live(person: Person) -> Any:
    return select(PasskeyRow).where(PasskeyRow.account_id == person.account_id, PasskeyRow.revoked_at.is_(None))


def _visitor(request: Request) -> bytes:
    """Before there is a session, the browser is the one that got the form."""
    return request.cookies.get(sessions.ANONYMOUS_COOKIE, "").encode()


async def _answer(request: Request) -> dict[str, Any]:
    """What the browser's authenticator said; nothing where it is no object."""
    asked = await request.json()
    found = asked.get("credential") if isinstance(asked, dict) else None
    return found if isinstance(found, dict) else {}
