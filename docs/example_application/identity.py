"""Mounts passwords, sessions and codes: who somebody is, kept in the example's own tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

import record
from arrival import Arrivals
from models import Account, Organisation, PasskeyRow, RecoveryCode, SignedIn
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session
from starlette.requests import Request

from trustcenter.runtime import recovery_codes, sessions, totp
from trustcenter.runtime.passwords import PasswordHasher
from trustcenter.runtime.routes import STAFF, SUPPORT
from trustcenter.runtime.support_access import SupportPolicy
from trustcenter.runtime.tenancy_sqlalchemy import for_tenant

DEMANDED = ("owner", "staff")
"""Who reaches nothing before they have a second factor."""


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
    acting_for: UUID | None = None
    """The customer's person for whom the vendor's staff acts."""


@dataclass
class Identity:
    """Sign-in of the example."""

    engine: Engine
    hasher: PasswordHasher
    recovery_key: bytes
    arrivals: Arrivals
    policy: sessions.SessionPolicy = field(default_factory=sessions.SessionPolicy)
    support: SupportPolicy = field(default_factory=SupportPolicy)

    def tenant(self, organisation: UUID) -> Session:
        """A session of the mapper that sees one organisation; the database holds it to that too."""
        return for_tenant(Session(self.engine), organisation, row_security=True)

    async def sign_in(self, request: Request, email: str, password: str) -> str | None:
        """The token of a new session; None where address or password is wrong. Raises TooOften."""
        key = email.strip().lower()
        self.arrivals.guess(request, key)
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
            enrolled, demanded = self.has_factor(session, row), row.role in DEMANDED
            stage = sessions.stage_at_sign_in(factor_enrolled=enrolled, factor_demanded=demanded)
            if stage is sessions.Stage.FULL:
                self.arrivals.taken_back(request, key, 1)
            return self.begin(session, request, session.get_one(Account, row.id), stage)

    def has_factor(self, session: Session, account: Account) -> bool:
        """Whoever has only passkeys signs in with one of them: the password gets them no further than the code form."""
        live = (PasskeyRow.account_id == account.id, PasskeyRow.revoked_at.is_(None))
        return account.totp_secret is not None or session.scalars(select(PasskeyRow).where(*live)).first() is not None

    def begin(self, session: Session, request: Request, account: Account, stage: sessions.Stage) -> str:
        """A new session of the account: its token."""
        token, begun = sessions.new_token(), self.policy.begin(datetime.now(UTC), stage)
        made = SignedIn(
            account_id=account.id, token_hash=sessions.stored_form(token), created_at=begun.created_at,
            last_seen_at=begun.last_seen_at, expires_at=begun.expires_at, stage=stage,
            ip=record.address(request), user_agent=record.agent(request),
        )  # fmt: skip
        session.add(made)
        session.flush()
        if stage is not sessions.Stage.SECOND_FACTOR:
            ids = (account.organisation_id, account.id)
            record.write(session, request, *ids, "session.sign_in", "session", made.id)
        if stage is sessions.Stage.FULL:
            self.arrivals.arrived(session, request, account, made)
        return token

    def person(self, token: str | None) -> Person | None:
        """Who presents this token; None where the session is over or there never was one."""
        if not token:
            return None
        person = self._happened(token, sessions.Event.REQUEST, None)
        return self._acting(person) if person is not None and person.role == STAFF else person

    def _acting(self, staff: Person) -> Person:
        """The staff as it acts for a customer, whose organisation comes from the row of this very session's access."""
        with Session(self.engine) as session:
            call = text("select * from letters.support_of_session(:session)")
            row = session.execute(call, {"session": staff.session_id}).one_or_none()
        now = datetime.now(UTC)
        if row is None or not self.support.live(row.started_at, row.expires_at, row.ended_at, now):
            return staff
        acting = {"organisation_id": row.organisation_id, "acting_for": row.account_id, "role": SUPPORT}
        return replace(staff, **acting, stepped_up=False)

    def sign_out(self, request: Request, person: Person) -> None:
        self._happened(person.token, sessions.Event.SIGN_OUT, request)

    def answer_code(self, request: Request, person: Person, code: str) -> str | None:
        """A right code moves the session to its full stage under a new token; each works once. Raises TooOften."""
        now = datetime.now(UTC)
        with self.tenant(person.organisation_id) as session, session.begin():
            account = session.scalars(select(Account).where(Account.id == person.account_id).with_for_update()).one()
            if account.totp_secret is None:
                return None
            self.arrivals.guess(request, account.email)
            if not self._proven(session, account, code, now):
                return None
            self.arrivals.taken_back(request, account.email, 2)
            token = self.advance(session, request, person)
            ids = (person.organisation_id, person.account_id)
            record.write(session, request, *ids, "session.sign_in", "session", person.session_id)
        return token

    def advance(self, session: Session, request: Request, person: Person) -> str:
        """The session gets to its full stage, under a new token."""
        token, row = sessions.new_token(), session.get_one(SignedIn, person.session_id, with_for_update=True)
        row.token_hash, row.stage = sessions.stored_form(token), sessions.Stage.FULL
        self.arrivals.arrived(session, request, session.get_one(Account, person.account_id), row)
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
