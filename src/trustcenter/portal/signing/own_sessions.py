"""A person's sessions on all their devices, their account page, and the limits that an organisation makes stricter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.json_answer import Json, listing
from trustcenter.portal.recording import record
from trustcenter.portal.signing import new_password
from trustcenter.runtime.mailed_links import LIFETIMES, Purpose

LIMITS = ("idle_seconds", "absolute_seconds", "reset_seconds")
"""What an organisation may make shorter: a session without use and in all, and the life of a reset link."""
WORDS = {
    "idle_seconds": "Seconds without use",
    "absolute_seconds": "Seconds in all",
    "reset_seconds": "Seconds that a link to set a new password works",
}
SHORTEST = {"idle_seconds": 60, "absolute_seconds": 900, "reset_seconds": 60}
"""Below these nobody could work, or read a mail in time, and whoever set the limit could not take it back.

A canary's organisation may go down to a second: a probe watches there that limits end what they should.
"""


async def show_account(call: Call) -> Response:
    return call.page("account.html", strength=new_password.said_strength(call))


async def list_sessions(call: Call) -> Response:
    """Open sessions with device, network, country and the methods of signing in."""
    async with call.services.tenant(call.person) as connection:
        found = await store.open_sessions(connection, call.person.account_id)
    return listing(found) if call.is_api else call.page("sessions.html", sessions=found)


async def end_session(call: Call) -> Response:
    """Ends one of the caller's own sessions."""
    session_id = call.identifier("session_id")
    async with call.services.tenant(call.person) as connection:
        if not await store.end_sessions(connection, call.person.account_id, session_id):
            raise HTTPException(404)
        await record(connection, call, "session.revoke", "session", str(session_id))
    return call.done("/sessions")


async def end_other_sessions(call: Call) -> Response:
    """Ends every session of the caller but this one."""
    person = call.person
    async with call.services.tenant(person) as connection:
        ended = await store.end_other_sessions(connection, person.account_id, person.session_id)
        await record(
            connection, call, "session.revoke_others", "account", str(person.account_id), after={"ended": ended}
        )
    return Json({"ended": ended}) if call.is_api else RedirectResponse("/sessions", 303)


async def show_limits(call: Call) -> Response:
    limits = await _limits(call)
    return Json(limits) if call.is_api else call.page("session_limits.html", problem="", **limits)


async def set_limits(call: Call) -> Response:
    """Fields of `LIMITS`; empty means the service's own limit. Wider ones and useless ones are refused."""
    person, before = call.person, await _limits(call)
    bounds = {name: (before[f"shortest_{name}"], before[f"longest_{name}"]) for name in LIMITS}
    wanted = [_seconds(call, name, *bounds[name]) for name in LIMITS]
    if -1 in wanted:
        name = LIMITS[wanted.index(-1)]
        problem = "{}: a whole number from {} to {}, or nothing.".format(WORDS[name], *bounds[name])
        return call.refused("session_limits.html", 422, problem, "limit", **before)
    async with call.services.tenant(person) as connection:
        await connection.execute(
            "update portal.organisations set idle_seconds = %s, absolute_seconds = %s, reset_seconds = %s "
            "where id = %s",
            (*wanted, person.organisation_id),
        )
        await record(
            connection, call, "organisation.session_limits", "organisation", str(person.organisation_id),
            before={name: before[name] for name in LIMITS}, after=dict(zip(LIMITS, wanted, strict=True)),
        )  # fmt: skip
    return call.done("/session-limits")


async def _limits(call: Call) -> dict[str, Any]:
    async with call.services.tenant(call.person) as connection:
        cursor = await connection.execute(
            "select idle_seconds, absolute_seconds, reset_seconds, kind = 'canary' from portal.organisations"
        )
        idle, absolute, reset, canary = await cursor.fetchone()
    policy = call.services.session_policy
    return {
        "idle_seconds": idle,
        "absolute_seconds": absolute,
        "reset_seconds": reset,
        **{f"shortest_{name}": 1 if canary else seconds for name, seconds in SHORTEST.items()},
        "longest_idle_seconds": policy.idle // timedelta(seconds=1),
        "longest_absolute_seconds": policy.absolute // timedelta(seconds=1),
        "longest_reset_seconds": LIFETIMES[Purpose.RESET] // timedelta(seconds=1),
    }


def _seconds(call: Call, name: str, shortest: int, longest: int) -> int | None:
    """-1 for what is no limit."""
    given = call.fields.get(name)
    if given is None or given == "":
        return None
    try:
        seconds = int(given)
    except (TypeError, ValueError):
        return -1
    return seconds if shortest <= seconds <= longest else -1
