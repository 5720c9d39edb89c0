"""Recording what a caller did, in the transaction in which it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from trustcenter.portal.call import Call
from trustcenter.portal.event_kinds import declared
from trustcenter.runtime import audit


async def record(
    connection: Any,
    call: Call,
    action: str,
    entity: str,
    entity_id: str,
    *,
    organisation_id: UUID | None = None,
    **states: Any,
) -> None:
    """An audit event of the caller, in the transaction of the change.

    `organisation_id` names the customer in whose record it belongs when the vendor's staff work on what is theirs.
    """
    person = call.person
    event = audit.AuditEvent(
        organisation_id or person.organisation_id, person.account_id, action, entity, entity_id, call.origin,
        acting_for=call.acting_for, **states,
    )  # fmt: skip
    await write(connection, event)


async def write(connection: Any, event: audit.AuditEvent) -> None:
    """One event of a declared kind, in the transaction of the change. Raises ConfigurationError for another kind."""
    declared(event.action)
    await connection.execute(audit.INSERT, audit.values(event))
