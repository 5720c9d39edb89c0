"""Tenants in PostgreSQL: the tenant is a transaction-local setting that row-level security compares with each row.

The setting comes from the session, never from the request. `set_config(..., true)` ends with the transaction
(PostgreSQL 18 manual, 9.28.1), so a pooled connection carries nothing over. Without a tenant no row is visible.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

SETTING = "app.tenant"

OBSERVE_TABLES = """
select n.nspname || '.' || c.relname as "table",
       c.relrowsecurity as row_security,
       c.relforcerowsecurity as forced,
       (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies,
       exists (select 1 from pg_attribute a
               where a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped)
         or c.relname = 'organisations' as tenant
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = %s and c.relkind in ('r', 'p')
order by 1
"""


@dataclass(frozen=True)
class TableSecurity:
    """One table as the catalogue shows it; `tenant` when its rows belong to an organisation."""

    table: str
    row_security: bool
    forced: bool
    policies: int
    tenant: bool


async def enter_tenant(connection: Any, organisation_id: UUID) -> None:
    """From here to its end the transaction that is open on the connection sees one organisation's rows."""
    await connection.execute("select set_config('app.tenant', %s, true)", (str(organisation_id),))


@asynccontextmanager
async def tenant_transaction(pool: Any, organisation_id: UUID) -> AsyncIterator[Any]:
    """A connection inside one transaction that sees one organisation's rows; `pool` is psycopg's."""
    async with pool.connection() as connection, connection.transaction():
        await enter_tenant(connection, organisation_id)
        yield connection


async def observe_tables(connection: Any, schema: str) -> list[TableSecurity]:
    """Row-level security of every table of a schema, from the catalogue; visible to any role."""
    cursor = await connection.execute(OBSERVE_TABLES, (schema,))
    return [TableSecurity(*row) for row in await cursor.fetchall()]
