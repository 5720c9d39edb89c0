"""Audit events: who did what to which thing, from where, with what outcome.

An event is written in the transaction of the change it describes: both are there or neither. The application role may
insert and select, nothing else, and may not choose the time: the database sets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from trustcenter.proof import canonical

NOBODY = UUID(int=0)  # the actor of an attempt by somebody who is not signed in


class Outcome(StrEnum):
    """How the attempt ended."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class Origin:
    """Where a request came from."""

    ip: str
    user_agent: str
    request_id: str


@dataclass(frozen=True)
class AuditEvent:
    """One event of one organisation. `acting_for` names the person impersonated, if any."""

    organisation_id: UUID
    actor_id: UUID
    action: str
    entity: str
    entity_id: str
    origin: Origin
    outcome: Outcome = Outcome.DONE
    acting_for: UUID | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


INSERT = """
insert into portal.audit_events
  (organisation_id, actor_id, acting_for, action, entity, entity_id, ip, user_agent, request_id, outcome,
   before_digest, after_digest)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def values(event: AuditEvent) -> tuple[object, ...]:
    """The event as parameters of `INSERT`. The user agent is cut at 400 characters."""
    return (
        event.organisation_id,
        event.actor_id,
        event.acting_for,
        event.action,
        event.entity,
        event.entity_id,
        event.origin.ip,
        event.origin.user_agent[:400],
        event.origin.request_id,
        event.outcome.value,
        digest(event.before),
        digest(event.after),
    )


def digest(value: Mapping[str, Any] | None) -> str | None:
    """Digest of a state as canonical JSON (RFC 8785); None stays None. The state itself is not kept."""
    return None if value is None else canonical.digest(canonical.dumps(value))
