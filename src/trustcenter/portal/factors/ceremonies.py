"""Ceremonies of passkeys: a challenge for one browser, one purpose and one answer, and what the answer proves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException

from trustcenter.portal.call import Call
from trustcenter.portal.factors import store
from trustcenter.portal.recording import write
from trustcenter.portal.signing import guessing
from trustcenter.runtime import audit, challenges, passkeys, sessions
from trustcenter.runtime.challenges import Purpose
from trustcenter.runtime.passkeys import PasskeyRefusedError, Registered
from trustcenter.runtime.tenancy import tenant_transaction

REFUSED = "The passkey was not accepted."


@dataclass(frozen=True)
class Proven:
    """Who proved with a passkey who they are."""

    account_id: UUID
    organisation_id: UUID
    email: str
    role: str


async def challenge(call: Call, purpose: Purpose) -> bytes:
    """A new challenge, bound to this browser's cookie. Raises 429: one network, or account, has too many open ones."""
    if wait := await guessing.reserve_challenge(call):
        raise HTTPException(429, "Too many attempts. Try again later.", {"retry-after": str(wait)})
    made = challenges.new_challenge()
    state = challenges.begin(purpose, _bound(call, purpose), call.services.now())
    async with call.services.pool.connection() as connection, connection.transaction():
        await store.add_challenge(connection, challenges.stored_form(made), state)
    return made


async def registered(call: Call) -> Registered:
    """The new key of a registration. Raises 400: the answer does not hold."""
    answer = _answer(call)
    try:
        given = await _answered(call, answer, Purpose.REGISTER)
        made = call.services.factors.home.register(given, answer, verification=call.services.factors.verification)
    except PasskeyRefusedError as error:
        raise HTTPException(400, "The passkey was not registered.") from error
    await guessing.challenge_answered(call)
    return made


async def proven(call: Call, purpose: Purpose) -> Proven | None:
    """Who an assertion proves to be here; None where it proves nothing, which is recorded for the key's holder."""
    answer = _answer(call)
    try:
        given = await _answered(call, answer, purpose)
        identifier = passkeys.identifier_of(answer)
    except PasskeyRefusedError:
        return None
    async with call.services.pool.connection() as connection:
        holder = await store.passkey_holder(connection, identifier)
    if holder is None or (call.caller is not None and purpose is not Purpose.SIGN_IN and not _own(call, holder)):
        return None
    async with tenant_transaction(call.services.pool, holder["organisation_id"]) as connection:
        reason = await _refusal(connection, call, holder, given, answer)
        if reason is None and holder["state"] != "active":
            reason = "disabled"
        if reason is not None:
            event = audit.AuditEvent(
                holder["organisation_id"], audit.NOBODY, f"passkey.{reason}", "account", str(holder["account_id"]),
                call.origin, audit.Outcome.REFUSED,
            )  # fmt: skip
            await write(connection, event)
            return None
    await guessing.challenge_answered(call)
    return Proven(holder["account_id"], holder["organisation_id"], holder["email"], holder["role"])


async def _refusal(connection: Any, call: Call, holder: store.Row, given: bytes, answer: dict[str, Any]) -> str | None:
    """Why the assertion is refused; None where it is accepted, and its counter kept."""
    key = await store.passkey(connection, holder["id"])
    if key is None:
        return "unknown"
    equipment, now = call.services.factors, call.services.now()
    state = passkeys.PasskeyState(key["account_id"].bytes, key["sign_count"], key["last_used_at"], key["revoked_at"])
    stored = passkeys.StoredPasskey(bytes(key["credential_id"]), bytes(key["public_key"]), state)
    after, decision, facts = equipment.home.assess(stored, given, answer, now, verification=equipment.verification)
    if decision is not passkeys.Decision.ACCEPTED:
        return decision.value
    await store.passkey_used(connection, key["id"], after.sign_count, facts.backed_up, now)
    return None


async def _answered(call: Call, answer: dict[str, Any], purpose: Purpose) -> bytes:
    """The challenge that was answered, used up by it. Raises PasskeyRefusedError."""
    given = passkeys.challenge_of(answer)
    stored, now = challenges.stored_form(given), call.services.now()
    async with call.services.pool.connection() as connection, connection.transaction():
        state = await store.challenge(connection, stored)
        if state is None:
            raise PasskeyRefusedError("This challenge was never given.", where="passkey")
        _, decision, _ = challenges.decide(state, challenges.Answer(purpose, _bound(call, purpose)), now)
        if state.used_at is None:
            await store.use_challenge(connection, stored, now)
    if decision is not challenges.Decision.ACCEPTED:
        raise PasskeyRefusedError(f"The challenge was {decision.value}.", where="passkey")
    return given


def _bound(call: Call, purpose: Purpose) -> bytes:
    """The session, whose identifier may change meanwhile; the cookie of the sign-in form before there is one."""
    if purpose is Purpose.SIGN_IN:
        return sessions.stored_form(call.request.cookies.get(sessions.ANONYMOUS_COOKIE, ""))
    return sessions.stored_form(str(call.person.session_id))


def _own(call: Call, holder: store.Row) -> bool:
    return bool(holder["account_id"] == call.person.account_id)


def _answer(call: Call) -> dict[str, Any]:
    """What the browser's authenticator said. Raises 400."""
    answer = call.fields.get("credential")
    if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
        raise HTTPException(400, "“credential” must be the browser's answer as JSON.")
    return answer
