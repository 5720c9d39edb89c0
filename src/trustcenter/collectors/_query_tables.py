"""Tables for a query: loaded by DuckDB as text, and counted on another path than they were loaded."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.duck import Duck
from trustcenter.sources.interface import Files, Sql

DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSON = (".json", ".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Loaded:
    """One table: what was loaded, what was counted, how, and what exactly was read."""

    name: str
    loaded: int
    counted: int
    method: str
    digest: str
    independent: bool


def mapped(files: Files | None, run: Run) -> Mapping[str, Any]:
    """Every table by name; without a mapping, every file of the folder under its name without the ending."""
    tables = run.mapping.get("tables") or run.source.settings.get("tables")
    if tables is None and files is not None:
        endings = (*DELIMITERS, *_JSON, ".parquet")
        names = [name for name in files.names("*") if PurePosixPath(name).suffix.lower() in endings]
        tables = {PurePosixPath(name).stem: name for name in names}
        if len(tables) != len(names):
            raise CouldNotTell("unsupported", "two files of the folder differ in their ending only: map the tables")
    if not isinstance(tables, Mapping) or not tables:
        raise CouldNotTell(
            "unsupported",
            f"source {run.source.name} maps no tables",
            hint='under mapping.query: tables = {roster = "roster.csv", people = {table = "app.users", columns = []}}',
        )
    return tables


def load(duck: Duck, files: Files | None, sql: Sql | None, name: str, place: Any) -> Loaded:
    """Load one table from its place: a file of the folder, or a table of the database with its columns."""
    if isinstance(place, str):
        if files is None:
            raise CouldNotTell("unsupported", f"table {name} is a file, and the source names no folder")
        return _load_file(duck, files, name, place)
    if in_database(place):
        if sql is None:
            raise CouldNotTell("unsupported", f"table {name} is in a database, and the source names none")
        return _load_database(duck, sql, name, str(place["table"]), [str(column) for column in place["columns"]])
    raise CouldNotTell("unsupported", f"table {name} is mapped to neither a file nor a table with its columns")


def _load_file(duck: Duck, files: Files, name: str, place: str) -> Loaded:
    content = files.read(place)
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    ending, path = PurePosixPath(place).suffix.lower(), files.local(place)
    if ending in DELIMITERS:
        counted = csv_records(content, DELIMITERS[ending], place)
        loaded = duck.load_csv(name, path, DELIMITERS[ending])
        method = "records by another CSV reader"
    elif ending in _JSON:
        columns, counted = _json_records(content, ending, place)
        loaded = duck.load_json(name, path, columns, lines=ending != ".json")
        method = "objects by another JSON reader"
    elif ending == ".parquet":
        loaded, counted = duck.load_parquet(name, path), duck.parquet_rows(path)
        method = "the file's footer"
    else:
        raise CouldNotTell("unsupported", f"{place} is no .csv, .tsv, .json, .jsonl, .ndjson or .parquet")
    if "sha256:" + hashlib.sha256(files.read(place)).hexdigest() != digest:
        raise CouldNotTell("contradicted", f"{place} changed while it was read")
    return Loaded(name, loaded, counted, method, digest, independent=True)


def csv_records(content: bytes, delimiter: str, place: str) -> int:
    """Records of a CSV file, all of one width. Raises CouldNotTell: `incomplete`, `malformed`."""
    if not content.endswith(b"\n"):
        raise CouldNotTell("incomplete", f"the last line of {place} has no end: the file may be cut off")
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True)
        rows = [len(row) for row in reader if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise CouldNotTell("malformed", f"{place} is not CSV in UTF-8") from error
    if not rows or any(width != rows[0] for width in rows):
        raise CouldNotTell("malformed", f"{place}: a row has not the header's columns")
    return len(rows) - 1


def _json_records(content: bytes, ending: str, place: str) -> tuple[Sequence[str], int]:
    try:
        if ending == ".json":
            records = json.loads(content)
        else:
            records = [json.loads(line) for line in content.splitlines() if line.strip()]
    except ValueError as error:
        raise CouldNotTell("malformed", f"{place} is not JSON, or not all of it") from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise CouldNotTell("malformed", f"{place} is no list of objects")
    columns = list(dict.fromkeys(key for record in records for key in record))
    if not columns:
        raise CouldNotTell("malformed", f"{place} holds no object, so its columns are unknown")
    return columns, len(records)


def in_database(place: Any) -> bool:
    """Whether the mapping names a database's table with its columns."""
    return isinstance(place, Mapping) and {"table", "columns"} == set(place)


@dataclass(frozen=True, slots=True)
class Read:
    """A database's table as text in one snapshot, counted by the server in the same snapshot."""

    rows: Sequence[Sequence[str | None]]
    counted: int
    digest: str


def read_database(sql: Sql, table: str, columns: Sequence[str]) -> Read:
    """Read the mapped columns of a table, each as text."""
    listed = ", ".join(f"{_quoted(column)}::text as {_quoted(column)}" for column in columns)
    found = sql.rows(f"select {listed} from {_target(table)}")  # noqa: S608 - quoted identifiers
    rows = [[row[column] for column in columns] for row in found]
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row).encode() + b"\n")
    return Read(rows, count_of(sql, table), "sha256:" + digest.hexdigest())


def count_of(sql: Sql, table: str) -> int:
    """The table's rows as the server counts them."""
    return int(sql.rows(f"select count(*) as n from {_target(table)}")[0]["n"])  # noqa: S608 - quoted identifiers


def same_columns(names: Sequence[str], declared: Sequence[str]) -> None:
    """Raises CouldNotTell("malformed") where a result has other columns than the control declares."""
    if sorted(names) != sorted(declared):
        missing, extra = sorted(set(declared) - set(names)), sorted(set(names) - set(declared))
        raise CouldNotTell(
            "malformed",
            f"the query's columns are not the declared ones: missing {missing}, not declared {extra}",
        )


def _load_database(duck: Duck, sql: Sql, name: str, table: str, columns: Sequence[str]) -> Loaded:
    read = read_database(sql, table, columns)
    loaded = duck.load_rows(name, columns, read.rows)
    return Loaded(name, loaded, read.counted, "count(*)", read.digest, independent=False)


def _target(table: str) -> str:
    return ".".join(_quoted(part) for part in table.split("."))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
