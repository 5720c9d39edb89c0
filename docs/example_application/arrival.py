"""Mounts guesses and anomalies: who is delayed, which browsers are known, and which sign-ins their holder hears of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import record
from models import Account, KnownDevice, SignedIn
from post import Post
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session
from starlette.requests import Request

from trustcenter.runtime import anomaly, guessing, throttle
from trustcenter.runtime.places import Nowhere, Place, Places
from trustcenter.runtime.sessions import cookie_header


class TooOften(Exception):
    """Somebody guesses; `seconds` are to be waited before the next guess."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


@dataclass
class Guesses:
    """Failures, counted in this process; several processes need a table."""

    secret: bytes
    policy: guessing.GuessingPolicy = field(default_factory=guessing.GuessingPolicy)
    states: dict[guessing.Key, throttle.ThrottleState] = field(default_factory=dict)

    def reserve(self, keys: tuple[guessing.Key, ...]) -> bool:
        """Counts a guess before it is looked at; whether the first wait begins with it. Raises TooOften."""
        held = {key: self.states.get(key, throttle.ThrottleState()) for key in keys}
        after, decision, facts = guessing.reserve(held, datetime.now(UTC))
        if decision is throttle.Decision.WAIT:
            raise TooOften(max(each.wait_seconds for each in facts.values()))
        self.states.update(after)
        return facts[keys[0]].begins_to_block

    def arrived(self, keys: tuple[guessing.Key, ...], attempts: int) -> None:
        for key in keys:
            state = self.states.get(key, throttle.ThrottleState())
            self.states[key] = guessing.succeeded(key, state, attempts, datetime.now(UTC))


@dataclass
class Arrivals:
    """Every path on which a secret of an account is tried begins with `guess`; one that ends inside calls `arrived`."""

    engine: Engine
    guesses: Guesses
    device_key: bytes
    post: Post
    places: Places = field(default_factory=Nowhere)
    policy: anomaly.AnomalyPolicy = field(default_factory=anomaly.AnomalyPolicy)

    def guess(self, request: Request, email: str) -> None:
        """Raises TooOften. The holder is told when strangers have to wait for the first time, if there is a holder."""
        if self.guesses.reserve(self._keys(request, email)):
            request.state.afterwards.append((self._tell, email))

    def taken_back(self, request: Request, email: str, attempts: int) -> None:
        """Once nothing is left to be guessed."""
        self.guesses.arrived(self._keys(request, email), attempts)

    def arrived(self, session: Session, request: Request, account: Account, row: SignedIn) -> None:
        """In the transaction that makes the session full: the browser is known from then on."""
        device, place = self._device(request) or uuid4(), self.places.place(record.address(request))
        mine = select(KnownDevice).where(KnownDevice.account_id == account.id)
        known = {each.id for each in session.scalars(mine)}
        _, _, facts = self.policy.decide(self._history(session, account, known), anomaly.SignIn(device, place), _now())
        if device not in known:
            session.add(KnownDevice(id=device, account_id=account.id))
        if place is not None:
            row.country, row.latitude, row.longitude = place.country, place.latitude, place.longitude
        for reason in facts.reasons:
            record.write(session, request, account.organisation_id, account.id, f"alert.{reason}", "session", row.id)
        if facts.reasons:
            told = ", ".join(reason.replace("_", " ") for reason in facts.reasons)
            said = f"Somebody signed in with {record.agent(request)}. What is unusual: {told}."
            self.post.afterwards(request, account.email, "An unusual sign-in", said)
        cookie = anomaly.device_cookie(self.device_key, device)
        given = cookie_header(anomaly.DEVICE_COOKIE, cookie, seconds=anomaly.DEVICE_COOKIE_SECONDS)
        request.state.cookies.append(given)

    def _history(self, session: Session, account: Account, known: set[UUID]) -> anomaly.History:
        placed = (SignedIn.account_id == account.id, SignedIn.country.is_not(None))
        rows = session.scalars(select(SignedIn).where(*placed).order_by(SignedIn.created_at)).all()
        countries = frozenset(each.country for each in rows if each.country)
        if not rows:
            return anomaly.History(frozenset(known), countries)
        last = Place(rows[-1].country or "", rows[-1].latitude, rows[-1].longitude)
        return anomaly.History(frozenset(known), countries, last, rows[-1].created_at)

    def _device(self, request: Request) -> UUID | None:
        return anomaly.device_of(self.device_key, request.cookies.get(anomaly.DEVICE_COOKIE))

    def _keys(self, request: Request, email: str) -> tuple[guessing.Key, ...]:
        device, known = self._device(request), False
        if device is not None:
            call = text("select letters.device_is_known(:email, :device)")
            with Session(self.engine) as session:
                known = bool(session.execute(call, {"email": email, "device": device}).scalar_one())
        address = record.address(request)
        return self.guesses.policy.keys(self.guesses.secret, email, address, device if known else None)

    async def _tell(self, email: str) -> None:
        with Session(self.engine) as session:
            found = session.execute(text("select id from letters.account_for_sign_in(:email)"), {"email": email})
            if found.one_or_none() is None:
                return
        said = "Somebody guesses at your password and has to wait from now on. A browser of yours still signs in."
        await self.post.send(email, "Somebody guesses at your password", said)


def _now() -> datetime:
    return datetime.now(UTC)
