"""Documents: the changes and reads that pages and API share. Each is audited in its own transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.recording import record

KINDS = ("policy", "report", "agreement", "answer", "note")


def given(call: Call) -> tuple[str, str, str]:
    """Title, kind and text of the request. Raises 400."""
    title, body = call.text("title", longest=200), call.text("body", longest=200_000)
    kind = call.fields.get("kind", "note")
    if kind not in KINDS:
        raise HTTPException(400, f"“kind” must be one of {', '.join(KINDS)}.")
    return title, str(kind), body


async def listed(call: Call) -> list[store.Row]:
    async with call.services.tenant(call.person) as connection:
        return await store.documents(connection)


async def read(call: Call) -> store.Row:
    """The document, its reading noted. Another organisation's document does not exist: 404."""
    document_id = call.identifier("document_id")
    async with call.services.tenant(call.person) as connection:
        found = await store.document(connection, document_id)
        if found is None:
            raise HTTPException(404)
        if call.acting_for is None:  # views are the organisation's own people's; support access is in the record
            await store.note_view(connection, call.person.organisation_id, document_id, call.person.account_id)
        await record(connection, call, "document.read", "document", str(document_id))
    return found


async def add(call: Call) -> UUID:
    title, kind, body = given(call)
    person = call.person
    async with call.services.tenant(person) as connection:
        added = await store.add_document(connection, person.organisation_id, person.account_id, title, kind, body)
        await record(connection, call, "document.create", "document", str(added), after=_state(title, kind, body))
    return added


async def change(call: Call) -> None:
    title, kind, body = given(call)
    document_id = call.identifier("document_id")
    async with call.services.tenant(call.person) as connection:
        before = await store.document(connection, document_id)
        if before is None or not await store.change_document(connection, document_id, title, kind, body):
            raise HTTPException(404)
        await record(
            connection, call, "document.update", "document", str(document_id),
            before=_state(before["title"], before["kind"], before["body"]), after=_state(title, kind, body),
        )  # fmt: skip


async def remove(call: Call) -> None:
    document_id = call.identifier("document_id")
    async with call.services.tenant(call.person) as connection:
        before = await store.document(connection, document_id)
        if before is None or not await store.remove_document(connection, document_id):
            raise HTTPException(404)
        await record(
            connection, call, "document.delete", "document", str(document_id),
            before=_state(before["title"], before["kind"], before["body"]),
        )  # fmt: skip


def _state(title: str, kind: str, body: str) -> dict[str, Any]:
    return {"title": title, "kind": kind, "body": body}
