"""How guessing the password of a canary is slowed down, and what its holder hears of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from trustcenter.collectors._holder import Holder, Mailbox, new_password
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Http, Response

MOST = 15
"""Guesses after which the probe gives up: nothing slows them down."""
LONGEST_WAIT = 30


@dataclass(frozen=True, slots=True)
class GuessingTried:
    """What became of wrong passwords, sent in a row from a browser that was never here before."""

    account: Annotated[str, Key]
    guesses: int
    """How many were looked at before one was told to wait; 15 where none was."""
    first_wait: timedelta | None
    """What the first refusal asked for; absent where nothing was refused."""
    wait_grows: bool
    """After that wait and one more wrong password, a longer one was asked for."""
    right_refused: bool
    """While waiting, the right password was refused too: guessing learns nothing."""
    elsewhere_refused: bool
    """While waiting, another network was refused too."""
    known_device_admitted: bool
    """While waiting, the holder signed in with a browser that had been here before."""
    holder_told: bool
    """A message about it reached the holder's mailbox."""


@collector(method="probe", kinds=("platform",), safety="canary")
def sign_in_throttle_probe(http: Http, run: Run) -> Population[GuessingTried]:
    """Wrong passwords for one canary until it is told to wait: limit, growth, other networks, its holder's way in."""
    mailbox = Mailbox(run)
    holder = Holder.enter(http, run)
    holder.sign_out()
    stranger = Holder(http.session(), holder.form, holder.paths, holder.email, holder.password)
    other = Holder(
        http.session(str(run.setting("elsewhere"))), holder.form, holder.paths, holder.email, holder.password
    )
    guesses, refused = 0, None
    while guesses < MOST and refused is None:
        answer = stranger.attempt(new_password())
        refused = answer if answer.status == 429 else None
        guesses += refused is None
        if refused is None and answer.status not in (200, 400, 401, 403, 422):
            raise CouldNotTell("malformed", f"a wrong password was answered {answer.status}")
    if guesses == 0:
        raise CouldNotTell("contradicted", "the canary's guesses were used up before: try again tomorrow")
    first = _seconds(refused)
    right = stranger.attempt(holder.password).status == 429
    elsewhere = other.attempt(new_password()).status == 429
    known = holder.sign_in() is not None
    told = mailbox.wait(holder.email, r"(?i)guess") is not None
    second = _after(stranger, first)
    if second is not None and second <= LONGEST_WAIT:
        time.sleep(second + 0.2)
    cleared = stranger.sign_in() is not None  # the right password again: what was counted is taken back
    if cleared:
        stranger.sign_out()
    if known:
        holder.sign_out()
    fact = GuessingTried(
        "canary c",
        guesses,
        None if first is None else timedelta(seconds=first),
        first is not None and second is not None and second > first,
        right,
        elsewhere,
        known,
        told,
    )
    return Population(
        facts=(fact,),
        completeness=Completeness("one canary, tried to the first refusal and beyond", 1, 1),
        query=f"POST {holder.form.path} with wrong passwords",
        parameters={"canary": "c"},
        observed_at=run.now(),
        notes=("Afterwards the right password signed in, which clears the delay.",) if cleared else (),
    )


def _after(stranger: Holder, first: int | None) -> int | None:
    """Waits as asked, guesses once more, and says what is asked for then."""
    if first is None or first > LONGEST_WAIT:
        return None
    time.sleep(first + 0.2)
    stranger.attempt(new_password())
    return _seconds(stranger.attempt(new_password()))


def _seconds(answer: Response | None) -> int | None:
    if answer is None or answer.status != 429:
        return None
    asked = answer.header("retry-after") or ""
    if not asked.isdigit():
        raise CouldNotTell("malformed", "a refusal does not say how long to wait (Retry-After)")
    return int(asked)
