"""Tenants: what one organisation's people and the application's role can reach."""

from __future__ import annotations

import re
from uuid import uuid4

import psycopg
import pytest

from trustcenter.portal.manifest import MANIFEST
from trustcenter.runtime import passwords
from trustcenter.runtime.routes import SIGNED_IN

TENANT_TABLES = (
    "organisations",
    "accounts",
    "sessions",
    "documents",
    "document_views",
    "questionnaires",
    "audit_events",
    "audit_heads",
)
A, B = "owner@canary-a.example", "owner@canary-b.example"


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_without_a_tenant_no_row_is_visible(app_connection, administrator, table):
    """Fails closed; and the table is not simply empty."""
    total = administrator.execute(f"select count(*) from portal.{table}").fetchone()[0]

    seen = app_connection.execute(f"select count(*) from portal.{table}").fetchone()[0]

    assert total > 0
    assert seen == 0


@pytest.mark.parametrize("table", [table for table in TENANT_TABLES if table != "organisations"])
def test_a_tenant_sees_its_own_rows_only(app_connection, administrator, table):
    tenant = administrator.execute(f"select organisation_id from portal.{table} limit 1").fetchone()[0]
    app_connection.execute("select set_config('app.tenant', %s, true)", (str(tenant),))

    found = {row[0] for row in app_connection.execute(f"select distinct organisation_id from portal.{table}")}

    assert found == {tenant}


def test_the_tenant_ends_with_the_transaction(app_connection, administrator):
    """A pooled connection carries nothing over."""
    tenant = administrator.execute("select id from portal.organisations where slug = 'fernhill'").fetchone()[0]
    with app_connection.transaction():
        app_connection.execute("select set_config('app.tenant', %s, true)", (str(tenant),))
        assert app_connection.execute("select count(*) from portal.documents").fetchone()[0] > 0

    assert app_connection.execute("select count(*) from portal.documents").fetchone() == (0,)


