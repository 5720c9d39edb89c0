"""The ways by which a collector reaches its source, and how each is broken: in the socket, the right, the file.

A way names a setting of the source. A fault changes what that setting leads to, so that collector and source run
unmodified.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import threading
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from trustcenter.testing import sockets

FAULTS = ("denied", "refused", "timeout", "malformed", "truncated")
"""What can happen on any way. Of these only `truncated` shows a part: the population says so, or a retry gave all."""
ANSWERS = ("throttled", "server_error", "wrong_type")
"""Faults that only an HTTP server can make: 429 and 500 on every request, a page of another kind."""
BLIND = frozenset(FAULTS) - {"truncated"} | set(ANSWERS)
"""Faults under which nothing can be seen: a population is a lie."""

NOBODY = 65534
LOCAL = "a file of this machine is read without waiting for anybody's answer"


class Way(Protocol):
    """One way to a source."""

    @property
    def name(self) -> str: ...

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults that can be made on it."""
        ...

    def make(self, fault: str, settings: MutableMapping[str, Any], scratch: Path, stack: ExitStack) -> None:
        """Break it: settings lead to the fault until the stack ends."""
        ...


@dataclass(frozen=True)
class Port:
    """A TCP port at the end of a setting. `cut` bytes of the server's break off every answer by it.

    What an address is follows from its form: a URL, a PostgreSQL connection string, or a bare number.
    """

    setting: str
    cut: int = 0

    @property
    def name(self) -> str:
        return self.setting

    @property
    def faults(self) -> tuple[str, ...]:
        return FAULTS

    def port(self, settings: Mapping[str, Any]) -> int:
        """The port that the setting names."""
        value = settings[self.setting]
        if isinstance(value, int):
            return value
        address = urlsplit(str(value))
        return address.port or (443 if address.scheme == "https" else 80)

    def through(self, settings: MutableMapping[str, Any], port: int) -> None:
        """Send the setting to another port of this machine."""
        value = settings[self.setting]
        if isinstance(value, int):
            settings[self.setting] = port
            return
        address = urlsplit(str(value))
        settings[self.setting] = urlunsplit((address.scheme, f"127.0.0.1:{port}", *address[2:]))

    def make(self, fault: str, settings: MutableMapping[str, Any], scratch: Path, stack: ExitStack) -> None:
        """Break the port."""
        if fault == "denied":
            self.deny(settings, stack)
            return
        if fault == "truncated":
            made = sockets.cut_after(self.port(settings), self.cut)
        else:
            made = {"refused": sockets.refused, "timeout": sockets.silent, "malformed": sockets.garbage}[fault]()
        self.through(settings, stack.enter_context(made))

    def deny(self, settings: MutableMapping[str, Any], stack: ExitStack) -> None:
        """A TLS alert `access_denied` (RFC 8446 6.2) to whatever is said first."""

        def refuse(connection: socket.socket, ending: threading.Event) -> None:
            connection.recv(65536)
            connection.sendall(bytes([21, 3, 1, 0, 2, 2, 49]))

        self.through(settings, stack.enter_context(sockets.listening(refuse)))


@dataclass(frozen=True)
class Web(Port):
    """An HTTP server. `denial` is how it says no (status, content type, body), where 403 and a page is not its way."""

    denial: tuple[int, str, bytes] = (403, "text/html", b"forbidden")

    @property
    def faults(self) -> tuple[str, ...]:
        return (*FAULTS, *ANSWERS)

    def make(self, fault: str, settings: MutableMapping[str, Any], scratch: Path, stack: ExitStack) -> None:
        """Break the server, or answer in its place over plain http."""
        answers = {
            "throttled": (429, "text/plain", b"slow down"),
            "server_error": (500, "text/html", b"sorry"),
            "wrong_type": (200, "text/html", b"<!doctype html><title>Welcome</title><p>It works."),
            "denied": self.denial,
        }
        if fault not in answers:
            super().make(fault, settings, scratch, stack)
            return
        port = stack.enter_context(sockets.answering(*answers[fault]))
        settings[self.setting] = urlunsplit(("http", f"127.0.0.1:{port}", *urlsplit(str(settings[self.setting]))[2:]))


