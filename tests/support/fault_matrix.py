"""Faults of the ways to a source, as data: how each is made, and why some collectors cannot meet some of them.

A way is what a collector reaches its source by. Faults are made in the socket, the right, the file or the program;
collector and source run unmodified.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import faults
from mutations.proxy import Answer, Changes, proxy
from psycopg.conninfo import conninfo_to_dict, make_conninfo

FAULTS = ("denied", "refused", "timeout", "malformed", "truncated")
NOBODY = 65534

WAYS: Mapping[str, tuple[str, ...]] = {
    "audit_chain": ("web", "database"),
    "audit_events": ("web", "database"),
    "availability": ("database",),
    "backups": ("backups",),
    "database_settings": ("database",),
    "declarations": ("declarations", "policies"),
    "documents": ("documents", "policies"),
    "http_headers": ("web", "plain"),
    "infrastructure_code": ("code", "scanner"),
    "password_hashes": ("database",),
    "query": ("database", "roster"),
    "restore_drill": ("backups", "programs", "database"),
    "session_cookies": ("web",),
    "subprocessors": ("subprocessors",),
    "tenant_isolation_catalog": ("database",),
    "tenant_isolation_probe": ("web", "log"),
    "tls_endpoint": ("tls",),
    "trust_posture": ("web",),
    "user_accounts": ("database",),
}
"""Every collector, and the ways by which it reaches what it reads."""

FILES: Mapping[str, str] = {
    "code": "infrastructure/database.tf",
    "roster": "rosters/leavers.csv",
    "policies": "policies/*.md",
    "declarations": "controls/declarations/access-review.yaml",
    "documents": "controls/documents.yaml",
    "subprocessors": "controls/subprocessors.yaml",
}
"""What is broken in an instance; all of them where it is a pattern."""

REGISTERS = ("declarations", "documents", "subprocessors")
"""Broken, they do not load, and nothing is judged. Cut between two entries, one is another register, signed as such."""

_LOCAL = "a file of this machine is read without waiting for anybody's answer"
_LOADED = "the register is part of the catalogue: nothing is opened, so nobody can refuse or be late"
IMPOSSIBLE: Mapping[tuple[str, str], str] = {
    ("backups", "timeout"): _LOCAL,
    ("policies", "timeout"): _LOCAL,
    ("code", "timeout"): _LOCAL,
    ("roster", "timeout"): _LOCAL,
    ("log", "timeout"): _LOCAL,
    **{(way, fault): _LOADED for way in REGISTERS for fault in ("denied", "refused", "timeout")},
}
"""(way, fault) that cannot exist, and why. `refused` on a folder is a folder that is not there."""


@dataclass
class Place:
    """What a fault is made in: variables that lead to the portal, and an instance folder of its own."""

    environment: dict[str, str]
    root: Path
    tls: Path
    scratch: Path
    enough: int = 0
    """How many bytes of the server's break off in the middle of every answer by this way."""

    def port(self, way: str) -> int:
        if way == "database":
            return int(conninfo_to_dict(self.environment["PORTAL_READER_DSN"])["port"])
        name = "PORTAL_HTTP_URL" if way == "plain" else "PORTAL_URL"
        return urlsplit(self.environment[name]).port or 0

    def through(self, way: str, port: int) -> None:
        """Send a way to another port of this machine."""
        if way == "database":
            self.environment["PORTAL_READER_DSN"] = make_conninfo(self.environment["PORTAL_READER_DSN"], port=port)
        elif way == "plain":
            self.environment["PORTAL_HTTP_URL"] = f"http://127.0.0.1:{port}"
        else:
            self.environment["PORTAL_URL"] = f"https://127.0.0.1:{port}"


def make(way: str, fault: str, place: Place, stack: ExitStack) -> None:
    """Make one fault on one way; the stack ends it."""
    if way in ("web", "plain", "tls", "database"):
        _in_socket(way, fault, place, stack)
    elif way in ("scanner", "programs"):
        _in_program(way, fault, place)
    else:
        _in_files(way, fault, place, stack)