def test_writing_for_another_tenant_raises(app_connection, administrator):
    ours, theirs = (
        administrator.execute(
            "select o.id, a.id from portal.organisations o join portal.accounts a on a.organisation_id = o.id "
            "where slug = %s limit 1",
            (slug,),
        ).fetchone()
        for slug in ("fernhill", "quay")
    )
    app_connection.execute("select set_config('app.tenant', %s, true)", (str(ours[0]),))

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        app_connection.execute(
            "insert into portal.documents (organisation_id, title, kind, body, created_by) "
            "values (%s, 'x', 'note', 'x', %s)",
            theirs,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "update portal.audit_events set outcome = 'done'",
        "delete from portal.audit_events",
        "truncate portal.audit_events",
        "insert into portal.audit_events (at, organisation_id, actor_id, action, entity, entity_id, ip, user_agent, "
        "request_id, outcome) select now() - interval '1 year', id, id, 'a.b', 'x', 'x', '127.0.0.1', 'x', id, 'done' "
        "from portal.organisations",
        "insert into portal.audit_events (seq, organisation_id) select 1, id from portal.organisations",
        "update portal.audit_heads set seq = 0",
        "delete from portal.audit_heads",
        "select portal.write_chain()",
        "select password_hash from portal.accounts",
        "update portal.accounts set role = 'owner'",
        "update portal.accounts set organisation_id = id",
        "delete from portal.accounts",
        "alter table portal.documents disable row level security",
        "create table portal.extra (x int)",
        "set role trustcenter_owner",
        "insert into portal.recovery_markers values ('x', now(), '0/0', '{}')",
    ],
)
def test_the_application_role_is_denied(app_connection, statement):
    """By grant, whatever the application's code does; events can be added and read, never changed or dated."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(statement)


def test_roles_have_the_attributes_that_isolation_needs(administrator):
    rows = administrator.execute(
        "select rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole from pg_roles "
        "where rolname like 'trustcenter%'"
    )

    assert {row[0]: row[1:] for row in rows} == {
        "trustcenter_owner": (False, False, False, False),
        "trustcenter_lookup": (False, False, True, False),
        "trustcenter_recorder": (False, False, True, False),
        "trustcenter_app": (True, False, False, False),
        "trustcenter_worker": (True, False, False, False),
        "trustcenter_reader": (True, False, True, False),
        "trustcenter_backup": (True, False, True, False),
    }


def test_the_reader_reads_costs_and_never_hashes_or_texts_and_writes_nothing(portal):
    with psycopg.connect(portal.environment["PORTAL_READER_DSN"], autocommit=True) as reader:
        schemes = reader.execute("select distinct hash_scheme, hash_cost from portal.accounts").fetchall()
        assert schemes == [("bcrypt-hmac-sha384", passwords.COST)]
        assert reader.execute("show row_security").fetchone() == ("off",)
        for column in ("accounts.password_hash", "documents.body", "sessions.id_hash", "sign_in_failures.failures"):
            table, name = column.split(".")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"select {name} from portal.{table}")
        with pytest.raises((psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege)):
            reader.execute("delete from portal.documents")


def test_the_reader_sees_all_settings_and_host_rules(portal):
    """What `database_settings` reads: nothing hidden; SCRAM from loopback is the only way in."""
    with psycopg.connect(portal.environment["PORTAL_READER_DSN"]) as reader:
        rules = reader.execute("select type, address, auth_method, error from pg_hba_file_rules").fetchall()
        assert set(rules) == {("host", "127.0.0.1", "scram-sha-256", None)}
        settings = dict(reader.execute("select name, setting from pg_settings").fetchall())

    expected = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "log_connections": "all",
        "log_disconnections": "on",
        "log_statement": "ddl",
        "archive_mode": "on",
        "data_checksums": "on",
        "fsync": "on",
    }
    assert {name: settings[name] for name in expected} == expected
    assert "test ! -f" in settings["archive_command"]


def test_a_reader_that_is_filtered_gets_an_error_and_not_fewer_rows(portal, cloned, administrator):
    """`row_security = off` without BYPASSRLS raises: an empty table cannot look clean."""
    administrator.execute("alter role trustcenter_reader nobypassrls")
    try:
        with (
            psycopg.connect(portal.environment["PORTAL_READER_DSN"], dbname=cloned) as reader,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
        ):
            reader.execute("select count(*) from portal.documents")
    finally:
        administrator.execute("alter role trustcenter_reader bypassrls")


def _identifiers(client) -> dict[str, str]:
    return {
        "document_id": client.get("/api/documents").json()["items"][0]["id"],
        "account_id": client.get("/api/people").json()["items"][0]["id"],
        "session_id": client.get("/api/sessions").json()["items"][0]["id"],
        "event_id": str(client.get("/api/activity").json()["items"][0]["id"]),
        "token_id": client.get("/api/tokens").json()["items"][0]["id"],
        "support_id": client.get("/api/support").json()["items"][0]["id"],
        "questionnaire_id": client.get("/api/questionnaires").json()["items"][0]["id"],
        "passkey_id": client.get("/api/passkeys").json()["items"][0]["id"],
        "incident_id": str(uuid4()),  # of no tenant: the staff's alone
    }


@pytest.mark.parametrize(
    "route", [route for route in MANIFEST if set(route.parameters) - {"name"}], ids=lambda r: r.name
)
def test_no_route_reaches_another_tenants_thing(as_person, administrator, passkeys, route):
    """B calls every route with an identifier of A: 404, and A is unchanged."""
    a, b = as_person(A), as_person(B)
    if route.step_up:
        assert b.step_up(passkeys[B]).status < 300
    path = re.sub(r"{(\w+)(:\w+)?}", lambda found: _identifiers(a)[found[1]], route.path)
    before = administrator.execute(
        'select * from portal.table_digests() where "table" = %s', ("portal.documents",)
    ).fetchone()

    if route.method == "GET":
        answer = b.get(path)
    else:
        answer = b.send(route.method, path, {"title": "x", "kind": "note", "body": "x", "role": "member", "name": "x"})

    assert answer.status == (404 if "owner" in route.callers else 403)
    assert "canary-a" not in answer.text.lower()
    assert a.get("/api/me").status == 200
    after = administrator.execute(
        'select * from portal.table_digests() where "table" = %s', ("portal.documents",)
    ).fetchone()
    assert before == after


@pytest.mark.parametrize("route", [route for route in MANIFEST if route.callers <= SIGNED_IN], ids=lambda r: r.name)
def test_nobody_reaches_a_members_route_without_signing_in(portal, route):
    path = re.sub(r"{event_id(:\w+)?}", "1", route.path)
    path = re.sub(r"{(\w+)(:\w+)?}", str(uuid4()), path)

    answer = portal.client().request(route.method, path)

    assert answer.status in ((303, 401) if route.method == "GET" else (401,))
    assert answer.status != 303 or answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("email", "role"),
    [("aiko@fernhill.example", "member"), ("jonas@fernhill.example", "admin"), ("ines@vendor.example", "staff")],
)
def test_each_role_gets_403_where_the_manifest_does_not_name_it(as_person, email, role):
    client = as_person(email)
    for route in MANIFEST:
        if route.callers <= SIGNED_IN and role not in route.callers:
            path = re.sub(r"{event_id(:\w+)?}", "1", route.path)
            path = re.sub(r"{(\w+)(:\w+)?}", str(uuid4()), path)
            answer = client.get(path) if route.method == "GET" else client.send(route.method, path)
            assert answer.status == 403, route.name
