"""Signing in and out."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.factors import store as factors
from trustcenter.portal.recording import record, write
from trustcenter.portal.signing import guessing, new_password
from trustcenter.portal.signing.beginning import Account, begin
from trustcenter.runtime import audit, sessions
from trustcenter.runtime.password_policy import MAXIMUM_LENGTH
from trustcenter.runtime.passwords import HashingBusyError
from trustcenter.runtime.sessions import Method, Stage, stage_at_sign_in
from trustcenter.runtime.tenancy import tenant_transaction

NOTICES = {
    "password": "Your password is set; sign in with it.",
    "address": "Your e-mail address is changed. Sign in with it.",
}
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
    renewed = await call.services.hasher.hash(password) if verdict.rehash else None
    async with tenant_transaction(call.services.pool, account[1]) as connection:
        enrolled = await factors.kind_of_factor(connection, account[0]) != "none"
    stage = stage_at_sign_in(factor_enrolled=enrolled, factor_demanded=call.services.factors.demanded(account[2]))
    if stage is not Stage.SECOND_FACTOR:  # else the count goes on: whoever has the password may guess codes
        await guessing.succeeded(call, email)
    found = Account(account[0], account[1])
    cookies = await begin(call, found, frozenset({Method.PASSWORD}), stage, renewed)
    return signed_in(RedirectResponse(destination(call), 303), cookies)


def signed_in(response: Response, cookies: list[str]) -> Response:
    """The answer with the new session's cookies."""
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
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
        await write(connection, event)


def _form(call: Call, status: int, problem: str = "", email: str = "") -> Response:
    after = call.fields.get("next") or call.request.query_params.get("next", "")
    notice = NOTICES.get(call.request.query_params.get("notice", ""), "")
    strength = new_password.said_strength(call) if notice else ""
    return anonymous_form(
        call, "sign_in.html", status, problem=problem, email=email, after=after, notice=notice, strength=strength,
        home=call.services.settings.passkey_origin,
    )  # fmt: skip


def anonymous_form(call: Call, template: str, status: int = 200, **values: Any) -> Response:
    """A form for somebody without a session: its token is bound to a cookie of its own."""
    token = call.request.cookies.get(sessions.ANONYMOUS_COOKIE) or sessions.new_token()
    response = call.page(template, status, form_token=call.services.form_token(token), **values)
    response.headers.append("set-cookie", sessions.cookie_header(sessions.ANONYMOUS_COOKIE, token, seconds=3600))
    return response


def destination(call: Call) -> str:
    """Only a path of our own that a page answers; never another site."""
    wanted = str(call.fields.get("next") or "")
    known = {route.path for route in call.services.manifest if not route.changes_state}
    return wanted if wanted in known or (wanted.startswith("/documents/") and "\\" not in wanted) else "/documents"


def duration(seconds: int) -> str:
    if seconds == 1:
        return "1 second"
    return f"{seconds} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"
