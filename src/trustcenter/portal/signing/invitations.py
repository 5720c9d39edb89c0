"""Inviting somebody by mail, and withdrawing an invitation that nobody followed."""

from __future__ import annotations

import secrets
from typing import Any

import psycopg
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.recording import record
from trustcenter.portal.signing import letters, links, new_password
from trustcenter.runtime.mailed_links import Purpose
from trustcenter.runtime.routes import ADMIN, MEMBER, OWNER

TEMPLATE = "invite.html"


async def show_invite(call: Call) -> Response:
    return call.page(TEMPLATE, problem="", roles=_roles(call), email="", name="")


async def invite(call: Call) -> Response:
    """Fields `email`, `display_name`, `role`. An owner invites anybody, an admin admins and members."""
    person, services = call.person, call.services
    email, name = call.text("email", longest=320).lower(), call.text("display_name", longest=200)
    role = call.text("role", longest=20)
    if role not in _roles(call) or not email.isascii() or email.count("@") != 1 or any(map(str.isspace, email)):
        return _refused(call, "This address or this role cannot be invited.", email, name)
    # a password that nobody knows, hashed like any other, until they set their own
    hashed = await new_password.hashed(call, secrets.token_urlsafe(32))
    try:
        async with services.tenant(person) as connection:
            cursor = await connection.execute(
                "insert into portal.accounts (organisation_id, email, display_name, role, password_hash, invited_at) "
                "values (%s, %s, %s, %s, %s, %s) returning id",
                (person.organisation_id, email, name, role, hashed, services.now()),
            )
            (account_id,) = await cursor.fetchone()
            token = await links.issue(connection, call, Purpose.INVITATION, person.organisation_id, account_id, email)
            message = letters.invitation(
                email, services.settings.origin, token, person.display_name, person.organisation
            )
            key = services.settings.outbox_key
            await enqueue(connection, key, person.organisation_id, account_id, "invitation", message)
            after: dict[str, Any] = {"role": role, "state": "invited"}
            await record(connection, call, "account.invite", "account", str(account_id), after=after)
    except (psycopg.errors.UniqueViolation, psycopg.errors.CheckViolation):
        return _refused(call, "This address cannot be invited.", email, name)
    if call.is_api:
        return JSONResponse({"id": str(account_id)}, 201)
    return RedirectResponse("/people", 303)


async def withdraw(call: Call) -> Response:
    """Removes an account that was invited and never used; 409 for any other."""
    account_id, person = call.identifier("account_id"), call.person
    async with call.services.tenant(person) as connection:
        found = await store.person(connection, account_id)
        if found is None:
            raise HTTPException(404)
        if found["role"] not in _roles(call):
            raise HTTPException(403, "Only an owner changes an owner.")
        cursor = await connection.execute("select portal.withdraw_invitation(%s)", (account_id,))
        if (await cursor.fetchone())[0] is not True:
            raise HTTPException(409, "This person has joined already. Disable the account instead.")
        await record(connection, call, "account.withdraw", "account", str(account_id), before={"state": "invited"})
    return call.done("/people")


def _roles(call: Call) -> tuple[str, ...]:
    return (MEMBER, ADMIN, OWNER) if call.person.role == OWNER else (MEMBER, ADMIN)


def _refused(call: Call, problem: str, email: str, name: str) -> Response:
    return call.refused(TEMPLATE, 422, problem, "not_invited", roles=_roles(call), email=email, name=name)
