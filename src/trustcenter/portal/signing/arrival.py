"""What a complete sign-in leaves behind: the browser is known from then on, and the holder hears of an unusual one."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from trustcenter.portal.call import Call
from trustcenter.portal.outbox.queue import enqueue
from trustcenter.portal.recording import write
from trustcenter.portal.signing import letters
from trustcenter.runtime import audit
from trustcenter.runtime.anomaly import (
    DEVICE_COOKIE,
    DEVICE_COOKIE_SECONDS,
    History,
    SignIn,
    device_cookie,
    device_of,
)
from trustcenter.runtime.places import Place
from trustcenter.runtime.sessions import cookie_header


async def arrived(
    connection: Any, call: Call, organisation_id: UUID, account_id: UUID, email: str, session_id: UUID
) -> str:
    """Called once the last factor was right, in the transaction that makes the session `full`.

    Returns the Set-Cookie header of the browser's signed identifier.
    """
    services = call.services
    key, now = services.settings.device_key, services.now()
    device = device_of(key, call.request.cookies.get(DEVICE_COOKIE)) or uuid4()
    place = services.places.place(call.origin.ip)
    history = await _history(connection, account_id)
    _, _, facts = services.anomalies.decide(history, SignIn(device, place), now)
    await connection.execute(
        "insert into portal.known_devices (id, account_id, organisation_id) values (%s, %s, %s) "
        "on conflict (account_id, id) do update set last_seen_at = clock_timestamp()",
        (device, account_id, organisation_id),
    )
    await connection.execute(
        "update portal.sessions set device_id = %s, country = %s, latitude = %s, longitude = %s where id = %s",
        (device, *((place.country, place.latitude, place.longitude) if place else (None, None, None)), session_id),
    )
    if facts.reasons:
        agent = call.origin.user_agent
        message = letters.unusual(email, services.settings.origin, now, facts.reasons, agent, place)
        await enqueue(connection, services.settings.outbox_key, organisation_id, account_id, "unusual_sign_in", message)
    for reason in facts.reasons:
        event = audit.AuditEvent(
            organisation_id, account_id, f"alert.{reason}", "session", str(session_id), call.origin
        )
        await write(connection, event)
    return cookie_header(DEVICE_COOKIE, device_cookie(key, device), seconds=DEVICE_COOKIE_SECONDS)


async def _history(connection: Any, account_id: UUID) -> History:
    cursor = await connection.execute("select id from portal.known_devices where account_id = %s", (account_id,))
    devices = frozenset(row[0] for row in await cursor.fetchall())
    cursor = await connection.execute(
        "select distinct country from portal.sessions where account_id = %s and country is not null", (account_id,)
    )
    countries = frozenset(row[0] for row in await cursor.fetchall())
    cursor = await connection.execute(
        "select country, latitude, longitude, created_at from portal.sessions "
        "where account_id = %s and country is not null order by created_at desc limit 1",
        (account_id,),
    )
    last = await cursor.fetchone()
    return History(devices, countries, Place(*last[:3]), last[3]) if last else History(devices, countries)
