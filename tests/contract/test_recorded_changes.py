"""Changes and their events: what the portal declares holds, and what is missing is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from trustcenter.collectors._recorded_changes import Guard, Table
from trustcenter.model.population import CouldNotTell
from trustcenter.portal.database import schema_files
from trustcenter.portal.event_kinds import ACTIONS


@pytest.mark.live
@pytest.mark.xdist_group("contract")
class TestPortal:
    def test_every_table_is_declared_and_every_change_is_recorded_or_technical(
        self, portal: Any, administrator: psycopg.Connection[Any]
    ) -> None:
        seen = portal.collect("recorded_changes")
        assert [fact for fact in seen.facts if not fact.recorded] == []
        assert seen.completeness.holds
        tables = {
            row[0]
            for row in administrator.execute(
                "select 'portal.' || relname from pg_class where relnamespace = 'portal'::regnamespace"
                " and relkind = 'r'"
            )
        }
        assert {fact.item for fact in seen.facts if fact.kind == "table"} == tables
        facts = {fact.item: fact for fact in seen.facts}
        assert facts["portal.accounts: delete"].writers == ("trustcenter_lookup",), (
            "by a function of its owner's rights"
        )
        assert facts["portal.document_views: delete"].writers == ("cascade of portal.documents",)
        assert not any(item.endswith(": truncate") for item in facts)
        watched = {fact.item: fact.written for fact in seen.facts if fact.written}
        assert {"portal.accounts", "portal.documents", "portal.document_views", "portal.known_devices"} <= set(watched)
        assert {kind for fact in seen.facts for kind in fact.events} <= set(ACTIONS)

    def test_the_database_refuses_the_service_a_change_without_its_event(
        self, portal: Any, administrator: psycopg.Connection[Any]
    ) -> None:
        dsn = application_dsn(portal)
        tenant, account = administrator.execute(
            "select organisation_id::text, id::text from portal.accounts where email like 'owner@canary-a%'"
        ).fetchone()
        with psycopg.connect(dsn) as connection:
            connection.execute("select set_config('app.tenant', %s, true)", (tenant,))
            connection.execute("update portal.accounts set last_sign_in_at = now() where id = %s", (account,))
            with pytest.raises(psycopg.DatabaseError, match=r"update of portal\.accounts without its event"):
                connection.commit()
        with psycopg.connect(dsn) as connection:  # nor does its word for it count
            connection.execute("select set_config('app.tenant', %s, true)", (tenant,))
            for name in ("app.recorded", "portal.recorded"):
                connection.execute("select set_config(%s, 'session.sign_in', true)", (name,))
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute("update portal.audit_heads set recorded = array['session.sign_in']")
            connection.execute("update portal.accounts set last_sign_in_at = now() where id = %s", (account,))
            with pytest.raises(psycopg.DatabaseError, match="without its event"):
                connection.commit()
        with psycopg.connect(dsn) as connection:  # another event than one of its kinds is not its event
            connection.execute("select set_config('app.tenant', %s, true)", (tenant,))
            connection.execute(
                "insert into portal.audit_events (organisation_id, actor_id, action, entity, entity_id, ip, user_agent,"
                " request_id, outcome) values (%s, %s, 'document.read', 'document', 'x', '127.0.0.1', 'test',"
                " gen_random_uuid(), 'done')",
                (tenant, account),
            )
            connection.execute("update portal.accounts set last_sign_in_at = now() where id = %s", (account,))
            with pytest.raises(psycopg.DatabaseError, match="without its event"):
                connection.commit()

    def test_what_is_undeclared_or_unguarded_is_named(self, seen_with: Any) -> None:
        seen = seen_with(
            "create table portal.extra (id int); grant insert on portal.extra to trustcenter_app;"
            "alter table portal.documents disable trigger recorded_update;"
            "grant truncate on portal.documents to trustcenter_worker;"
            "grant delete on portal.impersonations to trustcenter_app;"
            "grant update on portal.known_devices to trustcenter_app;"
            "drop trigger recorded_update on portal.known_devices;"
            "create constraint trigger recorded_update after update of last_seen_at on portal.known_devices deferrable"
            " for each row execute function portal.must_be_recorded('session.sign_in');"
            "insert into portal.recorded_changes values ('gone', 'insert', '{document.read}')"
        )
        assert {fact.item for fact in seen.facts if not fact.recorded} == {
            "portal.extra", "portal.extra: insert", "portal.documents: update", "portal.documents: truncate",
            "portal.impersonations: delete", "portal.known_devices: update", "portal.gone",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "function", ["portal.must_be_recorded() returns trigger", "portal.write_chain() returns trigger"]
    )
    def test_nothing_is_enforced_by_a_function_that_nobody_read(
        self, seen_with: Any, administrator: psycopg.Connection[Any], function: str
    ) -> None:
        name = function.partition("(")[0]
        (source,) = administrator.execute("select pg_get_functiondef(%s::regproc)", (name,)).fetchone()
        seen = seen_with(source.replace("\nbegin\n", "\nbegin\n  -- nobody read this\n"))
        try:
            assert {fact.enforced for fact in seen.facts if fact.kind == "change" and fact.events} == {False}
            assert any(name in note for note in seen.notes)
        finally:
            administrator.execute(source)

    def test_a_row_without_an_event_is_counted(self, seen_with: Any) -> None:
        seen = seen_with(
            "create function portal.meddle() returns trigger language plpgsql as 'begin return null; end';"
            "create trigger meddle before insert on portal.audit_events for each row"
            " when (new.action = 'session.sign_in') execute function portal.meddle();"
            "create or replace function portal.must_be_recorded() returns trigger language plpgsql as"
            " 'begin return null; end'"
        )
        assert {fact.item: fact.without_event for fact in seen.facts if fact.without_event} == {
            "portal.accounts": 1, "portal.known_devices": 1
        }  # fmt: skip


def application_dsn(portal: Any) -> str:
    from psycopg.conninfo import make_conninfo

    from trustcenter.portal.state import StateDirectory

    secrets = StateDirectory(portal.state).secrets()
    return make_conninfo(portal.settings["dsn"], user="trustcenter_app", password=secrets.app_password)


@pytest.fixture
def seen_with(portal: Any, administrator: psycopg.Connection[Any]) -> Iterator[Any]:
    """What is collected after some statements on the shared portal's database, which are taken back."""
    undo = (
        "drop table if exists portal.extra",
        "alter table portal.documents enable trigger recorded_update",
        "revoke truncate on portal.documents from trustcenter_worker",
        "revoke delete on portal.impersonations from trustcenter_app",
        "revoke update on portal.known_devices from trustcenter_app",
        "grant update (last_seen_at) on portal.known_devices to trustcenter_app",
        "drop trigger recorded_update on portal.known_devices",
        "create constraint trigger recorded_update after update on portal.known_devices deferrable initially deferred"
        " for each row execute function portal.must_be_recorded('session.sign_in')",
        "delete from portal.recorded_changes where \"table\" = 'gone'",
        "drop trigger if exists meddle on portal.audit_events",
        "drop function if exists portal.meddle()",
    )
    (source,) = administrator.execute("select pg_get_functiondef('portal.must_be_recorded'::regproc)").fetchone()

    def seen(statement: str) -> Any:
        administrator.execute(statement)
        return portal.collect("recorded_changes")

    try:
        yield seen
    finally:
        for statement in (*undo, source):
            administrator.execute(statement)


