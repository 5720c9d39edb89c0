"""A DuckDB that computes and does nothing else: tables are loaded from declared places, then every door is shut.

No extension is fetched or loaded by itself, no file or address is reachable from SQL, settings are locked, time is UTC,
memory and threads are bounded. Every loaded column is text: types are the control's, never guessed.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Budget

MEMORY = "1GB"
THREADS = 2
_BATCH = 5000


@contextlib.contextmanager
def open_duck(run: Budget) -> Iterator[Duck]:
    """An empty database in memory, for the time of one query."""
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_unsigned_extensions": "false",
            "memory_limit": MEMORY,
            "threads": str(THREADS),
        },
    )
    try:
        connection.execute("set timezone = 'UTC'")
        yield Duck(connection, run)
    finally:
        connection.close()


class Duck:
    """Loads tables, then runs one query. Raises CouldNotTell: `malformed`, `timed_out`."""

    def __init__(self, connection: Any, run: Budget) -> None:
        self._connection = connection
        self._run = run

    def load_csv(self, table: str, path: str, delimiter: str) -> int:
        """A CSV file with a header line; every row must have the header's columns. Returns the rows loaded."""
        return self._load(
            table,
            "read_csv(?, delim = ?, header = true, all_varchar = true, auto_detect = false, columns = ?, quote = '\"', "
            "escape = '\"', null_padding = false, strict_mode = true, nullstr = '', encoding = 'utf-8')",
            [path, delimiter, csv_columns(path, delimiter)],
        )

    def load_json(self, table: str, path: str, columns: Sequence[str], *, lines: bool) -> int:
        """JSON objects: one a line, or in one array. Nested values stay JSON text."""
        return self._load(
            table,
            "read_json(?, columns = ?, format = ?, auto_detect = false)",
            [path, dict.fromkeys(columns, "VARCHAR"), "newline_delimited" if lines else "array"],
        )

    def load_parquet(self, table: str, path: str) -> int:
        """A Parquet file; its own types become text in ISO form."""
        return self._load(table, "read_parquet(?)", [path], "columns(*)::varchar")

    def parquet_rows(self, path: str) -> int:
        """The rows that the file's footer counts, row group by row group."""
        groups = (
            "select row_group_id, any_value(row_group_num_rows) as n from parquet_metadata(?) group by row_group_id"
        )
        return int(self._execute(f"select coalesce(sum(n), 0) from ({groups})", [path]).fetchone()[0])  # noqa: S608

    def load_rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> int:
        """Rows that were read elsewhere, already text."""
        name = _quoted(table)
        self._execute(f"create table {name} ({', '.join(_quoted(column) + ' varchar' for column in columns)})", [])
        batch: list[Sequence[str | None]] = []
        loaded = 0
        unnested = ", ".join("unnest(?::varchar[])" for _ in columns)
        for row in (*rows, None):
            if row is not None:
                batch.append(row)
            if batch and (row is None or len(batch) == _BATCH):
                turned = [list(column) for column in zip(*batch, strict=True)]
                self._execute(f"insert into {name} select {unnested}", turned)
                loaded += len(batch)
                batch = []
        return loaded

    def shut(self) -> None:
        """From here on nothing outside is reachable, and nobody can change that."""
        self._execute("set enable_external_access = false", [])
        self._execute("set lock_configuration = true", [])

    def query(self, sql: str, parameters: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        """Column names and rows of one statement, within the run's deadline."""
        result = self._execute(sql, dict(parameters) or None)
        return [each[0] for each in result.description], result.fetchall()

    def syntax(self, sql: str) -> str:
        """The statement's tree as JSON, for whoever must look into it. Only SELECT has one."""
        found = self._execute("select json_serialize_sql(?)", [sql]).fetchone()
        return str(found[0])

    def _load(self, table: str, reader: str, parameters: list[Any], columns: str = "*") -> int:
        name = _quoted(table)
        self._execute(f"create table {name} as select {columns} from {reader}", parameters)  # noqa: S608
        return int(self._execute(f"select count(*) from {name}", []).fetchone()[0])  # noqa: S608

    def _execute(self, sql: str, parameters: Any) -> Any:
        import duckdb

        left = self._run.deadline - self._run.timer()
        if left <= 0:
            raise CouldNotTell("timed_out", "the run's time is used up")
        watch = threading.Timer(left, self._connection.interrupt)
        watch.daemon = True
        watch.start()
        try:
            return self._connection.execute(sql, parameters)
        except duckdb.InterruptException as error:
            raise CouldNotTell("timed_out", "the query did not end in time") from error
        except duckdb.Error as error:
            raise CouldNotTell("malformed", f"DuckDB: {_what(error)}") from error
        finally:
            watch.cancel()


def csv_columns(path: str, delimiter: str) -> dict[str, str]:
    """The header's names, all of them text."""
    import csv

    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file, delimiter=delimiter, strict=True), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CouldNotTell("malformed", "the file's header line cannot be read") from error
    names = [name.lstrip("\ufeff").strip() for name in header]
    if not names or "" in names or len({name.lower() for name in names}) != len(names):
        raise CouldNotTell("malformed", "the header line is empty, or names a column twice or not at all")
    return dict.fromkeys(names, "VARCHAR")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _what(error: Exception) -> str:
    """What happened, without the values that DuckDB quotes: they may be personal."""
    import duckdb

    lines = str(error).splitlines() or [type(error).__name__]
    if isinstance(error, (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)):
        return lines[0][:200]
    return re.sub(r"\"[^\"]*\"|'[^']*'", "(a value)", lines[0])[:200]
