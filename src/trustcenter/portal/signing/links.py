"""Issuing, opening and using mailed links: the rows behind the policy of `runtime.mailed_links`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from trustcenter.portal.call import Call
from trustcenter.runtime import mailed_links
from trustcenter.runtime.mailed_links import Decision, Event, LinkState, Purpose

NO_LONGER = "This link does not work, or no longer. Ask for a new one."


@dataclass(frozen=True)
class Link:
    """A genuine link that is still valid, and the account that it is for."""

    id: UUID
    organisation_id: UUID
    account_id: UUID
    email: str
    display_name: str
    new_email: str | None


async def issue(
    connection: Any, call: Call, purpose: Purpose, organisation_id: UUID, account_id: UUID, email: str,
    new_email: str | None = None, longest: timedelta | None = None,
) -> str:  # fmt: skip
    """A new link; earlier ones for the same purpose end. Its token, for the mail and for nothing else."""
    now = call.services.now()
    await supersede(connection, call, account_id, purpose)
    state = mailed_links.issued(purpose, now, longest)
    cursor = await connection.execute(
        "insert into portal.mailed_links (organisation_id, account_id, purpose, new_email, requested_at, expires_at) "
        "values (%s, %s, %s, %s, %s, %s) returning id",
        (organisation_id, account_id, purpose, new_email, state.requested_at, state.expires_at),
    )
    (identifier,) = await cursor.fetchone()
    return mailed_links.token(call.services.settings.reset_key, identifier, state, email)


async def reset_life(connection: Any) -> timedelta:
    """How long a reset link of the tenant's people lives: ours, or what the organisation made shorter."""
    cursor = await connection.execute("select reset_seconds from portal.organisations")
    (seconds,) = await cursor.fetchone()
    ours = mailed_links.LIFETIMES[Purpose.RESET]
    return ours if seconds is None else min(ours, timedelta(seconds=seconds))


async def supersede(connection: Any, call: Call, account_id: UUID, purpose: Purpose | None = None) -> None:
    """Ends the open links of an account, of one purpose or all."""
    await connection.execute(
        "update portal.mailed_links set superseded_at = %s where account_id = %s and used_at is null "
        "and superseded_at is null and (%s::text is null or purpose = %s)",
        (call.services.now(), account_id, purpose, purpose),
    )


async def opened(call: Call, purpose: Purpose, given: object) -> Link | None:
    """The link of a token; None for one that is forged, for something else, used, superseded or over."""
    identifier = mailed_links.identifier_of(given) if isinstance(given, str) else None
    if identifier is None or not isinstance(given, str):
        return None
    async with call.services.pool.connection() as connection:
        cursor = await connection.execute("select * from portal.link_by_id(%s)", (identifier,))
        row = await cursor.fetchone()
    if row is None:
        return None
    organisation_id, account_id, stored, new_email, requested, expires, used, superseded, email, name, account = row
    state = LinkState(Purpose(stored), requested, expires, used, superseded)
    key = call.services.settings.reset_key
    if not mailed_links.is_genuine(key, given, identifier, state, email) or state.purpose is not purpose:
        return None
    if mailed_links.decide(state, Event.OPEN, call.services.now())[1] is not Decision.VALID or account != "active":
        return None
    return Link(identifier, organisation_id, account_id, email, name, new_email)


async def used(connection: Any, call: Call, link: Link) -> bool:
    """Uses the link up in the transaction of what it allows; False when somebody was faster or it is over by now."""
    now = call.services.now()
    cursor = await connection.execute(
        "update portal.mailed_links set used_at = %s where id = %s and used_at is null and superseded_at is null "
        "and expires_at > %s",
        (now, link.id, now),
    )
    return bool(cursor.rowcount == 1)
