"""The access log: one JSON line for each answered request, without personal data.

Fields: time, method, route (the template, null when no route matched), path, status, organisation, request_id,
duration_ms (until the answer begins). No query string, address, cookie, name or user agent.
"""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request

from trustcenter.runtime.audit import Origin
from trustcenter.runtime.headers import Application, Message, Receive, Scope, Send

RECORD = "portal.record"


class AccessLog:
    """Gives each request its identifier and writes its line before the caller sees the answer."""

    def __init__(self, application: Application, path: Path) -> None:
        self.application = application
        self._file = path.open("a", encoding="utf-8", buffering=1)
        path.chmod(0o600)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        record: dict[str, object] = {"request_id": str(uuid.uuid4()), "route": None, "organisation": None}
        scope[RECORD] = record
        begun = time.perf_counter()
        written = False

        def write(status: int) -> None:
            nonlocal written
            written = True
            line = {
                "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "method": scope["method"],
                "route": record["route"],
                "path": scope["path"],
                "status": status,
                "organisation": record["organisation"],
                "request_id": record["request_id"],
                "duration_ms": round((time.perf_counter() - begun) * 1000, 2),
            }
            self._file.write(json.dumps(line) + "\n")

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                request_id = str(record["request_id"]).encode("ascii")
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id)]
                write(int(message["status"]))
            await send(message)

        try:
            await self.application(scope, receive, counted)
        finally:
            if not written:
                write(500)


def origin_of(request: Request) -> Origin:
    """Where a request came from, with the number that its line in the log has."""
    client = request.client
    return Origin(
        ip=client.host if client else "127.0.0.1",
        user_agent=request.headers.get("user-agent", "(none)") or "(none)",
        request_id=str(request.scope[RECORD]["request_id"]),
    )
