"""Setting a new password: one policy and one way of storing it, for change, reset and invitation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.signing import letters, links
from trustcenter.runtime.mailed_links import Purpose
from trustcenter.runtime.password_policy import Judgement, context_words
from trustcenter.runtime.passwords import HashingBusyError


def judged(call: Call, given: object, *texts: str) -> Judgement | None:
    """The policy's answer for a person whose name, address and organisation are `texts`; None where nothing came."""
    if not isinstance(given, str) or not given:
        return None
    return call.services.password_policy.judge(given, context_words(*texts))


async def hashed(call: Call, password: str) -> str:
    """Raises 503 when too many wait for the hashing slots."""
    try:
        return await call.services.hasher.hash(password)
    except HashingBusyError as error:
        raise HTTPException(503, error.what, {"retry-after": "5"}) from error


async def stored(
    connection: Any, call: Call, organisation_id: UUID, account_id: UUID, email: str, hashed_form: str,
    *, kept_session: UUID | None,
) -> None:  # fmt: skip
    """Stores the hash, ends the other sessions and open reset links, and tells the holder: all or nothing."""
    await store.set_password_hash(connection, account_id, hashed_form)
    if kept_session is None:
        await store.end_sessions(connection, account_id)
    else:
        await store.end_other_sessions(connection, account_id, kept_session)
    await links.supersede(connection, call, account_id, Purpose.RESET)
    settings = call.services.settings
    message = letters.password_changed(email, settings.origin, call.services.now())
    await enqueue(connection, settings.outbox_key, organisation_id, account_id, "password_changed", message)
