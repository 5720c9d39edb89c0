"""Which reset links open, tried with a canary and its own mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors._holder import Holder, Mailbox, ask_for_link, new_password, put_back, use_link
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, Population
from trustcenter.sources.interface import Http, Response

Link = Literal["fresh", "used_again", "superseded", "tampered"]


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
    """Reset links of a canary: a fresh one, the same again, one that a newer replaced, one with a changed letter."""
    mailbox = Mailbox(run)
    holder = Holder.enter(http, run)

    def tried(token: str) -> Response:
        password = new_password()
        answer = use_link(http, run, token, password)
        if answer.status < 400:
            holder.password = password
        return answer

    try:
        older = ask_for_link(http, run, mailbox, holder.email)
        newer = ask_for_link(http, run, mailbox, holder.email)
        changed = newer[:-9] + ("A" if newer[-9] != "A" else "B") + newer[-8:]
        facts = [
            ResetLink("superseded", tried(older).status < 400, None, None),
            ResetLink("tampered", tried(changed).status < 400, None, None),
        ]
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
        notes=("The canary's password was put back.",),
    )
