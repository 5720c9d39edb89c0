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

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
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
        endings = (*_DELIMITERS, *_JSON, ".parquet")
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
    if isinstance(place, Mapping) and {"table", "columns"} == set(place):
        if sql is None:
            raise CouldNotTell("unsupported", f"table {name} is in a database, and the source names none")
        return _load_database(duck, sql, name, str(place["table"]), [str(column) for column in place["columns"]])
    raise CouldNotTell("unsupported", f"table {name} is mapped to neither a file nor a table with its columns")


def _load_file(duck: Duck, files: Files, name: str, place: str) -> Loaded:
    content = files.read(place)
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    ending, path = PurePosixPath(place).suffix.lower(), files.local(place)
    if ending in _DELIMITERS:
        counted = _csv_records(content, _DELIMITERS[ending], place)
        loaded = duck.load_csv(name, path, _DELIMITERS[ending])
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


def _csv_records(content: bytes, delimiter: str, place: str) -> int:
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


def _load_database(duck: Duck, sql: Sql, name: str, table: str, columns: Sequence[str]) -> Loaded:
    """Read as text in one snapshot; the count comes from the server, in the same snapshot."""
    target = ".".join(_quoted(part) for part in table.split("."))
    listed = ", ".join(f"{_quoted(column)}::text as {_quoted(column)}" for column in columns)
    rows = sql.rows(f"select {listed} from {target}")  # noqa: S608 - quoted identifiers
    counted = int(sql.rows(f"select count(*) as n from {target}")[0]["n"])  # noqa: S608 - quoted identifiers
    loaded = duck.load_rows(name, columns, ([row[column] for column in columns] for row in rows))
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps([row[column] for column in columns]).encode() + b"\n")
    return Loaded(name, loaded, counted, "count(*)", "sha256:" + digest.hexdigest(), independent=False)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
