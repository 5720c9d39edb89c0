"""The JSON twins of the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.responses import JSONResponse, Response

from trustcenter.portal import documents, operations, people
from trustcenter.portal.call import Call
from trustcenter.runtime.posture import instant


class Json(JSONResponse):
    """JSON with identifiers as text and times as RFC 3339 in UTC."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, default=_plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def listing(rows: Sequence[Mapping[str, Any]]) -> Response:
    """Rows as the listing that every page of the interface has."""
    return Json({"items": [dict(row) for row in rows], "count": len(rows)})


async def me(call: Call) -> Response:
    """Who I am, and the token that a change needs in the header X-CSRF-Token."""
    person = call.person
    return Json(
        {
            "account_id": person.account_id,
            "organisation_id": person.organisation_id,
            "session_id": person.session_id,
            "role": person.role,
            "display_name": person.display_name,
            "email": person.email,
            "organisation": person.organisation,
            "csrf_token": call.services.form_token(person.token),
        }
    )


async def list_documents(call: Call) -> Response:
    return listing(await documents.listed(call))


async def read_document(call: Call) -> Response:
    return Json(await documents.read(call))


async def create_document(call: Call) -> Response:
    added = await documents.add(call)
    return Json({"id": added}, 201, {"location": f"/api/documents/{added}"})


async def change_document(call: Call) -> Response:
    await documents.change(call)
    return Response(status_code=204)


async def remove_document(call: Call) -> Response:
    await documents.remove(call)
    return Response(status_code=204)


async def list_people(call: Call) -> Response:
    return listing(await people.listed(call))


async def read_person(call: Call) -> Response:
    return Json(await people.one(call))


async def disable_account(call: Call) -> Response:
    await people.set_state(call, "disabled")
    return Response(status_code=204)


async def enable_account(call: Call) -> Response:
    await people.set_state(call, "active")
    return Response(status_code=204)


async def list_sessions(call: Call) -> Response:
    return listing(await people.open_sessions(call))


async def end_session(call: Call) -> Response:
    await people.end_session(call)
    return Response(status_code=204)


async def read_operations(call: Call) -> Response:
    return Json(await operations.observe(call.services))
