"""Spark as an engine: tables as text, one SELECT, UTC, strict casts, within the run's deadline.

`spark_master` of the source says where it runs; on this machine by default, bound to loopback.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.duck import csv_columns
from trustcenter.sources.interface import Budget

HERE = "local[2]"
_LOCAL = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",  # 200 by default, for a cluster
}
_ALWAYS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # a cast that does not fit is an error, not a null
}
_PLAIN = ("string", "tinyint", "smallint", "int", "bigint", "boolean", "date", "timestamp_ntz")


@contextlib.contextmanager
def open_spark(run: Budget) -> Iterator[Spark]:
    """A session for one query, with tables and settings of its own.

    It is a second one beside a session that this process has already, which stays; else Spark starts, and ends with it.
    Raises CouldNotTell("unsupported") where pyspark or Java is missing.
    """
    try:
        from pyspark.errors import PySparkException, PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise CouldNotTell(
            "unsupported", "pyspark is not installed beside trustcenter", hint="install trustcenter[engine,spark]"
        ) from error
    master = run.source.settings.get("spark_master", HERE)
    if not isinstance(master, str):
        raise CouldNotTell("unsupported", f"source {run.source.name}: `spark_master` is not a text")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("trustcenter").master(master)
    for name, value in {
        **_ALWAYS,
        "spark.sql.catalogImplementation": "in-memory",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **(_LOCAL if master == HERE else {}),
    }.items():
        builder = builder.config(name, value)
    running = SparkSession.getActiveSession()
    try:
        session = builder.getOrCreate() if running is None else running.newSession()
        for name, value in _ALWAYS.items():
            session.conf.set(name, value)
    except (PySparkException, PySparkRuntimeError, OSError) as error:
        raise CouldNotTell("unreachable", "Spark did not start", hint="it needs Java 17 or 21 on the path") from error
    try:
        session.sparkContext.setLogLevel("OFF")
        yield Spark(session, run)
    finally:
        if running is None:
            session.stop()


class Spark:
    """Loads tables, then runs one query. Raises CouldNotTell: `malformed`, `timed_out`, `unsupported`."""

    def __init__(self, session: Any, run: Budget) -> None:
        self._session = session
        self._run = run

    @property
    def version(self) -> str:
        return str(self._session.version)

    def load_csv(self, table: str, path: str, delimiter: str) -> tuple[int, Sequence[str]]:
        """Rows and columns of a CSV file with a header line; an empty cell is null, as for DuckDB."""
        names = list(csv_columns(path, delimiter))

        def load() -> Any:
            from pyspark.sql import functions, types

            schema = types.StructType([types.StructField(name, types.StringType()) for name in names])
            read = self._session.read.csv(
                path, schema=schema, sep=delimiter, header=True, quote='"', escape='"', multiLine=True, mode="FAILFAST"
            )
            return read.select(*(functions.nullif(read[f"`{name}`"], functions.lit("")).alias(name) for name in names))

        return self._view(table, load)

    def load_parquet(self, table: str, path: str) -> tuple[int, Sequence[str]]:
        """Rows and columns of a Parquet file, each value in the text form that DuckDB gives it."""

        def load() -> Any:
            from pyspark.sql import functions

            read = self._session.read.parquet(path)
            columns = []
            for name, kind in read.dtypes:
                value = read[f"`{name}`"].cast("string")
                if kind == "timestamp":
                    value = functions.concat(value, functions.lit("+00"))
                elif kind not in _PLAIN:
                    raise CouldNotTell(
                        "unsupported",
                        f"column {name} of the Parquet file is a {kind}, which engines write as text in different ways",
                    )
                columns.append(value.alias(name))
            return read.select(*columns)

        return self._view(table, load)

    def load_rows(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> int:
        """Rows that were read elsewhere, already text."""

        def load() -> Any:
            from pyspark.sql import types

            schema = types.StructType([types.StructField(name, types.StringType()) for name in columns])
            return self._session.createDataFrame([tuple(row) for row in rows], schema)

        return self._view(table, load)[0]

    def query(self, sql: str) -> Sequence[tuple[Any, ...]]:
        """The rows of one statement."""
        return [tuple(row) for row in self._within(lambda: self._session.sql(sql).collect())]

    def _view(self, table: str, load: Any) -> tuple[int, Sequence[str]]:
        def made() -> tuple[int, Sequence[str]]:
            frame = load()
            frame.createOrReplaceTempView(table)
            return int(frame.count()), list(frame.columns)

        found: tuple[int, Sequence[str]] = self._within(made)
        return found

    def _within(self, work: Any) -> Any:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        left = self._run.deadline - self._run.timer()
        if left <= 0:
            raise CouldNotTell("timed_out", "the run's time is used up")
        late, context, ours = threading.Event(), self._session.sparkContext, f"trustcenter {id(self)}"
        context.setJobGroup(ours, "a query of a control")  # others may be at work in the same Spark

        def stop() -> None:
            late.set()
            context.cancelJobGroup(ours)

        watch = threading.Timer(left, stop)
        watch.daemon = True
        watch.start()
        try:
            return work()
        except (PySparkException, Py4JError) as error:
            if late.is_set():
                raise CouldNotTell("timed_out", "the query did not end in time") from error
            what = error.getCondition() if isinstance(error, PySparkException) else None
            raise CouldNotTell("malformed", f"Spark: {what or type(error).__name__}") from None  # it quotes values
        finally:
            watch.cancel()
