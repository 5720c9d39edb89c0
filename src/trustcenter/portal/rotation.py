"""A new identifier for a session that goes on: the old one is dead in the same statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from trustcenter.runtime import sessions
from trustcenter.runtime.tenancy import tenant_transaction

if TYPE_CHECKING:
    from trustcenter.portal.call import Caller
    from trustcenter.portal.services import Services


async def give_new_identifier(services: Services, caller: Caller, token: str, response: Response) -> None:
    """Makes `token` the session's identifier and sends it with `response`, with the form token that belongs to it.

    Nothing happens to a session that ended meanwhile or got another identifier in a request beside this one.
    """
    async with tenant_transaction(services.pool, caller.home_id) as connection:
        cursor = await connection.execute(
            "update portal.sessions set id_hash = %s, rotations = rotations + 1 "
            "where id = %s and id_hash = %s and ended_at is null",
            (sessions.stored_form(token), caller.session_id, sessions.stored_form(caller.token)),
        )
    if cursor.rowcount == 1:
        response.headers.append("set-cookie", sessions.cookie_header(sessions.COOKIE, token))
        response.headers["x-csrf-token"] = services.form_token(token)
