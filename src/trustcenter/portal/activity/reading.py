"""Reading the record of an organisation: filtered, newest first, or whole as a chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException

from trustcenter.portal.call import Call
from trustcenter.portal.store import Row, all_rows, first_row
from trustcenter.runtime.audit_chain import CONTENT, ChainedEvent

SHOWN = 200
"""Events on a page; an export has all."""

_EVENTS = """
select id, seq, at, actor_id, actor_name, acting_for, acting_for_name, action, entity, entity_id,
       host(ip) as ip, user_agent, request_id, outcome, before_digest, after_digest, document_title
from portal.activity
"""


@dataclass(frozen=True)
class Filter:
    """What somebody wants to see of the record; None is everything. `until` is exclusive."""

    action: str | None = None
    actor: UUID | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, call: Call) -> Filter:
        """From the query `action`, `actor`, `outcome`, `from`, `to` (days, both included). Raises 400."""
        asked = {name: value.strip() for name, value in call.request.query_params.items() if value.strip()}
        try:
            last = _day(asked.get("to"))
            return cls(
                action=asked.get("action"),
                actor=UUID(asked["actor"]) if "actor" in asked else None,
                outcome=asked.get("outcome"),
                since=_day(asked.get("from")),
                until=last + timedelta(days=1) if last else None,
            )
        except (ValueError, OverflowError) as error:
            raise HTTPException(400, "Days are written like 2026-11-26.") from error

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "action": self.action, "actor": self.actor, "outcome": self.outcome,
            "since": self.since, "until": self.until,
        }  # fmt: skip


_MATCHING = """
where (%(action)s::text is null or action = %(action)s) and (%(actor)s::uuid is null or actor_id = %(actor)s)
  and (%(outcome)s::text is null or outcome = %(outcome)s)
  and (%(since)s::timestamptz is null or at >= %(since)s) and (%(until)s::timestamptz is null or at < %(until)s)
order by seq desc
"""


async def events(call: Call, wanted: Filter, limit: int | None = SHOWN) -> list[Row]:
    """Events of the caller's organisation, newest first; `limit` None is all of them."""
    from psycopg.rows import dict_row

    async with call.services.tenant(call.person) as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_EVENTS + _MATCHING + "limit %(limit)s", {**wanted.parameters, "limit": limit})
        found: list[Row] = await cursor.fetchall()
    return found


async def event(call: Call, event_id: int) -> Row:
    """One event. Raises 404 for another organisation's."""
    async with call.services.tenant(call.person) as connection:
        found = await first_row(connection, _EVENTS + "where id = %s", event_id)
    if found is None:
        raise HTTPException(404)
    return found


async def actions(call: Call) -> list[str]:
    """The kinds of event that the organisation's record has."""
    async with call.services.tenant(call.person) as connection:
        rows = await all_rows(connection, "select distinct action from portal.audit_events order by 1")
    return [row["action"] for row in rows]


async def chain(call: Call) -> list[ChainedEvent]:
    """The whole record as it is chained, oldest first."""
    columns = ", ".join("host(ip) as ip" if name == "ip" else name for name in CONTENT)
    query = f"select {columns}, previous_hash, hash from portal.audit_events order by seq"  # noqa: S608 - our own names
    async with call.services.tenant(call.person) as connection:
        rows = await all_rows(connection, query)
    return [_chained(row) for row in rows]


def _chained(row: Row) -> ChainedEvent:
    values: dict[str, Any] = {
        name: value if value is None or isinstance(value, (int, bytes)) else str(value) for name, value in row.items()
    }
    values["at"] = row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return ChainedEvent(**values)


def _day(text: str | None) -> datetime | None:
    return None if text is None else datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
