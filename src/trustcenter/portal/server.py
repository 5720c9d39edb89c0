"""The application process: the portal over TLS, and a plain port that only redirects to it."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, cast

import uvicorn

from trustcenter.portal.app import create_app
from trustcenter.portal.settings import Settings, load
from trustcenter.portal.state import StateDirectory
from trustcenter.runtime.headers import PLAIN_HEADERS, Application, Receive, Scope, SecurityHeaders, Send
from trustcenter.runtime.tls import server_context
from trustcenter.runtime.tls_alerts import send_alerts


def redirector(settings: Settings) -> Application:
    """Answers every request with 308 to the same path over TLS, on our own host whatever the Host header says."""

    async def redirect(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        target = settings.origin.encode("ascii") + bytes(scope["raw_path"])
        if scope["query_string"]:
            target += b"?" + bytes(scope["query_string"])
        headers = [(b"location", target), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 308, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return SecurityHeaders(redirect, PLAIN_HEADERS)


def run(state: StateDirectory) -> None:
    """Serves until SIGTERM or SIGINT."""
    settings = load(state)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("uvicorn.error").addFilter(_without_trace)

    def context(config: uvicorn.Config, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        return server_context(settings.certificate, settings.certificate_key)

    def configured(application: Application, port: int, **more: Any) -> _Server:
        return _Server(
            uvicorn.Config(
                cast(Any, application),
                host=settings.host,
                port=port,
                server_header=False,
                log_config=None,
                loop="asyncio",
                access_log=False,
                proxy_headers=False,  # the address of a caller is the socket's, whatever a header says
                timeout_graceful_shutdown=5,
                **more,
            )
        )

    secure = configured(create_app(settings), settings.https_port, ssl_context_factory=context, lifespan="on")
    plain = configured(redirector(settings), settings.http_port, lifespan="off")
    send_alerts()
    asyncio.run(_serve(secure, plain))


def _without_trace(record: logging.LogRecord) -> bool:
    """An exception's text can hold a row's values: the log gets its type, and our own handler has logged the place."""
    if record.exc_info and record.exc_info[0] is not None:
        record.msg, record.args = f"unhandled {record.exc_info[0].__name__}", ()
        record.exc_info = record.exc_text = None
    return True


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: two servers share one."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(*servers: uvicorn.Server) -> None:
    def stop(_: int, __: FrameType | None) -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    await asyncio.gather(*(server.serve() for server in servers))
