"""Backups: a restore from the files alone reaches a recorded marker, and damage is found."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from trustcenter.errors import TamperedError
from trustcenter.portal import backups, database
from trustcenter.portal.postgres import cluster_of, open_path
from trustcenter.portal.preparation import role_dsn
from trustcenter.portal.state import StateDirectory, free_port, read_json
from trustcenter.portal.waiting import wait_for


@pytest.fixture
def cluster(portal):
    return cluster_of(portal.state, read_json(portal.state.root / "ports.json")["postgres"])


@pytest.fixture
def backup_dsn(portal) -> str:
    instance = read_json(portal.state.root / "instance.json")
    return role_dsn(portal.state, instance, "trustcenter_backup", portal.state.secrets().backup_password)


def _own(path: Path, user: str | None) -> None:
    if user is not None:
        for item in [path, *path.rglob("*")]:
            shutil.chown(item, user)


def test_a_restore_from_the_files_alone_reaches_the_marker(portal, cluster, backup_dsn, as_person, open_folder):
    """Rows and digests are those recorded at the marker; what was added after it is not there."""
    owner = as_person("maren@fernhill.example")
    assert owner.send("POST", "/api/documents", {"title": "Before", "kind": "note", "body": "x"}).status == 201
    marker = backups.record_marker(backup_dsn, datetime.now(UTC))
    after = owner.send("POST", "/api/documents", {"title": "After the marker", "kind": "note", "body": "x"})
    assert after.status == 201
    backups.record_marker(backup_dsn, datetime.now(UTC))

    folder = open_folder()
    files = folder / "files"
    shutil.copytree(portal.state.backups, files)
    scratch = replace(cluster, state=StateDirectory(folder / "scratch"), port=free_port(set()))
    scratch.state.root.mkdir()
    shutil.copytree(backups.base_backups(files)[-1], scratch.data)
    scratch.data.chmod(0o700)
    with (scratch.data / "postgresql.conf").open("a") as settings:
        settings.write(
            f"port = {scratch.port}\narchive_mode = off\nlogging_collector = off\nhot_standby = off\n"
            f"restore_command = 'cp {files}/wal/%f %p'\nrecovery_target_name = '{marker.id}'\n"
            "recovery_target_action = 'promote'\n"
        )
    (scratch.data / "recovery.signal").touch()
    _own(scratch.data, cluster.user)
    _own(files, cluster.user)
    open_path(folder)
    scratch.start()
    try:
        administrator = database.dsn(
            f"host=127.0.0.1 port={scratch.port}", "postgres", portal.state.secrets().superuser_password, "portal"
        )
        wait_for(lambda: _accepts(administrator), 30, "The end of recovery")  # pg_ctl does not wait for it
        with psycopg.connect(administrator) as restored:
            rows = restored.execute('select "table", rows, digest from portal.table_digests()').fetchall()
            titles = {row[0] for row in restored.execute("select title from portal.documents")}
            recorded = restored.execute("select tables from portal.recovery_markers where id = %s", (marker.id,))
            assert recorded.fetchone() == (marker.tables,)
    finally:
        scratch.stop()

    assert {table: {"rows": count, "digest": digest} for table, count, digest in rows} == marker.tables
    assert "Before" in titles
    assert "After the marker" not in titles


def _accepts(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def test_damage_to_a_base_backup_is_found(portal, tmp_path):
    """One byte of one file, a missing file, a file too many, a changed manifest."""
    original = backups.base_backups(portal.state.backups)[-1]
    assert backups.verify_manifest(original) > 100

    for name, damage in {
        "byte": lambda base: _flip(base / "global" / "pg_control"),
        "missing": lambda base: (base / "PG_VERSION").unlink(),
        "extra": lambda base: (base / "extra").touch(),
        "manifest": lambda base: _flip(base / "backup_manifest", 200),
    }.items():
        copy = tmp_path / name
        shutil.copytree(original, copy)
        damage(copy)
        with pytest.raises((TamperedError, ValueError)):
            backups.verify_manifest(copy)


def _flip(path: Path, at: int = 100) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_old_backups_and_only_their_log_are_pruned(cluster, backup_dsn, portal):
    """The newest stay restorable: the log is kept from the oldest kept base backup on."""
    before = backups.base_backups(portal.state.backups)
    added = backups.take_base_backup(cluster, backup_dsn, datetime.now(UTC))
    backups.record_marker(backup_dsn, datetime.now(UTC))

    removed = backups.prune(cluster, keep=1)

    assert backups.base_backups(portal.state.backups) == [added]
    assert removed == [base.name for base in before]
    segments = sorted(path.name for path in (portal.state.backups / "wal").iterdir() if len(path.name) == 24)
    assert segments[0] == backups.first_segment(added)


def test_nothing_is_overwritten_in_the_archive(portal, cluster):
    """The archive command refuses a segment that is there already (PostgreSQL 18 manual, 25.3.1)."""
    command = (cluster.data / "postgresql.conf").read_text().split("archive_command = '")[-1].split("'\n")[0]

    assert command.startswith("test ! -f ")
    assert "sync" in command
