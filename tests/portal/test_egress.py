"""What the application writes down of its contacts, with its own role, and what that role may not take back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from trustcenter.portal import egress
from trustcenter.portal.launch import Running
from trustcenter.runtime.egress import Connecting, Recorder, Resolved

HOST = "events.tally.example"
QUERY = "select port, protocol, connections from portal.egress where host = %s"


def application(portal: Running) -> str:
    password = portal.state.secrets().app_password
    return make_conninfo(portal.environment["PORTAL_READER_DSN"], user="trustcenter_app", password=password)


async def recorded(dsn: str, times: int) -> list[tuple[int, str, int]]:
    """Hear as many contacts, each in a round of its own, and read what the table says of them."""
    now = datetime(2026, 1, 5, 10, 30, tzinfo=UTC)
    recorder = Recorder(lambda: now)
    recorder.hear(Resolved(HOST, ("192.0.2.7",)))
    async with AsyncConnectionPool(dsn, min_size=1, max_size=2, open=False) as pool:
        services = SimpleNamespace(pool=pool, now=lambda: datetime.now(UTC))
        task = asyncio.create_task(egress.record_for_ever(services, recorder))
        found: list[tuple[int, str, int]] = []
        for number in range(1, times + 1):
            recorder.hear(Connecting("192.0.2.7", 443, "tcp"))
            while not found or found[0][2] < number:
                async with pool.connection() as connection:
                    found = await (await connection.execute(QUERY, (HOST,))).fetchall()
        task.cancel()
    return found


def test_contacts_are_counted_up_and_the_recorder_says_that_it_listens(
    portal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "PAUSE", 0.01)
    found = asyncio.run(asyncio.wait_for(recorded(application(portal), 2), 60))
    assert found == [(443, "tcp", 2)]
    with psycopg.connect(portal.environment["PORTAL_READER_DSN"]) as reader:
        runs = reader.execute(
            "select count(*) from portal.egress_recorders where listened_until >= began_at"
        ).fetchone()
        assert runs is not None
        assert runs[0] >= 2  # this one's, and the application's own


@pytest.mark.parametrize(
    "statement",
    [
        "delete from portal.egress",
        "update portal.egress set host = 'x'",
        "delete from portal.egress_recorders",
        "update portal.egress_recorders set began_at = now()",
    ],
)
def test_the_application_takes_nothing_back(portal: Running, statement: str) -> None:
    with psycopg.connect(application(portal)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
