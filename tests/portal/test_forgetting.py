"""Counts of guesses that count for nothing leave the table; all others stay, whoever counts at the same time."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from trustcenter.portal.signing.forgetting import forget
from trustcenter.runtime.throttle import ThrottlePolicy, ThrottleState


@pytest.fixture
def app_dsn(portal):
    return (
        f"{portal.environment['PORTAL_READER_DSN']} user=trustcenter_app password={portal.state.secrets().app_password}"
    )


def test_only_what_no_policy_remembers_is_removed(administrator, app_dsn):
    now = datetime.now(UTC)
    ages = (None, timedelta(minutes=5), timedelta(hours=23), timedelta(hours=24, minutes=30), timedelta(hours=26))
    rows = {}
    for failed, began, blocked in product(ages, ages, (*ages, timedelta(hours=-1))):
        state = ThrottleState(7, *(None if age is None else now - age for age in (failed, blocked, began)), of_day=3)
        rows[secrets.token_bytes(32)] = state
    with administrator.cursor() as cursor:
        cursor.executemany(
            "insert into portal.sign_in_failures values (%s, %s, %s, %s, %s, %s)",
            [(key, s.failures, s.last_failed_at, s.blocked_until, s.day_began_at, s.of_day) for key, s in rows.items()],
        )

    assert forget(app_dsn, now, most=2) == 2
    forget(app_dsn, now)

    found = administrator.execute(
        "select key_hash from portal.sign_in_failures where key_hash = any(%s)", (list(rows),)
    )
    left = {bytes(key) for (key,) in found}
    administrator.execute("delete from portal.sign_in_failures where key_hash = any(%s)", (list(rows),))
    policy = ThrottlePolicy()
    assert {key for key, state in rows.items() if policy.remembers(state, now)} <= left
    assert {key for key, state in rows.items() if policy.remembers(state, now - timedelta(hours=1))} == left


def test_a_row_in_which_somebody_counts_is_left(administrator, app_dsn):
    """Neither waits for the other."""
    key, now = secrets.token_bytes(32), datetime.now(UTC)
    administrator.execute("insert into portal.sign_in_failures (key_hash, failures) values (%s, 0)", (key,))
    with administrator.transaction():
        administrator.execute("select 1 from portal.sign_in_failures where key_hash = %s for update", (key,))
        forget(app_dsn, now)
    kept = administrator.execute("select count(*) from portal.sign_in_failures where key_hash = %s", (key,)).fetchone()
    forget(app_dsn, now)
    gone = administrator.execute("select count(*) from portal.sign_in_failures where key_hash = %s", (key,)).fetchone()
    assert (kept[0], gone[0]) == (1, 0)
