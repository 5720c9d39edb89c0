"""Telling the holder by mail that their factors changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from trustcenter.portal.call import Call
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.templates import moment
from trustcenter.runtime.mail import Message


async def tell(
    connection: Any, call: Call, what: str, account_id: UUID | None = None, email: str | None = None
) -> None:
    """Queues the mail in the transaction of the change."""
    person, at = call.person, moment(call.services.now())
    text = (
        f"{what}\n\nWhen: {at}\nFrom: {call.origin.ip}\n\n"
        "If that was not you, end your sessions and tell your organisation's owner.\n"
    )
    message = Message(email or person.email, "Your sign-in factors changed", text)
    key = call.services.settings.outbox_key
    await enqueue(connection, key, person.organisation_id, account_id or person.account_id, "factors_changed", message)
