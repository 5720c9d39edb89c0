"""Whom a guess delays: the strangers of an account and their network, or one browser that its holder used before.

Strangers share one count for an account, whatever they try and from wherever, and one for their network. A known
browser has a count of its own: strangers cannot keep the holder out. Where the states are kept is the service's.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from trustcenter.runtime.throttle import Decision, Event, Facts, ThrottlePolicy, ThrottleState, network_of


@dataclass(frozen=True)
class Key:
    """What one count is kept for: a keyed hash, so that a stolen table names nobody.

    `shared` ones delay others too: a success takes back its own attempts and leaves the delay.
    """

    hash: bytes
    policy: ThrottlePolicy
    shared: bool = False


def key(secret: bytes, kind: str, value: str, policy: ThrottlePolicy, *, shared: bool = False) -> Key:
    """The count of a value, such as an address, for one kind of guess."""
    return Key(hmac.new(secret, f"{kind}:{value}".encode(), hashlib.sha256).digest(), policy, shared)


@dataclass(frozen=True)
class GuessingPolicy:
    """The delays for one account and for one network, which many people share."""

    account: ThrottlePolicy = field(default_factory=ThrottlePolicy)
    network: ThrottlePolicy = field(
        default_factory=lambda: ThrottlePolicy(free=100, forget=timedelta(hours=1), cap=5000)
    )

    def keys(self, secret: bytes, email: str, address: str, known: UUID | None) -> tuple[Key, ...]:
        """What a guess at an account's secret counts against. `known` is the browser, if the account's holder used it.

        The first of them is that of the account's holder or its strangers.
        """
        if known is not None:
            return (key(secret, "device", f"{known}:{email}", self.account),)
        network = key(secret, "network", network_of(address), self.network, shared=True)
        return key(secret, "account", email, self.account), network


States = Mapping[Key, ThrottleState]


def reserve(held: States, now: datetime) -> tuple[dict[Key, ThrottleState], Decision, dict[Key, Facts]]:
    """Counts a guess as failed before it is checked, so that guesses at one moment cannot overtake the count.

    Where one key has to wait nothing is counted. The states are locked by the caller until the new ones are stored.
    """
    asked = {each: each.policy.decide(state, Event.ATTEMPT, now) for each, state in held.items()}
    if any(decision is Decision.WAIT for _, decision, _ in asked.values()):
        return dict(held), Decision.WAIT, {each: facts for each, (_, _, facts) in asked.items()}
    counted = {each: each.policy.decide(state, Event.FAILED, now) for each, state in held.items()}
    facts = {each: told for each, (_, _, told) in counted.items()}
    return {each: state for each, (state, _, _) in counted.items()}, Decision.ALLOW, facts


def succeeded(each: Key, state: ThrottleState, attempts: int, now: datetime) -> ThrottleState:
    """One key's state after a sign-in of so many attempts, each of which was counted; its delay is over unless shared.

    For once nothing is left to be guessed: a right password before a second factor takes nothing back.
    """
    after = state
    for _ in range(attempts):
        after, _, _ = each.policy.decide(after, Event.SUCCEEDED, now)
    if each.shared:
        left = max(0, state.failures - attempts)
        after = replace(after, failures=left, last_failed_at=state.last_failed_at)
    return after
