"""The second step of signing in: a code, a recovery code or a passkey after the password."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from trustcenter.portal.call import Call
from trustcenter.portal.factors import advancing, ceremonies, codes, store
from trustcenter.portal.signing import guessing, proving
from trustcenter.portal.signing.sign_in import destination
from trustcenter.runtime.challenges import Purpose
from trustcenter.runtime.sessions import Method

WRONG = "That code is not right, or it was used already."


async def show(call: Call) -> Response:
    return await _page(call, 200)


async def check(call: Call) -> Response:
    """A wrong code costs a guess of the account's; a right one opens the session under a new identifier."""
    return await proving.page(call, await _try(call), _page, WRONG, 401)


async def api_check(call: Call) -> Response:
    return proving.api(await _try(call), WRONG, 401)


async def passkey_options(call: Call) -> Response:
    """Options for one of the account's own passkeys."""
    async with call.services.tenant(call.person) as connection:
        allowed = tuple(bytes(row["credential_id"]) for row in await store.passkeys(connection, call.person.account_id))
    made = await ceremonies.challenge(call, Purpose.SECOND_FACTOR)
    return JSONResponse(call.services.factors.home.sign_in_options(made, verification=True, allowed=allowed))


async def passkey_check(call: Call) -> Response:
    if await ceremonies.proven(call, Purpose.SECOND_FACTOR) is None:
        await advancing.refused(call, "session.second_factor")
        return JSONResponse({"error": ceremonies.REFUSED, "reason": "wrong"}, 401)
    await _succeeded(call, Method.PASSKEY)
    return JSONResponse({"next": destination(call)})


async def _try(call: Call) -> tuple[int, bool]:
    typed = call.text("code", longest=codes.LONGEST)
    wait = await guessing.reserve(call, call.person.email)
    if wait:
        return wait, False
    async with call.services.tenant(call.person) as connection:
        method = await codes.accepted(connection, call, typed)
        if method is not None:
            await advancing.advance(connection, call, method)
    if method is None:
        await advancing.refused(call, "session.second_factor")
        return 0, False
    await guessing.succeeded(call, call.person.email)
    return 0, True


async def _succeeded(call: Call, method: Method) -> None:
    async with call.services.tenant(call.person) as connection:
        await advancing.advance(connection, call, method)
    await guessing.succeeded(call, call.person.email)


async def _page(call: Call, status: int, problem: str = "") -> Response:
    async with call.services.tenant(call.person) as connection:
        passkeys = await store.passkeys(connection, call.person.account_id)
        app = await store.app(connection, call.person.account_id, confirmed=True)
    after = call.fields.get("next") or call.request.query_params.get("next", "")
    return call.page(
        "second_factor.html", status, problem=problem, after=after, has_passkey=bool(passkeys), has_app=app is not None,
        home=call.services.settings.passkey_origin,
    )  # fmt: skip
