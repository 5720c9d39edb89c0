"""The delay of guesses, by account and by network: one count for every path on which an account's secrets are tried."""

from __future__ import annotations

import hashlib
import hmac

from trustcenter.portal.call import Call
from trustcenter.runtime.throttle import Decision, Event, ThrottlePolicy, ThrottleState


def _keys(call: Call, email: str) -> list[tuple[bytes, ThrottlePolicy]]:
    secret = call.services.settings.throttle_key

    def key(kind: str, value: str) -> bytes:
        return hmac.new(secret, f"{kind}:{value}".encode(), hashlib.sha256).digest()

    return [
        (key("account", email), call.services.by_account),
        (key("network", call.origin.ip), call.services.by_network),
    ]


async def reserve(call: Call, email: str) -> int:
    """Counts the attempt as failed before it is checked, so that parallel guesses cannot overtake the count.

    Every path on which a secret of the account can be guessed asks here first: password, second factor, step-up.
    `email` is the account's address. Returns the seconds to wait, 0 when the guess may be checked; nothing is counted
    while waiting. Rows are locked in one order.
    """
    now, keys = call.services.now(), _keys(call, email)
    async with call.services.pool.connection() as connection, connection.transaction():
        held: list[tuple[bytes, ThrottlePolicy, ThrottleState]] = []
        for key, policy in sorted(keys, key=lambda pair: pair[0]):
            await connection.execute(
                "insert into portal.sign_in_failures values (%s, 0, %s, null) on conflict (key_hash) do nothing",
                (key, now),
            )
            cursor = await connection.execute(
                "select failures, last_failed_at, blocked_until from portal.sign_in_failures "
                "where key_hash = %s for update",
                (key,),
            )
            state = ThrottleState(*await cursor.fetchone())
            _, decision, facts = policy.decide(state, Event.ATTEMPT, now)
            if decision is Decision.WAIT:
                return facts.wait_seconds
            held.append((key, policy, state))
        for key, policy, state in held:
            after, _, _ = policy.decide(state, Event.FAILED, now)
            await connection.execute(
                "update portal.sign_in_failures set failures = %s, last_failed_at = %s, blocked_until = %s "
                "where key_hash = %s",
                (after.failures, after.last_failed_at, after.blocked_until, key),
            )
    return 0


async def succeeded(call: Call, email: str) -> None:
    """Clears the account's count and takes this attempt back from the network's, no more: others share the network."""
    (account_key, _), (network_key, _) = _keys(call, email)
    async with call.services.pool.connection() as connection, connection.transaction():
        await connection.execute("delete from portal.sign_in_failures where key_hash = %s", (account_key,))
        await connection.execute(
            "update portal.sign_in_failures set failures = greatest(failures - 1, 0), blocked_until = null "
            "where key_hash = %s",
            (network_key,),
        )
