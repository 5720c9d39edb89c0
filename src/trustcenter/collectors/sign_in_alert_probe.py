"""Which sign-ins of a canary its holder hears of: known browser, new browser, another part of the world."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors._holder import Holder, Mailbox
from trustcenter.collectors._sign_in import json_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http

Situation = Literal["known_device", "new_device", "new_place"]


@dataclass(frozen=True, slots=True)
class SignInAlert:
    """One sign-in of the canary, and what followed."""

    situation: Annotated[Situation, Key]
    mailed: bool | None
    """A message about it reached the holder's mailbox. Absent where none of this run did: then silence says nothing."""
    recorded: bool
    """The organisation's record of activity has an event of it."""


@collector(method="probe", kinds=("platform",), safety="canary")
def sign_in_alert_probe(http: Http, run: Run) -> Population[SignInAlert]:
    """A canary signs in with a new browser, again with the same, and from another part of the world."""
    mailbox = Mailbox(run)
    agent = f"trustcenter-probe/{run.nonce[:8]}"
    first = Holder.enter(http, run, agent=f"{agent}-first")
    told = mailbox.wait(first.email, re.escape(f"{agent}-first")) is not None
    found = [SignInAlert("new_device", told, bool(_alerts(first, f"{agent}-first")))]
    first.sign_out()
    if first.sign_in(agent=f"{agent}-again") is None:
        raise CouldNotTell("denied", "the canary could not sign in again")
    abroad = Holder(http.session(str(run.setting("elsewhere"))), first.form, first.paths, first.email, first.password)
    if abroad.sign_in(agent=f"{agent}-abroad") is None:
        raise CouldNotTell("denied", "the canary could not sign in from elsewhere")
    words = f"(?s){re.escape(agent)}-abroad.*(?:{run.setting('alert_of_place')})"
    far = mailbox.wait(first.email, words) is not None
    actions = _alerts(abroad, f"{agent}-abroad") - {str(run.setting("alert_of_device"))}
    # looked at last: a message about the second sign-in was sent before the one that was waited for
    spoken = mailbox.has(first.email, re.escape(f"{agent}-again"))
    found.append(SignInAlert("known_device", spoken if told or far else None, bool(_alerts(first, f"{agent}-again"))))
    found.append(SignInAlert("new_place", far, bool(actions)))
    for holder in (first, abroad):
        holder.sign_out()
    return Population(
        facts=tuple(found),
        completeness=Completeness("sign-ins made", len(found), len(found)),
        query=f"POST {first.form.path} with a new browser, with the same again, and from another network",
        parameters={"canary": "c"},
        observed_at=run.now(),
    )


def _alerts(holder: Holder, agent: str) -> set[str]:
    """The actions of alerts in the organisation's record that came of a sign-in with this browser."""
    value = json_of(holder.http.request("GET", holder.paths["activity"]))
    items = value.get("items") if isinstance(value, Mapping) else value
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise CouldNotTell("malformed", f"`{holder.paths['activity']}` is no list of events")
    actions = {str(item.get("action")) for item in items if item.get("user_agent") == agent}
    return {action for action in actions if action.startswith("alert.")}
