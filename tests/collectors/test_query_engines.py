"""What must hold of a control's SQL on several engines: one answer, or a refusal that says why."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from embedded_postgresql import Server
from runs import collect, run_of
from sqlglot import parse_one
from sqlglot.expressions import Select

from trustcenter.collectors.query import query
from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.duck import open_duck
from trustcenter.sources.engine_sql import DIALECTS, check_portable, compile_for

PEOPLE = 'person,team,left_on\nAda,ops,\n"Öm, ""b""",ops,2026-03-01\nzoë,,2026-01-15\nbo,dev,2025-12-31\n'
FILES = {"people": "people.csv", "events": "events.parquet"}
STORED = {
    "people": {"table": "estate.people", "columns": ["person", "team", "left_on"]},
    "events": {"table": "estate.events", "columns": ["id", "person", "happened", "size", "good"]},
}
N = Field("n", "integer")
QUERIES: dict[str, tuple[str, tuple[Field, ...]]] = {
    "order and case of texts": (
        "select person, team, left_on::date as gone, length(person) as n, min(person) over () as first from people",
        (Field("person", "text", key=True, subject=True), Field("team", "text", nullable=True), N,
         Field("gone", "date", nullable=True), Field("first", "text")),
    ),
    "activity after leaving": (
        "with gone as (select person, (left_on || 'T00:00:00+02:00')::timestamptz as gone from people "
        "where left_on is not null) select e.id::bigint as n, e.person, e.happened::timestamptz as happened, "
        "date_diff('second', g.gone, e.happened::timestamptz) as late from events e join gone g using (person) "
        "where e.happened::timestamptz > g.gone and e.happened::timestamptz < $now - interval 1 day",
        (N, Field("person", "text"), Field("happened", "moment"), Field("late", "duration")),
    ),
    "totals": (
        "select coalesce(team, '-') as team, count(*) as n, count(distinct e.person) as people, "
        "count(*) filter (where not good::boolean) as bad, sum(size::bigint) / count(*) as mean, "
        "median(size::bigint) as middle, bool_and(good::boolean) as good, max(happened::timestamptz)::date as last "
        "from events e left join people p on p.person = e.person group by coalesce(team, '-')",
        (Field("team", "text", key=True), N, Field("people", "integer"), Field("bad", "integer"),
         Field("mean", "number"), Field("middle", "number"), Field("good", "boolean"), Field("last", "date")),
    ),
    "windows and sets": (
        "select id::integer as n, row_number() over (partition by person order by happened::timestamptz desc) as place,"
        " lag(id) over (partition by person order by happened::timestamptz) as before, "
        "replace(trim('  ' || person), 'o', '0') as shown, abs(5 - size::integer) % 7 as rest, "
        "starts_with(person, 'A') as a, case when size::double > 40.5 then 'big' else 'small' end as kind "
        "from events where person in (select person from people) and person like '%o%' "
        "union all select 0, 1, null, 'none', 1, false, 'big' from people where team = 'dev'",
        (N, Field("place", "integer"), Field("before", "text", nullable=True), Field("shown", "text"),
         Field("rest", "integer"), Field("a", "boolean"), Field("kind", "choice", choices=("big", "small"))),
    ),
    "nothing found": ("select person from people where team = 'absent'", (Field("person", "text"),)),
}  # fmt: skip


@dataclass(frozen=True)
class Data:
    """The same records in files and in a database."""

    folder: Path
    dsn: str

    def question(self, engine: str, stored: bool, sql: str, columns: tuple[Field, ...]) -> dict[str, Any]:
        return {
            "settings": {"engine": engine, **({"dsn": self.dsn} if stored else {"path": str(self.folder)})},
            "mapping": {"tables": STORED if stored else FILES},
            "parameters": {"sql": sql, "columns": FactSchema("Row", columns).as_json()},
        }

    def ask(self, engine: str, stored: bool, sql: str, columns: tuple[Field, ...] = (N,)) -> Population[Any]:
        asked = self.question(engine, stored, sql, columns)
        run = run_of(asked["settings"], asked["mapping"], kind="files", parameters=asked["parameters"], seconds=60)
        return collect(query, run)

    def refused(self, engine: str, stored: bool, sql: str, columns: tuple[Field, ...] = (N,)) -> CouldNotTell:
        with pytest.raises(CouldNotTell) as caught:
            self.ask(engine, stored, sql, columns)
        return caught.value