@dataclass(frozen=True)
class Database(Port):
    """A PostgreSQL server by its connection string."""

    setting: str = "dsn"

    def port(self, settings: Mapping[str, Any]) -> int:
        """The port of the connection string."""
        from psycopg.conninfo import conninfo_to_dict

        return int(str(conninfo_to_dict(str(settings[self.setting])).get("port", 5432)))

    def through(self, settings: MutableMapping[str, Any], port: int) -> None:
        """The same connection string with another port."""
        from psycopg.conninfo import make_conninfo

        settings[self.setting] = make_conninfo(str(settings[self.setting]), port=port)

    def deny(self, settings: MutableMapping[str, Any], stack: ExitStack) -> None:
        """A wrong password."""
        from psycopg.conninfo import make_conninfo

        settings[self.setting] = make_conninfo(str(settings[self.setting]), password="of somebody else")  # noqa: S106


@dataclass(frozen=True)
class Folder:
    """Files below a folder; faults are made in a copy. `pattern` are the files to break."""

    setting: str = "path"
    pattern: str = "**/*"

    @property
    def name(self) -> str:
        return self.setting

    @property
    def faults(self) -> tuple[str, ...]:
        return tuple(fault for fault in FAULTS if fault != "timeout")

    def make(self, fault: str, settings: MutableMapping[str, Any], scratch: Path, stack: ExitStack) -> None:
        """Break the files: no right to read, gone, nonsense, or cut in the middle."""
        copy = scratch / "copy"
        shutil.copytree(str(settings[self.setting]), copy, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | stat.S_IRGRP | stat.S_IROTH | (0o011 if path.is_dir() else 0))
        settings[self.setting] = str(copy)
        break_files(fault, copy, [path for path in copy.glob(self.pattern) if path.is_file()], stack)


@dataclass(frozen=True)
class Program:
    """A program of this machine. The setting names it, or the folder that it lies `inside`."""

    setting: str
    inside: str = ""
    cut: bytes = b'{"results": [{"name": "'
    """What the truncated program has written when it ends."""

    @property
    def name(self) -> str:
        return self.setting

    @property
    def faults(self) -> tuple[str, ...]:
        return FAULTS

    def make(self, fault: str, settings: MutableMapping[str, Any], scratch: Path, stack: ExitStack) -> None:
        """Put another program in its place."""
        path = scratch / "program" / (self.inside or "program")
        path.parent.mkdir()
        if self.inside:
            for original in Path(str(settings[self.setting])).iterdir():
                if original.name != self.inside:
                    (path.parent / original.name).symlink_to(original)
            settings[self.setting] = str(path.parent)
        else:
            settings[self.setting] = str(path)
        break_program(fault, path, self.cut)


def break_files(fault: str, folder: Path, paths: Sequence[Path], stack: ExitStack) -> None:
    """Break files of a folder in place: `denied` lasts as long as the stack, and needs a user without rights."""
    if fault == "refused":
        folder.rename(folder.with_name(f"{folder.name}-gone"))
        return
    for path in paths:
        if fault == "denied":
            path.parent.chmod(0o700)
            path.chmod(0)
        elif fault == "malformed":
            path.write_bytes(sockets.GARBAGE)
        else:
            path.write_bytes(path.read_bytes()[: min(path.stat().st_size // 2, 400)])
    if fault == "denied":
        stack.enter_context(as_nobody())


def break_program(fault: str, path: Path, cut: bytes) -> None:
    """Write a program that behaves like the fault: not executable, not there, endless, nonsense, half an answer."""
    if fault == "refused":
        path.write_text("#!/no/such/interpreter\n")
        path.chmod(0o755)
        return
    answer = path.with_name(f"{path.name}.answer")
    answer.write_bytes(sockets.GARBAGE if fault == "malformed" else cut)
    body = {"denied": "exit 0", "timeout": "sleep 600"}.get(fault, f"cat '{answer}'")
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o644 if fault == "denied" else 0o755)


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """As a user without rights, where the tests run as root, which may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
