"""How a proof is answered, as a page and in the API: too many attempts, right, or wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import JSONResponse, RedirectResponse, Response

from trustcenter.portal.call import Call
from trustcenter.portal.signing.sign_in import destination, duration

Outcome = tuple[int, bool]
"""Seconds to wait (0: none), and whether the proof was right."""


async def page(
    call: Call, outcome: Outcome, form: Callable[..., Awaitable[Response]], wrong: str, status: int
) -> Response:
    """The page that was wanted, or the form again with what is wrong."""
    wait, right = outcome
    if wait:
        response = await form(call, 429, f"Too many attempts. Try again in {duration(wait)}.")
        response.headers["retry-after"] = str(wait)
        return response
    return RedirectResponse(destination(call), 303) if right else await form(call, status, wrong)


def api(outcome: Outcome, wrong: str, status: int) -> Response:
    """204 where it was right; else a reason for machines."""
    wait, right = outcome
    if wait:
        return JSONResponse({"error": "Too many attempts.", "reason": "wait"}, 429, {"retry-after": str(wait)})
    return Response(status_code=204) if right else JSONResponse({"error": wrong, "reason": "wrong"}, status)
