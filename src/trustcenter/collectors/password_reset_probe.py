"""Which reset links open, tried with a canary and its own mail."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors._holder import Holder, Mailbox, ask_for_link, new_password, put_back, use_link
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, Population
from trustcenter.sources.interface import Http, Response

LINK_SECONDS = 1
Link = Literal["fresh", "used_again", "superseded", "tampered", "expired"]


@dataclass(frozen=True, slots=True)
class ResetLink:
    """One link with which somebody tried to set the canary's password."""

    link: Annotated[Link, Key]
    opened: bool
    sessions_ended: bool | None
    """A session that was open before no longer is. For the fresh link only, as is what follows."""
    gave_session: bool | None
    """Setting the password signed its bearer in, without a second factor."""


@collector(method="probe", kinds=("platform",), safety="canary")
def password_reset_probe(http: Http, run: Run) -> Population[ResetLink]:
    """Reset links of a canary: a fresh one, the same again, one that a newer replaced, one with a changed letter.

    And one that is over, where `own_account` names the limit (`link_life`) by which the canary's organisation makes
    its links end after a second; the limit is taken back.
    """
    mailbox = Mailbox(run)
    holder = Holder.enter(http, run)

    def tried(token: str) -> Response:
        password = new_password()
        answer = use_link(http, run, token, password)
        if answer.status < 400:
            holder.password = password
        return answer

    facts: list[ResetLink] = []
    try:
        if "link_life" in holder.paths:
            over = _over(http, run, mailbox, holder)
            facts.append(ResetLink("expired", tried(over).status < 400, None, None))
        older = ask_for_link(http, run, mailbox, holder.email)
        newer = ask_for_link(http, run, mailbox, holder.email)
        changed = newer[:-9] + ("A" if newer[-9] != "A" else "B") + newer[-8:]
        facts.append(ResetLink("superseded", tried(older).status < 400, None, None))
        facts.append(ResetLink("tampered", tried(changed).status < 400, None, None))
        answer = tried(newer)
        gave = any(header.startswith(f"{holder.form.session_cookie}=") for header in answer.headers_named("set-cookie"))
        facts.append(ResetLink("fresh", answer.status < 400, holder.status() != 200, gave))
        facts.append(ResetLink("used_again", tried(newer).status < 400, None, None))
    finally:
        put_back(http, run, holder)
    return Population(
        facts=tuple(facts),
        completeness=Completeness("links tried", len(facts), len(facts)),
        query=f"POST {holder.paths['ask_reset']}, the mail's link, POST {holder.paths['reset']}",
        parameters={"canary": "c"},
        observed_at=run.now(),
        notes=("The canary's password, and the limit of its organisation, were put back.",),
    )


def _over(http: Http, run: Run, mailbox: Mailbox, holder: Holder) -> str:
    """A link whose second has passed; the next ones live as long as they should."""
    holder.step_up()
    holder.set_limit("link_life", LINK_SECONDS)
    try:
        token = ask_for_link(http, run, mailbox, holder.email)
    finally:
        holder.set_limit("link_life", None)
    until = run.timer() + LINK_SECONDS + 0.3
    while run.timer() < until:
        time.sleep(0.1)
    return token
