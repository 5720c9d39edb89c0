"""The status page: what everybody is told of incidents, as a page and as a feed, and the staff's way to tell it.

The page lies within the service, so that it is away when the service is. What was told is never changed: news is
added. An exercise is marked as one wherever it shows, and may be taken back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

import psycopg
from starlette.exceptions import HTTPException
from starlette.responses import Response

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.json_answer import Json
from trustcenter.portal.recording import record
from trustcenter.runtime.posture import instant

KINDS = ("availability", "security", "privacy", "exercise")
EXERCISE = "exercise"
SHOWN = 200
"""So many incidents are shown, the newest first."""
FEED = "/status/incidents.atom"

_LISTED = """
select i.id, i.title, i.kind, i.affected, i.detected_at, i.resolved_at,
       array_agg(n.id order by n.at) as news, array_agg(n.at order by n.at) as told_at,
       array_agg(n.words order by n.at) as words
from portal.incidents i join portal.incident_news n on n.incident_id = i.id
group by i.id order by i.detected_at desc, i.id limit %s
"""


async def page(call: Call) -> Response:
    """What is open, what is over, and exercises by their name."""
    found = await _listed(call)
    incidents = [one for one in found if one["kind"] != EXERCISE]
    return call.page(
        "status.html",
        open=[one for one in incidents if one["resolved_at"] is None],
        over=[one for one in incidents if one["resolved_at"] is not None],
        exercises=[one for one in found if one["kind"] == EXERCISE],
        feed=FEED,
    )


async def feed(call: Call) -> Response:
    """The same as Atom (RFC 4287), an entry for each thing that was told."""
    return Response(atom(await _listed(call), call.services.settings.origin), media_type="application/atom+xml")


def atom(incidents: list[dict[str, Any]], origin: str) -> bytes:
    """The feed. Its time is that of its newest news; without any, the beginning of time."""
    news = sorted(
        (
            (at, news, words, one)
            for one in incidents
            for news, at, words in zip(one["news"], one["told_at"], one["words"], strict=True)
        ),
        key=lambda entry: (entry[0], entry[1]),
        reverse=True,
    )
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"<id>{uuid5(NAMESPACE_URL, origin + FEED).urn}</id>",
        "<title>Status: incidents</title>",
        "<author><name>Trust desk</name></author>",
        f"<updated>{instant(news[0][0]) if news else '1970-01-01T00:00:00Z'}</updated>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(origin + FEED)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(origin + "/status")}/>',
    ]
    for at, identifier, words, one in news:
        address, text = f"{origin}/status#{one['id']}", f"{words} Affected: {one['affected']}"
        lines += [
            "<entry>",
            f"<id>{identifier.urn}</id>",
            f"<title>{_text(_title(one))}</title>",
            f"<updated>{instant(at)}</updated>",
            f"<category term={quoteattr(str(one['kind']))}/>",
            f'<link rel="alternate" type="text/html" href={quoteattr(address)}/>',
            f'<content type="text">{_text(text)}</content>',
            "</entry>",
        ]
    return ("\n".join([*lines, "</feed>"]) + "\n").encode()


async def post(call: Call) -> Response:
    """An incident with its first news. Raises 400."""
    kind = call.fields.get("kind")
    if kind not in KINDS:
        raise HTTPException(400, f"“kind” must be one of {', '.join(KINDS)}.")
    title, affected = call.text("title", longest=200), call.text("affected", longest=2000)
    words, detected = call.text("words", longest=4000), _detected(call)
    async with call.services.tenant(call.person) as connection:
        cursor = await connection.execute(
            "insert into portal.incidents (title, kind, affected, detected_at) values (%s, %s, %s, %s) returning id",
            (title, kind, affected, detected),
        )
        (made,) = await cursor.fetchone()
        await _tell(connection, made, words)
        told = {"title": title, "kind": kind, "affected": affected, "words": words}
        await record(connection, call, "incident.post", "incident", str(made), after=told)
    return Json({"id": made}, 201)


async def add_news(call: Call) -> Response:
    """Further news of an incident; `resolved` says that it is over. Raises 400, 404."""
    incident, words = call.identifier("incident_id"), call.text("words", longest=4000)
    resolved = call.fields.get("resolved") in (True, "true")
    async with call.services.tenant(call.person) as connection:
        cursor = await connection.execute(
            "update portal.incidents set resolved_at = "
            "case when %s then coalesce(resolved_at, greatest(%s, detected_at)) else resolved_at end where id = %s",
            (resolved, call.services.now(), incident),
        )
        if cursor.rowcount == 0:
            raise HTTPException(404)
        await _tell(connection, incident, words)
        told = {"words": words, "resolved": resolved}
        await record(connection, call, "incident.update", "incident", str(incident), after=told)
    return Response(status_code=204)


async def take_back(call: Call) -> Response:
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
    return Response(status_code=204)


async def _listed(call: Call) -> list[dict[str, Any]]:
    async with call.services.pool.connection() as connection:
        return await store.all_rows(connection, _LISTED, SHOWN)


async def _tell(connection: Any, incident: UUID, words: str) -> None:
    await connection.execute("insert into portal.incident_news (incident_id, words) values (%s, %s)", (incident, words))


def _detected(call: Call) -> datetime:
    """When it was noticed: now, where nobody says. Raises 400 for what is no moment with its zone, or is to come."""
    given = call.fields.get("detected_at")
    if given is None:
        return call.services.now()
    try:
        found = datetime.fromisoformat(str(given))
        if found.tzinfo is None or found > call.services.now():
            raise ValueError
    except ValueError as error:
        raise HTTPException(400, "“detected_at” must be a moment that has passed, with its zone.") from error
    return found


def _title(incident: dict[str, Any]) -> str:
    if incident["kind"] == EXERCISE:
        return f"Exercise, no incident: {incident['title']}"
    return str(incident["title"])


def _text(value: str) -> str:
    """Escaped, without the control characters that XML 1.0 forbids."""
    return escape("".join(letter for letter in value if letter >= " " or letter in "\n\t"))
