"""TLS servers at chosen versions, of the kind that sends alerts and of the kind that only hangs up."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import trustme

from trustcenter.testing import sockets as faults

Version = ssl.TLSVersion


class Authority:
    """A local authority, its certificate in a file."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.file = folder / "authority.pem"
        self.ca.cert_pem.write_to_path(str(self.file))

    def context(
        self, lowest: ssl.TLSVersion, highest: ssl.TLSVersion, ciphers: str | None = None, host: str = "127.0.0.1"
    ) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(host).configure_cert(made)
        if ciphers:
            made.set_ciphers(ciphers)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version, made.maximum_version = lowest, highest
        return made


@contextlib.contextmanager
def with_alerts(context: ssl.SSLContext) -> Iterator[int]:
    """A blocking server: OpenSSL writes its alert to the socket."""

    def serve(connection: socket.socket, ending: threading.Event) -> None:
        with contextlib.suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(1)

    with faults.listening(serve) as port:
        yield port


@contextlib.contextmanager
def without_alerts(context: ssl.SSLContext) -> Iterator[int]:
    """An asyncio server: the connection ends, the alert stays in a buffer."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0, ssl=context))
    runner = threading.Thread(target=loop.run_forever, daemon=True)
    runner.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        runner.join(5)
        loop.close()
