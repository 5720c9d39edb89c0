"""Setting a new password: one policy and one way of storing it, for change, reset and invitation."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException

from trustcenter.portal import store
from trustcenter.portal.access.endings import end_tokens, tokens_left
from trustcenter.portal.call import Call
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.signing import letters, links
from trustcenter.runtime.mailed_links import Purpose
from trustcenter.runtime.password_policy import MINIMUM_LENGTH, Judgement, Strength, context_words
from trustcenter.runtime.passwords import HashingBusyError


def judged(call: Call, given: object, *texts: str) -> Judgement | None:
    """The policy's answer for a person whose name, address and organisation are `texts`; None where nothing came."""
    if not isinstance(given, str) or not given:
        return None
    return call.services.password_policy.judge(given, context_words(*texts))


def field(call: Call, *texts: str) -> dict[str, Any]:
    """What the form's field of a new password shows: the least length, and the rules for whoever types.

    `texts` as for `judged`, and for nobody but that person: the page names them.
    """
    rules = call.services.password_policy.typed_rules(context_words(*texts))
    return {"least": MINIMUM_LENGTH, "rules": json.dumps(rules)}


def accepted(answer: Judgement) -> str:
    """The part of an address by which the next page says how strong the new password is."""
    return f"strength={answer.strength}"


def said_strength(call: Call) -> str:
    """The word that `accepted` put into this page's address; empty where there is none, or another."""
    given = call.request.query_params.get("strength", "")
    return given if given in set(Strength) else ""


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
    """Stores the hash, ends the other sessions and open reset links, and tells the holder: all or nothing.

    Without a session to keep it is set by a mailed link, and the person's tokens end too (`access.endings`).
    """
    await store.set_password_hash(connection, account_id, hashed_form)
    if kept_session is None:
        await store.end_sessions(connection, account_id)
        tokens = await end_tokens(connection, call, organisation_id, account_id, account_id)
    else:
        await store.end_other_sessions(connection, account_id, kept_session)
        tokens = await tokens_left(connection, call, account_id)
    await links.supersede(connection, call, account_id, Purpose.RESET)
    settings = call.services.settings
    message = letters.password_changed(email, settings.origin, call.services.now(), tokens)
    await enqueue(connection, settings.outbox_key, organisation_id, account_id, "password_changed", message)
