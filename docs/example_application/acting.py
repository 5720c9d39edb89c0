"""Mounts support access: the vendor's staff acts for a customer, bounded, recorded and seen by its owners."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import record
from guard import UNDECLARED
from identity import Identity, Person
from models import Account, SupportAccess
from post import Post
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trustcenter.runtime.routes import Route
from trustcenter.runtime.support_access import Asked, SupportPolicy


@dataclass
class Acting:
    """Whom the staff acts for is looked up at each request (`Identity.person`): an end counts at once."""

    identity: Identity
    post: Post
    policy: SupportPolicy = field(default_factory=SupportPolicy)

    def routes(self) -> list[Route]:
        listed, one = "/api/support", "/api/support/{support_id:uuid}"
        return [
            Route("POST", listed, UNDECLARED, "support-begin", self.begin, step_up=True),
            Route("POST", "/api/support/stop", UNDECLARED, "support-stop", self.stop),
            Route("GET", listed, UNDECLARED, "support", self.listed),
            Route("DELETE", one, UNDECLARED, "support-end", self.end),
        ]

    async def begin(self, request: Request, person: Person) -> Response:
        """The access, its event in the customer's record, and mail to each of the customer's owners."""
        given, now = await request.json(), datetime.now(UTC)
        email = str(given.get("email", "")).strip().lower()
        with Session(self.identity.engine) as session:
            call = text("select * from letters.account_for_sign_in(:email)")
            found = session.execute(call, {"email": email}).one_or_none()
        customer = found is not None and found.organisation_id != person.organisation_id and found.disabled_at is None
        seconds, reason, ticket = given.get("seconds"), str(given.get("reason", "")), str(given.get("ticket", ""))
        length = timedelta(seconds=seconds) if isinstance(seconds, int) and abs(seconds) < 10**9 else timedelta(0)
        asked = Asked(reason, ticket, length, person.role, person.stepped_up)
        problem = self.policy.problem(asked, customer=customer)
        if problem is not None or found is None:
            return JSONResponse({"error": problem}, 400)
        with self.identity.tenant(found.organisation_id) as session, session.begin():
            made = SupportAccess(
                account_id=found.id, staff_id=person.account_id, session_id=person.session_id, reason=reason,
                ticket=ticket, started_at=now, expires_at=now + length,
            )  # fmt: skip
            session.add(made)
            session.flush()
            request.state.acting_for = found.id
            record.write(
                session, request, found.organisation_id, person.account_id, "support.begin", "support", made.id
            )
            for owner in session.scalars(select(Account).where(Account.role == "owner")):
                said = f"Reason: {reason}\nTicket: {ticket}\nEnds by itself: {made.expires_at}\n"
                self.post.afterwards(request, owner.email, "Support access has begun", said)
            return JSONResponse({"id": str(made.id)}, 201)

    async def stop(self, request: Request, person: Person) -> Response:
        return self._ended(request, person, SupportAccess.session_id == person.session_id)

    async def end(self, request: Request, person: Person) -> Response:
        """The owner's word is enough."""
        return self._ended(request, person, SupportAccess.id == request.path_params["support_id"])

    def _ended(self, request: Request, person: Person, wanted: object) -> Response:
        now = datetime.now(UTC)
        lasting = select(SupportAccess).where(wanted, SupportAccess.ended_at.is_(None), SupportAccess.expires_at > now)
        with self.identity.tenant(person.organisation_id) as session, session.begin():
            found = session.scalars(lasting.with_for_update()).all()
            for row in found:
                row.ended_at = now
                ids = (person.organisation_id, person.account_id)
                record.write(session, request, *ids, "support.end", "support", row.id)
        return Response(status_code=204 if found else 404)

    async def listed(self, request: Request, person: Person) -> Response:
        now = datetime.now(UTC)
        with self.identity.tenant(person.organisation_id) as session:
            items = [
                {
                    "id": str(row.id), "reason": row.reason, "ticket": row.ticket, "staff": str(row.staff_id),
                    "live": self.policy.live(row.started_at, row.expires_at, row.ended_at, now),
                }
                for row in session.scalars(select(SupportAccess).order_by(SupportAccess.started_at))
            ]  # fmt: skip
        return JSONResponse({"items": items})
