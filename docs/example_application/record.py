"""Mounts the audit chain: an event follows the last of its organisation, in the transaction of the change."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from uuid import UUID

from models import Event
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from starlette.requests import Request

from trustcenter.runtime import audit_chain


def write(
    session: Session, request: Request, tenant: UUID, actor: UUID, action: str, entity: str, entity_id: UUID,
    outcome: str = "done",
) -> None:  # fmt: skip
    """One event behind the last. The lock ends with the transaction; two events never get one number."""
    session.execute(text("select pg_advisory_xact_lock(hashtextextended(:tenant, 0))"), {"tenant": str(tenant)})
    last = session.execute(select(Event.seq, Event.hash).order_by(Event.seq.desc()).limit(1)).one_or_none()
    now, acting_for = datetime.now(UTC), getattr(request.state, "acting_for", None)
    event = audit_chain.ChainedEvent(
        organisation_id=str(tenant),
        seq=last.seq + 1 if last else 1,
        at=now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        actor_id=str(actor),
        acting_for=None if acting_for is None else str(acting_for),
        action=action,
        entity=entity,
        entity_id=str(entity_id),
        ip=address(request),
        user_agent=agent(request),
        request_id=str(request.state.id),
        outcome=outcome,
        before_digest=None,
        after_digest=None,
        previous_hash=last.hash if last else audit_chain.GENESIS,
        hash=b"",
    )
    event = replace(event, hash=event.expected_hash)
    ids = {"organisation_id": tenant, "actor_id": actor, "acting_for": acting_for, "request_id": request.state.id}
    session.add(Event(**{**asdict(event), **ids, "at": now}))
    session.flush()


def address(request: Request) -> str:
    """The connection's own, whatever headers say."""
    return request.client.host if request.client else ""


def agent(request: Request) -> str:
    return request.headers.get("user-agent", "")[:400]
