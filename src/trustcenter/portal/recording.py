"""Recording what a caller did, in the transaction in which it is done."""

from __future__ import annotations

from typing import Any

from trustcenter.portal.call import Call
from trustcenter.runtime import audit


async def record(connection: Any, call: Call, action: str, entity: str, entity_id: str, **states: Any) -> None:
    """An audit event of the caller, in the transaction of the change."""
    person = call.person
    event = audit.AuditEvent(
        person.organisation_id, person.account_id, action, entity, entity_id, call.origin,
        acting_for=call.acting_for, **states,
    )  # fmt: skip
    await connection.execute(audit.INSERT, audit.values(event))
