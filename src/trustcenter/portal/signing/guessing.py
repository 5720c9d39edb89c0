"""The delay of guesses: one count for every path on which an account's secrets are tried.

Strangers share one count for an account, whatever they try and from wherever, and one for their network. A browser that
signed in to the account before has a count of its own: strangers cannot keep the holder out.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from trustcenter.portal.call import Call
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.recording import write
from trustcenter.portal.signing import letters
from trustcenter.runtime import audit
from trustcenter.runtime.anomaly import DEVICE_COOKIE, device_of
from trustcenter.runtime.tenancy import tenant_transaction
from trustcenter.runtime.throttle import Decision, Event, ThrottlePolicy, ThrottleState, network_of

Keys = list[tuple[bytes, ThrottlePolicy]]


async def reserve(call: Call, email: str) -> int:
    """Counts the attempt as failed before it is checked, so that parallel guesses cannot overtake the count.

    Every path on which a secret of the account can be guessed asks here first: password, second factor, step-up.
    `email` is the account's address. Returns the seconds to wait, 0 when the guess may be checked; nothing is counted
    while waiting. The holder is told when the first wait begins.
    """
    wait, begins = await _count(call, await _keys(call, email))
    if begins:
        call.afterwards(_tell, call, email)
    return wait


async def succeeded(call: Call, email: str, attempts: int = 1) -> None:
    """Takes this sign-in's attempts back and clears the delay of the account's key; the network is shared by others.

    Called once nothing is left to be guessed: after the second factor where there is one, with `attempts` 2.
    """
    first, *rest = await _keys(call, email)
    now = call.services.now()
    async with call.services.pool.connection() as connection, connection.transaction():
        for key, policy in sorted([first, *rest]):
            state = await _locked(connection, key)
            after = state
            for _ in range(attempts):
                after, _, _ = policy.decide(after, Event.SUCCEEDED, now)
            if key != first[0]:
                left = max(0, state.failures - attempts)
                after = ThrottleState(left, state.last_failed_at, None, after.day_began_at, after.of_day)
            await _store(connection, key, after)


async def reserve_request(call: Call, email: str) -> tuple[bool, int]:
    """For asking for a mail: whether the address has had enough of them, and the seconds to wait for the network."""
    services = call.services
    wait, _ = await _count(call, [(_key(call, "asking-network", network_of(call.origin.ip)), services.by_network)])
    enough, _ = await _count(call, [(_key(call, "asking", email), services.by_request)])
    return enough > 0, wait


async def request_answered(call: Call, email: str) -> None:
    """The mail was read and its link used: its holder may ask again without delay."""
    key = _key(call, "asking", email)
    async with call.services.pool.connection() as connection, connection.transaction():
        state = await _locked(connection, key)
        after, _, _ = call.services.by_request.decide(state, Event.SUCCEEDED, call.services.now())
        await _store(connection, key, after)


def _key(call: Call, kind: str, value: str) -> bytes:
    return hmac.new(call.services.settings.throttle_key, f"{kind}:{value}".encode(), hashlib.sha256).digest()


async def _keys(call: Call, email: str) -> Keys:
    """The known device's own key, or the strangers' two."""
    services = call.services
    device = device_of(services.settings.device_key, call.request.cookies.get(DEVICE_COOKIE))
    async with services.pool.connection() as connection:
        cursor = await connection.execute("select portal.device_is_known(%s, %s)", (email, device))
        (known,) = await cursor.fetchone()
    if known:
        return [(_key(call, "device", f"{device}:{email}"), services.by_account)]
    return [
        (_key(call, "account", email), services.by_account),
        (_key(call, "network", network_of(call.origin.ip)), services.by_network),
    ]


async def _count(call: Call, keys: Keys) -> tuple[int, bool]:
    """Seconds to wait, and whether this attempt was the first that makes others of the first key wait."""
    now, begins = call.services.now(), False
    async with call.services.pool.connection() as connection, connection.transaction():
        held: list[tuple[bytes, ThrottlePolicy, ThrottleState]] = []
        for key, policy in sorted(keys):  # in one order, so that two requests never wait for each other
            state = await _locked(connection, key)
            _, decision, facts = policy.decide(state, Event.ATTEMPT, now)
            if decision is Decision.WAIT:
                return facts.wait_seconds, False
            held.append((key, policy, state))
        for key, policy, state in held:
            after, _, facts = policy.decide(state, Event.FAILED, now)
            begins = begins or (facts.begins_to_block and key == keys[0][0])
            await _store(connection, key, after)
    return 0, begins


async def _locked(connection: Any, key: bytes) -> ThrottleState:
    """The key's row, made where there is none: in one statement, since rows that count for nothing are removed."""
    cursor = await connection.execute(
        "insert into portal.sign_in_failures as kept (key_hash, failures) values (%s, 0) "
        "on conflict (key_hash) do update set failures = kept.failures "
        "returning failures, last_failed_at, blocked_until, day_began_at, of_day",
        (key,),
    )
    return ThrottleState(*await cursor.fetchone())


async def _store(connection: Any, key: bytes, state: ThrottleState) -> None:
    await connection.execute(
        "update portal.sign_in_failures set failures = %s, last_failed_at = %s, blocked_until = %s, day_began_at = %s, "
        "of_day = %s where key_hash = %s",
        (state.failures, state.last_failed_at, state.blocked_until, state.day_began_at, state.of_day, key),
    )


async def _tell(call: Call, email: str) -> None:
    """Mail to the holder and an event of their organisation, after the answer: its time tells nothing."""
    services = call.services
    async with services.pool.connection() as connection:
        cursor = await connection.execute("select id, organisation_id from portal.account_for_sign_in(%s)", (email,))
        account = await cursor.fetchone()
    if account is None:
        return
    account_id, organisation_id = account
    async with tenant_transaction(services.pool, organisation_id) as connection:
        message = letters.guessing(email, services.settings.origin, services.now())
        await enqueue(connection, services.settings.outbox_key, organisation_id, account_id, "guessing", message)
        event = audit.AuditEvent(
            organisation_id, audit.NOBODY, "alert.guessing", "account", str(account_id), call.origin
        )
        await write(connection, event)
    services.mail_waits.set()