@pytest.fixture(scope="module")
def data(postgresql_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Data:
    import duckdb

    folder = tmp_path_factory.mktemp("estate")
    (folder / "people.csv").write_text(PEOPLE)
    with duckdb.connect() as made:
        made.execute("set timezone = 'UTC'")
        made.execute(
            "create table events as select i::bigint as id, ['Ada', 'zoë', 'bo', 'Öm, \"b\"', 'stranger'][i % 5 + 1] "
            "as person, timestamptz '2025-12-20 00:00:00.25+00' + interval (i * 7) hour as happened, "
            "(i * 37) % 101 as size, i % 11 <> 0 as good from range(400) t(i)"
        )
        made.execute(f"copy events to '{folder}/events.parquet' (row_group_size 100)")
        events = made.execute("select id, person, happened::varchar, size, good from events").fetchall()
        people = made.execute(f"select * from read_csv('{folder}/people.csv', all_varchar = true)").fetchall()
    name = "engines"
    postgresql_server.execute(f"create database {name}")
    import psycopg

    dsn = postgresql_server.dsn(name)
    with psycopg.connect(dsn) as connection:
        connection.execute("create schema estate")
        connection.execute("create table estate.people (person text, team text, left_on date)")
        connection.execute(
            "create table estate.events (id bigint, person text, happened timestamptz, size int, good boolean)"
        )
        connection.cursor().executemany("insert into estate.people values (%s, %s, %s::text::date)", people)
        connection.cursor().executemany(
            "insert into estate.events values (%s, %s, %s::text::timestamptz, %s, %s)", events
        )
    return Data(folder, dsn)


def in_order(rows: Any) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)


@pytest.mark.parametrize("name", QUERIES)
def test_the_same_sql_gives_the_same_rows_in_duckdb_and_in_postgresql(data: Data, name: str) -> None:
    sql, columns = QUERIES[name]
    one, other = data.ask("duckdb", False, sql, columns), data.ask("postgres", True, sql, columns)

    assert in_order(one.rows) == in_order(other.rows)
    assert bool(one.rows) is (name != "nothing found")
    assert one.completeness.expected == other.completeness.expected == other.completeness.got
    assert one.parameters["sql"] == other.parameters["sql"]


def test_the_evidence_says_what_ran_where(data: Data) -> None:
    found = data.ask("postgres", True, "select count(*) as n from people")

    assert found.parameters["engine"] == "postgres"
    assert found.parameters["compiled"].startswith("sha256:")
    assert found.parameters["compiled"] != found.parameters["sql"]
    assert found.notes[1].startswith("compiled for postgres: SELECT CAST(")
    assert "PostgreSQL 1" in found.notes[2]
    assert "ibis-framework 1" in found.notes[2]


def test_records_stay_in_the_database(data: Data) -> None:
    """Only what the query selects comes out: the tables are counted, not read."""
    assert data.ask("postgres", True, "select count(*) as n from events").parameters["tables"] == {"events": "rows:400"}


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("select approx_count_distinct(id) as n from events", "estimates"),
        ("select lower(person) as n from events", "`lower`"),
        ("select happened::timestamp as n from events", "`timestamp`"),
        ("select try_cast(id as int) as n from events", "try_cast"),
        ("select unnest(string_split(person, ',')) as n from events", "unnest"),
        ("select t.i as n from events, range(3) t(i)", "table functions"),
        ("select $now - happened::timestamptz as n from events", "interval"),
        ("select id::int as n from events limit 1", "LIMIT"),
    ],
)
def test_what_may_differ_between_engines_is_refused(data: Data, sql: str, named: str) -> None:
    error = data.refused("postgres", True, sql)
    assert error.cause == "unsupported"
    assert named in str(error)


def test_an_exact_function_that_a_translation_would_estimate_is_refused() -> None:
    """sqlglot writes `quantile` for a median on ClickHouse, which samples (ClickHouse documentation, quantile)."""
    run = run_of({}, seconds=60)
    with open_duck(run) as duck:
        duck.load_rows("events", ["id"], ())
        sql = "select median(id::bigint) as middle from events"
        with pytest.raises(CouldNotTell, match="quantile"):
            compile_for("clickhouse", duck, sql, ["middle"], run.now(), {})
        assert "MEDIAN" in compile_for("spark", duck, sql, ["middle"], run.now(), {}).sql
        count = "select count(distinct id) as n from events where id <> 'quantile(x)'"
        for engine in DIALECTS:
            assert "COUNT(DISTINCT" in compile_for(engine, duck, count, ["n"], run.now(), {}).sql


