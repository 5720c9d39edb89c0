"""Queries about questionnaires. Each takes a connection whose transaction carries the tenant of the questionnaire."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from trustcenter.portal.store import Row, all_rows, first_row

_COLUMNS = """
select q.id, q.organisation_id, o.name as organisation, q.kind, q.file_name, q.size, q.created_at, q.state, q.step,
       q.questions, q.attempts, q.error, q.finished_at, q.wanted, q.copy_name, q.notes, q.earlier, q.released_at,
       q.assigned_to, q.copy is not null as has_copy, q.uploaded_by, p.display_name as uploader,
       (select count(*) from portal.questionnaire_answers a where a.questionnaire_id = q.id
         and a.outcome = 'needs_review' and a.confirmed_at is null) as to_review,
       (select count(*) from portal.questionnaire_answers a where a.questionnaire_id = q.id
         and a.confirmed_at > q.wanted_at) as newly_confirmed
from portal.questionnaires q
join portal.organisations o on o.id = q.organisation_id
left join portal.people p on p.organisation_id = q.organisation_id and p.id = q.uploaded_by
"""


async def own(connection: Any) -> list[Row]:
    """Of the tenant, newest first."""
    return await all_rows(connection, _COLUMNS + "order by q.created_at desc limit 500")


async def customers(connection: Any) -> list[Row]:
    """Of every customer; only in a transaction of the vendor's organisation, else none."""
    return await all_rows(connection, "select * from portal.customers_questionnaires()")


async def holder(connection: Any, questionnaire_id: UUID) -> UUID | None:
    """Whose it is; only in a transaction of the vendor's organisation, else None."""
    row = await first_row(connection, "select portal.questionnaire_holder(%s) as organisation_id", questionnaire_id)
    return row["organisation_id"] if row else None


async def staff(connection: Any) -> list[Row]:
    """The vendor's people by name."""
    return await all_rows(connection, "select id, display_name, active from portal.vendor_staff()")


async def one(connection: Any, questionnaire_id: UUID) -> Row | None:
    return await first_row(connection, _COLUMNS + "where q.id = %s", questionnaire_id)


async def answers(connection: Any, questionnaire_id: UUID) -> list[Row]:
    return await all_rows(
        connection,
        "select number, place, section, question, outcome, verdict, answer, comment, state, as_of, band, reason, "
        "citations, candidates, assigned_to, confirmed_claim, confirmed_verdict, edited, confirmed_by, confirmed_at "
        "from portal.questionnaire_answers where questionnaire_id = %s order by number",
        questionnaire_id,
    )


async def answer(connection: Any, questionnaire_id: UUID, number: int) -> Row | None:
    return await first_row(
        connection,
        "select number, candidates, assigned_to, confirmed_claim, confirmed_verdict, edited "
        "from portal.questionnaire_answers where questionnaire_id = %s and number = %s",
        questionnaire_id, number,
    )  # fmt: skip


async def history(connection: Any, questionnaire_id: UUID) -> list[Row]:
    """What was done with it, oldest first, from the record of its organisation."""
    return await all_rows(
        connection,
        "select at, actor_id, actor_name, action, outcome from portal.activity "
        "where entity = 'questionnaire' and entity_id = %s order by seq desc limit 200",
        str(questionnaire_id),
    )


async def load(connection: Any) -> Row:
    """How much the tenant keeps here: bytes, and how many wait or are worked on."""
    row = await first_row(
        connection,
        "select coalesce(sum(size), 0)::bigint as bytes, "
        "count(*) filter (where state in ('queued', 'running')) as open from portal.questionnaires",
    )
    return row or {"bytes": 0, "open": 0}


async def add(
    connection: Any, organisation_id: UUID, account_id: UUID, kind: str, file_name: str, content: bytes
) -> UUID:
    """Keeps a file and queues the work on it."""
    row = await first_row(
        connection,
        "insert into portal.questionnaires (organisation_id, kind, file_name, digest, content, uploaded_by, "
        "wanted_by) values (%s, %s, %s, %s, %s, %s, %s) returning id",
        organisation_id, kind, file_name, digest(content), content, account_id, account_id,
    )  # fmt: skip
    if row is None:
        raise RuntimeError("insert returned no row")
    added: UUID = row["id"]
    return added


async def want(connection: Any, questionnaire_id: UUID, what: str, account_id: UUID) -> bool:
    """Queues the work again; False while it waits or is worked on."""
    cursor = await connection.execute(
        "update portal.questionnaires set wanted = %s, wanted_at = clock_timestamp(), wanted_by = %s, "
        "state = 'queued', step = 'waiting', attempts = 0, lease = null, leased_until = null, error = null "
        "where id = %s and state in ('done', 'failed')",
        (what, account_id, questionnaire_id),
    )
    return int(cursor.rowcount) == 1


async def confirm(
    connection: Any, questionnaire_id: UUID, number: int, claim: str, verdict: str, edited: str | None, by: UUID
) -> None:
    await connection.execute(
        "update portal.questionnaire_answers set confirmed_claim = %s, confirmed_verdict = %s, edited = %s, "
        "confirmed_by = %s, confirmed_at = clock_timestamp() where questionnaire_id = %s and number = %s",
        (claim, verdict, edited, by, questionnaire_id, number),
    )


async def assign(connection: Any, questionnaire_id: UUID, number: int | None, to: UUID | None) -> None:
    """One question, or the questionnaire where `number` is None, to a person of the vendor's or to nobody."""
    if number is None:
        await connection.execute(
            "update portal.questionnaires set assigned_to = %s where id = %s", (to, questionnaire_id)
        )
    else:
        await connection.execute(
            "update portal.questionnaire_answers set assigned_to = %s where questionnaire_id = %s and number = %s",
            (to, questionnaire_id, number),
        )


async def copy(connection: Any, questionnaire_id: UUID) -> Row | None:
    return await first_row(
        connection,
        "select file_name, copy, copy_name, copy_digest from portal.questionnaires where id = %s and copy is not null",
        questionnaire_id,
    )


async def remove(connection: Any, questionnaire_id: UUID) -> bool:
    cursor = await connection.execute("delete from portal.questionnaires where id = %s", (questionnaire_id,))
    return int(cursor.rowcount) == 1


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
