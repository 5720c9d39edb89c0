"""Checking what somebody typed: a code of their app, or one of their recovery codes."""

from __future__ import annotations

from typing import Any

from trustcenter.portal.call import Call
from trustcenter.portal.factors import store
from trustcenter.runtime import recovery_codes, totp
from trustcenter.runtime.sessions import Method

LONGEST = 64


async def accepted(connection: Any, call: Call, typed: str) -> Method | None:
    """Which factor the code proves, and uses it up; None where it proves nothing.

    The rows are locked while it is decided, so that the same code in two requests at once is accepted in one.
    """
    if recovery_codes.looks_like_one(typed):
        return Method.RECOVERY_CODE if await _recovery_code(connection, call, typed) else None
    found = await store.app(connection, call.person.account_id, confirmed=True)
    if found is None:
        return None
    step = _step(call, found, typed)
    if step is None:
        return None
    await store.use_step(connection, found["id"], step)
    return Method.TOTP


async def confirmed(connection: Any, call: Call, typed: str) -> bool:
    """Whether this is a code of the app that waits for its first one; it works from then on."""
    found = await store.app(connection, call.person.account_id, confirmed=False)
    step = _step(call, found, typed) if found is not None else None
    if found is None or step is None:
        return False
    await store.confirm_app(connection, call.person.account_id, found["id"], step, call.services.now())
    return True


async def make_recovery_codes(connection: Any, call: Call) -> tuple[str, ...]:
    """New codes, the only time that anybody sees them; those from before are worth nothing any more."""
    person, made = call.person, recovery_codes.new_codes()
    key = call.services.factors.recovery_key
    stored = [recovery_codes.stored_form(key, str(person.account_id), code) for code in made]
    await store.replace_recovery_codes(
        connection, person.organisation_id, person.account_id, stored, call.services.now()
    )
    return made


def _step(call: Call, found: store.Row, typed: str) -> int | None:
    """The step of a code that the policy accepts."""
    secret = call.services.factors.seal.open(bytes(found["sealed_secret"]), owner=str(call.person.account_id))
    _, decision, facts = call.services.factors.totp.decide(
        totp.TotpState(found["last_step"], found["confirmed_at"]),
        totp.Attempt(secret.decode("ascii"), typed),
        call.services.now(),
    )
    return facts.step if decision is totp.Decision.ACCEPTED else None


async def _recovery_code(connection: Any, call: Call, typed: str) -> bool:
    person, now = call.person, call.services.now()
    stored = recovery_codes.stored_form(call.services.factors.recovery_key, str(person.account_id), typed)
    state = recovery_codes.RecoveryState(await store.recovery_codes(connection, person.account_id))
    _, decision, _ = recovery_codes.decide(state, recovery_codes.Attempt(stored), now)
    if decision is not recovery_codes.Decision.ACCEPTED:
        return False
    await store.use_recovery_code(connection, stored, now)
    return True
