"""Mounts passwords, throttle, sessions and codes: who somebody is, kept in the example's own tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import record
from models import Account, Organisation, RecoveryCode, SignedIn
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session
from starlette.requests import Request

from trustcenter.runtime import recovery_codes, sessions, throttle, totp
from trustcenter.runtime.passwords import PasswordHasher
from trustcenter.runtime.tenancy_sqlalchemy import for_tenant

DEMANDED = ("owner",)
"""Who reaches nothing before they have a second factor."""


class TooOften(Exception):
    """Somebody guesses; `seconds` are to be waited, by the holder of the account too."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True)
class Person:
    """Somebody with a live session; the tenant is the session's, whatever a request says."""

    account_id: UUID
    organisation_id: UUID
    session_id: UUID
    stage: sessions.Stage
    token: str
    role: str
    stepped_up: bool
    scopes: frozenset[str] | None = None
    """Those of a token; None in a session."""


@dataclass
class Identity:
    """Sign-in of the example. Failures are counted in this process; several processes need a table."""

    engine: Engine
    hasher: PasswordHasher
    recovery_key: bytes
    policy: sessions.SessionPolicy = field(default_factory=sessions.SessionPolicy)
    waits: throttle.ThrottlePolicy = field(default_factory=throttle.ThrottlePolicy)
    failures: dict[str, throttle.ThrottleState] = field(default_factory=dict)

    def tenant(self, organisation: UUID) -> Session:
        """A session of the mapper that sees one organisation; the database holds it to that too."""
        return for_tenant(Session(self.engine), organisation, row_security=True)

    def reserve(self, key: str) -> None:
        """Counts a guess as failed before it is looked at: guesses at the same moment cannot overtake the count.

        Every secret of the account is guessed under the one key. Raises TooOften.
        """
        state, now = self.failures.get(key, throttle.ThrottleState()), datetime.now(UTC)
        _, decision, facts = self.waits.decide(state, throttle.Event.ATTEMPT, now)
        if decision is throttle.Decision.WAIT:
            raise TooOften(facts.wait_seconds)
        self.failures[key] = self.waits.decide(state, throttle.Event.FAILED, now)[0]

    def arrived(self, key: str, guesses: int) -> None:
        """Takes the guesses of this sign-in back, once nothing is left to be guessed."""
        for _ in range(guesses):
            state = self.failures.get(key, throttle.ThrottleState())
            self.failures[key] = self.waits.decide(state, throttle.Event.SUCCEEDED, datetime.now(UTC))[0]

    async def sign_in(self, request: Request, email: str, password: str) -> str | None:
        """The token of a new session; None where address or password is wrong. Raises TooOften."""
        key, now = email.strip().lower(), datetime.now(UTC)
        self.reserve(key)
        with Session(self.engine) as session:
            row = session.execute(
                text("select * from letters.account_for_sign_in(:email)"), {"email": key}
            ).one_or_none()
        verdict = await self.hasher.verify(password, row.password if row else None)
        good = row is not None and verdict.matched and row.disabled_at is None
        if row is None:
            return None
        with self.tenant(row.organisation_id) as session, session.begin():
            if not good:
                record.write(
                    session, request, row.organisation_id, row.id, "session.sign_in", "account", row.id, "refused"
                )
                return None
            enrolled, demanded = row.totp_secret is not None, row.role in DEMANDED
            stage = sessions.stage_at_sign_in(factor_enrolled=enrolled, factor_demanded=demanded)
            token, begun = sessions.new_token(), self.policy.begin(now, stage)
            made = SignedIn(
                organisation_id=row.organisation_id, account_id=row.id, token_hash=sessions.stored_form(token),
                created_at=begun.created_at, last_seen_at=begun.last_seen_at, expires_at=begun.expires_at, stage=stage,
                ip=record.address(request), user_agent=record.agent(request),
            )  # fmt: skip
            session.add(made)
            session.flush()
            if stage is not sessions.Stage.SECOND_FACTOR:
                self.arrived(key, 1)
                record.write(session, request, row.organisation_id, row.id, "session.sign_in", "session", made.id)
        return token

    def person(self, token: str | None) -> Person | None:
        """Who presents this token; None where the session is over or there never was one."""
        if not token:
            return None
        return self._happened(token, sessions.Event.REQUEST, None)

    def sign_out(self, request: Request, person: Person) -> None:
        self._happened(person.token, sessions.Event.SIGN_OUT, request)

    def answer_code(self, request: Request, person: Person, code: str) -> str | None:
        """A right code moves the session to its full stage under a new token; each works once. Raises TooOften."""
        now = datetime.now(UTC)
        with self.tenant(person.organisation_id) as session, session.begin():
            account = session.scalars(select(Account).where(Account.id == person.account_id).with_for_update()).one()
            if account.totp_secret is None:
                return None
            self.reserve(account.email)
            if not self._proven(session, account, code, now):
                return None
            self.arrived(account.email, 2)
            token = self.advance(session, person)
            ids = (person.organisation_id, person.account_id)
            record.write(session, request, *ids, "session.sign_in", "session", person.session_id)
        return token

    def advance(self, session: Session, person: Person) -> str:
        """The session gets to its full stage, under a new token."""
        token, row = sessions.new_token(), session.get_one(SignedIn, person.session_id, with_for_update=True)
        row.token_hash, row.stage = sessions.stored_form(token), sessions.Stage.FULL
        return token

    def _proven(self, session: Session, account: Account, code: str, now: datetime) -> bool:
        """A code of the app, or a recovery code; used up from then on."""
        if recovery_codes.looks_like_one(code):
            mine = select(RecoveryCode).where(RecoveryCode.account_id == account.id).with_for_update()
            rows = {row.hash: row for row in session.scalars(mine)}
            stored = recovery_codes.stored_form(self.recovery_key, str(account.id), code)
            codes = recovery_codes.RecoveryState({each: row.used_at for each, row in rows.items()})
            _, verdict, _ = recovery_codes.decide(codes, recovery_codes.Attempt(stored), now)
            if verdict is recovery_codes.Decision.ACCEPTED:
                rows[stored].used_at = now
            return verdict is recovery_codes.Decision.ACCEPTED
        state, attempt = totp.TotpState(account.totp_last_step, now), totp.Attempt(account.totp_secret or "", code)
        after, decision, _ = totp.TotpPolicy().decide(state, attempt, now)
        account.totp_last_step = after.last_step
        return decision is totp.Decision.ACCEPTED

    def renew(self, person: Person, event: sessions.Event = sessions.Event.PRIVILEGED) -> str:
        """The session goes on under another token, for what the policy asks it for."""
        renewed = self._happened(person.token, event, None)
        return renewed.token if renewed else ""

    def end(self, session: Session, account: UUID, *, but: UUID | None = None, only: UUID | None = None) -> list[UUID]:
        """Ends the live sessions of an account, all but one or one alone: which they were."""
        wanted = [SignedIn.account_id == account, SignedIn.ended_at.is_(None)]
        wanted += [SignedIn.id != but] if but else []
        wanted += [SignedIn.id == only] if only else []
        found = session.scalars(select(SignedIn).where(*wanted).with_for_update()).all()
        for row in found:
            row.ended_at = self.policy.decide(_state(row), sessions.Event.REVOKE, datetime.now(UTC))[0].ended_at
        return [row.id for row in found]

    def _happened(self, token: str, event: sessions.Event, request: Request | None) -> Person | None:
        with Session(self.engine) as session:
            call = text("select id, organisation_id from letters.session_by_hash(:hash)")
            found = session.execute(call, {"hash": sessions.stored_form(token)}).one_or_none()
        if found is None:
            return None
        with self.tenant(found.organisation_id) as session, session.begin():
            row, now = session.get_one(SignedIn, found.id, with_for_update=True), datetime.now(UTC)
            if row.token_hash != sessions.stored_form(token):  # renewed between the two looks
                return None
            account = session.get_one(Account, row.account_id)
            policy = self.policy.tightened(session.scalars(select(Organisation)).one().idle_seconds, None)
            after, decision, facts = policy.decide(_state(row), event, now)
            row.last_seen_at, row.ended_at, row.stepped_up_at = after.last_seen_at, after.ended_at, after.stepped_up_at
            if facts.rotate:
                token = sessions.new_token()
                row.token_hash = sessions.stored_form(token)
            if request is not None:
                ids = (row.organisation_id, row.account_id)
                record.write(session, request, *ids, "session.sign_out", "session", row.id)
            if decision is not sessions.Decision.LIVE or account.disabled_at is not None:
                return None
            ids, stage = (row.account_id, row.organisation_id, row.id), sessions.Stage(row.stage)
            return Person(*ids, stage, token, account.role, policy.stepped_up(after, now))


def _state(row: SignedIn) -> sessions.SessionState:
    stage, times = sessions.Stage(row.stage), (row.created_at, row.last_seen_at, row.expires_at, row.ended_at)
    return sessions.SessionState(*times, stage, stepped_up_at=row.stepped_up_at)
