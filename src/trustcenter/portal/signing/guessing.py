"""The delay of guesses: one count for every path on which an account's secrets are tried, kept in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from trustcenter.portal.call import Call
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.recording import write
from trustcenter.portal.signing import letters
from trustcenter.runtime import audit, guessing
from trustcenter.runtime.anomaly import DEVICE_COOKIE, device_of
from trustcenter.runtime.guessing import Key
from trustcenter.runtime.tenancy import tenant_transaction
from trustcenter.runtime.throttle import Decision, ThrottleState, network_of


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
    now = call.services.now()
    keys = await _keys(call, email)
    async with call.services.pool.connection() as connection, connection.transaction():
        for key in _in_order(keys):
            state = await _locked(connection, key)
            await _store(connection, key, guessing.succeeded(key, state, attempts, now))


async def reserve_request(call: Call, email: str) -> tuple[bool, int]:
    """For asking for a mail: whether the address has had enough of them, and the seconds to wait for the network."""
    wait, _ = await _count(call, [_network(call)])
    enough, _ = await _count(call, await _mails(call, email)) if not wait else (0, False)
    return enough > 0, wait


async def request_answered(call: Call, email: str) -> None:
    """The mail was read and its link used: its holder may ask again without delay."""
    await _taken_back(call, await _mails(call, email))


async def reserve_challenge(call: Call) -> int:
    """For a challenge of a passkey: the seconds to wait. It is taken back by a right answer (`challenge_answered`)."""
    wait, _ = await _count(call, [_challenge(call)])
    return wait


async def challenge_answered(call: Call) -> None:
    """One challenge was answered rightly: it counts for nothing."""
    await _taken_back(call, [_challenge(call)])


async def _taken_back(call: Call, keys: Sequence[Key]) -> None:
    async with call.services.pool.connection() as connection, connection.transaction():
        for key in _in_order(keys):
            after = guessing.succeeded(key, await _locked(connection, key), 1, call.services.now())
            await _store(connection, key, after)


def _challenge(call: Call) -> Key:
    account = call.caller.account_id if call.caller is not None else None
    return call.services.asking.challenge(call.services.settings.throttle_key, call.origin.ip, account)


def _network(call: Call) -> Key:
    """Of everybody in one network who asks for mails, to whatever address."""
    services = call.services
    network, policy = network_of(call.origin.ip), services.guessing.network
    return guessing.key(services.settings.throttle_key, "asking-network", network, policy)


async def _mails(call: Call, email: str) -> Sequence[Key]:
    """The known device's own key, or the strangers' two."""
    services = call.services
    return services.asking.mails(
        services.settings.throttle_key, email, call.origin.ip, await _known_device(call, email)
    )


async def _keys(call: Call, email: str) -> Sequence[Key]:
    """The known device's own key, or the strangers' two."""
    services = call.services
    known = await _known_device(call, email)
    return services.guessing.keys(services.settings.throttle_key, email, call.origin.ip, known)


async def _known_device(call: Call, email: str) -> UUID | None:
    """The browser, where the address's holder has signed in with it before."""
    device = device_of(call.services.settings.device_key, call.request.cookies.get(DEVICE_COOKIE))
    async with call.services.pool.connection() as connection:
        cursor = await connection.execute("select portal.device_is_known(%s, %s)", (email, device))
        (known,) = await cursor.fetchone()
    return device if known else None


def _in_order(keys: Sequence[Key]) -> list[Key]:
    """One order of locking, so that two requests never wait for each other."""
    return sorted(keys, key=lambda each: each.hash)


async def _count(call: Call, keys: Sequence[Key]) -> tuple[int, bool]:
    """Seconds to wait, and whether this attempt was the first that makes others of the first key wait."""
    async with call.services.pool.connection() as connection, connection.transaction():
        held = {key: await _locked(connection, key) for key in _in_order(keys)}
        after, decision, facts = guessing.reserve(held, call.services.now())
        if decision is Decision.WAIT:
            return max(each.wait_seconds for each in facts.values()), False
        for key, state in after.items():
            await _store(connection, key, state)
    return 0, facts[keys[0]].begins_to_block


async def _locked(connection: Any, key: Key) -> ThrottleState:
    """The key's row, made where there is none: in one statement, since rows that count for nothing are removed."""
    cursor = await connection.execute(
        "insert into portal.sign_in_failures as kept (key_hash, failures) values (%s, 0) "
        "on conflict (key_hash) do update set failures = kept.failures "
        "returning failures, last_failed_at, blocked_until, day_began_at, of_day",
        (key.hash,),
    )
    return ThrottleState(*await cursor.fetchone())


async def _store(connection: Any, key: Key, state: ThrottleState) -> None:
    await connection.execute(
        "update portal.sign_in_failures set failures = %s, last_failed_at = %s, blocked_until = %s, day_began_at = %s, "
        "of_day = %s where key_hash = %s",
        (state.failures, state.last_failed_at, state.blocked_until, state.day_began_at, state.of_day, key.hash),
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
