"""The pages that a person uses."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from trustcenter.portal import documents, operations, people
from trustcenter.portal.call import Call


async def show_start(call: Call) -> Response:
    return RedirectResponse("/documents" if call.caller else "/sign-in", 303)


async def list_documents(call: Call) -> Response:
    return call.page("documents.html", documents=await documents.listed(call))


async def show_document(call: Call) -> Response:
    found = await documents.read(call)
    paragraphs = [part.strip() for part in found["body"].split("\n\n") if part.strip()]
    return call.page("document.html", document=found, paragraphs=paragraphs)


async def show_document_form(call: Call) -> Response:
    return call.page("document_new.html", kinds=documents.KINDS)


async def create_document(call: Call) -> Response:
    return RedirectResponse(f"/documents/{await documents.add(call)}", 303)


async def list_people(call: Call) -> Response:
    return call.page("people.html", people=await people.listed(call))


async def disable_account(call: Call) -> Response:
    await people.set_state(call, "disabled")
    return call.done("/people")


async def enable_account(call: Call) -> Response:
    await people.set_state(call, "active")
    return call.done("/people")


async def show_operations(call: Call) -> Response:
    return call.page("operations.html", **await operations.observe(call.services))
