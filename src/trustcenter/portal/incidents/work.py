"""Telling everybody of incidents: what the staff's forms and their twins in the API share.

What was told is never changed: news is added. An exercise is marked as one wherever it shows, and may be taken back.
Because nothing is taken back otherwise, what is sent twice within `AGAIN` is told once, whoever pressed twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from starlette.exceptions import HTTPException

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.field_problem import FieldProblem
from trustcenter.portal.recording import record

KINDS = ("availability", "security", "privacy", "exercise")
EXERCISE = "exercise"
AGAIN = timedelta(minutes=5)
OLDEST = timedelta(days=3653)
"""Nothing is said to have been detected longer ago: a year of two digits, which nobody could put right, is refused."""

_SAME = """
select i.id from portal.incidents i join portal.incident_news n on n.incident_id = i.id
where i.title = %s and i.kind = %s and i.affected = %s and i.detected_at = %s and n.words = %s and n.at > %s limit 1
"""
_NEWEST = "select words, at from portal.incident_news where incident_id = %s order by at desc limit 1"


async def post(call: Call) -> UUID:
    """An incident with its first news. Raises FieldProblem."""
    kind = call.fields.get("kind")
    if kind not in KINDS:
        raise FieldProblem("kind", f"must be one of {', '.join(KINDS)}.")
    title, affected = call.text("title", longest=200), call.text("affected", longest=2000)
    words, detected = call.text("words", longest=4000), _detected(call)
    async with call.services.tenant(call.person) as connection:
        await connection.execute("lock table portal.incidents in share row exclusive mode")  # the same at once waits
        since = call.services.now() - AGAIN
        same = await store.first_row(connection, _SAME, title, kind, affected, detected, words, since)
        if same is not None:
            return UUID(str(same["id"]))
        cursor = await connection.execute(
            "insert into portal.incidents (title, kind, affected, detected_at) values (%s, %s, %s, %s) returning id",
            (title, kind, affected, detected),
        )
        made: UUID = (await cursor.fetchone())[0]
        await _tell(connection, made, words)
        told = {"title": title, "kind": kind, "affected": affected, "words": words}
        await record(connection, call, "incident.post", "incident", str(made), after=told)
    return made


async def add_news(call: Call) -> None:
    """Further news of an incident; `resolved` says that it is over. Raises FieldProblem, 404."""
    incident, words = call.identifier("incident_id"), call.text("words", longest=4000)
    resolved = call.fields.get("resolved") in (True, "true")
    now = call.services.now()
    async with call.services.tenant(call.person) as connection:
        found = await store.first_row(
            connection, "select resolved_at from portal.incidents where id = %s for update", incident
        )
        if found is None:
            raise HTTPException(404)
        ends = resolved and found["resolved_at"] is None
        newest = await store.first_row(connection, _NEWEST, incident)
        if newest is not None and not ends and newest["words"] == words and newest["at"] > now - AGAIN:
            return
        if ends:
            await connection.execute(
                "update portal.incidents set resolved_at = greatest(%s, detected_at) where id = %s", (now, incident)
            )
        await _tell(connection, incident, words)
        told = {"words": words, "resolved": resolved}
        await record(connection, call, "incident.update", "incident", str(incident), after=told)


async def take_back(call: Call) -> None:
    """An exercise is over and leaves nothing behind. Raises 404, and 409 for an incident."""
    incident = call.identifier("incident_id")
    try:
        async with call.services.tenant(call.person) as connection:
            cursor = await connection.execute("delete from portal.incidents where id = %s", (incident,))
            if cursor.rowcount == 0:
                raise HTTPException(404)
            await record(connection, call, "incident.take_back", "incident", str(incident))
    except psycopg.errors.InsufficientPrivilege as error:
        raise HTTPException(409, "What was told of an incident stays: add news instead.") from error


async def taken_back(call: Call, incident: UUID) -> datetime | None:
    """When an exercise was taken back, by the record of who calls; None where it was not."""
    async with call.services.tenant(call.person) as connection:
        found = await store.first_row(
            connection,
            "select max(at) as at from portal.audit_events where action = 'incident.take_back' and entity_id = %s",
            str(incident),
        )
    at: datetime | None = found["at"] if found else None
    return at


async def _tell(connection: Any, incident: UUID, words: str) -> None:
    await connection.execute("insert into portal.incident_news (incident_id, words) values (%s, %s)", (incident, words))


def _detected(call: Call) -> datetime:
    """When it was noticed: now, where nobody says. Raises FieldProblem for what is no moment of the past."""
    given, now = call.fields.get("detected_at"), call.services.now()
    if given is None:
        return now
    try:
        found = datetime.fromisoformat(str(given))
        if found.tzinfo is None or not now - OLDEST < found <= now:
            raise ValueError
    except ValueError as error:
        raise FieldProblem("detected_at", "must be a moment of the last ten years, with its zone.") from error
    return found
