"""People of an organisation, their sessions and their activity: what pages and API share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException

from trustcenter.portal import store
from trustcenter.portal.access import fields
from trustcenter.portal.call import Call
from trustcenter.portal.recording import record
from trustcenter.runtime.routes import OWNER


async def listed(call: Call) -> list[store.Row]:
    async with call.services.tenant(call.person) as connection:
        return [fields.PERSON.cut(row, call.person.role) for row in await store.people(connection)]


async def one(call: Call) -> store.Row:
    async with call.services.tenant(call.person) as connection:
        found = await store.person(connection, call.identifier("account_id"))
    if found is None:
        raise HTTPException(404)
    return fields.PERSON.cut(found, call.person.role)


async def colleague(connection: Any, call: Call, account_id: UUID) -> store.Row:
    """The person whom the caller is about to change; both stay as they are until the transaction ends.

    What the guard saw may be over by now: two owners who take each other's role at once would leave none. Raises 403
    where the caller lost the role or was disabled meanwhile, 404 where nobody of the organisation has this identifier.
    """
    person = call.person
    cursor = await connection.execute(
        "select id, role, state from portal.accounts where id = any(%s) order by id for no key update",
        ([person.account_id, account_id],),
    )
    now = {found: (role, state) for found, role, state in await cursor.fetchall()}
    if now.get(person.account_id) != (person.role, "active"):
        raise HTTPException(403, "Your role does not allow this any more.")
    found = await store.person(connection, account_id)
    if found is None:
        raise HTTPException(404)
    return found


async def set_state(call: Call, state: str) -> None:
    """Disables or enables an account; disabling ends its sessions in the same transaction.

    Nobody changes themselves; an admin does not change an owner; the last active owner stays.
    """
    account_id, person = call.identifier("account_id"), call.person
    async with call.services.tenant(person) as connection:
        found = await colleague(connection, call, account_id)
        if account_id == person.account_id:
            raise HTTPException(409, "You cannot change your own account.")
        if found["role"] == OWNER and person.role != OWNER:
            raise HTTPException(403, "Only an owner changes an owner.")
        if found["state"] != state:
            await store.set_account_state(connection, account_id, state)
            if state == "disabled":
                await store.end_sessions(connection, account_id)
        action = "account.disable" if state == "disabled" else "account.enable"
        await record(
            connection, call, action, "account", str(account_id),
            before={"state": found["state"]}, after={"state": state},
        )  # fmt: skip
