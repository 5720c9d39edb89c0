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
"""Seconds that are waited for growth altogether, and after what was tried."""
FURTHER = 4
"""So many further waits are looked at for one that is longer."""
ROOM = 1.5
"""Seconds of a wait that must be left for what is tried in it."""


@dataclass(frozen=True, slots=True)
class GuessingTried:
    """What became of wrong passwords, sent in a row from a browser that was never here before."""

    account: Annotated[str, Key]
    guesses: int
    """How many were looked at before one was told to wait; 15 where none was."""
    first_wait: timedelta | None
    """What the first refusal asked for; absent where nothing was refused."""
    wait_grows: bool
    """After that wait and one more wrong password a longer one was asked for, or after the next one."""
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
    guesses, first = _until_refused(stranger)
    if guesses == 0:
        raise CouldNotTell("contradicted", "the canary's guesses were used up before: try again tomorrow")
    grows, wait = (False, None) if first is None else _grown(stranger, first)
    right = stranger.attempt(holder.password).status == 429
    elsewhere = other.attempt(new_password()).status == 429
    if wait is not None and not (right and elsewhere) and time.monotonic() >= wait.sure_until:
        if not right:
            stranger.sign_out()
        raise CouldNotTell("timed_out", "the wait was over before it was tried: what was admitted then proves nothing")
    known = holder.sign_in() is not None
    told = mailbox.wait(holder.email, r"(?i)guess") is not None
    if wait is not None:
        wait.out()
    cleared = stranger.sign_in() is not None  # the right password again: what was counted is taken back
    if cleared:
        stranger.sign_out()
    if known:
        holder.sign_out()
    fact = GuessingTried(
        "canary c",
        guesses,
        None if first is None else timedelta(seconds=first.asked),
        grows,
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


@dataclass(frozen=True, slots=True)
class _Wait:
    """What a refusal asked for, in whole seconds rounded up, and what that says; moments are monotonic seconds.

    It asks for what is left: the wait itself began with the guess before, and a busy platform answers late.
    """

    asked: int
    least: float
    most: float
    """Bounds, in seconds, of the whole wait."""
    sure_until: float
    over: float

    def out(self) -> None:
        """Waits as asked, where that is not too long."""
        if self.asked <= LONGEST_WAIT:
            time.sleep(max(0.0, self.over - time.monotonic()))


def _until_refused(stranger: Holder) -> tuple[int, _Wait | None]:
    """How many guesses were looked at before one was told to wait, and what it was told; None after `MOST`."""
    sent = answered = time.monotonic()
    for guesses in range(MOST):
        began = time.monotonic()
        answer = stranger.attempt(new_password())
        ended = time.monotonic()
        if answer.status == 429:
            asked = _seconds(answer)
            least, most = asked - 1 + began - answered, asked + ended - sent
            return guesses, _Wait(asked, least, most, began + asked - 1, ended + asked + 0.2)
        if answer.status not in (200, 400, 401, 403, 422):
            raise CouldNotTell("malformed", f"a wrong password was answered {answer.status}")
        sent, answered = began, ended
    return MOST, None


def _grown(stranger: Holder, first: _Wait) -> tuple[bool, _Wait | None]:
    """Waits and guesses on until a wait is longer beyond doubt, and long enough to try something in it.

    After each wait one guess is looked at; where more are, waits do not grow, however long the next one is.
    """
    wait: _Wait | None = first
    grows = False
    waited = 0
    for _ in range(FURTHER):
        if wait is None or waited + wait.asked > LONGEST_WAIT or (grows and wait.sure_until - time.monotonic() >= ROOM):
            break
        waited += wait.asked
        wait.out()
        looked_at, wait = _until_refused(stranger)
        if looked_at > 1:
            return False, wait
        grows = grows or (wait is not None and wait.least > first.most)
    return grows, wait


def _seconds(answer: Response) -> int:
    asked = answer.header("retry-after") or ""
    if not asked.isdigit():
        raise CouldNotTell("malformed", "a refusal does not say how long to wait (Retry-After)")
    return int(asked)
