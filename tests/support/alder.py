"""Alder: a service in memory that is not ours, with roles, second factors, passkeys, tokens and support access.

Called without a socket; its flaws are what mutants of a platform would be, its clock is turned by the tests.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from alder_keys import KEY_FLAWS, ORIGIN, Keys
from alder_routes import ANONYMOUS, ROUTES, Route, posture
from pyotp import TOTP, random_base32

from trustcenter.portal.software_passkey import SoftwarePasskey
from trustcenter.proof.keys import PrivateKey
from trustcenter.sources.interface import Response

NOW = datetime(2026, 11, 20, 0, 0, 10, tzinfo=UTC)
"""Ten seconds into a step of codes: nothing turns meanwhile."""
FLAWS = {
    **KEY_FLAWS,
    "denied": "every page answers 403",
    "crashes": "the record answers 500",
    "open_record": "anybody reads the record",
    "member_record": "members read the record",
    "admin_shut_out": "admins cannot list letters",
    "stranger_reads": "letters of another organisation can be read",
    "says_otherwise": "the posture document names other callers in the matrix than in the router",
    "undeclared": "the posture document has a route that no action names",
    "hidden": "a route was used that the router does not list",
    "log_drops": "the access log loses what reads the record",
    "unenforced": "an owner without a factor reaches everything",
    "half_enforced": "an owner without a factor may write letters",
    "alone": "the password of an owner with a factor is enough",
    "distant": "codes are taken three steps around the present",
    "no_drift": "only the present code is taken",
    "code_again": "a code opens again",
    "recovery_again": "a recovery code opens again",
    "same_identifier": "the code leaves the session's identifier as it was",
    "sudden_end": "a session without a factor ends after three pages",
    "revoked_opens": "a revoked token opens",
    "expired_opens": "a token opens after its end",
    "any_scope": "a token opens what its scopes do not name",
    "by_prefix": "the first letters of a token are enough",
    "token_crosses": "a token reads letters of another organisation",
    "stranger_locked_out": "the other organisation cannot read its letters either",
    "no_token": "the interface needs no token",
    "good_refused": "a good token opens nothing",
    "in_plain": "tokens are stored as they are",
    "no_proof": "support access needs no fresh proof",
    "no_reason": "support access needs no reason",
    "no_ticket": "support access needs no ticket",
    "five_hours": "support access may last for five hours",
    "anybody_begins": "a customer's owner begins support access",
    "no_banner": "nothing shows that support acts",
    "unlisted": "the owner's list leaves support access out",
    "one_name": "what support does is recorded under the customer's name alone",
    "unsaid": "no mail of support access is written",
    "support_reads_people": "support reads what its role is not let through to",
    "never_ends": "support access goes on after its time",
    "unstoppable": "neither stops support access: not its staff, not the owner",
}  # fmt: skip


@dataclass
class Person:
    mail: str
    role: str
    organisation: str
    key: SoftwarePasskey | None = None
    word: str = field(default_factory=lambda: secrets.token_hex(8))
    name: str = field(default_factory=lambda: str(uuid4()))
    enabled: bool = True
    app: str | None = None
    begun: str = ""
    used: set[str] = field(default_factory=set)
    recovery: set[str] = field(default_factory=set)


@dataclass
class Session:
    person: Person
    stage: str = "full"
    fresh: bool = False
    pages: int = 0


@dataclass
class Access:
    staff: Person
    owner: Person
    ticket: str
    until: float
    stopped: bool = False
    name: str = field(default_factory=lambda: str(uuid4()))


@dataclass
class Token:
    text: str
    organisation: str
    scopes: list[str]
    until: float
    revoked: bool = False


@dataclass
class Alder:
    """Who is there, what was given out, what was recorded."""

    folder: Path
    flaws: frozenset[str] = frozenset()
    clock: float = 1000.0
    signing: PrivateKey = field(default_factory=PrivateKey.generate)
    people: dict[str, Person] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    accesses: list[Access] = field(default_factory=list)
    record: list[dict[str, str | None]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert self.flaws <= set(FLAWS)
        self.keys = Keys(self.flaws)
        for word, role, organisation, has_key in (
            ("owner", "owner", "ash", True), ("admin", "admin", "ash", False), ("member", "member", "ash", False),
            ("new", "owner", "ash", False), ("staff", "staff", "alder", True), ("stranger", "owner", "birch", True),
        ):  # fmt: skip
            key = SoftwarePasskey.made(word.encode()) if has_key else None
            self.people[word] = Person(f"{word}@{organisation}.example", role, organisation, key)
            if key is not None:
                self.keys.seed(key, self.people[word])
        self.people["new"].enabled = False
        self.letters = {str(uuid4()): "ash", str(uuid4()): "birch"}
        staff, owner = self.people["staff"].name, self.people["owner"].name
        # of the check before: it was well then
        self.record += [{"entity_id": each, "actor_id": staff, "acting_for": owner} for each in self.letters]
        self.log = self.folder / "access.jsonl"
        self.log.touch()
        if self.has("hidden"):
            self.note("GET", "/debug", "ash")

    def has(self, flaw: str) -> bool:
        return flaw in self.flaws

    def sleep(self, seconds: float) -> None:
        self.clock += max(1.0, seconds)

    def note(self, method: str, route: str, organisation: str | None) -> None:
        line = {"method": method, "route": route, "path": route, "organisation": organisation}
        with self.log.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def settings(self) -> dict[str, Any]:
        """What a mapping says of it; `canary_a` is the owner."""
        found: dict[str, Any] = {
            "url": ORIGIN, "posture_key": self.signing.public.pem, "posture_path": "/posture",
            "access_log": str(self.log), "identity": {"page": "/api/me", "organisation": "organisation_id"},
            "sign_in": {
                "path": "/door", "email_field": "who", "password_field": "word", "session_cookie": "sid",
                "signed_in_page": "/lobby", "sign_out_path": "/out",
                "second_factor": {"path": "/code", "field": "code"},
                "passkey": {"options": "/key/options", "answer": "/key", "origin": ORIGIN},
                "step_up": {"options": "/key/options", "answer": "/key/again"},
            },
        }  # fmt: skip
        for word, person in {**self.people, "a": self.people["owner"]}.items():
            found |= {f"canary_{word}_email": person.mail, f"canary_{word}_password": person.word}
            if person.key is not None:
                found[f"canary_{word}_passkey"] = person.key.text
        return found

    def access_of(self, staff: Person) -> Access | None:
        live = (each for each in self.accesses if each.staff is staff and self.lasts(each))
        return next(live, None)

    def lasts(self, access: Access) -> bool:
        stopped = access.stopped and not self.has("unstoppable")
        return not stopped and (self.clock < access.until or self.has("never_ends"))

    def standing(self, person: Person) -> tuple[str, str]:
        """The role and the organisation that somebody has at the moment."""
        access = self.access_of(person)
        return ("support", access.owner.organisation) if access is not None else (person.role, person.organisation)

    def code_opens(self, person: Person, code: str, app: str | None) -> bool:
        if code in person.recovery:
            if not self.has("recovery_again"):
                person.recovery.discard(code)
            return True
        window = 3 if self.has("distant") else 0 if self.has("no_drift") else 1
        if app is None or (code in person.used and not self.has("code_again")):
            return False
        person.used.add(code)
        return TOTP(app).verify(code, for_time=NOW, valid_window=window)

    def posture(self, nonce: str) -> bytes:
        return posture(nonce, NOW, self.signing, self.flaws)

    def new_app(self) -> str:
        return random_base32()


@dataclass
class Rows:
    """Its database, as far as a reader may read it."""

    app: Alder
    actor: str = "reader"

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        return [{"line": "role reader: superuser=false"}]

    def committed(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        if "clock_timestamp" in query:
            return [{"now": NOW}]
        given = parameters or {}
        if "count(*)" in query:
            return [{"n": self.app.mails.count(str(given["owner"]))}]
        found = [token.text for token in self.app.tokens.values() if token.text.startswith(str(given["shown"]))]
        return [
            {"whole": f"({given['shown']},{text if self.app.has('in_plain') else 'x'})",
             "stored": text.encode() if self.app.has("in_plain") else hashlib.sha256(text.encode()).digest()}
            for text in found
        ]  # fmt: skip


@dataclass
class Browser:
    """One browser at Alder: what collectors know as Http."""

    app: Alder
    cookies: dict[str, str] = field(default_factory=dict)
    base_url: str = ORIGIN
    settings: Mapping[str, Any] = field(default_factory=dict)

    def session(self, address: str | None = None) -> Browser:
        return Browser(self.app)

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None, json: Any = None, retry: bool = True,
    ) -> Response:  # fmt: skip
        from alder_pages import Visit

        given = dict(headers or {})
        cookies = {**self.cookies, **dict(part.split("=", 1) for part in given.get("cookie", "").split("; ") if part)}
        visit = Visit(self.app, cookies, given.get("authorization"))
        answer = visit.answer(method, path, form if form is not None else json)
        self.cookies |= visit.planted
        return answer


__all__ = ["ANONYMOUS", "FLAWS", "NOW", "ROUTES", "Access", "Alder", "Browser", "Person", "Route", "Rows", "Session",
           "Token"]  # fmt: skip
