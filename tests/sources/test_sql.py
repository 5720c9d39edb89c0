"""The database as collectors reach it: one snapshot, read-only, and never less than was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC

import psycopg
import pytest
from foreign_platform import ForeignPlatform
from runs import run_of

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Sql
from trustcenter.sources.sql import Database, from_source

Opener = Callable[..., Database]


@pytest.fixture
def opened() -> Iterator[Opener]:
    made: list[Database] = []

    def make(platform: ForeignPlatform, role: str = "crm_reader", **settings: object) -> Database:
        run = run_of(platform.settings(role) | settings)
        made.append(from_source(run.source, run))
        return made[-1]

    yield make
    for database in made:
        database.close()


def cause(database: Database, query: str, parameters: dict[str, object] | None = None) -> str:
    with pytest.raises(CouldNotTell) as caught:
        database.rows(query, parameters)
    return caught.value.cause


def test_rows_are_mappings_in_utc_by_the_reader(opened: Opener, foreign: ForeignPlatform) -> None:
    database = opened(foreign)
    assert isinstance(database, Sql)
    (row,) = database.rows("select 1 as one, now() as now, %(text)s::text as text", {"text": "a'b%"})
    assert (row["one"], row["text"], row["now"].tzinfo.utcoffset(None)) == (1, "a'b%", UTC.utcoffset(None))
    assert database.actor == "crm_reader"


def test_all_rows_come_from_one_snapshot_and_committed_ones_from_a_fresh_one(
    opened: Opener, breakable: ForeignPlatform
) -> None:
    database = opened(breakable)
    before = database.rows("select count(*) as n from crm.notes")
    breakable.execute("insert into crm.notes values (9, 1, 'new')")
    assert database.rows("select count(*) as n from crm.notes") == before
    assert database.committed("select count(*) as n from crm.notes")[0]["n"] == before[0]["n"] + 1


def test_nothing_can_be_written(opened: Opener, breakable: ForeignPlatform) -> None:
    """Read-only even for a role that has the right."""
    breakable.execute("grant insert on crm.notes to crm_reader")
    assert cause(opened(breakable), "insert into crm.notes values (9, 1, 'x')") == "denied"
    assert opened(breakable).rows("select count(*) as n from crm.notes")[0]["n"] == 2


def test_an_attempt_tells_refusal_from_success_and_leaves_nothing(opened: Opener, breakable: ForeignPlatform) -> None:
    """It runs where writing is possible, so that the right decides; and it is rolled back."""
    database = opened(breakable)
    assert database.attempt("delete from crm.notes where false") == "42501"
    breakable.execute("grant select, delete on crm.notes to crm_reader")
    assert database.attempt("delete from crm.notes") is None
    assert opened(breakable).rows("select count(*) as n from crm.notes")[0]["n"] == 2


def test_an_attempt_on_a_dead_server_proves_nothing(opened: Opener, foreign: ForeignPlatform) -> None:
    """Only the server's own refusal is one: a connection that fails is no denial."""
    from trustcenter.testing import sockets as faults

    with faults.refused() as port, pytest.raises(CouldNotTell) as caught:
        opened(foreign, dsn=foreign.dsn(port=port)).attempt("delete from crm.notes where false")
    assert caught.value.cause == "unreachable"


def test_being_filtered_raises_where_a_policy_would_hide_rows(opened: Opener, foreign: ForeignPlatform) -> None:
    """With the default setting the same role sees an empty table: the trap that this is made for."""
    with psycopg.connect(foreign.dsn("crm_filtered")) as connection:
        assert connection.execute("select count(*) from crm.notes").fetchone() == (0,)
    assert cause(opened(foreign, "crm_filtered"), "select count(*) from crm.notes") == "filtered"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select * from crm.no_such_table", "unsupported"),
        ("select no_such_column from crm.notes", "unsupported"),
        ("select no_such_function()", "unsupported"),
        ("select pass from crm.users", "denied"),
        ("select words::int from crm.notes", "malformed"),
        ("select pg_sleep(30)", "timed_out"),
        ("select 1 +", "defect"),
        ("select '-infinity'::timestamptz", "malformed"),
        ("select pg_terminate_backend(pg_backend_pid())", "unreachable"),
    ],
)
def test_each_error_has_its_cause_and_no_value_in_its_message(
    opened: Opener, foreign: ForeignPlatform, query: str, expected: str
) -> None:
    database = opened(foreign, statement_seconds=0.5)
    with pytest.raises(CouldNotTell) as caught:
        database.rows(query)
    assert caught.value.cause == expected
    assert foreign.password not in str(caught.value)
    assert '"a"' not in str(caught.value)


def test_a_lock_held_by_somebody_else_is_timed_out(opened: Opener, breakable: ForeignPlatform) -> None:
    with psycopg.connect(breakable.server.dsn(breakable.database)) as holder:
        holder.execute("lock table crm.notes in access exclusive mode")
        assert cause(opened(breakable), "select * from crm.notes") == "timed_out"


def test_nobody_s_function_stands_in_for_a_built_in_one(opened: Opener, breakable: ForeignPlatform) -> None:
    """search_path holds pg_catalog alone, whatever the role or the database set."""
    breakable.execute(
        "create function public.now() returns text language sql return 'forged'",
        f"alter role crm_reader in database {breakable.database} set search_path = public, pg_catalog",
    )
    assert opened(breakable).rows("select now()::text <> 'forged' as own")[0]["own"]


@pytest.mark.parametrize("dsn", ["", 3, None])
def test_a_source_without_a_connection_string_is_unsupported(dsn: object) -> None:
    run = run_of({"dsn": dsn})
    with pytest.raises(CouldNotTell, match="dsn") as caught:
        from_source(run.source, run)
    assert caught.value.cause == "unsupported"


def test_a_connection_string_that_is_none_says_nothing_of_itself(opened: Opener, foreign: ForeignPlatform) -> None:
    database = opened(foreign, dsn="postgresql://user:hunter2@[broken")
    with pytest.raises(CouldNotTell) as caught:
        database.rows("select 1")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("name", ["connect_seconds", "statement_seconds", "lock_seconds"])
@pytest.mark.parametrize("value", [0, -1, "1", True])
def test_limits_that_are_no_seconds_are_unsupported(
    opened: Opener, foreign: ForeignPlatform, name: str, value: object
) -> None:
    assert cause(opened(foreign, **{name: value}), "select 1") == "unsupported"
