"""SQL in the control over rosters, ticket exports and logs, computed by DuckDB, by PostgreSQL itself or by Spark."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from trustcenter.collectors import _query_engines as engines
from trustcenter.collectors import _query_tables as loading
from trustcenter.collectors._query_cells import cell_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.errors import TrustCenterError
from trustcenter.model.fact import FactSchema, moment
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.duck import Duck, open_duck
from trustcenter.sources.duck_sql import check_sql
from trustcenter.sources.interface import Files, Sql


@collector(method="inspection", kinds=("files", "postgresql", "platform"))
def query(files: Files | None, sql: Sql | None, run: Run) -> Population[Any]:
    """One SELECT over mapped tables, its result's columns typed in the control. `$now` is the time of the run.

    Completeness is that of what was read: the records of each table, counted on another path than they were loaded.
    """
    statement, schema = _asked(run)
    engine, now = engines.engine_of(run), run.now()
    with open_duck(run) as duck:
        places = loading.mapped(files, run)
        if engine == engines.DUCKDB:
            found = _here(duck, files, sql, places, statement, schema, now)
        else:
            found = engines.answer(engine, duck, files, sql, run, places, statement, schema.names, now)
    rows = [
        {field.name: cell_of(text, field, number) for field, text in zip(schema.fields, values, strict=True)}
        for number, values in enumerate(found.rows, start=1)
    ]
    tables = found.loaded
    counted = ", ".join(f"{table.name} {table.counted} ({table.method})" for table in tables)
    return Population(
        facts=(),
        rows=tuple(rows),
        schema=schema,
        completeness=Completeness(
            f"records of the tables read, counted apart from loading them: {counted}",
            sum(table.counted for table in tables),
            sum(table.loaded for table in tables),
            independent=all(table.independent for table in tables),
        ),
        query=statement,
        parameters={
            "tables": {table.name: table.digest for table in tables},
            "now": moment(now),
            "sql": "sha256:" + hashlib.sha256(statement.encode()).hexdigest(),
            "engine": engine,
            "compiled": found.digest,
        },
        observed_at=now,
        actor=sql.actor if sql is not None and any(table.method == "count(*)" for table in tables) else None,
        notes=(f"{len(rows)} rows selected from {sum(table.loaded for table in tables)} records", *found.notes),
    )


def _asked(run: Run) -> tuple[str, FactSchema]:
    statement, columns = run.parameters.get("sql"), run.parameters.get("columns")
    if not isinstance(statement, str) or not isinstance(columns, Mapping):
        raise CouldNotTell("unsupported", "the test gives no `sql` or no `columns`", hint="both belong under `query:`")
    try:
        return statement.strip().rstrip(";").rstrip(), FactSchema.from_json(columns)
    except (KeyError, TypeError, TrustCenterError) as error:
        raise CouldNotTell("unsupported", "the test's `columns` are not a schema") from error


def _here(
    duck: Duck,
    files: Files | None,
    sql: Sql | None,
    places: Mapping[str, Any],
    statement: str,
    schema: FactSchema,
    now: datetime,
) -> engines.Answer:
    """By DuckDB over the loaded tables, every column as text."""
    used = check_sql(duck, statement, places)
    tables = [loading.load(duck, files, sql, name, places[name]) for name in sorted(used)]
    duck.shut()
    parameters = {"now": now} if "$now" in statement else {}
    names, _ = duck.query(f"select * from ({statement}\n) limit 0", parameters)  # noqa: S608 - checked before
    loading.same_columns(names, schema.names)
    selected = ", ".join(
        f"to_json({_quoted(field.name)})::varchar" if field.type == "texts" else f"{_quoted(field.name)}::varchar"
        for field in schema.fields
    )
    compiled = f"select {selected} from ({statement}\n)"  # noqa: S608 - checked before
    _, rows = duck.query(compiled, parameters)
    digest = "sha256:" + hashlib.sha256(compiled.encode()).hexdigest()
    return engines.Answer(tables, rows, digest, (f"run on DuckDB {version('duckdb')}: {compiled}",))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
