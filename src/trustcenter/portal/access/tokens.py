"""Settings, Tokens: making one, seeing when it was last used, revoking it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from trustcenter.portal import store
from trustcenter.portal.call import Call
from trustcenter.portal.json_answer import Json, listing
from trustcenter.portal.recording import record
from trustcenter.runtime import api_tokens

SERVICE = "fh"
"""How tokens of this service begin."""

SCOPES = {
    "documents:read": "Read documents",
    "documents:write": "Add, change and remove documents",
    "people:read": "See the people of the organisation",
    "activity:read": "Read the activity record",
}

_LISTED = """
select t.id, t.name, t.prefix, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.revoked_at,
       p.display_name as maker, t.revoked_at is null and t.expires_at > clock_timestamp() as live
from portal.api_tokens t left join portal.people p on p.organisation_id = t.organisation_id and p.id = t.account_id
order by t.created_at desc limit 200
"""


async def listed(call: Call) -> list[store.Row]:
    """The organisation's tokens, newest first; never one itself."""
    async with call.services.tenant(call.person) as connection:
        return await store.all_rows(connection, _LISTED)


async def make(call: Call) -> tuple[UUID, str]:
    """A token by `name`, `scopes` and `days` or `seconds` of life: its identifier, and itself for this once."""
    name, scopes, person = call.text("name", longest=100), _scopes(call), call.person
    now = call.services.now()
    expires_at = call.services.token_policy.expiry(now, _life(call))
    if expires_at is None:
        raise HTTPException(400, "A token lives for a year at most.")
    prefix, token = api_tokens.new_token(SERVICE)
    async with call.services.tenant(person) as connection:
        row = await store.first_row(
            connection,
            "insert into portal.api_tokens (organisation_id, account_id, name, prefix, token_hash, scopes, created_at, "
            "expires_at) values (%s, %s, %s, %s, %s, %s, %s, %s) returning id",
            person.organisation_id, person.account_id, name, prefix, api_tokens.stored_form(token), scopes, now,
            expires_at,
        )  # fmt: skip
        if row is None:
            raise HTTPException(500)
        await record(connection, call, "token.create", "token", str(row["id"]), after={"scopes": scopes})
    return row["id"], token


async def revoke(call: Call) -> Response:
    """From this moment on it opens nothing. Raises 404."""
    token_id = call.identifier("token_id")
    async with call.services.tenant(call.person) as connection:
        row = await store.first_row(
            connection,
            "update portal.api_tokens set revoked_at = %s where id = %s and revoked_at is null returning id",
            call.services.now(), token_id,
        )  # fmt: skip
        if row is None:
            raise HTTPException(404)
        await record(connection, call, "token.revoke", "token", str(token_id))
    return call.done("/settings/tokens")


async def list_tokens(call: Call) -> Response:
    return await _page(call)


async def create_token(call: Call) -> Response:
    _, token = await make(call)
    return await _page(call, made=token)


async def api_list(call: Call) -> Response:
    return listing(await listed(call))


async def api_create(call: Call) -> Response:
    token_id, token = await make(call)
    return Json({"id": token_id, "token": token}, 201)


async def _page(call: Call, made: str | None = None) -> Response:
    response = call.page("tokens.html", tokens=await listed(call), scopes=SCOPES, made=made)
    response.headers["cache-control"] = "no-store"
    return response


def _scopes(call: Call) -> list[str]:
    """From a JSON list, a text with spaces, or fields named `scope:NAME` of a form."""
    given: Any = call.fields.get("scopes") or [
        name.removeprefix("scope:") for name in call.fields if name.startswith("scope:")
    ]
    wanted = given.split() if isinstance(given, str) else given
    if (
        not isinstance(wanted, list)
        or not wanted
        or not all(isinstance(each, str) and each in SCOPES for each in wanted)
    ):
        raise HTTPException(400, f"“scopes” are one or more of {', '.join(SCOPES)}.")
    return sorted(set(wanted))


def _life(call: Call) -> timedelta:
    try:
        if "seconds" in call.fields:
            return timedelta(seconds=int(call.fields["seconds"]))
        return timedelta(days=int(call.fields.get("days", 90)))
    except (ValueError, TypeError, OverflowError) as error:
        raise HTTPException(400, "A token's life is a number of days.") from error