@pytest.mark.parametrize("engine", ["trino", "athena", "clickhouse"])
def test_each_query_compiles_for_an_engine_or_is_refused_by_name(engine: str) -> None:
    """Trino and Athena have no exact percentile; ClickHouse's DateTime drops fractions, which DuckDB keeps."""
    lacking = {
        ("trino", "totals"): "percentile_cont", ("athena", "totals"): "percentile_cont",
        ("clickhouse", "totals"): "quantile", ("clickhouse", "activity after leaving"): "DateTime",
        ("clickhouse", "windows and sets"): "DateTime",
    }  # fmt: skip
    run = run_of({}, seconds=60)
    with open_duck(run) as duck:
        for table, place in STORED.items():
            duck.load_rows(table, place["columns"], ())
        for name, (sql, columns) in QUERIES.items():
            check_portable(duck, sql, engine)
            named, order = lacking.get((engine, name)), [column.name for column in columns]
            if named is None:
                compiled = compile_for(engine, duck, sql, order, run.now(), {})
                assert parse_one(compiled.sql, read=engine).find(Select), name
                continue
            with pytest.raises(CouldNotTell, match=f"`{named}`") as caught:
                compile_for(engine, duck, sql, order, run.now(), {})
            assert caught.value.cause == "unsupported"


def test_an_engine_that_nothing_was_run_on_is_refused(data: Data) -> None:
    for engine in ("trino", "oracle", 3):
        error = data.refused(engine, True, "select count(*) as n from people")  # type: ignore[arg-type]
        assert error.cause == "unsupported"
        assert "duckdb, postgres, spark" in str(error)


def test_files_are_not_computed_by_postgresql_and_values_stay_out_of_errors(data: Data) -> None:
    assert data.refused("postgres", False, "select count(*) as n from people").cause == "unsupported"
    error = data.refused("postgres", True, "select person::int as n from people")
    assert error.cause in ("malformed", "defect")
    assert "Ada" not in str(error)


def test_without_pyspark_the_control_is_not_green(data: Data) -> None:
    try:
        import pyspark  # noqa: F401
    except ImportError:
        assert data.refused("spark", False, "select count(*) as n from people").cause == "unsupported"
    else:
        pytest.skip("this environment has pyspark")


@pytest.mark.deep
@pytest.mark.timeout(1200)  # minutes where the machine is busy with other tests
def test_spark_gives_the_same_rows_from_files_and_from_the_database(
    data: Data, repository: Path, tmp_path: Path
) -> None:
    """Each control on DuckDB, PostgreSQL and Spark, row by row."""
    program = repository / ".tools" / "spark" / "bin" / "python"
    if not program.is_file():
        pytest.skip("Spark is not installed: `scripts/setup deep` puts it into an environment of its own")
    asked = [
        data.question("spark", stored, sql, columns) for sql, columns in QUERIES.values() for stored in (False, True)
    ]
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "people.csv").write_text("person,left_on\nada,never\n")
    broken = data.question("spark", False, "select count(left_on::date) as n from people", (N,))
    broken |= {"settings": {"engine": "spark", "path": str(tmp_path / "broken")}, "mapping": {}}
    (tmp_path / "asked.json").write_text(json.dumps([*asked, broken]))
    subprocess.run(
        [
            program,
            repository / "tests" / "support" / "query_on_spark.py",
            tmp_path / "asked.json",
            tmp_path / "answered",
        ],
        check=True,
        env={**os.environ, "PYTHONPATH": str(repository / "tests" / "support")},
        timeout=1000,
    )
    *answers, failed = json.loads((tmp_path / "answered").read_text())

    for (name, (sql, columns)), at in zip(QUERIES.items(), range(0, len(answers), 2), strict=True):
        here = in_order(data.ask("duckdb", False, sql, columns).rows)
        assert in_order(data.ask("duckdb", True, sql, columns).rows) == here, name
        assert in_order(data.ask("postgres", True, sql, columns).rows) == here, name
        for answer in answers[at : at + 2]:
            assert "rows" in answer, (name, answer)
            assert in_order(answer["rows"]) == here, name
            assert answer["whole"], name
            assert "Spark 4.0" in answer["notes"][2]
    assert failed["cause"] == "malformed"
    assert "never" not in failed["why"]
