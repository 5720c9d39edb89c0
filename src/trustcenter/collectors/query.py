"""SQL in the control over rosters, ticket exports and logs: CSV, JSON, Parquet and PostgreSQL, computed by DuckDB."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from trustcenter.collectors import _query_tables as loading
from trustcenter.collectors._query_cells import cell_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.errors import TrustCenterError
from trustcenter.model.fact import FactSchema, Row, moment
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
    now = run.now()
    with open_duck(run) as duck:
        places = loading.mapped(files, run)
        used = check_sql(duck, statement, places)
        tables = [loading.load(duck, files, sql, name, places[name]) for name in sorted(used)]
        duck.shut()
        rows = _rows(duck, statement, schema, {"now": now} if "$now" in statement else {})
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
        },
        observed_at=now,
        actor=sql.actor if sql is not None and any(table.method == "count(*)" for table in tables) else None,
        notes=(f"{len(rows)} rows selected from {sum(table.loaded for table in tables)} records",),
    )


def _asked(run: Run) -> tuple[str, FactSchema]:
    statement, columns = run.parameters.get("sql"), run.parameters.get("columns")
    if not isinstance(statement, str) or not isinstance(columns, Mapping):
        raise CouldNotTell("unsupported", "the test gives no `sql` or no `columns`", hint="both belong under `query:`")
    try:
        return statement.strip().rstrip(";").rstrip(), FactSchema.from_json(columns)
    except (KeyError, TypeError, TrustCenterError) as error:
        raise CouldNotTell("unsupported", "the test's `columns` are not a schema") from error


def _rows(duck: Duck, statement: str, schema: FactSchema, parameters: Mapping[str, Any]) -> list[Row]:
    """The result, every column as text from the engine and read by its declared type."""
    names, _ = duck.query(f"select * from ({statement}\n) limit 0", parameters)  # noqa: S608 - checked before
    if sorted(names) != sorted(schema.names):
        missing, extra = sorted(set(schema.names) - set(names)), sorted(set(names) - set(schema.names))
        raise CouldNotTell(
            "malformed",
            f"the query's columns are not the declared ones: missing {missing}, not declared {extra}",
        )
    selected = ", ".join(
        f"to_json({_quoted(field.name)})::varchar" if field.type == "texts" else f"{_quoted(field.name)}::varchar"
        for field in schema.fields
    )
    _, found = duck.query(f"select {selected} from ({statement}\n)", parameters)  # noqa: S608 - checked before
    return [
        {field.name: cell_of(text, field, number) for field, text in zip(schema.fields, values, strict=True)}
        for number, values in enumerate(found, start=1)
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
