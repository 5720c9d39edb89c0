"""What ends a session and what renews its identifier, tried with a canary's own sessions."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, cast, get_args

from trustcenter.collectors._holder import Holder, new_password, put_back
from trustcenter.collectors._privileged_deeds import privileged
from trustcenter.collectors._sign_in import json_of
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http

IDLE_SECONDS = 5
Event = Literal[
    "revoked", "revoked_with_all", "signed_out", "stepped_up", "password_changed", "password_changed_elsewhere", "idle",
    "person_invited", "invitation_withdrawn", "role_changed", "account_disabled", "account_enabled", "token_made",
    "token_revoked", "factor_begun", "factor_added", "factor_removed", "others_factors_reset", "limits_changed",
    "others_ended", "support_begun", "support_ended",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """What happened to one session of the canary."""

    event: Annotated[Event, Key]
    refused_afterwards: bool
    """The identifier from before, presented alone, no longer gets in."""
    renewed: bool | None
    """The session went on under another identifier. For what happened in the session itself only."""
    listed: bool | None
    """Before it ended, the list of sessions showed it with device and network. Where it was ended from there only."""


@collector(method="probe", kinds=("platform",), safety="canary")
def session_lifecycle_probe(http: Http, run: Run) -> Population[SessionEvent]:
    """Sessions of a canary that are revoked, signed out, renewed and left idle; limits and password are put back.

    Mapping: `privileged`, a list of what canaries do with a passkey's fresh proof, in order, and undo: tables of
    `event` (one of the names of this collector), `method`, `path`, and `json`, `keep`, `cleanup`, `by` (the canary,
    `owner` where it is left out: its settings begin with `canary_owner_`).
    """
    here = Holder.enter(http, run)
    found: list[SessionEvent] = []
    try:
        found.append(_renewed(http, here, "stepped_up", here.step_up))
        found += _revoked(http, run, here)
        found.append(_signed_out(http, run))
        elsewhere = Holder.enter(http, run, password=here.password)
        found.append(_renewed(http, here, "password_changed", lambda: _change(here)))
        ended = not here.opens(http, str(elsewhere.cookie))
        found.append(SessionEvent("password_changed_elsewhere", ended, None, None))
        put_back(http, run, here)
        found.append(_idle(http, run, here))
    finally:
        put_back(http, run, here)
    here.sign_out()
    names = get_args(Event)
    found += [
        SessionEvent(cast(Event, each.event), each.refused_afterwards, each.renewed, None)
        for each in privileged(http, run, names)
    ]
    return Population(
        facts=tuple(found),
        completeness=Completeness("deeds done, each with its answer", len(found), len(found)),
        query="sessions of one canary: listed, revoked, signed out, stepped up, password changed, left idle; and "
        "privileged actions of another",
        parameters={"canary": "c", "idle_seconds": str(IDLE_SECONDS)},
        observed_at=run.now(),
        notes=("The limit of the canary's organisation and its password were put back.",),
    )


def _renewed(http: Http, here: Holder, event: Event, deed: object) -> SessionEvent:
    before = str(here.cookie)
    if not here.opens(http, before):
        raise CouldNotTell("contradicted", "the canary's identifier does not open its page: refusals prove nothing")
    deed()  # type: ignore[operator]
    inside = here.status() == 200
    return SessionEvent(event, not here.opens(http, before), inside and here.cookie != before, None)


def _change(here: Holder) -> None:
    answer = here.change_password(new_password())
    if answer.status >= 400:
        raise CouldNotTell("denied", f"the canary's change of password was answered {answer.status}")


def _revoked(http: Http, run: Run, here: Holder) -> list[SessionEvent]:
    """One session by its name in the list, then all others at once."""
    one, other = (Holder.enter(http, run, agent=f"trustcenter-probe/{run.nonce[:8]}") for _ in range(2))
    rows = _listed(here)
    mine = [row for row in rows if run.nonce[:8] in str(row.get("user_agent", row))]
    shown = len(mine) >= 2 and all(row.get(name) for row in mine for name in here.paths["session_shows"])
    for each in (one, other):
        if not here.opens(http, str(each.cookie)):
            raise CouldNotTell("contradicted", "a session of the canary was dead before it was revoked")
    ended = []
    for row in mine:
        here.send("DELETE", f"{here.paths['sessions']}/{row['id']}")
        ended = [each for each in (one, other) if not here.opens(http, str(each.cookie))]
        if ended:
            break
    left = [each for each in (one, other) if each not in ended]
    here.send("DELETE", here.paths["sessions"])
    all_ended = bool(left) and not any(here.opens(http, str(each.cookie)) for each in left)
    return [
        SessionEvent("revoked", len(ended) == 1, None, shown),
        SessionEvent("revoked_with_all", all_ended, None, shown),
    ]


def _listed(here: Holder) -> list[Mapping[str, object]]:
    value = json_of(here.http.request("GET", here.paths["sessions"]))
    items = value.get("items") if isinstance(value, Mapping) else value
    if not isinstance(items, list) or not all(isinstance(row, Mapping) and "id" in row for row in items):
        raise CouldNotTell("malformed", f"`{here.paths['sessions']}` is no list of sessions")
    return items


def _signed_out(http: Http, run: Run) -> SessionEvent:
    gone = Holder.enter(http, run)
    copied = str(gone.cookie)
    gone.sign_out()
    return SessionEvent("signed_out", not gone.opens(http, copied), None, None)


def _idle(http: Http, run: Run, here: Holder) -> SessionEvent:
    """The canary's organisation asks for a short limit, a session is left alone, the limit is put back."""
    here.set_limit("idle", IDLE_SECONDS)
    try:
        left = Holder.enter(http, run)
        begun = run.timer()
        if not here.opens(http, str(left.cookie)):
            raise CouldNotTell("contradicted", "the session that was to be left alone was dead at once")
        while run.timer() - begun < IDLE_SECONDS + 0.7:
            here.status()  # this one is used, and stays
            time.sleep(0.5)
        return SessionEvent("idle", not here.opens(http, str(left.cookie)), None, None)
    finally:
        here.set_limit("idle", None)
