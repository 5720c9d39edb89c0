"""Faults made in the socket, so that collectors and sources run unmodified: silence, garbage, cuts, refusals.

Each is a context manager that yields the port of the loopback interface to talk to.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

GARBAGE = bytes(range(255, 0, -1)) * 8


@contextlib.contextmanager
def refused() -> Iterator[int]:
    """A port that is bound and not listening: every connection is refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


@contextlib.contextmanager
def listening(
    serve: Callable[[socket.socket, threading.Event], None], at: tuple[str, int] = ("127.0.0.1", 0)
) -> Iterator[int]:
    """Serves each connection in a thread of its own until the end; `serve` gets the socket and the ending."""
    ending = threading.Event()
    open_sockets: list[socket.socket] = []

    def accept(listener: socket.socket) -> None:
        while not ending.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_sockets.append(connection)
            threading.Thread(target=guarded, args=(connection,), daemon=True).start()

    def guarded(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            serve(connection, ending)

    with socket.create_server(at) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            ending.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            for connection in open_sockets:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def silent() -> contextlib.AbstractContextManager[int]:
    """Accepts, reads, and never answers."""

    def serve(connection: socket.socket, ending: threading.Event) -> None:
        while not ending.is_set() and connection.recv(65536):
            pass

    return listening(serve)


def garbage(data: bytes = GARBAGE) -> contextlib.AbstractContextManager[int]:
    """Answers the first bytes with nonsense and closes."""

    def serve(connection: socket.socket, ending: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(data)

    return listening(serve)


def answering(status: int, kind: str, body: bytes) -> contextlib.AbstractContextManager[int]:
    """Answers every HTTP request alike, over plain http."""
    head = f"HTTP/1.1 {status} No\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"

    def serve(connection: socket.socket, ending: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(head.encode() + body)

    return listening(serve)


def proxy(
    target: int,
    change: Callable[[bytes, int], bytes],
    *,
    end: int | None = None,
    at: tuple[str, int] = ("127.0.0.1", 0),
) -> contextlib.AbstractContextManager[int]:
    """Passes everything on to a port; `change(chunk, offset)` alters what comes back, after `end` bytes it hangs up."""

    def serve(connection: socket.socket, ending: threading.Event) -> None:
        with socket.create_connection(("127.0.0.1", target)) as server:
            threading.Thread(target=forward, args=(connection, server), daemon=True).start()
            offset = 0
            while chunk := server.recv(65536):
                connection.sendall(change(chunk, offset))
                offset += len(chunk)
                if end is not None and offset >= end:
                    connection.shutdown(socket.SHUT_RDWR)
                    return

    def forward(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                sink.sendall(chunk)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    return listening(serve, at)


def cut_after(target: int, count: int) -> contextlib.AbstractContextManager[int]:
    """A proxy that breaks the connection after `count` bytes of the answer, in the middle of whatever it is."""
    return proxy(target, lambda chunk, offset: chunk[: max(0, count - offset)], end=count)


def corrupt_after(target: int, count: int) -> contextlib.AbstractContextManager[int]:
    """A proxy that replaces everything after `count` bytes of the answer by nonsense."""

    def change(chunk: bytes, offset: int) -> bytes:
        kept = max(0, min(len(chunk), count - offset))
        return chunk[:kept] + (b"\xfe" * (len(chunk) - kept))

    return proxy(target, change)


def silent_after(target: int, count: int) -> contextlib.AbstractContextManager[int]:
    """A proxy that keeps the connection open and swallows everything after `count` bytes of the answer."""

    def change(chunk: bytes, offset: int) -> bytes:
        return chunk[: max(0, count - offset)]

    return proxy(target, change)
