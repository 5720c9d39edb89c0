"""Beginning a session: a fresh identifier at every sign-in, whatever the first factor was."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.recording import record, write
from trustcenter.portal.signing import arrival
from trustcenter.runtime import audit, sessions
from trustcenter.runtime.sessions import Method, Stage
from trustcenter.runtime.tenancy import tenant_transaction


@dataclass(frozen=True)
class Account:
    """What is known of the account before a tenant is."""

    id: UUID
    organisation_id: UUID


async def begin(
    call: Call, account: Account, methods: frozenset[Method], stage: Stage, renewed_hash: str | None = None
) -> list[str]:
    """Makes the session and ends the one that came with the request, if any; the Set-Cookie headers to send.

    With stage `full` the sign-in is complete: the browser is known from then on. Otherwise whoever completes it calls
    `arrival.arrived`. Whoever must enrol has just proved with the password who they are: it counts as a step-up.
    """
    services, token = call.services, sessions.new_token()
    state = services.session_policy.begin(services.now(), stage, methods)
    proven = state.created_at if stage is Stage.ENROLMENT else None
    cookies = [
        sessions.cookie_header(sessions.COOKIE, token),
        sessions.cookie_header(sessions.ANONYMOUS_COOKIE, "", seconds=0),
    ]
    if call.caller is not None:
        async with services.tenant(call.caller) as connection:
            if await store.end_sessions(connection, call.caller.account_id, call.caller.session_id):
                await record(connection, call, "session.revoke", "session", str(call.caller.session_id))
    async with tenant_transaction(services.pool, account.organisation_id) as connection:
        cursor = await connection.execute(
            "insert into portal.sessions (id_hash, account_id, organisation_id, created_at, last_seen_at, expires_at, "
            "stage, methods, stepped_up_at, user_agent, ip) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "returning id",
            (sessions.stored_form(token), account.id, account.organisation_id, state.created_at, state.last_seen_at,
             state.expires_at, state.stage, sorted(state.methods), proven, call.origin.user_agent[:400],
             call.origin.ip),
        )  # fmt: skip
        (session_id,) = await cursor.fetchone()
        if stage is Stage.FULL:
            await connection.execute(
                "update portal.accounts set last_sign_in_at = %s where id = %s", (state.created_at, account.id)
            )
        if renewed_hash is not None:
            await store.set_password_hash(connection, account.id, renewed_hash)
        action = "session.sign_in" if stage is Stage.FULL else "session.password"
        event = audit.AuditEvent(account.organisation_id, account.id, action, "session", str(session_id), call.origin)
        await write(connection, event)
        if stage is Stage.FULL:
            person = await store.person(connection, account.id)
            email = str(person["email"]) if person else ""
            cookies.append(
                await arrival.arrived(connection, call, account.organisation_id, account.id, email, session_id)
            )
    return cookies
