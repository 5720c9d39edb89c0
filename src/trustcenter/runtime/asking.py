"""How often anybody may ask for what costs nothing to ask for: a mail to an address, a challenge for a passkey.

Strangers share one count for an address from wherever they ask, and one for that address in their own network. Both
have a floor: the wait never exceeds `longest`, and no cap of a day closes them, so that whoever asks without rest makes
the holder wait for `longest` at most; until then the newest mail, whoever asked for it, lies in the holder's own
mailbox. A browser that the holder used before has a count of its own, which strangers cannot reach.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from trustcenter.runtime.guessing import Key, key
from trustcenter.runtime.throttle import DAY, ThrottlePolicy, network_of

NO_CAP = 1_000_000
"""More than any floor lets through in a day."""


@dataclass(frozen=True)
class AskingPolicy:
    """The counts. Mails: of an address, of an address in one network, of the holder's own browser.

    `challenges` are those that one network, or one account, was given and did not answer rightly; a row of each is kept
    for ten minutes.
    """

    address: ThrottlePolicy = field(
        default_factory=lambda: ThrottlePolicy(
            free=10, first=timedelta(minutes=1), longest=timedelta(minutes=15), cap=NO_CAP
        )
    )
    in_network: ThrottlePolicy = field(
        default_factory=lambda: ThrottlePolicy(
            free=5, first=timedelta(minutes=1), longest=timedelta(hours=1), cap=NO_CAP
        )
    )
    device: ThrottlePolicy = field(
        default_factory=lambda: ThrottlePolicy(
            free=10, first=timedelta(minutes=1), longest=timedelta(minutes=15), cap=NO_CAP
        )
    )
    challenges: ThrottlePolicy = field(
        default_factory=lambda: ThrottlePolicy(
            free=500, longest=timedelta(minutes=1), forget=timedelta(minutes=15), cap=NO_CAP
        )
    )

    def mails(self, secret: bytes, email: str, ip: str, known: UUID | None) -> tuple[Key, ...]:
        """What a request for a mail counts against. `known` is the browser, if the address's holder used it before."""
        if known is not None:
            return (key(secret, "asking-device", f"{known}:{email}", self.device),)
        network = key(secret, "asking-address-network", f"{network_of(ip)}:{email}", self.in_network)
        return key(secret, "asking", email, self.address), network

    def challenge(self, secret: bytes, ip: str, account: UUID | None) -> Key:
        """What a challenge counts against: the account, or the network of somebody who has not signed in."""
        if account is not None:
            return key(secret, "challenge-account", str(account), self.challenges)
        return key(secret, "challenge-network", network_of(ip), self.challenges, shared=True)


def most_within(policy: ThrottlePolicy, span: timedelta) -> int:
    """An upper bound of what one key is given in any `span`, however it is asked for: all that is free and the
    doublings, as often as the count may be forgotten within it, and one for each `longest` of the rest.
    """
    doublings = 0
    while policy.delay(policy.free + 1 + doublings) < policy.longest:
        doublings += 1
    return (policy.free + doublings + 1) * (span // policy.forget + 1) + span // policy.longest + 1


MOST_MAILS_A_DAY = most_within(AskingPolicy().address, DAY)
"""That strangers together can have sent to one address in any 24 hours."""
