"""The pages of questionnaires, and their JSON twins."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from trustcenter.portal.call import Call
from trustcenter.portal.json_answer import Json, listing
from trustcenter.portal.questionnaires import store, work
from trustcenter.portal.store import Row
from trustcenter.runtime.audit import NOBODY
from trustcenter.runtime.routes import STAFF

FOR_THE_CUSTOMER = ("id", "kind", "file_name", "created_at", "state", "released_at")

CHANGES = {"changed": "changed", "open": "open now", "new": "new", "gone": "no longer asked"}
"""Kinds of difference against the last questionnaire of the same customer, in words."""


async def show_list(call: Call) -> Response:
    names = {person["id"]: person["display_name"] for person in await work.staff(call)}
    return call.page(
        "questionnaires.html", questionnaires=await work.listed(call), names=names, endings=work.ENDINGS,
        working=call.person.role == STAFF,
    )  # fmt: skip


async def upload(call: Call) -> Response:
    return RedirectResponse(f"/questionnaires/{await work.take(call)}", 303)


async def show_paste(call: Call) -> Response:
    return call.page("questionnaire_paste.html", most=work.MOST_PASTED)


async def paste(call: Call) -> Response:
    return RedirectResponse(f"/questionnaires/{await work.paste(call)}", 303)


async def show(call: Call) -> Response:
    """Progress while it is worked on; then, for staff, every answer with its candidates; for customers where it
    stands."""
    staff = call.person.role == STAFF
    async with work.opened(call) as found:
        row = found.row
        waiting = row["state"] in ("queued", "running")
        answers = await store.answers(found.connection, row["id"]) if staff and not waiting else []
        people = await store.staff(found.connection)
        names = {person["id"]: person["display_name"] for person in people}
        history = [_told(event, names) for event in await store.history(found.connection, row["id"])]
        if not waiting:  # the page of progress shows nothing of the file, and is asked for every few seconds
            await found.note("questionnaire.read")
    return call.page(
        "questionnaire.html", questionnaire=row, answers=answers, people=people, names=names, history=history,
        waiting=waiting, working=staff, verdicts=work.VERDICTS, changes=CHANGES,
        conflicts={one["number"]: one for one in row["earlier"].get("conflicts", ())},
        first_open=next((one["number"] for one in answers if _is_open(one)), None),
    )  # fmt: skip


def _is_open(answer: Row) -> bool:
    return answer["outcome"] == "needs_review" and answer["confirmed_at"] is None


def _told(event: Row, names: dict[Any, str]) -> Row:
    """An event with a name: the customer's own people, else the vendor's, else the answering process."""
    who = event["actor_name"] or names.get(event["actor_id"])
    return {**event, "who": who or ("Answering process" if event["actor_id"] == NOBODY else "Vendor's staff")}


async def confirm(call: Call) -> Response:
    number = await work.confirm(call)
    return RedirectResponse(f"/questionnaires/{call.identifier('questionnaire_id')}#q{number + 1}", 303)


async def assign(call: Call) -> Response:
    number = await work.assign(call)
    mark = f"#q{number}" if number is not None else ""
    return RedirectResponse(f"/questionnaires/{call.identifier('questionnaire_id')}{mark}", 303)


async def make_again(call: Call) -> Response:
    await work.want(call, "answer")
    return RedirectResponse(f"/questionnaires/{call.identifier('questionnaire_id')}", 303)


async def release(call: Call) -> Response:
    await work.want(call, "release")
    return RedirectResponse(f"/questionnaires/{call.identifier('questionnaire_id')}", 303)


async def download(call: Call) -> Response:
    """The copy as a file to keep; never shown by the browser inside the portal's own origin."""
    file = await work.copy(call)
    name = file["copy_name"] or file["file_name"]
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        bytes(file["copy"]), media_type="application/octet-stream", headers={"content-disposition": disposition}
    )


async def remove(call: Call) -> Response:
    await work.remove(call)
    return RedirectResponse("/questionnaires", 303)


async def api_list(call: Call) -> Response:
    return listing([_plain(row) for row in await work.listed(call)])


async def api_show(call: Call) -> Response:
    """Where it stands: what the page of progress asks for."""
    async with work.opened(call) as found:
        return Json({**_plain(found.row), "step": found.row["step"], "questions": found.row["questions"]})


async def api_upload(call: Call) -> Response:
    added = await work.take(call)
    return Json({"id": added}, 201, {"location": f"/api/questionnaires/{added}"})


async def api_remove(call: Call) -> Response:
    await work.remove(call)
    return Response(status_code=204)


def _plain(row: Row) -> Row:
    return {name: row[name] for name in FOR_THE_CUSTOMER}
