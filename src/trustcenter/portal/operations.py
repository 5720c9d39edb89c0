"""What the vendor's staff and the posture document see of the running service."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from trustcenter.portal import backups, event_kinds
from trustcenter.portal.access.matrix import MATRIX
from trustcenter.portal.services import Services
from trustcenter.runtime import availability
from trustcenter.runtime.mailed_links import LIFETIMES
from trustcenter.runtime.posture import instant
from trustcenter.runtime.tenancy import observe_tables

WINDOW = timedelta(days=30)


async def observe(services: Services) -> dict[str, Any]:
    """Availability over 30 days and backups, as measured; None where nothing could be seen.

    Kept for half the interval between checks: anybody may ask, and the window holds many rows.
    """
    async with services.observing:
        kept = services.observed
        now = services.now()
        if kept is None or now - kept[0] > services.settings.check_interval / 2:
            kept = services.observed = (now, await _measure(services))
        return kept[1]


async def _measure(services: Services) -> dict[str, Any]:
    async with services.pool.connection() as connection:
        cursor = await connection.execute(
            "select at, ok, latency_ms from portal.availability_checks where at > %s", (services.now() - WINDOW,)
        )
        checks = [availability.Check(*row) for row in await cursor.fetchall()]
        cursor = await connection.execute(
            "select archived_count::int, last_archived_wal, last_archived_time, failed_count::int, last_failed_time "
            "from pg_stat_archiver"
        )
        archived = dict(
            zip(("count", "last_segment", "last_at", "failed", "last_failed_at"), await cursor.fetchone(), strict=True)
        )
        cursor = await connection.execute("select id, at from portal.recovery_markers order by at desc limit 1")
        marker = await cursor.fetchone()
    summary = availability.summarise(checks, services.settings.check_interval)
    return {
        "availability": asdict(summary),
        "backups": await asyncio.to_thread(backups.observe, services.settings.backups)
        if services.settings.backups
        else None,
        "archiver": archived,
        "recovery_marker": {"id": marker[0], "at": marker[1]} if marker else None,
        "not_arranged": list(services.settings.not_arranged),
    }


async def posture(services: Services) -> dict[str, Any]:
    """Observed values for `/.well-known/trust-posture`: numbers, times and the live router; nothing about a person."""
    seen = await observe(services)
    async with services.pool.connection() as connection:
        cursor = await connection.execute("select hashes, accounts, sessions from portal.posture_counts()")
        hashes, accounts, sessions = await cursor.fetchone()
        cursor = await connection.execute("select portal.factor_counts()")
        (factors,) = await cursor.fetchone()
        cursor = await connection.execute("select portal.identity_posture()")
        (identity,) = await cursor.fetchone()
        tables = await observe_tables(connection, "portal")
        cursor = await connection.execute(
            "select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        )
        role, superuser, bypass = await cursor.fetchone()
        cursor = await connection.execute("select current_setting('server_version_num')::int")
        (version,) = await cursor.fetchone()
        cursor = await connection.execute("select tokens, support from portal.access_counts()")
        tokens, support = await cursor.fetchone()
    policy = services.session_policy
    observed: dict[str, Any] = _timeless(
        {
            "password_hashes": hashes,
            "accounts": accounts,
            "second_factors": {
                **factors,
                "demanded_of": sorted(services.factors.demanded_of),
                "drift_steps": services.factors.totp.drift,
                "passkeys_verify_users": services.factors.verification,
            },
            "sessions": {
                **sessions,
                "idle_limit_seconds": int(policy.idle.total_seconds()),
                "absolute_limit_seconds": int(policy.absolute.total_seconds()),
            },
            "identity": identity,
            "guesses": {
                "most_in_24_hours": services.guessing.account.most_in_24_hours,
                "free": services.guessing.account.free,
            },
            "mailed_links": {
                f"{purpose}_seconds": int(lifetime.total_seconds()) for purpose, lifetime in LIFETIMES.items()
            },
            "routes": services.manifest.rows(),
            "roles": MATRIX.rows(),
            "event_kinds": event_kinds.rows(),
            "tokens": tokens,
            "support_access": support,
            "tables": [asdict(table) for table in tables],
            "application_role": {"name": role, "superuser": superuser, "bypasses_row_security": bypass},
            "database_version": version,
            "availability": seen["availability"],
            "backups": {
                "files": seen["backups"],
                "archiver": seen["archiver"],
                "recovery_marker": seen["recovery_marker"],
                "not_arranged": seen["not_arranged"],
            },
        }
    )
    return observed


def _timeless(value: Any) -> Any:
    """Times become RFC 3339 text, so that the document has a canonical form."""
    if isinstance(value, dict):
        return {name: _timeless(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_timeless(item) for item in value]
    return instant(value) if hasattr(value, "strftime") else value
