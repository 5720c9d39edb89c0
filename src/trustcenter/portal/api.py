"""The JSON twins of the pages."""

from __future__ import annotations

from starlette.responses import Response

from trustcenter.portal import documents, operations, people
from trustcenter.portal.call import Call
from trustcenter.portal.json_answer import Json, listing


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


async def read_operations(call: Call) -> Response:
    return Json(await operations.observe(call.services))
