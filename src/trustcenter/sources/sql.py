"""`Sql` over PostgreSQL with psycopg: one snapshot, read-only, and being filtered raises.

`row_security = off` does not switch row security off: it makes PostgreSQL raise where a policy would have hidden rows
(PostgreSQL documentation, 5.9), so an empty answer is an empty table. Time limits are kept twice: by the server
(`statement_timeout`, `lock_timeout`) and by us, since a server or network that went silent keeps none.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources.interface import Budget, End
from trustcenter.sources.settings import seconds_left, text_setting
from trustcenter.sources.sql_errors import could_not_tell

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 10.0
STATEMENT_SECONDS = 60.0
LOCK_SECONDS = 5.0


def from_source(source: Source, run: Budget) -> Database:
    """The database that the source's `dsn` names; it connects at the first query. Raises CouldNotTell."""
    return Database(source, run, text_setting(run, "dsn"))


class Database:
    """A connection with one repeatable-read snapshot, opened at the first query. The DSN is in no message.

    `connect_seconds`, `statement_seconds` and `lock_seconds` of the source change the limits. Raises CouldNotTell.
    """

    def __init__(self, source: Source, budget: Budget, dsn: str) -> None:
        self.settings: Mapping[str, Any] = source.settings
        self._name = source.name
        self._budget = budget
        self._dsn = dsn
        self._connection: psycopg.Connection[dict[str, Any]] | None = None
        self._actor: str | None = None

    @property
    def actor(self) -> str:
        """The role that reads, as the server calls it."""
        if self._actor is None:
            self._actor = str(self.rows("select current_user::text as name")[0]["name"])
        return self._actor

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Mapping[str, Any]]:
        if self._connection is None:
            self._connection = self._open(read_only=True)
        return self._fetch(self._connection, query, parameters)

    def committed(self, query: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Mapping[str, Any]]:
        connection = self._open(read_only=True)
        try:
            return self._fetch(connection, query, parameters)
        finally:
            connection.close()

    def attempt(self, statement: str, parameters: Mapping[str, Any] | None = None) -> str | None:
        import psycopg

        connection = self._open(read_only=False)
        try:
            with self._limited(connection, self._seconds("statement_seconds", STATEMENT_SECONDS)) as expired:
                try:
                    connection.execute(statement.encode(), parameters)
                except psycopg.Error as error:
                    cause = could_not_tell(error, self._name, expired=expired())
                    if error.sqlstate is None or cause.cause in ("timed_out", "unreachable", "malformed"):
                        raise cause from None
                    return error.sqlstate
            return None
        finally:
            connection.close()  # without a commit: the server rolls back

    def ends(self) -> tuple[End, End] | None:
        """See `Sql.ends`."""
        if self._connection is None:
            self._connection = self._open(read_only=True)
        try:
            with socket.socket(fileno=os.dup(self._connection.fileno())) as connected:
                if connected.family not in (socket.AF_INET, socket.AF_INET6):
                    return None
                return End(*connected.getsockname()[:2]), End(*connected.getpeername()[:2])
        except OSError:
            raise CouldNotTell("unreachable", f"the connection to the database of {self._name} broke") from None

    def close(self) -> None:
        """End the transaction and the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _seconds(self, name: str, default: float) -> float:
        value = self.settings.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
            raise CouldNotTell("unsupported", f"source {self._name}: `{name}` is not a number of seconds")
        return seconds_left(self._budget, float(value))

    def _open(self, *, read_only: bool) -> psycopg.Connection[dict[str, Any]]:
        import psycopg
        from psycopg.rows import dict_row

        connect = self._seconds("connect_seconds", CONNECT_SECONDS)
        statement = self._seconds("statement_seconds", STATEMENT_SECONDS)
        lock = self._seconds("lock_seconds", LOCK_SECONDS)
        try:
            connection = psycopg.connect(
                self._dsn, connect_timeout=max(2, round(connect)), application_name="trustcenter", row_factory=dict_row
            )
        except psycopg.Error as error:
            raise could_not_tell(error, self._name) from None  # libpq's message names host and role
        try:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = read_only
            for command in (
                "set local row_security = off",
                "set local search_path = pg_catalog",  # nobody's function or operator stands in for a built-in one
                "set local timezone = 'UTC'",
                f"set local statement_timeout = {round(statement * 1000)}",
                f"set local lock_timeout = {round(lock * 1000)}",
            ):
                self._fetch(connection, command, None)
        except BaseException:
            connection.close()
            raise
        return connection

    def _fetch(
        self, connection: psycopg.Connection[dict[str, Any]], query: str, parameters: Mapping[str, Any] | None
    ) -> Sequence[Mapping[str, Any]]:
        import psycopg

        seconds = self._seconds("statement_seconds", STATEMENT_SECONDS)
        with self._limited(connection, seconds) as expired:
            try:
                cursor = connection.execute(query.encode(), parameters)
                return cursor.fetchall() if cursor.description is not None else ()
            except psycopg.Error as error:
                raise could_not_tell(error, self._name, expired=expired()) from None
            except (UnicodeError, ValueError, OverflowError):
                raise CouldNotTell(
                    "malformed", f"the database of {self._name} sent a value that cannot be read"
                ) from None

    @contextmanager
    def _limited(self, connection: psycopg.Connection[dict[str, Any]], seconds: float) -> Iterator[Callable[[], bool]]:
        """Cut the connection when the server stays silent; yields whether that happened."""
        cut = threading.Event()

        def shut() -> None:
            cut.set()
            if not connection.closed:
                with socket.socket(fileno=os.dup(connection.fileno())) as wire:
                    wire.shutdown(socket.SHUT_RDWR)

        watchdog = threading.Timer(seconds + 1.0, shut)  # the server's own limit comes first
        watchdog.daemon = True
        watchdog.start()
        try:
            yield cut.is_set
        finally:
            watchdog.cancel()