def test_whoever_adds_a_table_declares_its_changes() -> None:
    """The same as the catalogue shows, said at once: which lines are missing in 25-recorded-changes.sql."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in schema_files())
    declared = set(re.findall(r"^\s+\('(\w+)', '", text, re.MULTILINE))
    assert set(re.findall(r"create table portal\.(\w+)", text)) == declared
    assert {kind for kinds in re.findall(r"'\{([a-z_.,]+)\}'", text) for kind in kinds.split(",") if "." in kind} <= {
        *ACTIONS
    }


def test_a_mapping_without_an_event_or_a_reason_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from runs import run_of

    from trustcenter.collectors._recorded_changes import declarations

    for change in (
        {"table": "shop.orders", "operation": "insert"},
        {"table": "shop.orders", "operation": "read", "kinds": ["order.read"]},
        {"table": "shop.orders", "operation": "update", "kinds": ["order.change"], "unrecorded": ["seen_at"]},
        {"operation": "insert"},
    ):
        with pytest.raises(CouldNotTell) as caught:
            declarations(None, run_of({}, {"changes": [change]}))  # type: ignore[arg-type] # the mapping alone is read
        assert caught.value.cause == "unsupported"
    good = {"table": "shop.orders", "operation": "insert", "kinds": ["order.made"]}
    assert set(declarations(None, run_of({}, {"changes": [good]}))) == {("shop.orders", "insert")}  # type: ignore[arg-type]


def test_a_cascade_reaches_tables_of_tables() -> None:
    nothing: dict[str, Any] = {"insert": [], "update": [], "delete": [], "truncate": [], "columns": []}
    links: dict[str, Any] = {"removed_with": [], "changed_with": []}
    rows = [
        {"name": "a", **nothing, **links, "delete": ["app"]},
        {"name": "b", **nothing, **links, "removed_with": ["a"]},
        {"name": "c", **nothing, **links, "removed_with": ["b"]},
        {"name": "d", **nothing, **links, "changed_with": ["c"]},
        {"name": "e", **nothing, **links},
    ]
    tables = Table.all_of(rows)
    assert tables["c"].writers["delete"] == ("cascade of b",)
    assert tables["d"].writers["update"] == ("cascade of c",)
    assert not any(tables["e"].writers.values())


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"enabled": "D"}, False),
        ({"enabled": "R"}, False),
        ({"always": False}, False),
        ({"type": 4}, False),
        ({"columns": ["name"]}, False),
        ({"columns": ["name", "state"]}, True),
        ({"arguments": "order.change\\000order.read\\000"}, False),
        ({"arguments": ""}, True),
    ],
)
def test_a_guard_counts_only_where_it_fires_for_every_such_change(changes: dict[str, Any], holds: bool) -> None:
    row = {"table": "t", "type": 17, "enabled": "O", "always": True, "columns": [], "arguments": "order.change\\000"}
    columns, kinds = frozenset({"name", "state"}), frozenset({"order.change"})
    assert Guard.of(row | changes).holds("t", "update", columns, kinds) is holds
