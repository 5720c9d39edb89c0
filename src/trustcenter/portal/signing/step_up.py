"""Proving again who one is, before something dangerous: a page and its twin in the API.

A right answer gives the session ten minutes (`SessionPolicy.step_up`) and a new identifier.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.factors import codes
from trustcenter.portal.factors import step_up as factors
from trustcenter.portal.recording import record
from trustcenter.portal.signing import guessing, proving
from trustcenter.runtime import audit
from trustcenter.runtime.password_policy import MAXIMUM_LENGTH
from trustcenter.runtime.passwords import HashingBusyError

WRONG = "That is not right."


async def show_step_up(call: Call) -> Response:
    return await _form(call, 200)


async def step_up(call: Call) -> Response:
    return await proving.page(call, await _prove(call), _form, WRONG, 403)


async def api_step_up(call: Call) -> Response:
    """The new form token comes in the header X-CSRF-Token."""
    return proving.api(await _prove(call), WRONG, 403)


async def _prove(call: Call) -> tuple[int, bool]:
    """Seconds to wait, and whether the proof was right; both are recorded, a right one is stored."""
    person = call.person
    if await factors.has_factor(call):
        return await _prove_with_code(call)
    given = call.fields.get("password")
    if not isinstance(given, str) or not given or len(given) > MAXIMUM_LENGTH:
        return 0, False
    wait = await guessing.reserve(call, person.email)
    if wait:
        return wait, False
    async with call.services.tenant(person) as connection:
        stored = await store.password_hash(connection, person.account_id)
    try:
        verdict = await call.services.hasher.verify(given, stored)
    except HashingBusyError as error:
        raise HTTPException(503, error.what, {"retry-after": "5"}) from error
    async with call.services.tenant(person) as connection:
        if verdict.matched:
            await store.step_up(connection, person.session_id, call.services.now())
        outcome = audit.Outcome.DONE if verdict.matched else audit.Outcome.REFUSED
        await record(connection, call, "session.step_up", "session", str(person.session_id), outcome=outcome)
    if verdict.matched:
        await guessing.succeeded(call, person.email)
    return 0, verdict.matched


async def _prove_with_code(call: Call) -> tuple[int, bool]:
    """As `_prove`, with a code: whoever has a second factor proves with it."""
    typed = call.fields.get("code")
    if not isinstance(typed, str) or not typed or len(typed) > codes.LONGEST:
        return 0, False
    wait = await guessing.reserve(call, call.person.email)
    if wait:
        return wait, False
    right = await factors.code_is_right(call, typed)
    if right:
        await guessing.succeeded(call, call.person.email)
    return 0, right


async def _form(call: Call, status: int, problem: str = "") -> Response:
    after = call.fields.get("next") or call.request.query_params.get("next", "")
    kinds = await factors.kinds(call)
    home = call.services.settings.passkey_origin
    return call.page("step_up.html", status, problem=problem, after=after, kinds=kinds, home=home)
