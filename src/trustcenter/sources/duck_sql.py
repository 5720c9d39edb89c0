"""What SQL in a control may contain: one SELECT over the mapped tables, exact and repeatable functions only."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.duck import Duck

_APPROXIMATE = ("approx", "reservoir", "hll_", "datasketch", "tdigest")
"""Beginnings of functions that estimate: an estimate is no count, and engines disagree about it."""
_UNREPEATABLE = frozenset(
    {
        "random", "setseed", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "now", "get_current_timestamp",
        "current_timestamp", "current_date", "current_time", "today", "transaction_timestamp", "get_current_time",
        "current_localtimestamp", "current_localtime", "nextval", "currval",
    }
)  # fmt: skip
_OUTWARD = frozenset(
    {"getenv", "getvariable", "current_setting", "query", "query_table", "read_blob", "read_text", "sniff_csv"}
)
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})


def check_sql(duck: Duck, sql: str, tables: Collection[str]) -> frozenset[str]:
    """The mapped tables that the query reads.

    Raises CouldNotTell("unsupported") for anything but such a SELECT, naming what is not allowed.
    """
    tree = json.loads(duck.syntax(sql))
    if tree.get("error"):
        raise CouldNotTell(
            "unsupported", f"the query is not one SELECT statement: {tree.get('error_message', '')}".splitlines()[0]
        )
    if len(tree.get("statements", [])) != 1:
        raise CouldNotTell("unsupported", "a query is exactly one SELECT statement")
    top = tree["statements"][0].get("node", {})
    if any(
        modifier.get("type") in ("LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER") for modifier in top.get("modifiers", [])
    ):
        raise CouldNotTell("unsupported", "the query ends with LIMIT: a population is examined whole")
    known = {table.lower(): table for table in tables}
    used: set[str] = set()
    defined = {str(name).lower() for name in _defined(tree)}
    for node in nodes(tree):
        kind = node.get("type")
        if kind == "TABLE_FUNCTION":
            name = str(node.get("function", {}).get("function_name", "")).lower()
            if name not in _TABLE_FUNCTIONS:
                raise CouldNotTell("unsupported", f"the query reads from `{name}(...)`: only mapped tables may be read")
        elif kind == "BASE_TABLE":
            table = str(node.get("table_name", "")).lower()
            if table not in known.keys() | defined or node.get("schema_name") not in ("", None, "main"):
                raise CouldNotTell(
                    "unsupported",
                    f"the query reads a table `{table}` that is not mapped",
                    hint=f"mapped: {', '.join(sorted(known))}",
                )
            if table not in defined:
                used.add(known[table])
        if node.get("sample"):
            raise CouldNotTell("unsupported", "the query takes a sample: a population is examined whole")
        if kind == "COLUMN_REF" and str(node.get("column_names", [""])[-1]).lower() in _UNREPEATABLE:
            _check_function(str(node["column_names"][-1]).lower())
        if "function_name" in node:
            _check_function(str(node["function_name"]).lower())
    if not used:
        raise CouldNotTell("unsupported", "the query reads no mapped table: there is no record behind its rows")
    return frozenset(used)


def _check_function(name: str) -> None:
    if name.startswith(_APPROXIMATE):
        raise CouldNotTell(
            "unsupported", f"`{name}` estimates: use the exact function (count(distinct ...), quantile_cont)"
        )
    if name in _UNREPEATABLE:
        raise CouldNotTell(
            "unsupported", f"`{name}` gives another answer each time", hint="the time of the run is the parameter $now"
        )
    if name in _OUTWARD or name.startswith(("read_", "duckdb_", "pragma_", "pg_", "glob", "http", "parquet_")):
        raise CouldNotTell("unsupported", f"`{name}` looks outside the mapped tables")


def _defined(tree: Any) -> Iterator[str]:
    """Names of common table expressions."""
    for node in nodes(tree):
        entries = node.get("cte_map")
        if isinstance(entries, Mapping):
            for entry in entries.get("map", []):
                yield entry["key"]


def nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of a statement's tree."""
    if isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from nodes(item)
