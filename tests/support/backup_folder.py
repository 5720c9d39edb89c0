"""Real backups of a small database: archived log, base backups with SHA-256 manifests, recorded markers."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import embedded_postgresql
import psycopg
from embedded_postgresql import SUPERUSER, Server

SETTINGS = (
    "wal_level=replica",
    "archive_mode=on",
    "archive_command='test ! -f {root}/backups/wal/%f && cp %p {root}/backups/wal/%f'",
    "log_timezone=UTC",
    "max_wal_senders=4",
)
SCHEMA = """
create schema crm;
create table crm.notes (id int primary key, words text);
create table crm.trail (id int primary key, deed text);
create table crm.marks (id text primary key, at timestamptz not null default now(), tables json not null);
insert into crm.notes select n, 'note ' || n from generate_series(1, 500) n;
insert into crm.trail values (1, 'made'), (2, 'changed');
create function crm.digests() returns table ("table" text, rows bigint, digest text) language sql as $$
  select 'crm.notes', count(*), md5(coalesce(string_agg(t::text, ',' order by id), '')) from crm.notes t union all
  select 'crm.trail', count(*), md5(coalesce(string_agg(t::text, ',' order by id), '')) from crm.trail t $$;
"""
MAPPING: dict[str, Any] = {
    "base_folders": "base/*", "log_folder": "wal", "database": "crm", "superuser": SUPERUSER,
    "markers": "crm.marks", "digests": "crm.digests",
}  # fmt: skip


@dataclass(frozen=True)
class BackupFolder:
    """The folder with `base/` and `wal/`."""

    path: Path
    user: str | None

    def settings(self, **more: Any) -> dict[str, Any]:
        return {"backups": str(self.path), "pg_bin": str(embedded_postgresql.binaries()), "pg_user": self.user, **more}

    def copy(self, to: Path) -> BackupFolder:
        """The same files in another folder, for a test to damage."""
        shutil.copytree(self.path, to)
        return BackupFolder(to, self.user)

    @property
    def base(self) -> Path:
        return sorted((self.path / "base").iterdir())[-1]

    @property
    def segments(self) -> list[Path]:
        return sorted(path for path in (self.path / "wal").iterdir() if len(path.name) == 24)


def fill(server: Server) -> BackupFolder:
    """Two base backups and a marker after each, in the server's own folder."""
    folder = server.root / "backups"
    for part in ("base", "wal"):
        (folder / part).mkdir(parents=True)
        if server.user is not None:
            shutil.chown(folder / part, server.user)
    server.execute("create database crm")
    server.execute(SCHEMA, database="crm")
    for number in (1, 2):
        server.run(
            "pg_basebackup", "-D", str(folder / "base" / f"backup-{number}"), "-h", "127.0.0.1", "-p", str(server.port),
            "-U", SUPERUSER, "-w", "--checkpoint=fast", "--manifest-checksums=SHA256", "--no-sync",
            PGPASSWORD=server.password,
        )  # fmt: skip
        server.execute(f"insert into crm.trail values ({10 + number}, 'between')", database="crm")
        mark(server, f"mark-{number}")
        server.execute("delete from crm.notes where id % 7 = 0", database="crm")
    return BackupFolder(folder, server.user)


def mark(server: Server, name: str) -> None:
    """Record the tables' state at a named restore point and wait until the log up to it is archived."""
    with psycopg.connect(server.dsn("crm"), autocommit=True) as connection:
        state = connection.execute('select "table", rows, digest from crm.digests()').fetchall()
        tables = {table: {"rows": rows, "digest": digest} for table, rows, digest in state}
        connection.execute("insert into crm.marks (id, tables) values (%s, %s)", (name, json.dumps(tables)))
        point = connection.execute("select pg_create_restore_point(%s)", (name,)).fetchone()
        (segment,) = connection.execute("select pg_walfile_name(%s)", point).fetchone() or ("",)
        connection.execute("select pg_switch_wal()")
        deadline = time.monotonic() + 20
        while not (server.root / "backups" / "wal" / segment).exists():
            assert time.monotonic() < deadline, f"{segment} was not archived"
            time.sleep(0.02)
