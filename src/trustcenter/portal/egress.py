"""Writing down whom the application contacts, and that somebody was listening all the while."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
from psycopg_pool import PoolTimeout

from trustcenter.runtime.egress import Contact, Recorder

if TYPE_CHECKING:
    from trustcenter.portal.services import Services

PAUSE = 20.0
"""Seconds between two records; also how long a record may be behind."""
MOST = 10_000
"""Contacts that are kept while the database is away."""
_log = logging.getLogger("trustcenter.portal.egress")

_ADD = """
insert into portal.egress (host, port, protocol, hour, connections) values (%s, %s, %s, %s, %s)
on conflict (host, port, protocol, hour) do update set connections = portal.egress.connections + excluded.connections
"""
_HEARD = """
insert into portal.egress_recorders (process, began_at, listened_until) values (%s, %s, %s)
on conflict (process) do update set listened_until = excluded.listened_until
"""


async def record_for_ever(services: Services, recorder: Recorder) -> None:
    """Until cancelled. While the database is away what was counted is kept."""
    process, began, waiting = uuid4(), services.now(), dict[Contact, int]()
    while True:
        for contact, times in recorder.drain().items():
            if contact in waiting or len(waiting) < MOST:
                waiting[contact] = waiting.get(contact, 0) + times
            else:
                _log.error("a contacted host was not recorded: the database is away")
        try:
            await _write(services, process, began, waiting)
            waiting.clear()
        except (psycopg.Error, PoolTimeout) as error:
            _log.error("contacted hosts were not recorded: %s", type(error).__name__)
        await asyncio.sleep(PAUSE)


async def _write(services: Services, process: UUID, began: datetime, waiting: dict[Contact, int]) -> None:
    async with services.pool.connection() as connection, connection.cursor() as cursor:
        rows = [(one.host, one.port, one.protocol, one.hour, times) for one, times in waiting.items()]
        if rows:
            await cursor.executemany(_ADD, rows)
        await cursor.execute(_HEARD, (process, began, services.now()))


def note_contact(app_dsn: str, host: str, port: int, now: datetime) -> None:
    """One connection over TCP that another process of the portal's made."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with psycopg.connect(app_dsn, connect_timeout=5) as connection:
        connection.execute(_ADD, (host, port, "tcp", hour, 1))
