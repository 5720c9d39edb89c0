"""Log lines to another system: syslog messages (RFC 5424) over TLS (RFC 5425).

The server proves itself by a certificate for its name; nothing is sent to one that does not. A batch counts as taken
once the server has answered the end of the connection: syslog itself acknowledges nothing.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from trustcenter.errors import ConfigurationError, TrustCenterError

PORT = 6514
"""Of syslog over TLS (RFC 5425, 4.1)."""
LOG_AUDIT = 13
"""The facility (RFC 5424, 6.2.1)."""
INFORMATIONAL = 6
EXAMPLE = "syslog+tls://logs.example.com:6514?ca=/etc/ssl/logs.pem"


class LogsRefusedError(TrustCenterError):
    """The server did not take the lines; they may be sent again."""


@dataclass(frozen=True)
class LogLine:
    """One line: when, of which log, and its text, which is sent in UTF-8."""

    at: datetime
    log: str
    text: str

    def message(self, application: str) -> bytes:
        """With its length in front (RFC 5425, 4.3). A line break in the text cannot begin another message."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        head = f"<{LOG_AUDIT * 8 + INFORMATIONAL}>1 {at} - {application} - {self.log} - "
        body = head.encode("ascii") + b"\xef\xbb\xbf" + self.text.encode("utf-8")
        return str(len(body)).encode("ascii") + b" " + body


@dataclass(frozen=True)
class LogServer:
    """Where lines go. `authority` is a file with the certificate that vouches for it; None: the system's own."""

    host: str
    port: int = PORT
    authority: Path | None = None

    @classmethod
    def parse(cls, url: str) -> LogServer:
        """`syslog+tls://HOST:PORT?ca=FILE`. Raises ConfigurationError."""
        try:
            parts = urlsplit(url)
            host, port, asked = (
                parts.hostname,
                parts.port or PORT,
                parse_qs(parts.query, strict_parsing=bool(parts.query)),
            )
        except ValueError as error:
            raise _unreadable() from error
        if parts.scheme != "syslog+tls" or not host or parts.username or set(asked) - {"ca"}:
            raise _unreadable()
        return cls(host, port, Path(asked["ca"][-1]) if "ca" in asked else None)

    def send(self, lines: Iterable[LogLine], application: str, seconds: float = 10) -> None:
        """Returns when the server has taken all of them. Raises LogsRefusedError."""
        try:
            context = ssl.create_default_context(cafile=str(self.authority) if self.authority else None)
            with (
                socket.create_connection((self.host, self.port), timeout=seconds) as plain,
                context.wrap_socket(plain, server_hostname=self.host) as encrypted,
            ):
                for line in lines:
                    encrypted.sendall(line.message(application))
                with contextlib.closing(encrypted.unwrap()):
                    pass
        except (OSError, ValueError) as error:
            raise LogsRefusedError(
                f"The log server did not take the lines ({type(error).__name__}).", where=f"{self.host}:{self.port}"
            ) from error


def _unreadable() -> ConfigurationError:
    return ConfigurationError("The log server's address cannot be read.", where="LOG_SERVER", hint=EXAMPLE)
