"""Ending the tokens that one person made, where whoever holds one may be somebody else.

Who sets a new password by mail, or whose factors a colleague removes, may have lost them to somebody who made a token
meanwhile: it would outlive the mending (ASVS 5.0, V7.4.3 asks the same for sessions). So these end every token of that
person, each ending is an event, and the mail names what ended so that what rested on it can be renewed. A change of the
password by somebody who proved the old one ends sessions and no token, and its mail says how many go on working.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from trustcenter.portal.call import Call
from trustcenter.portal.recording import write
from trustcenter.portal.store import all_rows, first_row
from trustcenter.runtime import audit

_END = """
update portal.api_tokens set revoked_at = %s
where account_id = %s and revoked_at is null and expires_at > %s returning id, name
"""


async def end_tokens(connection: Any, call: Call, organisation_id: UUID, account_id: UUID, actor_id: UUID) -> str:
    """Revokes every live token that the account made; what a mail says of it, empty where there was none."""
    now = call.services.now()
    ended = await all_rows(connection, _END, now, account_id, now)
    for row in ended:
        event = audit.AuditEvent(organisation_id, actor_id, "token.revoke", "token", str(row["id"]), call.origin)
        await write(connection, event)
    if not ended:
        return ""
    names = ", ".join(f"“{row['name']}”" for row in sorted(ended, key=lambda row: str(row["name"])))
    return f" These tokens, which you made, have ended: {names}. Make new ones for what used them."


async def tokens_left(connection: Any, call: Call, account_id: UUID) -> str:
    """What a mail says of the account's tokens that go on working, empty where there are none."""
    row = await first_row(
        connection,
        "select count(*) as live from portal.api_tokens where account_id = %s and revoked_at is null "
        "and expires_at > %s",
        account_id, call.services.now(),
    )  # fmt: skip
    live = row["live"] if row else 0
    if not live:
        return ""
    many = "1 token that you made goes" if live == 1 else f"{live} tokens that you made go"
    return f" {many} on working: look whether you know them, under Tokens."
