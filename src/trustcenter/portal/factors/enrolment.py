"""Registering a second factor: an app by QR code or by text, or a passkey. Recovery codes are shown once."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import segno
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from trustcenter.portal.call import Call
from trustcenter.portal.factors import advancing, ceremonies, codes, equipment, notices, store
from trustcenter.portal.recording import record
from trustcenter.portal.signing import guessing
from trustcenter.portal.signing.sign_in import destination, duration
from trustcenter.runtime import totp
from trustcenter.runtime.challenges import Purpose
from trustcenter.runtime.passkeys import Holder
from trustcenter.runtime.sessions import Method

WRONG = "That code is not right. Wait for the next one and look whether your phone's clock is right."


async def show(call: Call) -> Response:
    """The choice between an app and a passkey."""
    after = call.request.query_params.get("next", "")
    demanded = call.services.factors.demanded(call.person.role)
    return call.page("enrol.html", after=after, demanded=demanded, home=call.services.settings.passkey_origin)


async def begin_app(call: Call) -> Response:
    """Makes a secret, which works after its first code; the page that shows it comes under the new identifier."""
    await _new_secret(call)
    return RedirectResponse(f"/second-factor/app?next={quote(destination(call))}", 303)


async def show_app(call: Call) -> Response:
    """The QR code of the secret that waits; the way back to the choice where none does."""
    secret = await _waiting_secret(call)
    return RedirectResponse("/second-factor/enrol", 303) if secret is None else _app_page(call, secret)


async def api_begin_app(call: Call) -> Response:
    secret = await _new_secret(call)
    return JSONResponse({"secret": secret, "uri": _uri(call, secret)}, 201)


async def confirm_app(call: Call) -> Response:
    """The recovery codes after the right code; the same QR code again after a wrong one."""
    wait, made = await _confirm(call)
    if made is not None:
        return shown_once(call, made, destination(call))
    secret = await _waiting_secret(call)
    if secret is None:
        raise HTTPException(409, "Begin again: no app waits for its first code.")
    if not wait:
        return _app_page(call, secret, 400, WRONG)
    response = _app_page(call, secret, 429, f"Too many attempts. Try again in {duration(wait)}.")
    response.headers["retry-after"] = str(wait)
    return response


def shown_once(call: Call, made: tuple[str, ...], after: str) -> Response:
    """Recovery codes on a page without any form: its session gets another identifier with the same answer."""
    return call.services.page(call.request, None, "recovery_codes.html", codes=made, after=after)


async def api_confirm_app(call: Call) -> Response:
    wait, made = await _confirm(call)
    if wait:
        return JSONResponse({"error": "Too many attempts.", "reason": "wait"}, 429, {"retry-after": str(wait)})
    if made is None:
        return JSONResponse({"error": WRONG, "reason": "wrong"}, 400)
    return JSONResponse({"recovery_codes": list(made)})


async def passkey_options(call: Call) -> Response:
    """Options for a new discoverable key that verifies its user; keys known already are excluded."""
    person = call.person
    async with call.services.tenant(person) as connection:
        existing = tuple(bytes(row["credential_id"]) for row in await store.passkeys(connection, person.account_id))
    made = await ceremonies.challenge(call, Purpose.REGISTER)
    holder = Holder(person.account_id.bytes, person.email, person.display_name)
    return JSONResponse(
        call.services.factors.home.registration_options(
            holder, existing, made, verification=call.services.factors.verification
        )
    )


async def add_passkey(call: Call) -> Response:
    """Raises 400 for an answer that does not hold, 409 for a key that is registered already."""
    person, name = call.person, call.text("name", longest=60)
    made = await ceremonies.registered(call)
    async with call.services.tenant(person) as connection:
        added = await store.add_passkey(
            connection, person.organisation_id, person.account_id, made, name, call.services.now()
        )
        if added is None:
            raise HTTPException(409, "This passkey is registered already.")
        await _changed(connection, call, "passkey.add", str(added), Method.PASSKEY, f"The passkey “{name}” was added.")
    return JSONResponse({"id": str(added), "next": destination(call)}, 201)


async def _new_secret(call: Call) -> str:
    person, secret = call.person, totp.new_secret()
    sealed = call.services.factors.seal.close(secret.encode("ascii"), owner=str(person.account_id))
    async with call.services.tenant(person) as connection:
        await store.begin_app(connection, person.organisation_id, person.account_id, sealed, call.services.now())
        await record(connection, call, "totp.begin", "account", str(person.account_id))
    return secret


async def _waiting_secret(call: Call) -> str | None:
    person = call.person
    async with call.services.tenant(person) as connection:
        found = await store.app(connection, person.account_id, confirmed=False)
    if found is None:
        return None
    sealed = bytes(found["sealed_secret"])
    return call.services.factors.seal.open(sealed, owner=str(person.account_id)).decode("ascii")


async def _confirm(call: Call) -> tuple[int, tuple[str, ...] | None]:
    """Seconds to wait, and the recovery codes after a right code."""
    typed = call.text("code", longest=codes.LONGEST)
    wait = await guessing.reserve(call, call.person.email)
    if wait:
        return wait, None
    async with call.services.tenant(call.person) as connection:
        right = await codes.confirmed(connection, call, typed)
        if right:
            made = await codes.make_recovery_codes(connection, call)
            entity = str(call.person.account_id)
            await _changed(connection, call, "totp.enrol", entity, Method.TOTP, "An authenticator app was registered.")
    if not right:
        await advancing.refused(call, "totp.enrol")
        return 0, None
    await guessing.succeeded(call, call.person.email)
    return 0, made


async def _changed(connection: Any, call: Call, action: str, entity_id: str, method: Method, text: str) -> None:
    """What every new factor brings: a record, a mail, a full session, and the end of the account's others."""
    await record(connection, call, action, "account" if method is Method.TOTP else "passkey", entity_id)
    await notices.tell(connection, call, text)
    await advancing.end_other_sessions(connection, call)
    await advancing.advance(connection, call, method)


def _app_page(call: Call, secret: str, status: int = 200, problem: str = "") -> Response:
    picture = segno.make(_uri(call, secret), error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
    after = call.fields.get("next") or call.request.query_params.get("next", "")
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return call.page("enrol_app.html", status, problem=problem, picture=Markup(picture), secret=groups, after=after)  # noqa: S704 (segno's own drawing)


def _uri(call: Call, secret: str) -> str:
    return totp.provisioning_uri(secret, issuer=equipment.ISSUER, account=call.person.email)
