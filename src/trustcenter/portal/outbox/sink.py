"""A mail server for demonstrations and tests: it takes every message and files it, and sends nothing anywhere.

The part of RFC 5321 that smtplib speaks, on the loopback interface. One `.eml` file for a message, named by the time it
came; a file appears whole (written beside and renamed).
"""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from datetime import UTC, datetime
from pathlib import Path

LONGEST_MESSAGE = 1_000_000
LONGEST_LINE = 4_096


class Sink:
    """Serves in a thread of its own until `stop`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail-sink", daemon=True)

    def start(self) -> None:
        """Returns when it listens. Raises OSError when the port is taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=LONGEST_MESSAGE)
        )
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._server.close()
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            pass  # a client that hangs up or talks nonsense gets no further
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(line.encode("ascii") + b"\r\n")

        say("220 sink")
        while line := await reader.readline():
            verb = line[:LONGEST_LINE].split(b" ")[0].strip().upper()
            if verb == b"DATA":
                say("354 end with a dot")
                await writer.drain()
                message = await reader.readuntil(b"\r\n.\r\n")
                self._file(message[:-3].replace(b"\r\n..", b"\r\n."))
                say("250 filed")
            elif verb == b"QUIT":
                say("221 bye")
                await writer.drain()
                return
            elif verb in (b"EHLO", b"HELO", b"MAIL", b"RCPT", b"RSET", b"NOOP"):
                say("250 ok")
            else:
                say("502 not here")
            await writer.drain()

    def _file(self, message: bytes) -> None:
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        part = self.folder / f".{name}"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message)
        part.rename(self.folder / f"{name}.eml")
