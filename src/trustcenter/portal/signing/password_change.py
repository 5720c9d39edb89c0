"""Changing one's own password: after a step-up; the other sessions end, this one gets a new identifier."""

from __future__ import annotations

from starlette.responses import Response

from trustcenter.portal.call import Call, Caller
from trustcenter.portal.recording import record
from trustcenter.portal.signing import new_password

TEMPLATE = "password.html"


async def show_password_form(call: Call) -> Response:
    return call.page(TEMPLATE, problem="", **new_password.field(call, *_words(call.person)))


async def change_password(call: Call) -> Response:
    """Of the page and of the API: field `password`."""
    person, given = call.person, call.fields.get("password")
    answer = new_password.judged(call, given, *_words(person))
    if answer is None or answer.refused is not None or not isinstance(given, str):
        problem = answer.said if answer else "Type the new password."
        reason = answer.refused.value if answer and answer.refused else "missing"
        return call.refused(TEMPLATE, 422, problem, reason, **new_password.field(call, *_words(person)))
    hashed = await new_password.hashed(call, given)
    async with call.services.tenant(person) as connection:
        await new_password.stored(
            connection, call, person.organisation_id, person.account_id, person.email, hashed,
            kept_session=person.session_id,
        )  # fmt: skip
        await record(connection, call, "password.change", "account", str(person.account_id))
    return call.done(f"/account?{new_password.accepted(answer)}")


def _words(person: Caller) -> tuple[str, str, str]:
    return person.display_name, person.email, person.organisation