def _in_socket(way: str, fault: str, place: Place, stack: ExitStack) -> None:
    port = place.port(way)
    if fault == "denied":
        return _denied(way, place, stack)
    made = {
        "refused": faults.refused,
        "timeout": faults.silent,
        "malformed": faults.garbage,
        "truncated": lambda: faults.cut_after(port, place.enough),
    }[fault]()
    place.through(way, stack.enter_context(made))
    return None


def _denied(way: str, place: Place, stack: ExitStack) -> None:
    """A wrong password, a 403 on every page, an alert `access_denied` to every hello."""
    if way == "database":
        place.environment["PORTAL_READER_DSN"] = make_conninfo(
            place.environment["PORTAL_READER_DSN"], password="of somebody else"
        )
    elif way == "tls":

        def refuse(connection: socket.socket, ending: threading.Event) -> None:
            connection.recv(65536)
            connection.sendall(bytes([21, 3, 1, 0, 2, 2, 49]))

        place.through(way, stack.enter_context(faults.listening(refuse)))
    else:
        forbidden = Changes(asked=lambda request: Answer(request, 403, [("content-type", "text/html")], b"forbidden"))
        name = "PORTAL_HTTP_URL" if way == "plain" else "PORTAL_URL"
        address = proxy(place.environment[name], place.tls, forbidden, plain=way == "plain")
        place.environment[name] = stack.enter_context(address)


def _in_program(way: str, fault: str, place: Place) -> None:
    """The scanner, or PostgreSQL's programs, replaced by one that behaves like that."""
    scripts = {
        "denied": "exit 0",
        "refused": "exit 0",
        "timeout": "sleep 600",
        "malformed": "printf '\\376\\377 no answer'",
        "truncated": """printf '{"check_type": "terraform", "results": {"passed_checks": [{"check_id": "CKV_'""",
    }
    mode = 0o644 if fault == "denied" else 0o755
    if way == "scanner":
        program = place.root / ".tools" / "checkov" / "bin" / "checkov"
        (place.root / ".tools").unlink()
        program.parent.mkdir(parents=True)
        _script(program, scripts[fault], mode)
        if fault == "refused":
            program.write_text("#!/no/such/interpreter\n")
        return
    folder = place.scratch / "bin"
    shutil.copytree(place.environment["PORTAL_PG_BIN"], folder, copy_function=os.symlink)
    (folder / "pg_waldump").unlink()
    if fault != "refused":
        _script(folder / "pg_waldump", scripts[fault], mode)
    place.environment["PORTAL_PG_BIN"] = str(folder)


def _script(path: Path, text: str, mode: int) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(mode)


def _in_files(way: str, fault: str, place: Place, stack: ExitStack) -> None:
    folder, paths = _files(way, place)
    if fault == "refused":
        folder.rename(folder.with_name(f"{folder.name}-gone"))
    for path in paths if fault != "refused" else ():
        if fault == "denied":
            path.parent.chmod(0o700)
            path.chmod(0)
        elif fault == "malformed" and way == "policies":
            path.unlink()
            os.mkfifo(path)
        elif fault == "malformed":
            path.write_bytes(faults.GARBAGE)
        elif way == "policies":
            path.write_bytes(b"")
        else:
            path.write_bytes(path.read_bytes()[: min(path.stat().st_size // 2, 400)])
    if fault == "denied":
        stack.enter_context(as_nobody())


def _files(way: str, place: Place) -> tuple[Path, list[Path]]:
    """The folder of a way, a copy or the instance's own, which is a copy already; and the files to break in it."""
    if way == "backups":
        copy = place.scratch / "backups"
        shutil.copytree(place.environment["PORTAL_BACKUPS"], copy)
        for path in (copy, *copy.rglob("*")):
            path.chmod(path.stat().st_mode | stat.S_IRGRP | stat.S_IROTH | (0o011 if path.is_dir() else 0))
        place.environment["PORTAL_BACKUPS"] = str(copy)
        return copy, [*copy.glob("base/*/backup_manifest"), *copy.glob("wal/*")]
    if way == "log":
        copy = place.scratch / "log"
        copy.mkdir()
        path = Path(shutil.copy2(place.environment["PORTAL_ACCESS_LOG"], copy / "access.jsonl"))
        place.environment["PORTAL_ACCESS_LOG"] = str(path)
        return copy, [path]
    paths = sorted(place.root.glob(FILES[way]))
    return paths[0].parent, paths


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
