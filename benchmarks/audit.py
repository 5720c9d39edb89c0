"""The audit log: events a second with the chain against bare inserts of the same rows, as the log grows.

Run: `python benchmarks/audit.py [--json] [ROWS ...]` (default 10000 100000). A PostgreSQL of its own gets the portal's
schema and, beside the log, a table with the same columns and indexes, and no chain. At each size both get 300 events
in turn, as the application's role under row security: 100 a transaction, and one a transaction with its own commit.
Sizes are those of tables and indexes, in bytes an event.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from harness import Result, compare, report

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))
import embedded_postgresql

from trustcenter.portal import database
from trustcenter.portal.state import StateDirectory
from trustcenter.runtime import audit

EVENTS = 300
FILLED = 500
"""Events of one transaction while filling. In one of 100,000 each event would pass all earlier versions of the one row
that says where the chain stands: PostgreSQL removes them only after the transaction."""
BARE = audit.INSERT.replace("portal.audit_events", "portal.bare_events")
YARDSTICK = "the same rows without a chain"
UNCHAINED = """
create table portal.bare_events (like portal.audit_events including defaults including constraints including identity);
alter table portal.bare_events alter seq set default 0, alter previous_hash set default sha256('none'),
  alter hash set default sha256('none'), add primary key (id);
create index on portal.bare_events (organisation_id, id desc);
create index on portal.bare_events (organisation_id, hash);
alter table portal.bare_events enable row level security;
alter table portal.bare_events force row level security;
create policy tenant on portal.bare_events using (organisation_id = portal.current_tenant())
  with check (organisation_id = portal.current_tenant());
grant select, insert on portal.bare_events to trustcenter_app;
"""
FILL = """
insert into portal.{} (organisation_id, actor_id, action, entity, entity_id, ip, user_agent, request_id, outcome)
select %s, gen_random_uuid(), 'document.read', 'document', gen_random_uuid()::text, '192.0.2.1',
  'Mozilla/5.0 (X11; Linux x86_64)', gen_random_uuid(), 'done' from generate_series(1, %s)
"""
CHECK = """
select count(*) from portal.audit_events e where e.hash = sha256(e.previous_hash || portal.audit_content(e))
"""


def event(tenant: UUID) -> audit.AuditEvent:
    origin = audit.Origin("192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64)", str(uuid4()))
    return audit.AuditEvent(tenant, uuid4(), "document.read", "document", str(uuid4()), origin)


def writer(connection: psycopg.Connection, statement: str, tenant: UUID, a_transaction: int) -> Callable[[], None]:
    """Writes EVENTS events, so many a transaction, the tenant set in each as the portal does."""

    def run() -> None:
        for _ in range(EVENTS // a_transaction):
            with connection.transaction():
                connection.execute("select set_config('app.tenant', %s, true)", (str(tenant),))
                for _ in range(a_transaction):
                    connection.execute(statement, audit.values(event(tenant)))

    return run


def grown(administrator: psycopg.Connection, tenant: UUID, rows: int) -> str:
    """Fills both tables up to `rows`; the sizes of both, and how long checking the whole chain takes."""
    sizes = []
    for table in ("audit_events", "bare_events"):
        (have,) = administrator.execute(f"select count(*) from portal.{table}").fetchone()
        for begun in range(have, rows, FILLED):
            administrator.execute(FILL.format(table), (tenant, min(FILLED, rows - begun)))
        administrator.execute(f"vacuum analyze portal.{table}")
        size, have = administrator.execute(
            f"select pg_total_relation_size('portal.{table}'), count(*) from portal.{table}"
        ).fetchone()
        sizes.append(size / have)
    begun = time.perf_counter()
    (right,) = administrator.execute(CHECK).fetchone()
    seconds = time.perf_counter() - begun
    assert right >= rows, "the chain does not hold"
    return (
        f"{sizes[0]:.0f} bytes an event against {sizes[1]:.0f} ({sizes[0] / sizes[1]:.2f}x); "
        f"hashing the whole chain again {right / seconds:,.0f} events a second"
    )


def measured(administrator: psycopg.Connection, app: psycopg.Connection, tenant: UUID, rows: int) -> list[Result]:
    note = grown(administrator, tenant, rows)
    results = []
    for a_transaction, what in ((100, "100 a transaction"), (1, "one a transaction")):
        found = compare(
            f"events at {rows:,} rows, {what}", writer(app, audit.INSERT, tenant, a_transaction),
            writer(app, BARE, tenant, a_transaction), against=YARDSTICK, pairs=5,
        )  # fmt: skip
        rate, bare = EVENTS / found.ours_seconds, EVENTS / found.yardstick_seconds
        results.append(replace(found, note=f"{rate:,.0f} events a second against {bare:,.0f}; {note}"))
    return results


def main() -> None:
    """Measures at each size and prints."""
    sizes = [int(text) for text in sys.argv[1:] if text.isdigit()] or [10_000, 100_000]
    with tempfile.TemporaryDirectory() as folder, embedded_postgresql.server("fsync=on") as server:
        state = StateDirectory(Path(folder, "state"))
        state.prepare()
        database.make_roles(server.dsn(), state.secrets())
        database.make_database(server.dsn(), "portal")
        database.make_schema(server.dsn("portal"))
        database.close_database(server.dsn(), "portal")
        secret = state.secrets().app_password
        with (
            psycopg.connect(server.dsn("portal"), autocommit=True) as administrator,
            psycopg.connect(server.dsn("portal", "trustcenter_app", secret), autocommit=True) as app,
        ):
            administrator.execute(UNCHAINED)
            row = administrator.execute(
                "insert into portal.organisations (slug, name, kind) values ('bench', 'Bench', 'prospect') returning id"
            ).fetchone()
            report([each for rows in sorted(sizes) for each in measured(administrator, app, row[0], rows)])


if __name__ == "__main__":
    main()
