"""Makes asyncio's TLS say why it refuses.

When a handshake fails on the server's side, asyncio closes the connection without sending the alert that OpenSSL has
written (RFC 8446 6.2 asks for it). A client then sees a cut connection and cannot tell a refused protocol version from
a broken network; nor could a collector.
"""

from __future__ import annotations

from asyncio import sslproto
from typing import Any


def send_alerts() -> None:
    """Flushes the pending alert before a failed handshake closes; for the whole process, once."""
    protocol: Any = sslproto.SSLProtocol
    original = protocol._on_handshake_complete
    if getattr(original, "sends_alerts", False):
        return

    def complete(self: Any, error: BaseException | None) -> None:
        if error is not None and self._transport is not None:
            self._process_outgoing()
        original(self, error)

    complete.sends_alerts = True  # type: ignore[attr-defined]
    protocol._on_handshake_complete = complete
