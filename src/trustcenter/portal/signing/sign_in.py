"""Signing in and out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.factors import store as factors
from trustcenter.portal.recording import record
from trustcenter.portal.signing import guessing
from trustcenter.runtime import audit, sessions
from trustcenter.runtime.passwords import MAXIMUM_LENGTH, HashingBusyError
from trustcenter.runtime.tenancy import tenant_transaction

WRONG = "The e-mail address or the password is not right."


async def show_sign_in(call: Call) -> Response:
    """The form. Its token is bound to a cookie of its own until there is a session."""
    if call.caller is not None:
        return RedirectResponse("/documents", 303)
    return _form(call, 200)


async def sign_in(call: Call) -> Response:
    """Checks the throttle, then the password; the answer is the same for an unknown, a wrong and a disabled account."""
    email = call.text("email", longest=320).lower()
    password = call.fields.get("password")
    if not isinstance(password, str) or not password or len(password) > MAXIMUM_LENGTH:
        return _form(call, 401, WRONG, email)
    wait = await guessing.reserve(call, email)
    if wait:
        response = _form(call, 429, f"Too many attempts. Try again in {duration(wait)}.", email)
        response.headers["retry-after"] = str(wait)
        return response
    async with call.services.pool.connection() as connection:
        cursor = await connection.execute("select * from portal.account_for_sign_in(%s)", (email,))
        account = await cursor.fetchone()
    stored = account[4] if account else None
    try:
        verdict = await call.services.hasher.verify(password, stored)
    except HashingBusyError as error:
        raise HTTPException(503, error.what, {"retry-after": "5"}) from error
    if account is None or not verdict.matched or account[3] != "active":
        await _note_refusal(call, account)
        return _form(call, 401, WRONG, email)
    async with tenant_transaction(call.services.pool, account[1]) as connection:
        enrolled = await factors.kind_of_factor(connection, account[0]) != "none"
    stage = sessions.stage_at_sign_in(
        factor_enrolled=enrolled, factor_demanded=call.services.factors.demanded(account[2])
    )
    if stage is not sessions.Stage.SECOND_FACTOR:  # else the count goes on: whoever has the password may guess codes
        await guessing.succeeded(call, email)
    renewed = await call.services.hasher.hash(password) if verdict.rehash else None
    methods = frozenset({sessions.Method.PASSWORD})
    token = await begin_session(call, account[0], account[1], stage, methods, renewed)
    return signed_in(RedirectResponse(destination(call), 303), token)


def signed_in(response: Response, token: str) -> Response:
    """The answer with the new session's cookie, and without the form's."""
    response.headers.append("set-cookie", sessions.cookie_header(sessions.COOKIE, token))
    response.headers.append("set-cookie", sessions.cookie_header(sessions.ANONYMOUS_COOKIE, "", seconds=0))
    return response


async def sign_out(call: Call) -> Response:
    """Ends the session in the database first; the cookie goes with the answer."""
    person = call.person
    async with call.services.tenant(person) as connection:
        await store.end_sessions(connection, person.account_id, person.session_id)
        await record(connection, call, "session.sign_out", "session", str(person.session_id))
    response = RedirectResponse("/sign-in", 303)
    response.headers.append("set-cookie", sessions.cookie_header(sessions.COOKIE, "", seconds=0))
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


async def begin_session(
    call: Call,
    account_id: UUID,
    organisation_id: UUID,
    stage: sessions.Stage,
    methods: frozenset[sessions.Method],
    renewed: str | None = None,
) -> str:
    """A fresh identifier at every sign-in; the session that came with the request, if any, ends.

    Whoever must enrol has just proved with the password who they are: registering counts it as a step-up.
    """
    token = sessions.new_token()
    state = call.services.session_policy.begin(call.services.now(), stage, methods)
    proven = state.created_at if stage is sessions.Stage.ENROLMENT else None
    if call.caller is not None:
        async with call.services.tenant(call.caller) as connection:
            await store.end_sessions(connection, call.caller.account_id, call.caller.session_id)
    async with tenant_transaction(call.services.pool, organisation_id) as connection:
        cursor = await connection.execute(
            "insert into portal.sessions (id_hash, account_id, organisation_id, created_at, last_seen_at, expires_at, "
            "stage, methods, stepped_up_at, user_agent, ip) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "returning id",
            (sessions.stored_form(token), account_id, organisation_id, state.created_at, state.last_seen_at,
             state.expires_at, state.stage, sorted(state.methods), proven, call.origin.user_agent[:400],
             call.origin.ip),
        )  # fmt: skip
        (session_id,) = await cursor.fetchone()
        if stage is sessions.Stage.FULL:
            await connection.execute(
                "update portal.accounts set last_sign_in_at = %s where id = %s", (state.created_at, account_id)
            )
        if renewed is not None:
            await connection.execute(
                "update portal.accounts set password_hash = %s where id = %s", (renewed, account_id)
            )
        action = "session.sign_in" if stage is sessions.Stage.FULL else "session.password"
        event = audit.AuditEvent(organisation_id, account_id, action, "session", str(session_id), call.origin)
        await connection.execute(audit.INSERT, audit.values(event))
    return token


async def _note_refusal(call: Call, account: tuple[Any, ...] | None) -> None:
    """A refused attempt is an event of the account's organisation; of the vendor's when there is no such account."""
    async with call.services.pool.connection() as connection:
        cursor = await connection.execute("select portal.vendor_organisation()")
        (vendor,) = await cursor.fetchone()
    organisation_id = account[1] if account else vendor
    if organisation_id is None:
        return
    entity_id = str(account[0]) if account else "unknown"
    event = audit.AuditEvent(
        organisation_id, audit.NOBODY, "session.sign_in", "account", entity_id, call.origin, audit.Outcome.REFUSED
    )
    async with tenant_transaction(call.services.pool, organisation_id) as connection:
        await connection.execute(audit.INSERT, audit.values(event))


def _form(call: Call, status: int, problem: str = "", email: str = "") -> Response:
    token = call.request.cookies.get(sessions.ANONYMOUS_COOKIE) or sessions.new_token()
    after = call.fields.get("next") or call.request.query_params.get("next", "")
    response = call.page(
        "sign_in.html",
        status,
        problem=problem,
        email=email,
        after=after,
        form_token=call.services.form_token(token),
        home=call.services.settings.passkey_origin,
    )
    response.headers.append("set-cookie", sessions.cookie_header(sessions.ANONYMOUS_COOKIE, token, seconds=3600))
    return response


def destination(call: Call) -> str:
    """Only a path of our own that a page answers; never another site."""
    wanted = str(call.fields.get("next") or "")
    known = {route.path for route in call.services.manifest if not route.changes_state}
    return wanted if wanted in known or (wanted.startswith("/documents/") and "\\" not in wanted) else "/documents"


def duration(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"
