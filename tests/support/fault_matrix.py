"""Faults of the ways to a source, as data: how each is made, and why some collectors cannot meet some of them.

A way is what a collector reaches its source by (`trustcenter.testing.ways`); here each leads to this instance's.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trustcenter.testing import Database, Port, Program, Web
from trustcenter.testing.ways import LOCAL, break_files, break_program

WAYS: Mapping[str, tuple[str, ...]] = {
    "api_token_probe": ("web", "database"),
    "audit_chain": ("web", "database"),
    "audit_events": ("web", "database"),
    "availability": ("database",),
    "backups": ("backups",),
    "contacted_hosts": ("database",),
    "database_ports": ("database",),
    "database_roles": ("database",),
    "database_settings": ("database",),
    "declarations": ("declarations", "policies"),
    "dependency_telemetry": ("lock",),
    "documents": ("documents", "policies"),
    "http_headers": ("web", "plain"),
    "impersonation_probe": ("web", "database"),
    "infrastructure_code": ("code", "scanner"),
    "password_hashes": ("database",),
    "passkey_probe": ("web",),
    "password_policy_probe": ("web", "mail"),
    "password_reset_probe": ("web", "mail"),
    "plaintext_search": ("web", "database", "mail", "log"),
    "query": ("database", "roster"),
    "recorded_changes": ("web", "database"),
    "restore_drill": ("backups", "programs", "database"),
    "role_matrix_probe": ("web", "log"),
    "second_factor_probe": ("web",),
    "security_links": ("companies",),
    "security_txt": ("web",),
    "session_cookies": ("web",),
    "session_lifecycle_probe": ("web",),
    "sign_in_alert_probe": ("web", "mail"),
    "sign_in_throttle_probe": ("web", "mail"),
    "status_page": ("web", "database"),
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
    "lock": "requirements/dev.txt",
    "roster": "rosters/leavers.csv",
    "policies": "policies/*.md",
    "declarations": "controls/declarations/access-review.yaml",
    "documents": "controls/documents.yaml",
    "subprocessors": "controls/subprocessors.yaml",
}
"""What is broken in an instance; all of them where it is a pattern."""

REGISTERS = ("declarations", "documents", "subprocessors")
"""Broken, they do not load, and nothing is judged. Cut between two entries, one is another register, signed as such."""

_LOADED = "the register is part of the catalogue: nothing is opened, so nobody can refuse or be late"
IMPOSSIBLE: Mapping[tuple[str, str], str] = {
    ("backups", "timeout"): LOCAL,
    ("policies", "timeout"): LOCAL,
    ("code", "timeout"): LOCAL,
    ("lock", "timeout"): LOCAL,
    ("roster", "timeout"): LOCAL,
    ("log", "timeout"): LOCAL,
    ("mail", "timeout"): LOCAL,
    **{(way, fault): _LOADED for way in REGISTERS for fault in ("denied", "refused", "timeout")},
}
"""(way, fault) that cannot exist, and why. `refused` on a folder is a folder that is not there."""


UNTOUCHED: Mapping[tuple[str, str], frozenset[str]] = {
    # Guesses, waits and the holder's way in are seen on the web; only whether the holder was told is read from mail.
    ("sign_in_throttle_probe", "mail"): frozenset(
        {"access.sign-in-throttling/slowed", "access.sign-in-throttling/holder"}
    ),
}
"""Tests that a way tells nothing: what they look at was seen whole, whatever became of that way."""


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
        return PORTS[way].port(self.environment)

    def through(self, way: str, port: int) -> None:
        """Send a way to another port of this machine."""
        PORTS[way].through(self.environment, port)


class Beside(Port):
    """A port by its host and number."""

    def port(self, settings: Mapping[str, Any]) -> int:
        """The number."""
        return int(settings[self.setting].rpartition(":")[2])

    def through(self, settings: MutableMapping[str, Any], port: int) -> None:
        """Send it to another port of this machine."""
        settings[self.setting] = f"127.0.0.1:{port}"


PORTS: Mapping[str, Port] = {
    "companies": Beside("PORTAL_COMPANIES"),
    "web": Web("PORTAL_URL"),
    "plain": Web("PORTAL_HTTP_URL"),
    "tls": Port("PORTAL_URL"),
    "database": Database("PORTAL_READER_DSN"),
}
"""The ways through a port, by the variable that leads there."""


def make(way: str, fault: str, place: Place, stack: ExitStack) -> None:
    """Make one fault on one way; the stack ends it."""
    if way in PORTS:
        replace(PORTS[way], cut=place.enough).make(fault, place.environment, place.scratch, stack)
    elif way == "programs":
        Program("PORTAL_PG_BIN", "pg_waldump").make(fault, place.environment, place.scratch, stack)
    elif way == "scanner":
        program = place.root / ".tools" / "checkov" / "bin" / "checkov"
        (place.root / ".tools").unlink()
        program.parent.mkdir(parents=True)
        break_program(fault, program, b'{"check_type": "terraform", "results": {"passed_checks": [{"check_id": "CKV_')
    else:
        _in_files(way, fault, place, stack)


def _in_files(way: str, fault: str, place: Place, stack: ExitStack) -> None:
    folder, paths = _files(way, place)
    if way == "policies" and fault == "malformed":
        for path in paths:
            path.unlink()
            os.mkfifo(path)
    elif way == "policies" and fault == "truncated":
        for path in paths:
            path.write_bytes(b"")
    else:
        break_files(fault, folder, paths, stack)


def _files(way: str, place: Place) -> tuple[Path, list[Path]]:
    """The folder of a way, a copy or the instance's own, which is a copy already; and the files to break in it."""
    if way == "backups":
        copy = place.scratch / "backups"
        shutil.copytree(place.environment["PORTAL_BACKUPS"], copy)
        for path in (copy, *copy.rglob("*")):
            path.chmod(path.stat().st_mode | stat.S_IRGRP | stat.S_IROTH | (0o011 if path.is_dir() else 0))
        place.environment["PORTAL_BACKUPS"] = str(copy)
        return copy, [*copy.glob("base/*/backup_manifest"), *copy.glob("wal/*")]
    if way == "mail":
        copy = place.scratch / "mail"
        shutil.copytree(place.environment["PORTAL_MAIL_SINK"], copy)
        place.environment["PORTAL_MAIL_SINK"] = str(copy)
        return copy, sorted(copy.glob("*.eml"))
    if way == "log":
        copy = place.scratch / "log"
        copy.mkdir()
        path = Path(shutil.copy2(place.environment["PORTAL_ACCESS_LOG"], copy / "access.jsonl"))
        place.environment["PORTAL_ACCESS_LOG"] = str(path)
        return copy, [path]
    paths = sorted(place.root.glob(FILES[way]))
    return paths[0].parent, paths
