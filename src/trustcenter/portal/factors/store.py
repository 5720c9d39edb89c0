"""Queries of second factors. Each takes a connection whose transaction carries the tenant, unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from trustcenter.portal.store import Row as Row
from trustcenter.portal.store import all_rows, first_row
from trustcenter.runtime.challenges import ChallengeState, Purpose
from trustcenter.runtime.passkeys import Registered


async def kind_of_factor(connection: Any, account_id: UUID) -> str:
    """`passkey`, `totp` or `none`."""
    row = await first_row(connection, "select second_factor from portal.account_factors where id = %s", account_id)
    return str(row["second_factor"]) if row else "none"


async def kinds_of_factors(connection: Any, account_id: UUID) -> frozenset[str]:
    """All of `passkey` and `totp` that work."""
    rows = await all_rows(connection, "select kind from portal.working_factors where account_id = %s", account_id)
    return frozenset(row["kind"] for row in rows)


async def app(connection: Any, account_id: UUID, *, confirmed: bool) -> Row | None:
    """The app that works, or the one that waits for its first code; its row is locked until the transaction ends."""
    return await first_row(
        connection,
        "select id, sealed_secret, last_step, created_at, confirmed_at from portal.totp_factors "
        "where account_id = %s and (confirmed_at is not null) = %s for update",
        account_id, confirmed,
    )  # fmt: skip


async def begin_app(connection: Any, organisation_id: UUID, account_id: UUID, sealed: bytes, now: datetime) -> None:
    """A new app that waits for its first code, instead of another that waited."""
    await connection.execute(
        "delete from portal.totp_factors where account_id = %s and confirmed_at is null", (account_id,)
    )
    await connection.execute(
        "insert into portal.totp_factors (organisation_id, account_id, sealed_secret, created_at) "
        "values (%s, %s, %s, %s)",
        (organisation_id, account_id, sealed, now),
    )


async def confirm_app(connection: Any, account_id: UUID, factor_id: UUID, step: int, now: datetime) -> None:
    """The app that waited works from now on; another that worked does not any more."""
    await connection.execute(
        "delete from portal.totp_factors where account_id = %s and id <> %s", (account_id, factor_id)
    )
    await connection.execute(
        "update portal.totp_factors set last_step = %s, confirmed_at = %s where id = %s", (step, now, factor_id)
    )


async def use_step(connection: Any, factor_id: UUID, step: int) -> None:
    await connection.execute("update portal.totp_factors set last_step = %s where id = %s", (step, factor_id))


async def hold_account(connection: Any, account_id: UUID) -> None:
    """Until the transaction ends: factors that are taken away one beside another would each see the other still."""
    await connection.execute("select from portal.accounts where id = %s for no key update", (account_id,))


async def remove_app(connection: Any, account_id: UUID) -> int:
    cursor = await connection.execute("delete from portal.totp_factors where account_id = %s", (account_id,))
    return int(cursor.rowcount)


async def recovery_codes(connection: Any, account_id: UUID) -> dict[bytes, datetime | None]:
    """Stored form to the time of use; the rows are locked until the transaction ends."""
    rows = await all_rows(
        connection,
        "select code_hash, used_at from portal.recovery_codes where account_id = %s order by code_hash for update",
        account_id,
    )
    return {bytes(row["code_hash"]): row["used_at"] for row in rows}


async def use_recovery_code(connection: Any, stored: bytes, now: datetime) -> None:
    await connection.execute("update portal.recovery_codes set used_at = %s where code_hash = %s", (now, stored))


async def replace_recovery_codes(
    connection: Any, organisation_id: UUID, account_id: UUID, stored: Sequence[bytes], now: datetime
) -> None:
    await connection.execute("delete from portal.recovery_codes where account_id = %s", (account_id,))
    for code in stored:
        await connection.execute(
            "insert into portal.recovery_codes (code_hash, organisation_id, account_id, created_at) "
            "values (%s, %s, %s, %s)",
            (code, organisation_id, account_id, now),
        )


async def passkeys(connection: Any, account_id: UUID) -> list[Row]:
    """Those that work, oldest first."""
    return await all_rows(
        connection,
        "select id, name, credential_id, user_verified, backed_up, created_at, last_used_at from portal.passkeys "
        "where account_id = %s and revoked_at is null order by created_at, id",
        account_id,
    )


async def passkey(connection: Any, passkey_id: UUID) -> Row | None:
    """One of the tenant's, revoked or not; its row is locked until the transaction ends."""
    return await first_row(
        connection,
        "select id, account_id, credential_id, public_key, sign_count, last_used_at, revoked_at from portal.passkeys "
        "where id = %s for update",
        passkey_id,
    )


