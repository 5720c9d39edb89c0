"""The status page: what everybody is told of incidents, as a page and as a feed.

The page lies within the service, so that it is away when the service is. `incidents.work` is how the staff tells.
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from starlette.responses import Response

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.incidents.work import EXERCISE
from trustcenter.runtime.posture import instant

SHOWN = 200
"""So many incidents are shown: those that are open, then those with the newest news."""
FEED = "/status/incidents.atom"

_TOLD = """
select i.id, i.title, i.kind, i.affected, i.detected_at, i.resolved_at,
       array_agg(n.id order by n.at) as news, array_agg(n.at order by n.at) as told_at,
       array_agg(n.words order by n.at) as words
from portal.incidents i join portal.incident_news n on n.incident_id = i.id
"""
_ONE = _TOLD + "where i.id = %s group by i.id"
_LISTED = _TOLD + "group by i.id order by i.resolved_at is null desc, max(n.at) desc, i.id limit %s"


async def page(call: Call) -> Response:
    """What is open, what is over, and exercises by their name."""
    found = await _shown(call)
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
    return Response(atom(await _shown(call), call.services.settings.origin), media_type="application/atom+xml")


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


async def listed(connection: Any) -> list[store.Row]:
    """At most `SHOWN` of them with what was told, the latest detected first."""
    found = await store.all_rows(connection, _LISTED, SHOWN)
    return sorted(found, key=lambda one: (one["detected_at"], str(one["id"])), reverse=True)


async def one(connection: Any, incident: UUID) -> store.Row | None:
    """One of them, whether it is shown or not."""
    return await store.first_row(connection, _ONE, incident)


async def _shown(call: Call) -> list[store.Row]:
    async with call.services.pool.connection() as connection:
        return await listed(connection)


def _title(incident: dict[str, Any]) -> str:
    if incident["kind"] == EXERCISE:
        return f"Exercise, no incident: {incident['title']}"
    return str(incident["title"])


def _text(value: str) -> str:
    """Escaped, without the control characters that XML 1.0 forbids."""
    return escape("".join(letter for letter in value if letter >= " " or letter in "\n\t"))
