"""Delivering what waits in the outbox: by every application, each taking what no other has taken.

A message is delivered at least once: after a crash between handing over and noting it, the same Message-ID comes twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
from psycopg_pool import PoolTimeout

from trustcenter.errors import TamperedError
from trustcenter.portal.outbox.queue import unseal
from trustcenter.runtime.mail import MailRefusedError, send

if TYPE_CHECKING:
    from trustcenter.portal.services import Services

PAUSE = 1.0
"""Seconds between looks where nobody says that something was queued."""
GIVE_UP = timedelta(days=2)
_log = logging.getLogger("trustcenter.portal.outbox")


async def deliver_for_ever(services: Services) -> None:
    """Until cancelled. A database or a mail server that is away is tried again."""
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(services.mail_waits.wait(), PAUSE)
        services.mail_waits.clear()
        try:
            await deliver(services)
        except (psycopg.Error, PoolTimeout) as error:
            _log.error("the outbox cannot be read: %s", type(error).__name__)


async def deliver(services: Services) -> int:
    """Delivers what is due; how many were taken by the server."""
    async with services.pool.connection() as connection:
        cursor = await connection.execute("select * from portal.claim_mail(20)")
        claimed = await cursor.fetchall()
    return sum([await _one(services, *row) for row in claimed])


async def _one(
    services: Services, identifier: object, kind: str, sealed: bytes, attempts: int, created: datetime
) -> bool:
    now, settings = services.now(), services.settings
    try:
        message = unseal(settings.outbox_key, bytes(sealed))
        await asyncio.to_thread(send, settings.mail_server, message, identifier=str(identifier), now=now)
    except (MailRefusedError, TamperedError) as error:
        _log.error("a message (%s) was not delivered, attempt %d: %s", kind, attempts, error.what)
        if isinstance(error, MailRefusedError) and now - created < GIVE_UP:
            return False
        await _ended(services, identifier, delivered=False)
        return False
    await _ended(services, identifier, delivered=True)
    return True


async def _ended(services: Services, identifier: object, *, delivered: bool) -> None:
    async with services.pool.connection() as connection:
        await connection.execute("select portal.mail_ended(%s, %s)", (identifier, delivered))
