"""Random interleavings of everything that happens to an account: no sequence opens what the declarations forbid.

The machine drives the pure policies with the portal's own manifest and keeps a second, simpler account of what should
be true; the two are compared after every step.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from trustcenter.portal.manifest import MANIFEST
from trustcenter.runtime import api_tokens, mailed_links
from trustcenter.runtime.api_tokens import TokenPolicy, TokenState
from trustcenter.runtime.mailed_links import LinkState, Purpose
from trustcenter.runtime.routes import ANONYMOUS, SUPPORT, Standing
from trustcenter.runtime.sessions import Decision, Event, Method, SessionPolicy, SessionState, Stage, stage_at_sign_in
from trustcenter.runtime.support_access import Asked, SupportPolicy
from trustcenter.runtime.throttle import Decision as Throttled
from trustcenter.runtime.throttle import Event as Guess
from trustcenter.runtime.throttle import ThrottlePolicy, ThrottleState

POLICY, THROTTLE = SessionPolicy(), ThrottlePolicy()
TOKENS, HELP = TokenPolicy(), SupportPolicy()
SCOPES = tuple(sorted({route.scope for route in MANIFEST if route.scope is not None}))
DEMANDED = frozenset({"owner", "staff"})
ROUTES = tuple(MANIFEST)
roles = st.sampled_from(["owner", "admin", "member", "staff"])


class Access(RuleBasedStateMachine):
    """One account, its sessions by number, its links, tokens and support access, the strangers who guess."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        self.role, self.enrolled, self.active = "member", False, True
        self.sessions: dict[int, SessionState] = {}
        self.dead: set[int] = set()
        self.factor_proven: set[int] = set()
        self.links: dict[int, LinkState] = {}
        self.spent: set[int] = set()
        self.tokens: dict[int, tuple[TokenState, frozenset[str], datetime]] = {}
        self.revoked: set[int] = set()
        self.support: dict[int, tuple[datetime, datetime, datetime | None]] = {}
        self.guesses = ThrottleState()
        self.looked_at: list[datetime] = []

    @initialize(role=roles, enrolled=st.booleans())
    def begin(self, role: str, enrolled: bool) -> None:
        self.role, self.enrolled = role, enrolled

    @rule(passed=st.timedeltas(timedelta(0), timedelta(hours=2)))
    def wait(self, passed: timedelta) -> None:
        self.now += passed

    @rule(method=st.sampled_from([Method.PASSWORD, Method.PASSKEY]))
    def sign_in(self, method: Method) -> None:
        if not self.active or (method is Method.PASSKEY and not self.enrolled):
            return
        number = len(self.sessions)
        stage = stage_at_sign_in(factor_enrolled=self.enrolled, factor_demanded=self.role in DEMANDED)
        if method is Method.PASSKEY:
            stage = Stage.FULL
            self.factor_proven.add(number)
        self.sessions[number] = POLICY.begin(self.now, stage, frozenset({method}))

    @precondition(lambda self: self.sessions)
    @rule(data=st.data(), event=st.sampled_from(Event))
    def happens(self, data: st.DataObject, event: Event) -> None:
        number = data.draw(st.sampled_from(sorted(self.sessions)))
        state, decision, facts = POLICY.decide(self.sessions[number], event, self.now)
        if event is Event.STEP_UP and self.sessions[number].stage is not Stage.FULL:
            assert state.stepped_up_at is None
        if decision is not Decision.LIVE:
            self.dead.add(number)
        assert not (facts.rotate and decision is not Decision.LIVE)
        self.sessions[number] = state

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def second_factor(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.sessions)))
        state, decision, _ = POLICY.decide(self.sessions[number], Event.REQUEST, self.now)
        if decision is Decision.LIVE and state.stage in (Stage.SECOND_FACTOR, Stage.ENROLMENT):
            self.enrolled = True
            self.factor_proven.add(number)
            self.sessions[number], _ = POLICY.advance(state, Method.TOTP, Stage.FULL)

    @rule()
    def revoke_all(self) -> None:
        for number, state in self.sessions.items():
            self.sessions[number], _, _ = POLICY.decide(state, Event.REVOKE, self.now)
            self.dead.add(number)

    @rule(role=roles)
    def change_role(self, role: str) -> None:
        """Whoever comes to a role that demands a factor begins again."""
        if role in DEMANDED and self.role not in DEMANDED and not self.enrolled:
            self.revoke_all()
        self.role = role

    @rule(active=st.booleans())
    def switch(self, active: bool) -> None:
        self.active = active
        if not active:
            self.revoke_all()

    @rule()
    def ask_reset(self) -> None:
        for number, link in self.links.items():
            self.links[number], _, _ = mailed_links.decide(link, mailed_links.Event.SUPERSEDE, self.now)
        self.spent |= set(self.links)
        self.links[len(self.links)] = mailed_links.issued(Purpose.RESET, self.now)

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def use_link(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.links)))
        link, decision, _ = mailed_links.decide(self.links[number], mailed_links.Event.USE, self.now)
        self.links[number] = link
        if decision is mailed_links.Decision.VALID:
            assert number not in self.spent
            assert self.now - link.requested_at < timedelta(minutes=15)
            self.spent.add(number)
            self.revoke_all()  # and no session is made: the factor is asked for at the next sign-in

    @rule(right=st.booleans())
    def guess(self, right: bool) -> None:
        """A stranger's attempt is counted before it is looked at; the holder may sign in in between."""
        _, decision, _ = THROTTLE.decide(self.guesses, Guess.ATTEMPT, self.now)
        if decision is Throttled.ALLOW:
            self.guesses, _, _ = THROTTLE.decide(self.guesses, Guess.FAILED, self.now)
            if right:
                self.guesses, _, _ = THROTTLE.decide(self.guesses, Guess.SUCCEEDED, self.now)
            else:
                self.looked_at.append(self.now)

    @rule(
        scopes=st.frozensets(st.sampled_from(SCOPES), min_size=1),
        life=st.timedeltas(timedelta(0), timedelta(days=500)),
    )
    def make_token(self, scopes: frozenset[str], life: timedelta) -> None:
        ends = TOKENS.expiry(self.now, life)
        if ends is not None:
            assert self.now < ends <= self.now + timedelta(days=366)
            self.tokens[len(self.tokens)] = (TokenState(ends), scopes, ends)

    @precondition(lambda self: self.tokens)
    @rule(data=st.data(), event=st.sampled_from(api_tokens.Event))
    def token_happens(self, data: st.DataObject, event: api_tokens.Event) -> None:
        number = data.draw(st.sampled_from(sorted(self.tokens)))
        state, scopes, ends = self.tokens[number]
        state, decision, _ = TOKENS.decide(state, event, self.now)
        assert (decision is api_tokens.Decision.LIVE) == (
            event is api_tokens.Event.USE and number not in self.revoked and self.now < ends
        )
        if event is api_tokens.Event.REVOKE:
            self.revoked.add(number)
        self.tokens[number] = (state, scopes, ends)

    @precondition(lambda self: any(state.stage is Stage.FULL for state in self.sessions.values()))
    @rule(data=st.data(), length=st.timedeltas(timedelta(0), timedelta(hours=2)), proven=st.booleans())
    def act_for_a_customer(self, data: st.DataObject, length: timedelta, proven: bool) -> None:
        """Begun from a session, with a fresh proof of identity or without one."""
        full = sorted(number for number, state in self.sessions.items() if state.stage is Stage.FULL)
        self.asks_to_act(data.draw(st.sampled_from(full)), length, proven=proven)

    def asks_to_act(self, number: int, length: timedelta, *, proven: bool) -> None:
        event = Event.STEP_UP if proven else Event.REQUEST
        state, decision, _ = POLICY.decide(self.sessions[number], event, self.now)
        if decision is not Decision.LIVE:
            return
        self.sessions[number] = state
        fresh = POLICY.stepped_up(state, self.now)
        asked = Asked("They cannot open a form", "T-1", length, self.role, fresh)
        assert HELP.problem(asked, customer=False) is not None
        if HELP.problem(asked, customer=True) is None:
            assert (self.role, fresh) == ("staff", True)
            self.support[number] = (self.now, self.now + length, None)

    @precondition(lambda self: self.support)
    @rule(data=st.data())
    def stop_acting(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.support)))
        begun, ends, ended = self.support[number]
        self.support[number] = (begun, ends, ended or self.now)

    @invariant()
    def a_token_opens_what_its_scopes_say(self) -> None:
        for state, scopes, ends in self.tokens.values():
            if TOKENS.decide(state, api_tokens.Event.USE, self.now)[1] is not api_tokens.Decision.LIVE:
                continue
            assert self.now < ends
            for route in ROUTES:
                if route.refusal(Standing(self.role, scopes=scopes)) is None and ANONYMOUS not in route.callers:
                    assert route.scope in scopes
                    assert self.role in route.callers
                    assert route.path.startswith("/api/")
                    assert not route.step_up

    @invariant()
    def support_reads_and_ends(self) -> None:
        """It changes nothing but its own end, proves nothing again, and is over within the hour."""
        for begun, ends, ended in self.support.values():
            if not HELP.live(begun, ends, ended, self.now):
                continue
            assert self.now - begun < timedelta(hours=1)
            for route in ROUTES:
                if route.refusal(Standing(SUPPORT, Stage.FULL, stepped_up=True)) is None:
                    assert SUPPORT in route.callers
                    assert not route.step_up
                    assert not route.changes_state or ANONYMOUS in route.callers or route.action == "support.stop"

    @invariant()
    def the_dead_stay_dead(self) -> None:
        for number in self.dead:
            assert POLICY.decide(self.sessions[number], Event.REQUEST, self.now)[1] is not Decision.LIVE

    @invariant()
    def nothing_forbidden_opens(self) -> None:
        """Every route against every session, by a reading of the declarations of its own."""
        for number, state in self.sessions.items():
            if POLICY.decide(state, Event.REQUEST, self.now)[1] is not Decision.LIVE:
                continue
            fresh = POLICY.stepped_up(state, self.now)
            for route in ROUTES:
                if route.refusal(Standing(self.role, state.stage, fresh)) is not None or ANONYMOUS in route.callers:
                    continue
                assert self.role in route.callers
                assert state.stage in route.stages
                assert fresh or not route.step_up
                if self.role in DEMANDED and route.stages == frozenset({Stage.FULL}):
                    assert self.enrolled
                    assert number in self.factor_proven or Method.PASSWORD in state.methods

    @invariant()
    def guesses_are_bounded(self) -> None:
        recent = [at for at in self.looked_at if at > self.now - timedelta(hours=24)]
        assert len(recent) <= THROTTLE.most_in_24_hours


TestAccess = Access.TestCase
TestAccess.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


def test_the_machine_comes_to_support_access():
    """Without this, its invariant could hold because nobody ever gets there."""
    machine = Access()
    machine.begin("staff", True)
    machine.sign_in(Method.PASSKEY)
    machine.asks_to_act(0, timedelta(minutes=30), proven=False)
    machine.asks_to_act(0, timedelta(minutes=30), proven=True)
    assert machine.support
    machine.support_reads_and_ends()
    machine.wait(timedelta(minutes=30))
    assert not HELP.live(*machine.support[0], machine.now)
