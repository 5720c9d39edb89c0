"""Signing in with a passkey alone: no user name, no password; the authenticator verifies its user."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from trustcenter.portal.call import Call
from trustcenter.portal.factors import ceremonies
from trustcenter.portal.signing.beginning import Account, begin
from trustcenter.portal.signing.sign_in import destination, signed_in
from trustcenter.runtime.challenges import Purpose
from trustcenter.runtime.sessions import Method, Stage


async def options(call: Call) -> Response:
    """Any passkey of this site may answer: nothing is told about who has one."""
    made = await ceremonies.challenge(call, Purpose.SIGN_IN)
    return JSONResponse(call.services.factors.home.sign_in_options(made, verification=True))


async def sign_in(call: Call) -> Response:
    """A session for whoever the passkey belongs to; one refusal for every reason."""
    proven = await ceremonies.proven(call, Purpose.SIGN_IN)
    if proven is None:
        return JSONResponse({"error": ceremonies.REFUSED, "reason": "wrong"}, 401)
    account = Account(proven.account_id, proven.organisation_id)
    cookies = await begin(call, account, frozenset({Method.PASSKEY}), Stage.FULL)
    return signed_in(JSONResponse({"next": destination(call)}), cookies)
