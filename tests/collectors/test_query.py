"""What must hold of the collector `query`: exact, typed, shut in, and complete by an independent count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from foreign_platform import ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors.query import query
from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.testing import sockets as faults

N = Field("n", "integer")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "leavers.csv").write_text('person,"left",note\nana,2026-01-02T10:00:00+02:00,"a ""b"", c\nd"\nbo,,x\n')
    (tmp_path / "tickets.json").write_text('[{"id": 1, "tags": ["a", "b"]}, {"id": 2, "opened": "2026-03-01"}]')
    (tmp_path / "log.jsonl").write_text('{"id": 1, "cost": 2.5, "ok": true}\n\n{"id": 2, "cost": null, "ok": false}\n')
    import duckdb

    duckdb.connect().execute(
        f"copy (select i as id, timestamp '2026-01-01' + interval (i) hour as moment from range(1000) t(i)) "
        f"to '{tmp_path}/events.parquet' (row_group_size 200)"
    )
    return tmp_path


def asked(
    folder: Path | None, sql: str, *columns: Field, mapping: dict[str, Any] | None = None, **settings: Any
) -> Population:
    parameters = {"sql": sql, "columns": FactSchema("Row", columns or (N,)).as_json()}
    settings = settings | ({"path": str(folder)} if folder else {})
    return collect(query, run_of(settings, mapping, kind="files", parameters=parameters, seconds=20))


def error_of(folder: Path | None, sql: str, *columns: Field, **more: Any) -> CouldNotTell:
    with pytest.raises(CouldNotTell) as caught:
        asked(folder, sql, *columns, **more)
    return caught.value


def test_csv_is_read_as_text_and_typed_by_the_control(folder: Path) -> None:
    found = asked(
        folder,
        'select person, "left"::timestamptz as gone, note from leavers order by person',
        Field("person", "text", subject=True, key=True),
        Field("gone", "moment", nullable=True),
        Field("note", "text"),
    )

    assert found.rows == (
        {"person": "ana", "gone": "2026-01-02T08:00:00.000000Z", "note": 'a "b", c\nd'},
        {"person": "bo", "gone": None, "note": "x"},
    )
    assert found.schema.subject == "person"
    assert found.completeness.holds
    assert found.completeness.independent


def test_json_parquet_and_lines_are_read_and_counted_apart(folder: Path) -> None:
    rows = asked(
        folder,
        "select id::int as id, from_json(tags, '[\"varchar\"]') as tags, opened::date as opened from tickets",
        Field("id", "integer"), Field("tags", "texts", nullable=True), Field("opened", "date", nullable=True),
    ).rows  # fmt: skip
    assert rows == (
        {"id": 1, "tags": ["a", "b"], "opened": None},
        {"id": 2, "tags": None, "opened": "2026-03-01"},
    )
    (row,) = asked(
        folder,
        "select count(*) as n, max(moment::timestamp) - min(moment::timestamp) as span, sum(cost::double) as cost, "
        "bool_or(ok::boolean) as ok from events, log where log.id = '1'",
        N, Field("span", "duration"), Field("cost", "number"), Field("ok", "boolean"),
    ).rows  # fmt: skip
    assert row == {"n": 1000, "span": 999 * 3600, "cost": 2500.0, "ok": True}


def test_the_time_of_the_run_is_a_parameter(folder: Path) -> None:
    found = asked(folder, "select count(*) as n from events where moment::timestamptz < $now")
    assert found.rows[0]["n"] in range(1001)
    assert found.parameters["now"].endswith("Z")


USERS = {"users": {"table": "crm.users", "columns": ["login", "Rank", "gone"]}}


def test_a_database_is_read_by_its_mapped_columns(foreign: ForeignPlatform) -> None:
    """The columns of the mapping only, as the reader role, and counted by the server."""
    sql = "select login, gone::timestamptz as gone from users where \"Rank\" = 'BOSS' order by login"
    columns = (Field("login", "text", subject=True), Field("gone", "moment", nullable=True))
    found = asked(None, sql, *columns, mapping={"tables": USERS}, **foreign.settings())

    assert found.rows == (
        {"login": "ada", "gone": None},
        {"login": "cyd", "gone": "2026-10-02T00:00:00.000000Z"},
    )
    assert (found.completeness.expected, found.completeness.got) == (6, 6)
    assert found.actor == "crm_reader"


def test_a_column_that_the_reader_may_not_read_is_denied(foreign: ForeignPlatform) -> None:
    tables = {"users": {"table": "crm.users", "columns": ["pass"]}}
    error = error_of(None, "select pass as n from users", mapping={"tables": tables}, **foreign.settings())
    assert error.cause == "denied"


@pytest.mark.parametrize(
    ("fault", "cause"), [(faults.refused, "unreachable"), (faults.silent, "timed_out"), (faults.garbage, "malformed")]
)
def test_a_broken_database_is_no_population(foreign: ForeignPlatform, fault: Any, cause: str) -> None:
    with fault() as port:
        settings = foreign.settings(port=port)
        assert error_of(None, "select login as n from users", mapping={"tables": USERS}, **settings).cause == cause


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("select approx_count_distinct(id) as n from events", "approx_count_distinct"),
        ("select approx_quantile(id::int, 0.5) over () as n from events", "approx_quantile"),
        ("select reservoir_quantile(id::int, 0.5) as n from events", "reservoir_quantile"),
        ("with e as (select approx_top_k(id, 3) as n from events) select n from e", "approx_top_k"),
        ("select id as n from events using sample 10", "sample"),
        ("select id as n from (select * from events tablesample 10%)", "sample"),
        ("select id as n from events order by id limit 5", "LIMIT"),
        ("select random() as n", "random"),
        ("select now() as n", "now"),
        ("select current_date as n", "current_date"),
        ("select getenv('HOME') as n", "getenv"),
        ("select count(*) as n from read_csv('/etc/passwd')", "read_csv"),
        ("select count(*) as n from '/etc/passwd'", "/etc/passwd"),
        ("select count(*) as n from duckdb_settings()", "duckdb_settings"),
        ("select count(*) as n from information_schema.tables", "tables"),
        ("select content as n from read_text('/etc/hostname')", "read_text"),
        ("delete from events", "SELECT"),
        ("update events set id = '1'", "SELECT"),
        ("create table x as select 1 as n", "SELECT"),
        ("insert into events values ('1', '2')", "SELECT"),
        ("copy events to 'out.csv'", "SELECT"),
        ("attach 'other.db'", "SELECT"),
        ("pragma database_list", "SELECT"),
        ("set memory_limit = '10GB'", "SELECT"),
        ("install httpfs", "SELECT"),
        ("load httpfs", "SELECT"),
        ("select 1 as n; select 2 as n", "exactly one"),
        ("select 1 as n) union all (select 2", "SELECT"),
        ("", "SELECT"),
        ("select 1 as n", "no mapped table"),
        ("with leavers as (select 1 as n) select n from leavers", "no mapped table"),
    ],
)
def test_whatever_is_not_one_exact_select_over_the_tables_is_refused(folder: Path, sql: str, named: str) -> None:
    error = error_of(folder, sql)
    assert error.cause == "unsupported"
    assert named in error.what


def test_exact_aggregates_are_not_refused(folder: Path) -> None:
    sql = "select count(distinct id) as n, quantile_cont(id::int, 0.5) as middle from events"
    assert asked(folder, sql, N, Field("middle", "number")).rows == ({"n": 1000, "middle": 499.5},)


@pytest.mark.parametrize(
    ("sql", "column"),
    [
        ("select person as n from leavers", N),
        ("select 'maybe' as n from leavers", Field("n", "boolean")),
        ("select 'nan' as n from leavers", Field("n", "number")),
        ("select '2026-13-01' as n from leavers", Field("n", "date")),
        ("select 'tomorrow' as n from leavers", Field("n", "moment")),
        ("select '1 month' as n from leavers", Field("n", "duration")),
        ("select 'other' as n from leavers", Field("n", "choice", choices=("open", "closed"))),
        ("select 5 as n from leavers", Field("n", "texts")),
        ("select null::int as n from leavers", N),
        ("select 1 as m from leavers", N),
        ("select 1 as n, 2 as m from leavers", N),
    ],
)
def test_what_does_not_fit_its_declared_type_is_malformed(folder: Path, sql: str, column: Field) -> None:
    assert error_of(folder, sql, column).cause == "malformed"


def test_a_failed_cast_names_no_value(folder: Path) -> None:
    error = error_of(folder, "select person::int as n from leavers")
    assert error.cause == "malformed"
    assert "ana" not in str(error)


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("t.csv", b"a,b\n1,2\n3\n", "malformed"),
        ("t.csv", b"a,b\n1,2,3\n", "malformed"),
        ("t.csv", b"a,b\n1,2\n3,4", "incomplete"),
        ("t.csv", b'a,b\n1,"2\n', "malformed"),
        ("t.csv", b"a,a\n1,2\n", "malformed"),
        ("t.csv", b"a,b\n1,\xff\n", "malformed"),
        ("t.csv", b"", "incomplete"),
        ("t.json", b'[{"a": 1}, {"a"', "malformed"),
        ("t.json", b'{"a": 1}', "malformed"),
        ("t.jsonl", b'{"a": 1}\n{"a', "malformed"),
        ("t.json", b"[]", "malformed"),
        ("t.parquet", b"PAR1 and nothing more", "malformed"),
        ("t.xlsx", b"PK", "unsupported"),
    ],
)
def test_a_file_that_is_broken_or_cut_is_no_population(tmp_path: Path, name: str, content: bytes, cause: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert error_of(tmp_path, "select count(*) as n from t", mapping={"tables": {"t": name}}).cause == cause


def test_a_parquet_file_cut_in_the_middle_is_malformed(folder: Path) -> None:
    whole = (folder / "events.parquet").read_bytes()
    (folder / "events.parquet").write_bytes(whole[: len(whole) // 2])
    assert error_of(folder, "select count(*) as n from events").cause == "malformed"


def test_missing_things_are_named(folder: Path, tmp_path: Path) -> None:
    assert error_of(tmp_path / "nowhere", "select 1 as n").cause == "unreachable"
    assert error_of(folder, "select a as n from t", mapping={"tables": {"t": "absent.csv"}}).cause in (
        "unreachable",
        "incomplete",
    )
    assert (
        error_of(folder, "select c as n from t", mapping={"tables": {"t": {"table": "a.b", "columns": ["c"]}}}).cause
        == "unsupported"
    )
    assert error_of(None, "select 1 as n").cause == "unsupported"


def test_a_query_that_does_not_end_is_timed_out(folder: Path) -> None:
    parameters = {
        "sql": "select count(*) as n from events a, events b, events c, events d where a.id || b.id || c.id < d.id",
        "columns": FactSchema("Row", (N,)).as_json(),
    }
    run = run_of({"path": str(folder)}, kind="files", parameters=parameters, seconds=0.8)
    with pytest.raises(CouldNotTell) as caught:
        collect(query, run)
    assert caught.value.cause == "timed_out"
