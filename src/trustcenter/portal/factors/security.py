"""A person's own factors: what they have, and taking it away. An owner takes a colleague's lost ones away."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from trustcenter.portal import people
from trustcenter.portal import store as portal_store
from trustcenter.portal.access.endings import end_tokens
from trustcenter.portal.call import Call
from trustcenter.portal.factors import advancing, codes, notices, store
from trustcenter.portal.factors.enrolment import shown_once
from trustcenter.portal.recording import record
from trustcenter.runtime.posture import instant

LAST = "Your role needs a second factor: register another one before you take this one away."


async def show(call: Call) -> Response:
    person = call.person
    async with call.services.tenant(person) as connection:
        app = await store.app(connection, person.account_id, confirmed=True)
        passkeys = await store.passkeys(connection, person.account_id)
        known = await store.recovery_codes(connection, person.account_id)
    return call.page(
        "security.html", app=app, passkeys=passkeys, codes_left=sum(used is None for used in known.values()),
        demanded=call.services.factors.demanded(person.role), home=call.services.settings.passkey_origin,
    )  # fmt: skip


async def api_passkeys(call: Call) -> Response:
    async with call.services.tenant(call.person) as connection:
        rows = await store.passkeys(connection, call.person.account_id)
    items = [
        {
            "id": str(row["id"]),
            "name": row["name"],
            "created_at": instant(row["created_at"]),
            "last_used_at": instant(row["last_used_at"]) if row["last_used_at"] else None,
        }
        for row in rows
    ]
    return JSONResponse({"items": items, "count": len(items)})


async def new_recovery_codes(call: Call) -> Response:
    """Ten new ones, shown once; the old ones are worth nothing any more."""
    async with call.services.tenant(call.person) as connection:
        made = await codes.make_recovery_codes(connection, call)
        await record(connection, call, "recovery_codes.renew", "account", str(call.person.account_id))
        await notices.tell(connection, call, "New recovery codes were made; the old ones no longer work.")
    return shown_once(call, made, "/security")


async def rename_passkey(call: Call) -> Response:
    name, passkey_id = call.text("name", longest=60), call.identifier("passkey_id")
    async with call.services.tenant(call.person) as connection:
        if not await store.rename_passkey(connection, call.person.account_id, passkey_id, name):
            raise HTTPException(404)
        await record(connection, call, "passkey.rename", "passkey", str(passkey_id))
    return RedirectResponse("/security", 303)


async def remove_app(call: Call) -> Response:
    person = call.person
    async with call.services.tenant(person) as connection:
        if await store.app(connection, person.account_id, confirmed=True) is None:
            raise HTTPException(404)
        await store.hold_account(connection, person.account_id)
        await store.remove_app(connection, person.account_id)
        await _still_enough(connection, call)
        await record(connection, call, "totp.remove", "account", str(person.account_id))
        await notices.tell(connection, call, "The authenticator app was removed.")
        await advancing.end_other_sessions(connection, call)
    return call.done("/security")


async def revoke_passkey(call: Call) -> Response:
    person, passkey_id = call.person, call.identifier("passkey_id")
    async with call.services.tenant(person) as connection:
        await store.hold_account(connection, person.account_id)
        if not await store.revoke_passkeys(connection, person.account_id, call.services.now(), passkey_id):
            raise HTTPException(404)
        await _still_enough(connection, call)
        await record(connection, call, "passkey.revoke", "passkey", str(passkey_id))
        await notices.tell(connection, call, "A passkey was revoked.")
        await advancing.end_other_sessions(connection, call)
    return call.done("/security")


async def _still_enough(connection: Any, call: Call) -> None:
    """Raises 409, which undoes the transaction, where the role needs a factor and the last one went."""
    none = await store.kind_of_factor(connection, call.person.account_id) == "none"
    if none and call.services.factors.demanded(call.person.role):
        raise HTTPException(409, LAST)


async def reset_factors(call: Call) -> Response:
    """Takes all factors of a colleague who lost them: their sessions and tokens end, and they register anew at
    the next sign-in.

    Nobody resets their own: that would be a way around the second factor.
    """
    account_id, person = call.identifier("account_id"), call.person
    if account_id == person.account_id:
        raise HTTPException(409, "You cannot reset your own second factor.")
    async with call.services.tenant(person) as connection:
        found = await people.colleague(connection, call, account_id)
        await store.remove_app(connection, account_id)
        await store.revoke_passkeys(connection, account_id, call.services.now())
        await store.replace_recovery_codes(connection, person.organisation_id, account_id, (), call.services.now())
        await portal_store.end_sessions(connection, account_id)
        await record(connection, call, "account.reset_factors", "account", str(account_id))
        tokens = await end_tokens(connection, call, person.organisation_id, account_id, person.account_id)
        text = f"An owner of your organisation removed your second factors.{tokens}"
        await notices.tell(connection, call, text, account_id, found["email"])
    return call.done("/people")
