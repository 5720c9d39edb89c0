"""Pages of support access: the staff's form, the stop button, the owner's list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from trustcenter.portal import store
from trustcenter.portal.access import support
from trustcenter.portal.call import Call
from trustcenter.portal.json_answer import Json, listing
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.recording import record, write
from trustcenter.portal.templates import moment
from trustcenter.runtime import audit
from trustcenter.runtime.mail import Message
from trustcenter.runtime.support_access import Asked
from trustcenter.runtime.tenancy import tenant_transaction


async def show_form(call: Call) -> Response:
    return call.page("support_begin.html", problem="")


async def begin(call: Call) -> Response:
    """The form; what is wrong is said above it."""
    try:
        await _begin(call)
    except HTTPException as error:
        return call.page("support_begin.html", error.status_code, problem=error.detail)
    return RedirectResponse("/documents", 303)


async def api_begin(call: Call) -> Response:
    support_id, expires_at = await _begin(call)
    return Json({"id": support_id, "expires_at": expires_at}, 201)


async def stop(call: Call) -> Response:
    """The staff is itself again."""
    person = call.person
    if person.support is None:
        raise HTTPException(404)
    async with call.services.tenant(person) as connection:
        if not await support.end(connection, person.support.id, "staff"):
            raise HTTPException(404)
        await record(connection, call, "support.end", "support", str(person.support.id))
    return call.done("/operations")


async def list_support(call: Call) -> Response:
    return call.page("support.html", accesses=await _listed(call))


async def api_list(call: Call) -> Response:
    return listing(await _listed(call))


async def end(call: Call) -> Response:
    """The owner's word is enough; the staff's next request is its own again."""
    support_id = call.identifier("support_id")
    async with call.services.tenant(call.person) as connection:
        if not await support.end(connection, support_id, "owner"):
            raise HTTPException(404)
        await record(connection, call, "support.end", "support", str(support_id))
    return call.done("/settings/support")


async def _begin(call: Call) -> tuple[UUID, Any]:
    """By `email` of the person, `reason`, `ticket`, and `minutes` or `seconds`. Raises 400, 404.

    The access, its event in the customer's record and the mail to the customer's owners are one transaction.
    """
    staff, now = call.person, call.services.now()
    async with call.services.pool.connection() as connection:
        cursor = await connection.execute(
            "select * from portal.account_for_sign_in(%s)", (call.text("email", longest=320).lower(),)
        )
        found = await cursor.fetchone()
    customer = found is not None and found[1] != staff.organisation_id and found[3] == "active"
    asked = Asked(_given(call, "reason"), _given(call, "ticket"), _length(call), staff.role, staff.standing.stepped_up)
    problem = call.services.support_policy.problem(asked, customer=customer)
    if problem is not None:
        raise HTTPException(400 if customer else 404, problem)
    account_id, organisation_id = found[0], found[1]
    expires_at = now + asked.length
    async with tenant_transaction(call.services.pool, organisation_id) as connection:
        row = await store.first_row(
            connection,
            "insert into portal.impersonations (organisation_id, account_id, staff_id, staff_name, session_id, reason, "
            "ticket, started_at, expires_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning id",
            organisation_id, account_id, staff.account_id, staff.display_name, staff.session_id, asked.reason,
            asked.ticket, now, expires_at,
        )  # fmt: skip
        if row is None:
            raise HTTPException(500)
        after = {"reason": asked.reason, "ticket": asked.ticket}
        await _event(connection, call, organisation_id, account_id, "support.begin", row["id"], after)
        for owner in await store.people(connection):
            if owner["role"] == "owner" and owner["state"] == "active":
                message = Message(
                    owner["email"], "Support access to your organisation has begun", _text(call, asked, now)
                )
                await enqueue(
                    connection,
                    call.services.settings.outbox_key,
                    organisation_id,
                    owner["id"],
                    "support_begun",
                    message,
                )
    async with call.services.tenant(staff) as connection:
        await _event(connection, call, staff.organisation_id, account_id, "support.begin", row["id"], after)
    return row["id"], expires_at


async def _listed(call: Call) -> list[store.Row]:
    async with call.services.tenant(call.person) as connection:
        return await store.all_rows(connection, support.LISTED)


async def _event(
    connection: Any, call: Call, organisation_id: UUID, account_id: UUID, action: str, entity_id: UUID, after: Any
) -> None:
    event = audit.AuditEvent(
        organisation_id, call.person.account_id, action, "support", str(entity_id), call.origin,
        acting_for=account_id, after=after,
    )  # fmt: skip
    await write(connection, event)


def _given(call: Call, name: str) -> str:
    value = call.fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _length(call: Call) -> timedelta:
    try:
        if "seconds" in call.fields:
            return timedelta(seconds=int(call.fields["seconds"]))
        return timedelta(minutes=int(call.fields.get("minutes") or 30))
    except (ValueError, TypeError, OverflowError) as error:
        raise HTTPException(400, "“minutes” is a number.") from error


def _text(call: Call, asked: Asked, now: Any) -> str:
    staff = call.person
    return (
        f"{staff.display_name} of {staff.organisation} began to act in your organisation at {moment(now)}.\n\n"
        f"Reason: {asked.reason}\nTicket: {asked.ticket}\nEnds by itself: {moment(now + asked.length)}\n\n"
        "Everything done meanwhile is in Settings, Activity, under both names. You may end the access at any time in "
        f"Settings, Support:\n{call.services.settings.origin}/settings/support\n"
    )
