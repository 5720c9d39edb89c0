"""Changing a person's role, and the matrix as everybody here may read it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from trustcenter.portal import people, store
from trustcenter.portal.access.matrix import MATRIX
from trustcenter.portal.call import Call
from trustcenter.portal.recording import record
from trustcenter.runtime.matrix import COLUMNS

GIVEN = ("owner", "admin", "member")
"""Roles that an owner gives. The vendor's staff is made by the vendor alone."""


async def change_role(call: Call) -> Response:
    """Gives a person of the organisation another role and ends their sessions, which began with the old one.

    Nobody changes their own, so that an organisation keeps the owner who calls. Raises 400, 404, 409.
    """
    account_id, wanted = call.identifier("account_id"), call.fields.get("role")
    if wanted not in GIVEN:
        raise HTTPException(400, f"“role” is one of {', '.join(GIVEN)}.")
    async with call.services.tenant(call.person) as connection:
        found = await people.colleague(connection, call, account_id)
        if account_id == call.person.account_id:
            raise HTTPException(409, "You cannot change your own role.")
        if found["role"] != wanted:
            row = await store.first_row(connection, "select portal.change_role(%s, %s) as done", account_id, wanted)
            if row is None or not row["done"]:
                raise HTTPException(409, "This role is not changed here.")
            await store.end_sessions(connection, account_id)
        await record(
            connection, call, "account.role", "account", str(account_id),
            before={"role": found["role"]}, after={"role": wanted},
        )  # fmt: skip
    return call.done("/people")


async def show_roles(call: Call) -> Response:
    return call.page("roles.html", actions=list(MATRIX), columns=COLUMNS)
