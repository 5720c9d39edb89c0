"""The portal's queries. Each takes a connection whose transaction carries the tenant, unless it says otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

Row = dict[str, Any]

_DOCUMENTS = """
select d.id, d.title, d.kind, d.created_at, d.updated_at, d.created_by, p.display_name as author
from portal.documents d left join portal.people p on p.organisation_id = d.organisation_id and p.id = d.created_by
"""


async def documents(connection: Any) -> list[Row]:
    return await all_rows(connection, _DOCUMENTS + "order by d.updated_at desc, d.id limit 500")


async def document(connection: Any, document_id: UUID) -> Row | None:
    return await first_row(
        connection,
        "select d.id, d.title, d.kind, d.body, d.created_at, d.updated_at, d.created_by, p.display_name as author "
        "from portal.documents d left join portal.people p on p.organisation_id = d.organisation_id "
        "and p.id = d.created_by where d.id = %s",
        document_id,
    )


async def add_document(
    connection: Any, organisation_id: UUID, account_id: UUID, title: str, kind: str, body: str
) -> UUID:
    row = await first_row(
        connection,
        "insert into portal.documents (organisation_id, title, kind, body, created_by) values (%s, %s, %s, %s, %s) "
        "returning id",
        organisation_id, title, kind, body, account_id,
    )  # fmt: skip
    if row is None:
        raise RuntimeError("insert returned no row")
    added: UUID = row["id"]
    return added


async def change_document(connection: Any, document_id: UUID, title: str, kind: str, body: str) -> bool:
    cursor = await connection.execute(
        "update portal.documents set title = %s, kind = %s, body = %s, updated_at = clock_timestamp() where id = %s",
        (title, kind, body, document_id),
    )
    return int(cursor.rowcount) == 1


async def remove_document(connection: Any, document_id: UUID) -> bool:
    cursor = await connection.execute("delete from portal.documents where id = %s", (document_id,))
    return int(cursor.rowcount) == 1


async def note_view(connection: Any, organisation_id: UUID, document_id: UUID, account_id: UUID) -> None:
    await connection.execute(
        "insert into portal.document_views (organisation_id, document_id, account_id) values (%s, %s, %s)",
        (organisation_id, document_id, account_id),
    )


async def people(connection: Any) -> list[Row]:
    return await all_rows(
        connection,
        "select id, email, display_name, role, state, second_factor, created_at, last_sign_in_at, disabled_at, "
        "invited_at is not null and joined_at is null as invited "
        "from portal.people order by array_position(array['owner','admin','member','staff'], role), display_name",
    )


_PERSON = (
    "select p.id, p.email, p.display_name, p.role, p.state, p.second_factor, p.created_at, p.last_sign_in_at, "
    "p.disabled_at, p.invited_at is not null and p.joined_at is null as invited"
)


async def person(connection: Any, account_id: UUID) -> Row | None:
    return await first_row(connection, f"{_PERSON} from portal.people p where p.id = %s", account_id)


async def member(connection: Any, account_id: UUID) -> Row | None:
    """A person of the tenant, and the name of its `organisation`."""
    return await first_row(
        connection,
        f"{_PERSON}, o.name as organisation from portal.people p "
        "join portal.organisations o on o.id = p.organisation_id where p.id = %s",
        account_id,
    )


async def set_account_state(connection: Any, account_id: UUID, state: str) -> bool:
    cursor = await connection.execute(
        "update portal.accounts set state = %s, disabled_at = case when %s = 'disabled' then clock_timestamp() end "
        "where id = %s",
        (state, state, account_id),
    )
    return int(cursor.rowcount) == 1


async def open_sessions(connection: Any, account_id: UUID) -> list[Row]:
    return await all_rows(
        connection,
        "select id, created_at, last_seen_at, expires_at, user_agent, host(ip) as ip, country, methods, stage "
        "from portal.sessions "
        "where account_id = %s and ended_at is null and expires_at > clock_timestamp() order by last_seen_at desc",
        account_id,
    )


async def session_used(connection: Any, session_id: UUID, at: datetime) -> None:
    await connection.execute(
        "update portal.sessions set last_seen_at = %s where id = %s and ended_at is null", (at, session_id)
    )


async def end_sessions(connection: Any, account_id: UUID, session_id: UUID | None = None) -> int:
    """Ends one session of an account, or all of them."""
    cursor = await connection.execute(
        "update portal.sessions set ended_at = clock_timestamp() "
        "where account_id = %s and ended_at is null and (%s::uuid is null or id = %s)",
        (account_id, session_id, session_id),
    )
    return int(cursor.rowcount)


async def password_hash(connection: Any, account_id: UUID) -> str | None:
    """The stored form of the account's password, for comparing with it."""
    row = await first_row(connection, "select portal.own_password_hash(%s) as stored", account_id)
    return row["stored"] if row else None


async def set_password_hash(connection: Any, account_id: UUID, stored: str) -> None:
    await connection.execute("update portal.accounts set password_hash = %s where id = %s", (stored, account_id))


async def step_up(connection: Any, session_id: UUID, now: datetime) -> None:
    await connection.execute("update portal.sessions set stepped_up_at = %s where id = %s", (now, session_id))


async def end_other_sessions(connection: Any, account_id: UUID, kept: UUID) -> int:
    """Ends every session of an account but one."""
    cursor = await connection.execute(
        "update portal.sessions set ended_at = clock_timestamp() "
        "where account_id = %s and ended_at is null and id <> %s",
        (account_id, kept),
    )
    return int(cursor.rowcount)


async def all_rows(connection: Any, query: str, *parameters: object) -> list[Row]:
    """Every row of a query."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, parameters)
        rows: list[Row] = await cursor.fetchall()
        return rows


async def first_row(connection: Any, query: str, *parameters: object) -> Row | None:
    """The first row of a query, None when there is none."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, parameters)
        row: Row | None = await cursor.fetchone()
        return row
