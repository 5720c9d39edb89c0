"""A query where its tables are too large for this machine: in PostgreSQL itself, or on Spark, with DuckDB's answer."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Protocol

from trustcenter.collectors import _query_tables as tables
from trustcenter.collectors._query_tables import Loaded
from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.duck import Duck
from trustcenter.sources.duck_sql import check_sql
from trustcenter.sources.engine_sql import DIALECTS, check_portable, compile_for, versions
from trustcenter.sources.interface import Files, Sql

DUCKDB = "duckdb"
ENGINES = (DUCKDB, "postgres", "spark")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine found, every cell as text, and what the evidence says of how."""

    loaded: Sequence[Loaded]
    rows: Sequence[tuple[Any, ...]]
    digest: str
    notes: tuple[str, ...]


class Engine(Protocol):
    """Where a compiled query runs."""

    views: dict[str, tuple[str, Sequence[str]]]
    """Tables that the query must read under another name: name to place and columns."""

    def load(self, name: str, place: Any) -> tuple[Loaded, Sequence[str]]: ...

    def rows(self, sql: str, names: Sequence[str]) -> Sequence[tuple[Any, ...]]: ...

    def version(self) -> str: ...


def engine_of(run: Run) -> str:
    """The source's `engine`. Raises CouldNotTell("unsupported") for one on which nothing can be run here."""
    engine = run.mapping.get("engine", run.source.settings.get("engine", DUCKDB))
    if engine in ENGINES:
        return str(engine)
    raise CouldNotTell(
        "unsupported",
        f"source {run.source.name}: queries are run on {', '.join(ENGINES)}, and `engine` says {engine!r}",
        where=str(run.source.place) if run.source.place else None,
        hint="its SQL can be compiled, but nothing was run on it yet" if engine in DIALECTS else None,
    )


def answer(
    engine: str,
    duck: Duck,
    files: Files | None,
    sql: Sql | None,
    run: Run,
    places: Mapping[str, Any],
    statement: str,
    order: Sequence[str],
    now: datetime,
) -> Answer:
    """Check the statement as for DuckDB and beyond, compile it, run it. DuckDB sees the tables' columns, no row."""
    used = sorted(check_sql(duck, statement, places))
    check_portable(duck, statement, engine)
    with _opened(engine, files, sql, run) as where:
        loaded = []
        for name in used:
            table, columns = where.load(name, places[name])
            duck.load_rows(name, columns, ())
            loaded.append(table)
        duck.shut()
        names, _ = duck.query(
            f"select * from ({statement}\n) limit 0",  # noqa: S608 - checked before
            {"now": now} if "$now" in statement else {},
        )
        tables.same_columns(names, order)
        compiled = compile_for(engine, duck, statement, order, now, where.views)
        rows = where.rows(compiled.sql, order)
        return Answer(
            loaded,
            rows,
            compiled.digest,
            (f"compiled for {engine}: {compiled.sql}", f"run on {where.version()}; {', '.join(versions())}"),
        )


@contextlib.contextmanager
def _opened(engine: str, files: Files | None, sql: Sql | None, run: Run) -> Iterator[Engine]:
    if engine == "spark":
        from trustcenter.sources.spark import open_spark

        with open_spark(run) as spark:
            yield _OnSpark(spark, files, sql)
    else:
        if sql is None:
            raise CouldNotTell(
                "unsupported",
                f"source {run.source.name} names no database to run the query in",
                hint="add `dsn`, or set engine to duckdb or spark",
            )
        yield _InPostgres(sql)


class _InPostgres:
    """The database computes over its own tables, in the reader's one snapshot; no record leaves it unasked."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self.views: dict[str, tuple[str, Sequence[str]]] = {}

    def load(self, name: str, place: Any) -> tuple[Loaded, Sequence[str]]:
        if not tables.in_database(place):
            raise CouldNotTell("unsupported", f"table {name} is a file: PostgreSQL computes over its own tables")
        columns = [str(column) for column in place["columns"]]
        counted = tables.count_of(self._sql, str(place["table"]))
        self.views[name] = (str(place["table"]), columns)
        return Loaded(name, counted, counted, "count(*)", f"rows:{counted}", independent=False), columns

    def rows(self, sql: str, names: Sequence[str]) -> Sequence[tuple[Any, ...]]:
        return [tuple(row[name] for name in names) for row in self._sql.rows(sql)]

    def version(self) -> str:
        return "PostgreSQL " + str(self._sql.rows("show server_version")[0]["server_version"])


class _OnSpark:
    """CSV and Parquet are read by Spark itself, a database's tables through the reader."""

    def __init__(self, spark: Any, files: Files | None, sql: Sql | None) -> None:
        self._spark, self._files, self._sql = spark, files, sql
        self.views: dict[str, tuple[str, Sequence[str]]] = {}

    def load(self, name: str, place: Any) -> tuple[Loaded, Sequence[str]]:
        if tables.in_database(place):
            if self._sql is None:
                raise CouldNotTell("unsupported", f"table {name} is in a database, and the source names none")
            columns = [str(column) for column in place["columns"]]
            read = tables.read_database(self._sql, str(place["table"]), columns)
            loaded = self._spark.load_rows(name, columns, read.rows)
            return Loaded(name, loaded, read.counted, "count(*)", read.digest, independent=False), columns
        if self._files is None or not isinstance(place, str):
            raise CouldNotTell("unsupported", f"table {name} is mapped to neither a file nor a table with its columns")
        digest, ending = self._digest(place), PurePosixPath(place).suffix.lower()
        path = self._files.local(place)
        if ending in tables.DELIMITERS:
            delimiter = tables.DELIMITERS[ending]
            counted, method = tables.csv_records(self._files.read(place), delimiter, place), "records by another reader"
            loaded, columns = self._spark.load_csv(name, path, delimiter)
        elif ending == ".parquet":
            from pyarrow import parquet

            loaded, columns = self._spark.load_parquet(name, path)
            counted, method = int(parquet.read_metadata(path).num_rows), "the file's footer"
        else:
            raise CouldNotTell("unsupported", f"Spark reads .csv, .tsv and .parquet here, and {place} is none")
        if self._digest(place) != digest:
            raise CouldNotTell("contradicted", f"{place} changed while it was read")
        return Loaded(name, loaded, counted, method, digest, independent=True), columns

    def rows(self, sql: str, names: Sequence[str]) -> Sequence[tuple[Any, ...]]:
        found: Sequence[tuple[Any, ...]] = self._spark.query(sql)
        return found

    def version(self) -> str:
        return f"Spark {self._spark.version}"

    def _digest(self, place: str) -> str:
        assert self._files is not None
        digest = hashlib.sha256()
        for chunk in self._files.chunks(place):
            digest.update(chunk)
        return "sha256:" + digest.hexdigest()
