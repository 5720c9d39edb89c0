"""A forgotten password: a mail with a link, and the form behind it. No session comes of it: a second factor counts.

The answer to a request is the same for every address and is given before anything is looked up.
"""

from __future__ import annotations

from starlette.responses import Response

from trustcenter.portal.call import Call
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.recording import write
from trustcenter.portal.signing import guessing, letters, links, new_password
from trustcenter.portal.signing.sign_in import anonymous_form, duration
from trustcenter.runtime import audit
from trustcenter.runtime.mailed_links import Purpose
from trustcenter.runtime.tenancy import tenant_transaction


async def show_request(call: Call) -> Response:
    return anonymous_form(call, "reset.html", problem="", sent=False)


async def request(call: Call) -> Response:
    email = call.text("email", longest=320).lower()
    enough, wait = await guessing.reserve_request(call, email)
    if wait:
        problem = f"Too many requests from this network. Try again in {duration(wait)}."
        response = _again(call, "reset.html", 429, problem, "wait", sent=False)
        response.headers["retry-after"] = str(wait)
        return response
    if not enough:
        call.afterwards(_send, call, email)
    return Response(status_code=202) if call.is_api else anonymous_form(call, "reset.html", problem="", sent=True)


async def show_new_password(call: Call) -> Response:
    return await _show(call, Purpose.RESET)


async def set_new_password(call: Call) -> Response:
    """Fields `token` and `password`; page and API."""
    return await _set(call, Purpose.RESET)


async def show_join(call: Call) -> Response:
    return await _show(call, Purpose.INVITATION)


async def join(call: Call) -> Response:
    """Somebody who was invited sets a password of their own; fields `token` and `password`."""
    return await _set(call, Purpose.INVITATION)


_ACTIONS = {Purpose.RESET: "password.reset", Purpose.INVITATION: "account.join"}
_PATHS = {Purpose.RESET: "/reset/new", Purpose.INVITATION: "/join"}


async def _send(call: Call, email: str) -> None:
    services = call.services
    async with services.pool.connection() as connection:
        cursor = await connection.execute(
            "select id, organisation_id, state from portal.account_for_sign_in(%s)", (email,)
        )
        account = await cursor.fetchone()
    if account is None or account[2] != "active":
        return
    account_id, organisation_id, _ = account
    async with tenant_transaction(services.pool, organisation_id) as connection:
        life = await links.reset_life(connection)
        token = await links.issue(connection, call, Purpose.RESET, organisation_id, account_id, email, longest=life)
        message = letters.reset(email, services.settings.origin, token, duration(int(life.total_seconds())))
        await enqueue(connection, services.settings.outbox_key, organisation_id, account_id, "reset", message)
        event = audit.AuditEvent(
            organisation_id, audit.NOBODY, "password.reset_request", "account", str(account_id), call.origin
        )
        await write(connection, event)
    services.mail_waits.set()


async def _show(call: Call, purpose: Purpose) -> Response:
    given = call.request.query_params.get("token", "")
    link = await links.opened(call, purpose, given)
    if link is None:
        return call.page("error.html", 410, text=links.NO_LONGER, code=410)
    return _form(call, purpose, given, 200, "")


def _form(call: Call, purpose: Purpose, token: object, status: int, problem: str) -> Response:
    return anonymous_form(
        call, "new_password.html", status, problem=problem, token=str(token), address=_PATHS[purpose],
        joining=purpose is Purpose.INVITATION, **new_password.field(call),
    )  # fmt: skip


async def _set(call: Call, purpose: Purpose) -> Response:
    token, given = call.fields.get("token"), call.fields.get("password")
    link = await links.opened(call, purpose, token)
    if link is None:
        return _gone(call)
    async with tenant_transaction(call.services.pool, link.organisation_id) as connection:
        cursor = await connection.execute("select name from portal.organisations")
        (organisation,) = await cursor.fetchone()
    answer = new_password.judged(call, given, link.display_name, link.email, organisation)
    if answer is None or answer.refused is not None or not isinstance(given, str):
        problem = answer.said if answer else "Type the new password."
        reason = answer.refused.value if answer and answer.refused else "missing"
        if call.is_api:
            return call.refused("", 422, problem, reason)
        return _form(call, purpose, token, 422, problem)
    hashed = await new_password.hashed(call, given)
    async with tenant_transaction(call.services.pool, link.organisation_id) as connection:
        if not await links.used(connection, call, link):
            return _gone(call)
        if purpose is Purpose.INVITATION:
            await connection.execute(
                "update portal.accounts set joined_at = %s where id = %s", (call.services.now(), link.account_id)
            )
        await new_password.stored(
            connection, call, link.organisation_id, link.account_id, link.email, hashed, kept_session=None
        )
        event = audit.AuditEvent(
            link.organisation_id, link.account_id, _ACTIONS[purpose], "account", str(link.account_id), call.origin
        )
        await write(connection, event)
    await guessing.request_answered(call, link.email)
    return call.done(f"/sign-in?notice=password&{new_password.accepted(answer)}")


def _gone(call: Call) -> Response:
    return call.refused("error.html", 410, links.NO_LONGER, "link_gone", text=links.NO_LONGER, code=410)


def _again(call: Call, template: str, status: int, problem: str, reason: str, **values: object) -> Response:
    if call.is_api:
        return call.refused("", status, problem, reason)
    return anonymous_form(call, template, status, problem=problem, **values)
