"""The staff's pages of incidents, and their JSON twins."""

from __future__ import annotations

from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from trustcenter.portal import status
from trustcenter.portal.call import Call
from trustcenter.portal.field_problem import FieldProblem
from trustcenter.portal.incidents import work
from trustcenter.portal.json_answer import Json

MEANS = {
    "availability": "The service is away, slow or does not do what it should.",
    "security": "Somebody got in where they should not, or could have.",
    "privacy": "Personal data was seen, changed or lost by somebody who should not.",
    "exercise": "Nothing happened: the way from you to the status page is being tried.",
}
"""Kinds in plain words."""

CALLED = {
    "title": "Title", "kind": "Kind", "affected": "What is affected", "words": "What happened",
    "detected_at": "When it was detected", "confirmed": "Everybody may read this at once",
}  # fmt: skip
"""What the forms call their fields."""

_AHEAD = (*range(-12, 15),)
_BETWEEN = ("-09:30", "-03:30", "-02:30", "+03:30", "+04:30", "+05:30", "+05:45", "+06:30", "+08:45", "+09:30",
            "+10:30", "+12:45", "+13:45")  # fmt: skip
ZONES = tuple(
    sorted(
        (*(f"{'-' if hours < 0 else '+'}{abs(hours):02}:00" for hours in _AHEAD), *_BETWEEN),
        key=lambda zone: int(zone[:3]) * 60 + int(zone[0] + zone[4:]),
    )
)
"""Differences to UTC that some place on earth has, from west to east."""


async def show_list(call: Call) -> Response:
    """What is open, what is over, and exercises; and that one was taken back, where one just was."""
    async with call.services.pool.connection() as connection:
        found = await status.listed(connection)
    gone = _identifier(call.request.query_params.get("taken_back", ""))
    incidents = [one for one in found if one["kind"] != work.EXERCISE]
    return call.page(
        "incidents.html",
        open=[one for one in incidents if one["resolved_at"] is None],
        over=[one for one in incidents if one["resolved_at"] is not None],
        exercises=[one for one in found if one["kind"] == work.EXERCISE],
        most=status.SHOWN if len(found) == status.SHOWN else None,
        taken_back=await work.taken_back(call, gone) if gone else None,
    )


async def show_form(call: Call) -> Response:
    """Detected now, and an exercise where the address says so."""
    asked = call.request.query_params.get("kind", "")
    now = call.services.now().isoformat(timespec="minutes")
    return _form(call, {"kind": asked if asked in work.KINDS else "", "detected": now[:16], "zone": "+00:00"})


async def post(call: Call) -> Response:
    typed = _typed(call)
    try:
        if typed.get("confirmed") != "1":
            raise FieldProblem("confirmed", "must be ticked.")
        call.fields["detected_at"] = _moment(typed)
        made = await work.post(call)
    except FieldProblem as problem:
        return _form(call, typed, problem)
    return RedirectResponse(f"/incidents/{made}?told", 303)


async def show(call: Call) -> Response:
    return await _one(call)


async def add_news(call: Call) -> Response:
    typed = _typed(call)
    try:
        await work.add_news(call)
    except FieldProblem as problem:
        return await _one(call, typed.get("words", ""), problem)
    return RedirectResponse(f"/incidents/{call.identifier('incident_id')}?told", 303)


async def take_back(call: Call) -> Response:
    await work.take_back(call)
    return RedirectResponse(f"/incidents?taken_back={call.identifier('incident_id')}", 303)


async def api_post(call: Call) -> Response:
    return Json({"id": await work.post(call)}, 201)


async def api_add_news(call: Call) -> Response:
    await work.add_news(call)
    return Response(status_code=204)


async def api_take_back(call: Call) -> Response:
    await work.take_back(call)
    return Response(status_code=204)


async def _one(call: Call, words: str = "", problem: FieldProblem | None = None) -> Response:
    """What was told of it, and the form for more. Raises 404."""
    async with call.services.pool.connection() as connection:
        found = await status.one(connection, call.identifier("incident_id"))
    if found is None:
        raise HTTPException(404)
    return call.page(
        "incident.html", _status(problem), incident=found, exercise=found["kind"] == work.EXERCISE, words=words,
        problem=_said(problem, "News"), told="told" in call.request.query_params,
    )  # fmt: skip


def _form(call: Call, typed: dict[str, str], problem: FieldProblem | None = None) -> Response:
    return call.page(
        "incident_new.html", _status(problem), kinds=[(kind, MEANS[kind]) for kind in work.KINDS], zones=ZONES,
        typed=typed, problem=_said(problem, CALLED[problem.field] if problem else ""),
        wrong=problem.field if problem else "",
    )  # fmt: skip


def _status(problem: FieldProblem | None) -> int:
    return problem.status_code if problem else 200


def _said(problem: FieldProblem | None, called: str) -> str:
    return f"“{called}” {problem.says}" if problem else ""


def _typed(call: Call) -> dict[str, str]:
    """The form's texts. A browser ends lines with CR LF and counts each as one character, as is done here."""
    typed = {name: value.replace("\r\n", "\n") for name, value in call.fields.items() if isinstance(value, str)}
    call.fields = {**typed}
    return typed


def _moment(typed: dict[str, str]) -> str | None:
    """What the two fields say together; None where the moment was left empty, which is now."""
    if not typed.get("detected"):
        return None
    zone = typed.get("zone", "")
    if zone not in ZONES:
        raise FieldProblem("detected_at", "needs a zone of the list.")
    return typed["detected"] + zone


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
