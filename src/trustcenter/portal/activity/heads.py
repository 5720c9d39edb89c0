"""Heads of the audit logs, signed and kept outside the database, so that what is cut off there shows here.

The newest note is `latest.note`; each one before it stays under its time. A note is never followed by one that
contradicts it: where a chain no longer holds what was published, nothing more is published, and the old note stands.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg

from trustcenter.errors import TamperedError
from trustcenter.proof.keys import PrivateKey
from trustcenter.proof.note import VerifierKey
from trustcenter.runtime import audit_chain
from trustcenter.runtime.audit_chain import Head, Heads

LATEST = "latest.note"


def publish(dsn: str, folder: Path, key: PrivateKey, now: datetime) -> Heads:
    """Signs where every chain stands now. Raises TamperedError where a chain contradicts the note before."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with _alone(folder), psycopg.connect(dsn, connect_timeout=5) as connection:
        before = latest(folder, VerifierKey(audit_chain.KEY_NAME, key.public))
        if before is not None:
            _still_holds(connection, before[1])
        rows = connection.execute("select label, seq, hash from portal.audit_chain_heads()").fetchall()
        heads = Heads(now, tuple(Head(*row) for row in rows))
        _write(folder, f"{now:%Y%m%dT%H%M%S%fZ}.note", audit_chain.sign(heads, key))
        _write(folder, LATEST, audit_chain.sign(heads, key))
    return heads


def latest(folder: Path, key: VerifierKey) -> tuple[bytes, Heads] | None:
    """The newest note and what it says; None before the first. Raises TamperedError."""
    path = folder / LATEST
    if not path.exists():
        return None
    data = path.read_bytes()
    return data, audit_chain.read(data, key)


def naming(folder: Path, label: str) -> list[str]:
    """Every note that names a chain, oldest first, as text; what their reader holds against the chain."""
    notes = [path.read_text("utf-8") for path in sorted(folder.glob("*Z.note"))] if folder.exists() else []
    return [text for text in notes if f"\n{label} " in text]


def _still_holds(connection: psycopg.Connection, before: Heads) -> None:
    for head in before.heads:
        row = connection.execute("select portal.audit_chain_hash(%s, %s)", (head.label, head.seq)).fetchone()
        if row is None or row[0] is None or bytes(row[0]) != head.hash:
            raise TamperedError(
                f"an audit log no longer holds event {head.seq}, named by the head of {before.at:%Y-%m-%d %H:%M} UTC",
                where=f"chain {head.label}",
                hint="Look for what was removed or changed in the database; the last published heads stay as they are.",
            )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One publication at a time, by application or keeper."""
    with (folder / "publish.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(folder: Path, name: str, data: bytes) -> None:
    temporary = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / name)
