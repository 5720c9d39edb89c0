"""Sending the record of activity and the access log to another system, so that who breaks in here cannot reach them.

Done by the keeper, a process of its own, with what the application cannot change afterwards: events with their numbers
and hashes, so that the other system sees what is missing. What was sent is remembered after the server took it: after a
crash between the two, the same lines come twice.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from trustcenter.portal.state import StateDirectory, read_json, write_private
from trustcenter.runtime.log_server import LogLine, LogServer

APPLICATION = "trust-desk"
MOST = 500
"""Events, and lines of the access log, in one batch."""

_EVENTS = """
select e.organisation_id::text, e.seq, e.at, e.actor_id::text, e.acting_for::text, e.action, e.entity, e.entity_id,
  host(e.ip) as ip, e.user_agent, e.request_id::text, e.outcome, e.before_digest, e.after_digest,
  encode(e.previous_hash, 'hex') as previous_hash, encode(e.hash, 'hex') as hash
from portal.audit_events e left join jsonb_each_text(%s::jsonb) sent (organisation, seq)
  on sent.organisation = e.organisation_id::text
where e.seq > coalesce(sent.seq::bigint, 0) order by e.organisation_id, e.seq limit %s
"""


def forward(backup_dsn: str, state: StateDirectory, server: LogServer, now: datetime) -> int:
    """Sends one batch of what is new, and says how many lines it had; at `MOST` there may be more.

    The role is the one of backups, which may read every organisation's record. Numbers of an organisation's events are
    given in the order in which they are committed, so none is passed over. Raises LogsRefusedError.
    """
    place = state.own / "forwarded.json"
    sent: dict[str, Any] = read_json(place) if place.exists() else {"events": {}, "access": 0}
    with psycopg.connect(backup_dsn, connect_timeout=5, row_factory=dict_row) as connection:
        events = connection.execute(_EVENTS, (json.dumps(sent["events"]), MOST)).fetchall()
    lines = [LogLine(row["at"], "activity", json.dumps(row, default=str, ensure_ascii=False)) for row in events]
    access, end = _access(state, int(sent["access"]), now)
    if not lines and not access:
        return 0
    server.send([*lines, *access], APPLICATION)
    numbers = sent["events"] | {row["organisation_id"]: row["seq"] for row in events}
    write_private(place, json.dumps({"events": numbers, "access": end}))
    return len(lines) + len(access)


def _access(state: StateDirectory, begin: int, now: datetime) -> tuple[list[LogLine], int]:
    """Whole lines of the access log from a byte on, and the byte behind them; from the first where it was rotated."""
    if not state.access_log.exists():
        return [], 0
    with state.access_log.open("rb") as file:
        file.seek(begin if begin <= state.access_log.stat().st_size else 0)
        found = [line for line in (file.readline() for _ in range(MOST)) if line.endswith(b"\n")]
        end = (begin if begin <= state.access_log.stat().st_size else 0) + sum(map(len, found))
    return [LogLine(now, "access", line.decode("utf-8", "replace").rstrip("\n")) for line in found], end
