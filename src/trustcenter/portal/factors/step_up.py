"""Proving again who one is with a second factor; whoever has one proves with it, and not with the password alone."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from trustcenter.portal import store as portal_store
from trustcenter.portal.call import Call
from trustcenter.portal.factors import ceremonies, codes, store
from trustcenter.portal.recording import record
from trustcenter.portal.signing.sign_in import destination
from trustcenter.runtime import audit
from trustcenter.runtime.challenges import Purpose


async def passkey_options(call: Call) -> Response:
    async with call.services.tenant(call.person) as connection:
        allowed = tuple(bytes(row["credential_id"]) for row in await store.passkeys(connection, call.person.account_id))
    made = await ceremonies.challenge(call, Purpose.STEP_UP)
    return JSONResponse(call.services.factors.home.sign_in_options(made, verification=True, allowed=allowed))


async def passkey_check(call: Call) -> Response:
    """A right answer gives the session its ten minutes and a new identifier."""
    right = await ceremonies.proven(call, Purpose.STEP_UP) is not None
    async with call.services.tenant(call.person) as connection:
        await note(connection, call, right)
    if not right:
        return JSONResponse({"error": ceremonies.REFUSED, "reason": "wrong"}, 403)
    return JSONResponse({"next": destination(call)})


async def kinds(call: Call) -> frozenset[str]:
    """The kinds of factors that this person can prove with."""
    async with call.services.tenant(call.person) as connection:
        return await store.kinds_of_factors(connection, call.person.account_id)


async def has_factor(call: Call) -> bool:
    """Whether this person proves with a factor and not with the password."""
    return bool(await kinds(call))


async def code_is_right(call: Call, typed: str) -> bool:
    """A code of the app or a recovery code, used up by it."""
    async with call.services.tenant(call.person) as connection:
        right = await codes.accepted(connection, call, typed) is not None
        await note(connection, call, right)
    return right


async def note(connection: Any, call: Call, right: bool) -> None:
    """Stores a step-up that was right; records both kinds."""
    if right:
        await portal_store.step_up(connection, call.person.session_id, call.services.now())
    outcome = audit.Outcome.DONE if right else audit.Outcome.REFUSED
    await record(connection, call, "session.step_up", "session", str(call.person.session_id), outcome=outcome)
