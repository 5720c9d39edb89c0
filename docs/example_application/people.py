"""Who belongs to the organisation, and who may no longer sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import record
from guard import UNDECLARED
from identity import Identity, Person
from models import Account
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trustcenter.runtime.routes import Route


def colleague(session: Session, request: Request, person: Person) -> Account | Response:
    """The person whom a request names, held for the transaction; or its refusal.

    Nobody does such a thing to themselves, nor to an owner without being one.
    """
    wanted = Account.id == request.path_params["account_id"]
    found = session.scalars(select(Account).where(wanted).with_for_update()).one_or_none()
    if found is None:
        return Response(status_code=404)
    if found.id == person.account_id or (found.role == "owner" and person.role != "owner"):
        return Response(status_code=409)
    return found


@dataclass
class People:
    """The people of one organisation."""

    identity: Identity

    def routes(self) -> list[Route]:
        one = "/api/people/{account_id:uuid}"
        return [
            Route("GET", "/api/people", UNDECLARED, "people", self.listed),
            Route("POST", one + "/disable", UNDECLARED, "disable", self.disable, step_up=True),
            Route("POST", one + "/enable", UNDECLARED, "enable", self.enable, step_up=True),
        ]

    async def listed(self, request: Request, person: Person) -> Response:
        with self.identity.tenant(person.organisation_id) as session:
            items = [
                {"id": str(row.id), "email": row.email, "role": row.role, "disabled": row.disabled_at is not None}
                for row in session.scalars(select(Account).order_by(Account.email))
            ]
        return JSONResponse({"items": items})

    async def disable(self, request: Request, person: Person) -> Response:
        return self._set(request, person, disabled=True)

    async def enable(self, request: Request, person: Person) -> Response:
        return self._set(request, person, disabled=False)

    def _set(self, request: Request, person: Person, *, disabled: bool) -> Response:
        """Their sessions end."""
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            found = colleague(session, request, person)
            if isinstance(found, Response):
                return found
            found.disabled_at = datetime.now(UTC) if disabled else None
            self.identity.end(session, found.id)
            action = "person.disable" if disabled else "person.enable"
            record.write(session, request, person.organisation_id, person.account_id, action, "account", found.id)
        return JSONResponse({})
