"""The person behind a token of the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustcenter.portal import store
from trustcenter.portal.call import Caller
from trustcenter.runtime import api_tokens
from trustcenter.runtime.routes import Standing
from trustcenter.runtime.sessions import Stage
from trustcenter.runtime.tenancy import tenant_transaction

if TYPE_CHECKING:
    from trustcenter.portal.services import Services


async def of_token(services: Services, given: str) -> Caller | None:
    """Who made the token, while it is live and they are active; what they may do is bounded by role and scopes."""
    if not given:
        return None
    async with services.pool.connection() as connection:
        cursor = await connection.execute("select * from portal.token_by_hash(%s)", (api_tokens.stored_form(given),))
        row = await cursor.fetchone()
    if row is None:
        return None
    token_id, account_id, organisation_id, _, scopes, *times = row
    state, decision, facts = services.token_policy.decide(
        api_tokens.TokenState(*times), api_tokens.Event.USE, services.now()
    )
    if decision is not api_tokens.Decision.LIVE:
        return None
    async with tenant_transaction(services.pool, organisation_id) as connection:
        person = await store.member(connection, account_id)
        if person is None or person["state"] != "active":
            return None
        if facts.changed:
            await connection.execute(
                "update portal.api_tokens set last_used_at = %s where id = %s", (state.last_used_at, token_id)
            )
    lacking = person["second_factor"] == "none" and services.factors.demanded(person["role"])
    stage = Stage.ENROLMENT if lacking else Stage.FULL  # no way in that is weaker than signing in
    standing = Standing(person["role"], stage, stepped_up=False, scopes=frozenset(scopes))
    return Caller.at_home(person, account_id, organisation_id, token_id, standing)
