"""The response headers of every answer, and the ASGI middleware that sets them.

Sources: RFC 6797 (HSTS), CSP Level 3, OWASP ASVS 5.0 V3.4.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self' data:"
)

SECURITY_HEADERS: dict[str, str] = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # "no-referrer" makes browsers send Origin: null with our own forms
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

PLAIN_HEADERS = {name: value for name, value in SECURITY_HEADERS.items() if name != "strict-transport-security"}
"""For the plain port: RFC 6797 7.2 forbids HSTS there."""

HIDDEN = frozenset({b"server", b"x-powered-by"})


class SecurityHeaders:
    """Sets the headers on every response, errors included; answers are private unless they say otherwise."""

    def __init__(self, application: Application, headers: dict[str, str] | None = None) -> None:
        self.application = application
        chosen = SECURITY_HEADERS if headers is None else headers
        self.headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in chosen.items()]
        self.names = frozenset(name for name, _ in self.headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    (name, value)
                    for name, value in message.get("headers", [])
                    if name.lower() not in self.names and name.lower() not in HIDDEN
                ]
                if not any(name.lower() == b"cache-control" for name, _ in kept):
                    kept.append((b"cache-control", b"no-store"))
                message["headers"] = kept + self.headers
            await send(message)

        await self.application(scope, receive, guarded)
