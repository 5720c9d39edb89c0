"""What the handlers of second factors share: who needs one, the policies, the keys that the database does not hold."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from trustcenter.portal.settings import Settings
from trustcenter.runtime.passkeys import RelyingParty
from trustcenter.runtime.routes import OWNER, STAFF
from trustcenter.runtime.sealing import Seal
from trustcenter.runtime.totp import TotpPolicy

ISSUER = "Trust desk"
DEMANDED_OF = frozenset({OWNER, STAFF})
"""Roles that reach nothing but enrolment until a second factor works."""


@dataclass(frozen=True)
class Equipment:
    """Made once per application process."""

    seal: Seal
    recovery_key: bytes = field(repr=False)
    home: RelyingParty
    totp: TotpPolicy = field(default_factory=TotpPolicy)
    demanded_of: frozenset[str] = DEMANDED_OF
    verification: bool = True
    """Every passkey verifies its user, so that it counts as two factors."""

    @classmethod
    def of(cls, settings: Settings) -> Equipment:
        """Keys of their own are derived from the one that the settings hold."""
        return cls(
            seal=Seal(derived(settings.factor_key, "totp secrets")),
            recovery_key=derived(settings.factor_key, "recovery codes"),
            home=RelyingParty(settings.passkey_domain, ISSUER, frozenset({settings.passkey_origin})),
        )

    def demanded(self, role: str) -> bool:
        """Whether somebody of this role must have a second factor."""
        return role in self.demanded_of


def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose."""
    return hmac.new(key, purpose.encode("utf-8"), hashlib.sha256).digest()
