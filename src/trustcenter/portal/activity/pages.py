"""Settings, Activity: the record for those who may read it, its export and its proof for the owner."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from trustcenter.errors import TamperedError
from trustcenter.portal import store
from trustcenter.portal.activity import heads, reading
from trustcenter.portal.call import Call
from trustcenter.portal.json_answer import Json, listing
from trustcenter.portal.recording import record
from trustcenter.proof.note import VerifierKey
from trustcenter.runtime import audit_chain, audit_proof
from trustcenter.runtime.routes import OWNER

COLUMNS = (
    "seq", "at", "actor_id", "actor_name", "acting_for", "action", "entity", "entity_id", "ip", "user_agent",
    "request_id", "outcome", "before_digest", "after_digest",
)  # fmt: skip


async def show(call: Call) -> Response:
    """The newest events that match."""
    wanted = reading.Filter.of(call)
    found = await reading.events(call, wanted)
    async with call.services.tenant(call.person) as connection:
        people = await store.people(connection)
    asked = {name: value for name, value in call.request.query_params.items() if value.strip()}
    return call.page(
        "activity.html",
        events=found,
        people=people,
        actions=await reading.actions(call),
        asked=asked,
        query=urlencode(asked),
        most=reading.SHOWN,
        owner=call.person.role == OWNER,
        published=_published(call),
    )


async def export(call: Call) -> Response:
    """Every event that matches, as CSV (RFC 4180) or JSON; that it was taken is an event too."""
    form = call.request.query_params.get("format", "csv")
    if form not in ("csv", "json"):
        raise HTTPException(400, "“format” is csv or json.")
    found = await reading.events(call, reading.Filter.of(call), limit=None)
    await _note(call, "activity.export")
    rows = [{name: row[name] for name in COLUMNS} for row in found]
    answer = Json({"items": rows, "count": len(rows)}) if form == "json" else Response(_csv(rows))
    if form == "csv":
        answer.headers["content-type"] = "text/csv; charset=utf-8"
    answer.headers["content-disposition"] = f'attachment; filename="activity.{form}"'
    return answer


async def proof(call: Call) -> Response:
    """The whole record as a chain, with every published head that names it: verified anywhere, without us."""
    events = await reading.chain(call)
    label = audit_chain.label_of(call.person.organisation_id)
    notes = await asyncio.to_thread(heads.naming, call.services.settings.audit_heads, label)
    await _note(call, "activity.prove")
    body = audit_proof.written(events, notes, _key(call))
    headers = {"content-disposition": 'attachment; filename="activity-proof.json"'}
    return Response(body, media_type="application/json", headers=headers)


async def publish(call: Call) -> Response:
    """Signs and publishes heads now. Raises 409 where a record contradicts what was published before."""
    settings = call.services.settings
    try:
        await asyncio.to_thread(
            heads.publish, settings.app_dsn, settings.audit_heads, settings.audit_key, call.services.now()
        )
    except TamperedError as error:
        raise HTTPException(409, "A record contradicts what was published; nothing new was.") from error
    await _note(call, "activity.publish")
    return RedirectResponse("/settings/activity", 303)


async def api_list(call: Call) -> Response:
    return listing(await reading.events(call, reading.Filter.of(call)))


async def api_read(call: Call) -> Response:
    return Json(await reading.event(call, int(call.request.path_params["event_id"])))


def _published(call: Call) -> audit_chain.Heads | None:
    """The newest heads; None before the first, or where the note is not ours."""
    try:
        found = heads.latest(call.services.settings.audit_heads, _key(call))
    except TamperedError:
        return None
    return found[1] if found else None


def _key(call: Call) -> VerifierKey:
    return VerifierKey(audit_chain.KEY_NAME, call.services.settings.audit_key.public)


async def _note(call: Call, action: str) -> None:
    async with call.services.tenant(call.person) as connection:
        await record(connection, call, action, "activity", str(call.person.organisation_id))


def _csv(rows: list[dict[str, Any]]) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe in front (CWE-1236)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in json.loads(bytes(Json(rows).body)):
        writer.writerow([_inert(row[name]) for name in COLUMNS])
    return text.getvalue()


def _inert(value: object) -> str:
    cell = "" if value is None else str(value)
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
