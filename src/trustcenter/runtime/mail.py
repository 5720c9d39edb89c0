"""Mail to persons: a message is a value; sending it is one call that blocks.

RFC 5321 over smtplib. The connection is encrypted, except to this very machine.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal
from urllib.parse import unquote, urlsplit

from trustcenter.errors import ConfigurationError, TrustCenterError

Encryption = Literal["none", "starttls", "tls"]
_SCHEMES: dict[str, tuple[Encryption, int]] = {
    "smtp": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class MailRefusedError(TrustCenterError):
    """The server did not take the message; it may be tried again."""


@dataclass(frozen=True)
class Message:
    """One message to one person. Raises ConfigurationError for a line break in a header."""

    to: str
    subject: str
    text: str = field(repr=False)

    def __post_init__(self) -> None:
        if any(mark in value for value in (self.to, self.subject) for mark in "\r\n\0"):
            raise ConfigurationError("A header of a message has a line break in it.", where="mail")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and in whose name."""

    host: str
    port: int
    encryption: Encryption
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str, sender: str) -> MailServer:
        """`smtps://USER:PASSWORD@HOST`, `smtp+starttls://...`, `smtp://127.0.0.1:PORT`. Raises ConfigurationError."""
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ConfigurationError(
                "The mail server's address cannot be read.", where="SMTP_URL", hint="smtps://USER:PASSWORD@HOST:465"
            )
        encryption, port = _SCHEMES[parts.scheme]
        if encryption == "none" and parts.hostname not in _THIS_MACHINE:
            raise ConfigurationError(
                "Mail to another machine travels encrypted.", where="SMTP_URL", hint="smtps:// or smtp+starttls://"
            )
        user, password = (unquote(value) if value else None for value in (parts.username, parts.password))
        return cls(parts.hostname, parts.port or port, encryption, sender, user, password)


def send(server: MailServer, message: Message, *, identifier: str, now: datetime, seconds: float = 10) -> None:
    """Hands a message over. `identifier` makes a repeated delivery recognisable. Raises MailRefusedError."""
    letter = EmailMessage(policy=SMTP)
    letter["From"] = server.sender
    letter["To"] = Address(addr_spec=message.to)
    letter["Subject"] = message.subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{identifier}@{server.sender.rpartition('@')[2].strip('>')}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice answers it
    letter.set_content(message.text)
    try:
        made = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=ssl.create_default_context())
            if server.encryption == "tls"
            else smtplib.SMTP(server.host, server.port, timeout=seconds)
        )
        with made as connection:
            if server.encryption == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user is not None:
                connection.login(server.user, server.password or "")
            connection.send_message(letter)
    except (smtplib.SMTPException, OSError) as error:
        # the type only: a server's words can hold the address
        raise MailRefusedError(f"The mail server did not take a message ({type(error).__name__}).") from error
