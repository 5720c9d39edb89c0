"""`/.well-known/security.txt` (RFC 9116): whom to tell of a weakness in this service, and until when that counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from trustcenter.errors import ConfigurationError

PATH = "/.well-known/security.txt"
CONTENT_TYPE = "text/plain; charset=utf-8"
_CONTACT = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[0-9-]+)")


@dataclass(frozen=True, slots=True)
class SecurityTxt:
    """The file's content. It keeps its date whatever the clock says: past it, readers must not use it any more."""

    contacts: tuple[str, ...]
    """Addresses of RFC 9116 2.5.3, the preferred one first."""
    expires: datetime
    canonical: str
    """The one https address under which this very file is served."""

    def __post_init__(self) -> None:
        """Raises ConfigurationError for what RFC 9116 forbids."""
        if not self.contacts or not all(_CONTACT.fullmatch(contact) for contact in self.contacts):
            raise ConfigurationError(
                "security.txt needs a contact that is a mailto:, https: or tel: address",
                where="SECURITY_CONTACT",
                hint="write it like mailto:security@shop.example",
            )
        if self.expires.tzinfo is None:
            raise ConfigurationError("the expiry of security.txt has no offset", where="security.txt")

    @property
    def text(self) -> str:
        """The lines as they are served."""
        until = self.expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = [*(f"Contact: {contact}" for contact in self.contacts), f"Expires: {until}"]
        return "".join(f"{line}\n" for line in [*lines, f"Canonical: {self.canonical}"])
