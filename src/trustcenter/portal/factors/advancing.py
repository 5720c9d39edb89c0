"""Moving a session on when a further factor was right; its identifier changes with it (the routes are privileged)."""

from __future__ import annotations

from typing import Any

from trustcenter.portal.call import Call
from trustcenter.portal.recording import record
from trustcenter.portal.signing import arrival
from trustcenter.runtime import audit
from trustcenter.runtime.sessions import Method, Stage


async def advance(connection: Any, call: Call, method: Method) -> None:
    """The caller's session is a full one from now on; the sign-in is recorded as done."""
    person = call.person
    await connection.execute(
        "update portal.sessions set stage = %s, methods = %s where id = %s and ended_at is null",
        (Stage.FULL, sorted(person.methods | {method}), person.session_id),
    )
    if person.stage is not Stage.FULL:
        await connection.execute(
            "update portal.accounts set last_sign_in_at = %s where id = %s", (call.services.now(), person.account_id)
        )
        await record(connection, call, "session.sign_in", "session", str(person.session_id))
        call.cookies.append(
            await arrival.arrived(
                connection, call, person.organisation_id, person.account_id, person.email, person.session_id
            )
        )


async def refused(call: Call, action: str) -> None:
    """A wrong factor is an event of the holder's organisation."""
    person = call.person
    async with call.services.tenant(person) as connection:
        await record(connection, call, action, "account", str(person.account_id), outcome=audit.Outcome.REFUSED)


async def end_other_sessions(connection: Any, call: Call) -> None:
    """Who was signed in before the factors changed proves the new ones first."""
    await connection.execute(
        "update portal.sessions set ended_at = clock_timestamp() "
        "where account_id = %s and id <> %s and ended_at is null",
        (call.person.account_id, call.person.session_id),
    )
