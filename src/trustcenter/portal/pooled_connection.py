"""A pooled connection that is asked whether it still answers only where it has been idle for a moment, or has news.

PostgreSQL may have restarted since it was used last; a question before each use would be a third of all questions. A
server that ends a session says so on its socket, which costs nothing to notice.
"""

from __future__ import annotations

import select
import time
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

IDLE_SECONDS = 0.5


class PooledConnection(AsyncConnection[Any]):
    """A connection that remembers when it came back to the pool, in seconds of the monotonic clock."""

    returned_at = float("-inf")


async def note_the_return(connection: PooledConnection) -> None:
    """What the pool calls when a connection comes back in good order."""
    connection.returned_at = time.monotonic()


async def check_if_idle(connection: PooledConnection) -> None:
    """What the pool calls before it gives a connection out; raises what psycopg raises where it is dead."""
    if time.monotonic() - connection.returned_at >= IDLE_SECONDS or _has_news(connection):
        await AsyncConnectionPool.check_connection(connection)


def _has_news(connection: PooledConnection) -> bool:
    """Whether something waits to be read, though nothing was asked."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
