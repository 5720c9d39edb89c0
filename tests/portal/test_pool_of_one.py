"""One pooled connection, many callers of two tenants at once: nothing is carried over, whatever went wrong before."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from trustcenter.portal import launch
from trustcenter.runtime.tenancy import tenant_transaction
from trustcenter.runtime.tenancy_sqlalchemy import TenantOwned, for_tenant

CALLS = 90


class Base(DeclarativeBase):
    pass


class Document(TenantOwned, Base):
    __tablename__ = "documents"
    __table_args__ = {"schema": "portal"}  # noqa: RUF012
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]


@pytest.fixture
def app_dsn(portal: launch.Running) -> str:
    values = {"user": "trustcenter_app", "password": portal.state.secrets().app_password}
    return psycopg.conninfo.make_conninfo(portal.environment["PORTAL_READER_DSN"], **values)


@pytest.fixture
def tenants(administrator: psycopg.Connection) -> list[UUID]:
    rows = administrator.execute("select id from portal.organisations where slug in ('canary-a', 'canary-b')")
    return [row[0] for row in rows]


def test_psycopg_callers_side_by_side_see_their_own(app_dsn: str, tenants: list[UUID]) -> None:
    """A third fail in their transaction, and some are cancelled in it; every second look has no tenant at all."""

    async def one(pool: AsyncConnectionPool, number: int) -> set[UUID]:
        tenant = tenants[number % 2]
        async with tenant_transaction(pool, tenant) as connection:
            cursor = await connection.execute("select distinct organisation_id from portal.documents")
            found = {row[0] for row in await cursor.fetchall()}
            assert found == {tenant}
            if number % 3 == 0:
                await connection.execute("select 1 / 0")
            if number % 7 == 0:
                await connection.execute("select pg_sleep(5)")
        return found

    async def nobody(pool: AsyncConnectionPool) -> int:
        async with pool.connection() as connection:
            cursor = await connection.execute("select count(*) from portal.documents")
            row = await cursor.fetchone()
            return int(row[0])

    async def everybody() -> tuple[list[object], list[int]]:
        async with AsyncConnectionPool(app_dsn, min_size=1, max_size=1, timeout=120, open=False) as pool:
            tasks = [asyncio.create_task(one(pool, number)) for number in range(CALLS)]
            looks = [asyncio.create_task(nobody(pool)) for _ in range(CALLS // 2)]
            for number in range(7, CALLS, 21):
                tasks[number].cancel()
            slow = [tasks[number] for number in range(CALLS) if number % 7 == 0 and number % 3]
            while not all(task.done() for task in tasks):
                await asyncio.wait(tasks, timeout=0.2)
                for task in slow:  # whoever sleeps in the database is cancelled there
                    task.cancel()
            return await asyncio.gather(*tasks, return_exceptions=True), await asyncio.gather(*looks)

    results, unseen = asyncio.run(everybody())

    assert set(unseen) == {0}
    assert not [each for each in results if isinstance(each, AssertionError)]
    assert sum(isinstance(each, psycopg.errors.DivisionByZero) for each in results) > 10
    assert sum(isinstance(each, set) for each in results) > 20


def test_sqlalchemy_callers_side_by_side_see_their_own(app_dsn: str, tenants: list[UUID]) -> None:
    """Criteria and setting; raw SQL has the setting alone, and that is enough."""
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(app_dsn), pool_size=1, max_overflow=0
    )

    def one(number: int) -> set[UUID]:
        tenant = tenants[number % 2]
        with Session(engine) as session:
            for_tenant(session, tenant, row_security=True)
            mapped = set(session.scalars(select(Document.organisation_id)))
            raw = {row[0] for row in session.execute(text("select organisation_id from portal.documents"))}
            if number % 3 == 0:
                with pytest.raises(Exception, match="division by zero"):
                    session.execute(text("select 1 / 0"))
            assert mapped == raw == {tenant}
        return mapped

    def nobody(_: int) -> int:
        with Session(engine) as session:
            return int(session.scalar(select(func.count()).select_from(Document)) or 0)

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(one, range(CALLS)))
        unseen = set(threads.map(nobody, range(20)))
    engine.dispose()

    assert len(found) == CALLS
    assert unseen == {0}
