"""What every handler shares: the pool, the hasher, the policies, the templates, and who a request comes from."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from trustcenter.portal import recording, store, templates
from trustcenter.portal.access import support
from trustcenter.portal.access.token_callers import of_token
from trustcenter.portal.access_log import origin_of
from trustcenter.portal.call import Caller
from trustcenter.portal.factors.equipment import Equipment
from trustcenter.portal.pooled_connection import PooledConnection, check_if_idle, note_the_return
from trustcenter.portal.settings import Settings
from trustcenter.runtime import api_tokens, audit, sessions
from trustcenter.runtime.anomaly import AnomalyPolicy
from trustcenter.runtime.asking import AskingPolicy
from trustcenter.runtime.common_passwords import CommonPasswords
from trustcenter.runtime.guessing import GuessingPolicy
from trustcenter.runtime.password_policy import PasswordPolicy
from trustcenter.runtime.passwords import PasswordHasher
from trustcenter.runtime.routes import OWNER, STAFF, Manifest, Standing
from trustcenter.runtime.support_access import SupportPolicy
from trustcenter.runtime.tenancy import enter_tenant, tenant_transaction


def session_state(
    created_at: datetime,
    last_seen_at: datetime,
    expires_at: datetime,
    ended_at: datetime | None,
    stage: str,
    methods: list[str],
    stepped_up_at: datetime | None,
) -> sessions.SessionState:
    """A session's row as the policy's state."""
    return sessions.SessionState(
        created_at,
        last_seen_at,
        expires_at,
        ended_at,
        sessions.Stage(stage),
        frozenset(map(sessions.Method, methods)),
        stepped_up_at,
    )


class Services:
    """Made once per application process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.manifest: Manifest
        self.pool: Any = AsyncConnectionPool(
            settings.app_dsn,
            connection_class=PooledConnection,
            check=check_if_idle,
            reset=note_the_return,
            min_size=2,
            max_size=10,
            open=False,
            timeout=10,
            kwargs={"application_name": "portal"},
        )
        self.hasher = PasswordHasher(settings.pepper)
        self.token_policy = api_tokens.TokenPolicy()
        self.support_policy = SupportPolicy()
        self.session_policy = sessions.SessionPolicy(idle=settings.idle, absolute=settings.absolute)
        self.factors = Equipment.of(settings)
        self.guessing = GuessingPolicy()
        self.asking = AskingPolicy()
        self.password_policy = PasswordPolicy(CommonPasswords.shipped(), product=("Trust desk",))
        self.anomalies = AnomalyPolicy()
        self.places = settings.places
        self.templates = templates.environment()
        self.observing = asyncio.Lock()
        self.mail_waits = asyncio.Event()
        self.observed: tuple[datetime, dict[str, Any]] | None = None

    def now(self) -> datetime:
        """The clock of the shell; policies get its value."""
        return datetime.now(UTC)

    def tenant(self, caller: Caller) -> Any:
        """A transaction in the caller's organisation. The tenant comes from the session and from nowhere else."""
        return tenant_transaction(self.pool, caller.organisation_id)

    async def caller(self, request: Request) -> Caller | None:
        """The person behind the request's cookie, if its session is live and the account active."""
        if (given := api_tokens.bearer(request.headers.get("authorization"))) is not None:
            return await of_token(self, given)
        token = request.cookies.get(sessions.COOKIE)
        if not token or len(token) > 100:
            return None
        hashed = sessions.stored_form(token)
        async with self.pool.connection() as connection:
            cursor = await connection.execute("select * from portal.session_by_hash(%s)", (hashed,))
            row = await cursor.fetchone()
            if row is None:
                return None
            session_id, account_id, organisation_id, *stored, idle, absolute = row
            policy, before = self.session_policy.tightened(idle, absolute), session_state(*stored)
            state, decision, facts = policy.decide(before, sessions.Event.REQUEST, self.now())
            await enter_tenant(connection, organisation_id)
            if facts.changed:
                await self._note(connection, request, organisation_id, account_id, session_id, state)
            person = await store.member(connection, account_id) if decision is sessions.Decision.LIVE else None
            if person is None or person["state"] != "active":
                return None
            watched = await support.lasting(connection) if person["role"] == OWNER else None
        stage = state.stage
        if stage is sessions.Stage.FULL and person["second_factor"] == "none" and self.factors.demanded(person["role"]):
            stage = sessions.Stage.ENROLMENT  # a new role, or a factor that is gone: nothing else opens from now on
        made = Caller.at_home(
            person, account_id, organisation_id, session_id,
            Standing(person["role"], stage, policy.stepped_up(state, self.now())),
            methods=state.methods, stepped_up_at=state.stepped_up_at, support=watched, token=token,
        )  # fmt: skip
        return await support.acting(self, made) if made.role == STAFF and stage is sessions.Stage.FULL else made

    async def _note(
        self, connection: Any, request: Request, organisation_id: UUID, account_id: UUID, session_id: UUID,
        state: sessions.SessionState,
    ) -> None:  # fmt: skip
        """When a session was last used, or that a limit ended it, which is an event."""
        if state.ended_at is None:
            await store.session_used(connection, session_id, state.last_seen_at)
        elif await store.end_sessions(connection, account_id, session_id):
            entity = str(session_id)
            event = audit.AuditEvent(
                organisation_id, account_id, "session.expire", "session", entity, origin_of(request)
            )
            await recording.write(connection, event)

    def form_token(self, token: str) -> str:
        """The anti-forgery value bound to a cookie's token."""
        return sessions.form_token(self.settings.form_key, token)

    def page(
        self, request: Request, caller: Caller | None, template: str, status: int = 200, **values: Any
    ) -> Response:
        """A rendered page with what every page shows."""
        shared = {
            "caller": caller,
            "csrf_token": self.form_token(caller.token) if caller else "",
            "path": request.url.path,
            "navigation": self._navigation(caller),
        }
        return HTMLResponse(self.templates.get_template(template).render({**shared, **values}), status)

    def _navigation(self, caller: Caller | None) -> list[tuple[str, str]]:
        if caller is None:
            return []
        shown = (
            ("list_documents", "Documents"), ("list_questionnaires", "Questionnaires"), ("show_activity", "Activity"),
            ("list_people", "People"), ("list_sessions", "Sessions"), ("show_account", "Account"),
            ("show_security", "Security"), ("list_tokens", "Tokens"), ("list_support", "Support"),
            ("list_incidents", "Incidents"), ("show_operations", "Operations"),
        )  # fmt: skip
        routes = [(self.manifest.named(name), label) for name, label in shown]
        return [(route.path, label) for route, label in routes if route.refusal(caller.standing) is None]
