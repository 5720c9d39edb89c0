"""One statement for several engines: only what means the same on all of them, compiled by ibis for one.

A control's SQL is DuckDB's. Functions, operators and casts are on a positive list, since a function of the same name
may fold case, round or read a time zone differently elsewhere. What the translation makes of it is looked at again:
sqlglot writes ClickHouse's estimating `quantile` for an exact median.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.duck import Duck
from trustcenter.sources.duck_sql import nodes

DIALECTS: Mapping[str, str] = {
    "postgres": "postgres",
    "spark": "pyspark",
    "trino": "trino",
    "athena": "athena",
    "clickhouse": "clickhouse",
}
"""Engine to the ibis compiler that writes for it."""

_PORTABLE = frozenset(
    {
        "+", "-", "*", "/", "%", "||", "~~", "!~~", "abs", "bool_and", "bool_or", "count", "count_star",
        "date_diff", "datediff", "dense_rank", "first_value", "lag", "last_value", "lead", "length", "max", "median",
        "min", "nullif", "quantile_cont", "rank", "replace", "row_number", "starts_with", "sum", "to_days", "to_hours",
        "to_minutes", "to_seconds", "trim",
    }
)  # fmt: skip
"""Compared row by row on DuckDB and PostgreSQL. Not `lower`: PostgreSQL folds case as its database was made."""
_CASTS = frozenset(
    {
        "bigint", "bool", "boolean", "date", "double", "int", "int4", "int8", "integer", "interval", "string", "text",
        "timestamp with time zone", "timestamptz", "varchar",
    }
)  # fmt: skip
"""Not `timestamp`: PostgreSQL drops an offset that the text gives, DuckDB applies it."""
_ESTIMATES = re.compile(
    r"\b(?:approx\w*|\w+_approx|quantile\w*|median\w*|uniq\w*|hll\w*|\w*tdigest\w*|topk\w*)\s*\(", re.I
)
_TRUNC = re.compile(r"\btrunc\b", re.IGNORECASE)
_EXACT: Mapping[str, frozenset[str]] = {"spark": frozenset({"median"})}
_LOSES: Mapping[str, tuple[re.Pattern[str], str, str]] = {
    "trino": (re.compile(r"\bpercentile_cont\s*\(", re.IGNORECASE), "percentile_cont", "it has no exact percentile"),
    "athena": (re.compile(r"\bpercentile_cont\s*\(", re.IGNORECASE), "percentile_cont", "it has no exact percentile"),
    "clickhouse": (re.compile(r"\bDateTime\b"), "DateTime", "that type keeps whole seconds, and no offset"),
}
"""What the translation writes although the engine lacks it, or keeps less than was there (the engines' manuals)."""
_LITERALS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`")


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL for one engine, every column of its result as text, in the order asked for."""

    engine: str
    sql: str

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.sql.encode()).hexdigest()


def check_portable(duck: Duck, sql: str, engine: str) -> None:
    """Raises CouldNotTell("unsupported") for what is not known to mean the same on every engine, naming it."""
    for node in nodes(json.loads(duck.syntax(sql))):
        name = str(node.get("function_name", "")).lower()
        if name == "trunc" and not _TRUNC.search(sql):
            continue  # DuckDB's parser makes to_days(trunc(1)) of `interval 1 day`
        if name and name not in _PORTABLE:
            raise CouldNotTell(
                "unsupported",
                f"`{name}` is not among the functions whose answers were compared between engines",
                hint=f'without it the control runs on {engine} as on DuckDB; with it, set engine = "duckdb"',
            )
        if node.get("type") == "TABLE_FUNCTION":
            raise CouldNotTell("unsupported", f"a query for {engine} reads mapped tables only, no table functions")
        if node.get("class") == "CAST":
            kind = str(node["type_expr"].get("type_name", "")).lower() if "type_expr" in node else ""
            if node.get("try_cast") or kind not in _CASTS:
                raise CouldNotTell(
                    "unsupported",
                    f"a cast to `{kind or 'a type'}`{' with try_cast' if node.get('try_cast') else ''} "
                    "does not mean the same on every engine",
                    hint=f"use cast to {', '.join(sorted(_CASTS))}",
                )


def compile_for(
    engine: str,
    duck: Duck,
    statement: str,
    order: Sequence[str],
    now: datetime,
    views: Mapping[str, tuple[str, Sequence[str]]],
) -> Compiled:
    """The statement for one engine, its types pinned to what DuckDB gives them over columns of text.

    `views` are tables that the engine holds under another name: name to place and columns, each read as text and
    compared by code point, as DuckDB does. Raises CouldNotTell("unsupported") for what cannot be translated, and for
    what the translation would estimate.
    """
    import ibis
    import ibis.expr.datatypes as dtypes
    import ibis.expr.operations as operations
    import sqlglot
    from ibis.backends.sql.datatypes import DuckDBType
    from sqlglot import exp

    compiler = _compiler(engine)
    _, described = duck.query(f"describe {statement}", {"now": now} if "$now" in statement else {})
    types = {str(row[0]): DuckDBType.from_string(str(row[1])) for row in described}
    for name in order:
        if types[name].is_interval() or types[name].is_nested():
            raise CouldNotTell(
                "unsupported",
                f"column {name}: an interval or a list has no common text on engines",
                hint="give a duration as seconds: date_diff('second', start, end)",
            )
    try:
        tree = sqlglot.parse_one(statement, read="duckdb")
        tree = tree.transform(lambda node: _time(node, now))
        foreign = sqlglot.parse_one(tree.sql(dialect="duckdb"), read="duckdb").sql(
            dialect=compiler.dialect, unsupported_level=sqlglot.ErrorLevel.RAISE
        )
        inner: Any = sqlglot.parse_one(foreign, read=compiler.dialect)
        if views:
            inner = sqlglot.select("*").from_(inner.subquery("asked"))
        for name, (place, columns) in views.items():
            texts = sqlglot.select(*(_text(column, engine) for column in columns)).from_(_table(place))
            inner = inner.with_(exp.to_identifier(name), as_=texts)
        # ibis looks up pyspark's settings for a float, which load with pyspark only; cast to text both read the same.
        types = {name: dtypes.decimal if kind.is_floating() else kind for name, kind in types.items()}
        asked = operations.SQLQueryResult(inner.sql(dialect=compiler.dialect), ibis.schema(types), None).to_expr()
        asked = asked.select(**{name: asked[name].cast("string") for name in order})
        sql = compiler.to_sqlglot(asked).sql(dialect=compiler.dialect)
    except (sqlglot.errors.SqlglotError, ibis.common.exceptions.IbisError) as error:
        raise CouldNotTell("unsupported", f"the query cannot be translated for {engine}") from error
    _no_estimate(engine, sql)
    _no_loss(engine, sql)
    return Compiled(engine, sql)


def versions(*more: str) -> list[str]:
    """What translated, with its version."""
    return [f"{name} {_version(name)}" for name in ("ibis-framework", "sqlglot", "duckdb", *more)]


def _compiler(engine: str) -> Any:
    from importlib import import_module

    return import_module(f"ibis.backends.sql.compilers.{DIALECTS[engine]}").compiler


def _time(node: Any, now: datetime) -> Any:
    """`$now` as a literal: engines write their parameters differently."""
    from sqlglot import exp

    if isinstance(node, (exp.Parameter, exp.Placeholder)) and node.name == "now":
        return exp.cast(exp.Literal.string(now.isoformat(sep=" ")), "timestamptz")
    return node


def _text(column: str, engine: str) -> Any:
    from sqlglot import exp

    read: Any = exp.cast(exp.column(column, quoted=True), "text")
    if engine == "postgres":
        read = exp.Collate(this=read, expression=exp.to_identifier("C", quoted=True))
    return read.as_(column, quoted=True)


def _table(place: str) -> Any:
    from sqlglot import exp

    table, schema, catalog = [*reversed(place.split(".")), None, None][:3]
    return exp.table_(str(table), db=schema, catalog=catalog, quoted=True)


def _no_estimate(engine: str, sql: str) -> None:
    for found in _ESTIMATES.finditer(_LITERALS.sub("''", sql)):
        name = found[0].rstrip("( \t\n").lower()
        if name not in _EXACT.get(engine, frozenset()):
            raise CouldNotTell(
                "unsupported",
                f"translated for {engine} the query says `{name}`, which estimates",
                hint="count instead: how many rows lie above a bound is exact everywhere",
            )


def _no_loss(engine: str, sql: str) -> None:
    pattern, name, why = _LOSES.get(engine, (None, "", ""))
    if pattern is not None and pattern.search(_LITERALS.sub("''", sql)):
        raise CouldNotTell(
            "unsupported",
            f"translated for {engine} the query says `{name}`: {why}",
            hint='set engine = "duckdb", "postgres" or "spark" for this control',
        )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