async def add_passkey(
    connection: Any, organisation_id: UUID, account_id: UUID, made: Registered, name: str, now: datetime
) -> UUID | None:
    """The new key's id; None where its identifier is registered already."""
    row = await first_row(
        connection,
        "insert into portal.passkeys (organisation_id, account_id, credential_id, public_key, sign_count, "
        "user_verified, backed_up, name, created_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s) "
        "on conflict (credential_id) do nothing returning id",
        organisation_id, account_id, made.credential_id, made.public_key, made.sign_count,
        made.user_verified, made.backed_up, name, now,
    )  # fmt: skip
    return row["id"] if row else None


async def passkey_used(connection: Any, passkey_id: UUID, count: int, backed_up: bool, now: datetime) -> None:
    await connection.execute(
        "update portal.passkeys set sign_count = %s, backed_up = %s, last_used_at = %s where id = %s",
        (count, backed_up, now, passkey_id),
    )


async def rename_passkey(connection: Any, account_id: UUID, passkey_id: UUID, name: str) -> bool:
    cursor = await connection.execute(
        "update portal.passkeys set name = %s where id = %s and account_id = %s and revoked_at is null",
        (name, passkey_id, account_id),
    )
    return int(cursor.rowcount) == 1


async def revoke_passkeys(connection: Any, account_id: UUID, now: datetime, passkey_id: UUID | None = None) -> int:
    """Revokes one of an account's keys, or all of them."""
    cursor = await connection.execute(
        "update portal.passkeys set revoked_at = %s "
        "where account_id = %s and revoked_at is null and (%s::uuid is null or id = %s)",
        (now, account_id, passkey_id, passkey_id),
    )
    return int(cursor.rowcount)


async def add_challenge(connection: Any, stored: bytes, state: ChallengeState) -> None:
    """Without a tenant. What is long over goes at the same time."""
    await connection.execute(
        "delete from portal.passkey_challenges where expires_at < %s - interval '10 minutes'", (state.expires_at,)
    )
    await connection.execute(
        "insert into portal.passkey_challenges (challenge_hash, purpose, bound, expires_at) values (%s, %s, %s, %s)",
        (stored, state.purpose, state.bound, state.expires_at),
    )


async def challenge(connection: Any, stored: bytes) -> ChallengeState | None:
    """Without a tenant; the row is locked until the transaction ends."""
    row = await first_row(
        connection,
        "select purpose, bound, expires_at, used_at from portal.passkey_challenges "
        "where challenge_hash = %s for update",
        stored,
    )
    if row is None:
        return None
    return ChallengeState(Purpose(row["purpose"]), bytes(row["bound"]), row["expires_at"], row["used_at"])


async def use_challenge(connection: Any, stored: bytes, now: datetime) -> None:
    await connection.execute(
        "update portal.passkey_challenges set used_at = %s where challenge_hash = %s", (now, stored)
    )


async def passkey_holder(connection: Any, credential_id: bytes) -> Row | None:
    """Whose key this is. Without a tenant."""
    return await first_row(connection, "select * from portal.passkey_holder(%s)", credential_id)
