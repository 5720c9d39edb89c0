"""Mounts tokens of the interface: made by somebody who has proven anew who they are, shown once, kept as a digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import record
from guard import UNDECLARED
from identity import Identity, Person
from models import Account, ApiToken
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trustcenter.runtime import api_tokens, sessions
from trustcenter.runtime.routes import Route

SCOPES = ("letters:read", "letters:write", "people:read")


@dataclass
class Tokens:
    """What a program presents instead of a session."""

    identity: Identity
    policy: api_tokens.TokenPolicy = field(default_factory=api_tokens.TokenPolicy)

    def routes(self) -> list[Route]:
        one = "/api/tokens/{token_id:uuid}"
        return [
            Route("GET", "/api/tokens", UNDECLARED, "tokens", self.listed),
            Route("POST", "/api/tokens", UNDECLARED, "make-token", self.make, step_up=True),
            Route("DELETE", one, UNDECLARED, "revoke-token", self.revoke),
        ]

    def person(self, given: str) -> Person | None:
        """Who made the token, with its scopes, while it is live and they are not disabled."""
        with Session(self.identity.engine) as session:
            call = text("select id, organisation_id from letters.token_by_hash(:hash)")
            found = session.execute(call, {"hash": api_tokens.stored_form(given)}).one_or_none()
        if found is None:
            return None
        with self.identity.tenant(found.organisation_id) as session, session.begin():
            row = session.get_one(ApiToken, found.id, with_for_update=True)
            account, state = session.get_one(Account, row.account_id), _state(row)
            after, decision, _ = self.policy.decide(state, api_tokens.Event.USE, datetime.now(UTC))
            row.last_used_at = after.last_used_at
            if decision is not api_tokens.Decision.LIVE or account.disabled_at is not None:
                return None
            ids, scopes = (account.id, account.organisation_id, row.id), frozenset(row.scopes.split())
            return Person(*ids, sessions.Stage.FULL, "", account.role, False, scopes)

    async def listed(self, request: Request, person: Person) -> Response:
        """One's own, by their prefix."""
        with self.identity.tenant(person.organisation_id) as session:
            found = session.scalars(select(ApiToken).where(ApiToken.account_id == person.account_id))
            items = [
                {
                    "id": str(row.id), "prefix": row.prefix, "scopes": row.scopes.split(), "name": row.name,
                    "expires_at": row.expires_at.isoformat(), "revoked": row.revoked_at is not None,
                    "last_used_at": row.last_used_at and row.last_used_at.isoformat(),
                }
                for row in found
            ]  # fmt: skip
        return JSONResponse({"items": items})

    async def make(self, request: Request, person: Person) -> Response:
        asked, now = await request.json(), datetime.now(UTC)
        scopes, seconds = asked.get("scopes"), asked.get("seconds")
        life = timedelta(seconds=seconds) if isinstance(seconds, int) and abs(seconds) < 10**9 else timedelta(0)
        expires = self.policy.expiry(now, life)
        if expires is None or not isinstance(scopes, list) or not all(scope in SCOPES for scope in scopes):
            return Response(status_code=422)
        prefix, token = api_tokens.new_token("letters")
        made = ApiToken(
            account_id=person.account_id, prefix=prefix, token_hash=api_tokens.stored_form(token),
            name=str(asked.get("name", ""))[:100], scopes=" ".join(scopes), expires_at=expires,
        )  # fmt: skip
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            session.add(made)
            session.flush()
            shown = {"id": str(made.id), "prefix": prefix, "token": token}
            ids = (person.organisation_id, person.account_id)
            record.write(session, request, *ids, "token.make", "token", made.id)
        return JSONResponse(shown, 201)

    async def revoke(self, request: Request, person: Person) -> Response:
        wanted = (ApiToken.id == request.path_params["token_id"], ApiToken.account_id == person.account_id)
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            row = session.scalars(select(ApiToken).where(*wanted).with_for_update()).one_or_none()
            if row is None:
                return Response(status_code=404)
            after, _, _ = self.policy.decide(_state(row), api_tokens.Event.REVOKE, datetime.now(UTC))
            row.revoked_at = after.revoked_at
            ids = (person.organisation_id, person.account_id)
            record.write(session, request, *ids, "token.revoke", "token", row.id)
        return Response(status_code=204)


def _state(row: ApiToken) -> api_tokens.TokenState:
    return api_tokens.TokenState(row.expires_at, row.last_used_at, row.revoked_at)
