"""Changing the e-mail address: asked for after a step-up, done by the link that went to the new address."""

from __future__ import annotations

import psycopg
from starlette.responses import Response

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.recording import record, write
from trustcenter.portal.signing import guessing, letters, links
from trustcenter.portal.signing.sign_in import anonymous_form
from trustcenter.runtime import audit
from trustcenter.runtime.mailed_links import Purpose
from trustcenter.runtime.tenancy import tenant_transaction

TEMPLATE = "address.html"


async def show_address_form(call: Call) -> Response:
    return call.page(TEMPLATE, problem="", sent=False)


async def ask(call: Call) -> Response:
    """Field `email`. Whether the address is free shows only to whoever reads its mail."""
    person, services = call.person, call.services
    email = call.text("email", longest=320).lower()
    if not email.isascii() or email.count("@") != 1 or any(map(str.isspace, email)) or email == person.email:
        return call.refused(TEMPLATE, 422, "This address cannot be used.", "address", sent=False)
    enough, wait = await guessing.reserve_request(call, email)
    if wait or enough:
        return call.refused(TEMPLATE, 429, "Too many requests. Try again later.", "wait", sent=False)
    origin, key = services.settings.origin, services.settings.outbox_key
    async with services.tenant(person) as connection:
        token = await links.issue(
            connection, call, Purpose.EMAIL_CHANGE, person.organisation_id, person.account_id, person.email, email
        )
        for kind, message in (
            ("confirm_address", letters.confirm_address(email, origin, token)),
            ("address_asked", letters.address_asked(person.email, origin)),
        ):
            await enqueue(connection, key, person.organisation_id, person.account_id, kind, message)
        await record(connection, call, "account.address_request", "account", str(person.account_id))
    return Response(status_code=202) if call.is_api else call.page(TEMPLATE, problem="", sent=True)


async def show_confirmation(call: Call) -> Response:
    given = call.request.query_params.get("token", "")
    link = await links.opened(call, Purpose.EMAIL_CHANGE, given)
    if link is None:
        return call.page("error.html", 410, text=links.NO_LONGER, code=410)
    return anonymous_form(call, "address_confirm.html", token=given, new_email=link.new_email)


async def confirm(call: Call) -> Response:
    """Field `token`. Every session and every other link of the account ends with the old address."""
    link = await links.opened(call, Purpose.EMAIL_CHANGE, call.fields.get("token"))
    if link is None or link.new_email is None:
        return _gone(call)
    services = call.services
    try:
        async with tenant_transaction(services.pool, link.organisation_id) as connection:
            if not await links.used(connection, call, link):
                return _gone(call)
            await connection.execute(
                "update portal.accounts set email = %s where id = %s", (link.new_email, link.account_id)
            )
            await links.supersede(connection, call, link.account_id)
            await store.end_sessions(connection, link.account_id)
            message = letters.address_changed(link.email, services.settings.origin)
            key = services.settings.outbox_key
            await enqueue(connection, key, link.organisation_id, link.account_id, "address_changed", message)
            event = audit.AuditEvent(
                link.organisation_id, link.account_id, "account.address", "account", str(link.account_id), call.origin
            )
            await write(connection, event)
    except (psycopg.errors.UniqueViolation, psycopg.errors.CheckViolation):
        return _gone(call)  # the address belongs to another account
    return call.done("/sign-in?notice=address")


def _gone(call: Call) -> Response:
    return call.refused("error.html", 410, links.NO_LONGER, "link_gone", text=links.NO_LONGER, code=410)
