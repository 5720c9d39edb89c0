"""Backups of the embedded server: base backups, archived log, and markers that a restore can be held against.

What counts is what lies in the folders: there is no index that could disagree with them.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from trustcenter.errors import ConfigurationError, TamperedError
from trustcenter.portal.postgres import Cluster
from trustcenter.portal.waiting import wait_for

_NAME = re.compile(r"\A\d{8}T\d{6}Z\Z")
_START = re.compile(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)$", re.MULTILINE)
_SEGMENT = re.compile(r"\A[0-9A-F]{24}\Z")

LOCKED = (
    "portal.organisations, portal.accounts, portal.sessions, portal.documents, portal.document_views, "
    "portal.audit_events, portal.sign_in_failures"
)


@dataclass(frozen=True)
class Marker:
    """A recorded moment: the name of its restore point, and the state of every table just then."""

    id: str
    lsn: str
    tables: dict[str, Any]


def take_base_backup(cluster: Cluster, backup_dsn: str, now: datetime) -> Path:
    """A verified base backup in `base/YYYYmmddTHHMMSSZ`; it has no such name before it is verified."""
    connection = conninfo_to_dict(backup_dsn)
    folder = cluster.state.backups / "base"
    target = folder / now.strftime("%Y%m%dT%H%M%SZ")
    partial = folder / f".partial-{target.name}-{secrets.token_hex(4)}"
    for unfinished in folder.glob(".partial-*"):
        shutil.rmtree(unfinished)
    cluster.run(
        "pg_basebackup", "-D", str(partial), "-h", str(connection["host"]), "-p", str(connection["port"]),
        "-U", str(connection["user"]), "--checkpoint=fast", "--wal-method=stream", "--no-password",
        "--manifest-checksums=SHA256",
        environment={"PGPASSWORD": str(connection["password"])},
    )  # fmt: skip
    verify_manifest(partial)
    partial.rename(target)
    return target


def verify_manifest(base: Path) -> int:
    """Compares every file with the backup's manifest; returns how many there are. Raises TamperedError.

    Size and SHA-256 of each file, the manifest's own checksum over its text before that line, no file beyond the
    manifest (PostgreSQL 18 manual, 69 "Backup Manifest Format"). The log in pg_wal is not in a manifest.
    """
    manifest = base / "backup_manifest"
    raw = manifest.read_bytes()
    document = json.loads(raw)
    text = raw[: raw.rindex(b'"Manifest-Checksum"')]
    if hashlib.sha256(text).hexdigest() != document["Manifest-Checksum"]:
        raise TamperedError("The manifest does not match its own checksum.", where=str(manifest))
    listed = {entry["Path"]: entry for entry in document["Files"]}
    for name, entry in listed.items():
        path = base / name
        if entry["Checksum-Algorithm"] != "SHA256" or not path.is_file() or path.stat().st_size != entry["Size"]:
            raise TamperedError("A file is missing or of another size than the manifest says.", where=str(path))
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry["Checksum"]:
                raise TamperedError("A file does not match the manifest.", where=str(path))
    found = {path.relative_to(base).as_posix() for path in base.rglob("*") if path.is_file()}
    beyond = {name for name in found - set(listed) if not name.startswith("pg_wal/")} - {"backup_manifest"}
    if beyond:
        raise TamperedError("A file is not in the manifest.", where=str(base / min(beyond)))
    return len(listed)


def record_marker(backup_dsn: str, now: datetime, *, archive_within: float = 30.0) -> Marker:
    """Records the state of every table at a named restore point, and waits until the log up to it is archived.

    Writers wait on a lock while the digests are taken, so that what is committed before the restore point is exactly
    what the digests describe.
    Raises ConfigurationError when the archive does not follow within `archive_within` seconds.
    """
    name = f"marker-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    with psycopg.connect(backup_dsn) as holder, psycopg.connect(backup_dsn, autocommit=True) as writer:
        holder.execute(f"lock table {LOCKED} in share mode")
        rows = holder.execute('select "table", rows, digest from portal.table_digests()').fetchall()
        tables = {table: {"rows": count, "digest": digest} for table, count, digest in rows}
        lsn = str(_one(holder, "select pg_current_wal_insert_lsn()"))
        writer.execute(
            "insert into portal.recovery_markers (id, lsn, tables) values (%s, %s, %s)", (name, lsn, json.dumps(tables))
        )
        end = _one(holder, "select pg_create_restore_point(%s)", name)
        holder.commit()
        segment = str(_one(writer, "select pg_walfile_name(%s)", end))
        writer.execute("select pg_switch_wal()")
        wait_for(
            lambda: str(_one(writer, "select coalesce(last_archived_wal, '') from pg_stat_archiver")) >= segment,
            archive_within,
            f"Archiving of {segment}",
        )
    return Marker(name, lsn, tables)


def prune(cluster: Cluster, keep: int) -> list[str]:
    """Removes all but the newest `keep` base backups and the log that only they needed; returns what it removed."""
    if keep < 1:
        raise ConfigurationError("At least one base backup must be kept.", where="--keep-backups")
    bases = base_backups(cluster.state.backups)
    removed = []
    for old in bases[:-keep]:
        shutil.rmtree(old)
        removed.append(old.name)
    if removed:
        cluster.run("pg_archivecleanup", str(cluster.state.backups / "wal"), first_segment(bases[-keep:][0]))
    return removed


def base_backups(folder: Path) -> list[Path]:
    """Finished base backups, oldest first."""
    return sorted(path for path in (folder / "base").iterdir() if _NAME.match(path.name))


def first_segment(base: Path) -> str:
    """The log segment that a restore of this base backup starts from."""
    found = _START.search((base / "backup_label").read_text(encoding="utf-8"))
    if found is None:
        raise ConfigurationError("The base backup's label names no log segment.", where=str(base))
    return found[1]


def observe(folder: Path) -> dict[str, Any]:
    """What lies in the folders, for the posture document: newest base backup and log segment, counts. UTC."""
    bases = base_backups(folder)
    segments = [path for path in (folder / "wal").iterdir() if _SEGMENT.match(path.name)]
    newest = max(segments, key=lambda path: path.name, default=None)
    return {
        "base_backups": len(bases),
        "newest_base_at": _instant(datetime.strptime(bases[-1].name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
        if bases
        else None,
        "log_segments": len(segments),
        "newest_log_segment": newest.name if newest else None,
        "newest_log_segment_at": _instant(datetime.fromtimestamp(newest.stat().st_mtime, UTC)) if newest else None,
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _one(connection: psycopg.Connection[Any], query: str, *parameters: object) -> object:
    row = connection.execute(query, parameters or None).fetchone()
    return row[0] if row else None
