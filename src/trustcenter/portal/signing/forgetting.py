"""Removing counts of guesses that count for nothing any more: the table holds a day's keys, not all ever seen.

A row goes when an empty one would decide the same (`ThrottlePolicy.remembers`), and an hour later than that, so that no
difference of clocks shortens a wait. No policy of the portal remembers a failure for longer than a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg

from trustcenter.runtime.throttle import DAY

LATER = timedelta(hours=1)
MOST = 10_000
"""Rows removed at a time."""

_FORGET = """
delete from portal.sign_in_failures where key_hash in (
  select f.key_hash from portal.sign_in_failures f
  where coalesce(f.last_failed_at <= %(before)s, true) and coalesce(f.day_began_at <= %(before)s, true)
    and coalesce(f.blocked_until <= %(ended)s, true)
  limit %(most)s for update skip locked)
"""


def forget(app_dsn: str, now: datetime, most: int = MOST) -> int:
    """Removes at most `most` rows and says how many. A row that somebody is counting in is left for the next time."""
    with psycopg.connect(app_dsn, connect_timeout=5) as connection:
        return connection.execute(_FORGET, {"before": now - LATER - DAY, "ended": now - LATER, "most": most}).rowcount
