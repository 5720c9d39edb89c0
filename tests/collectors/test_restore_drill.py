"""A restore from files alone, compared with what was recorded; and every way in which it can fail."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import embedded_postgresql
import pytest
from backup_folder import MAPPING, BackupFolder
from runs import collect, run_of

from trustcenter.collectors.restore_drill import RestoreCheck, restore_drill
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.testing import sockets as faults


def drill(folder: BackupFolder, seconds: float = 60.0, **more: Any) -> Population[RestoreCheck]:
    return collect(restore_drill, run_of(folder.settings(**more), MAPPING, seconds=seconds))


def cause_of(folder: BackupFolder, seconds: float = 60.0, **more: Any) -> str:
    with pytest.raises(CouldNotTell) as caught:
        drill(folder, seconds, **more)
    assert list(Path("/tmp").glob(f"tc-drill-{os.getpid()}-*")) == []
    return caught.value.cause


def programs(folder: Path, name: str, script: str) -> str:
    """A folder of PostgreSQL's programs with one of them replaced by a script."""
    folder.mkdir()
    folder.chmod(0o755)
    for program in embedded_postgresql.binaries().iterdir():
        if program.name != name:
            (folder / program.name).symlink_to(program)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return str(folder)


def test_the_newest_marker_comes_back_row_for_row(backed_up: BackupFolder) -> None:
    """Rows and digests are those recorded at the marker, not those of now: 71 notes were deleted after it."""
    population = drill(backed_up)
    recovery, notes, trail = population.facts
    assert (recovery.restored, recovery.backup, recovery.marker) == (True, "backup-2", "mark-2")
    assert recovery.recorded_in_platform is None
    assert recovery.took.total_seconds() > 0
    assert [(fact.check, fact.same) for fact in (notes, trail)] == [("crm.notes", True), ("crm.trail", True)]
    assert (notes.rows_restored, trail.rows_restored) == (500 - 71, 4)
    assert population.completeness.holds
    assert all(fact.same for fact in population.facts)


def test_an_older_backup_is_taken_where_no_marker_follows_the_newest(backed_up: BackupFolder, tmp_path: Path) -> None:
    folder = backed_up.copy(tmp_path / "backups")
    for segment in folder.segments[-1:]:
        segment.unlink()
    recovery = drill(folder).facts[0]
    assert (recovery.backup, recovery.marker, recovery.restored) == ("backup-1", "mark-1", True)


@pytest.mark.parametrize("name", ["global/pg_control", "backup_label"])
def test_a_backup_that_does_not_come_up_is_a_finding(backed_up: BackupFolder, tmp_path: Path, name: str) -> None:
    """It is there and cannot be restored: that is a fact with the server's words, not an inability to look."""
    folder = backed_up.copy(tmp_path / "backups")
    path = folder.base / name
    path.write_bytes(path.read_bytes().replace(b"CHECKPOINT LOCATION: 0", b"CHECKPOINT LOCATION: X"))
    if name == "global/pg_control":
        path.write_bytes(bytes(8192))
    population = drill(folder)
    recovery = population.facts[0]
    assert (recovery.backup, recovery.restored, recovery.same) == ("backup-2", False, False)
    assert recovery.problem
    assert str(tmp_path) not in recovery.problem
    assert not population.completeness.independent


def test_a_table_that_came_back_different_is_named(backed_up: BackupFolder, tmp_path: Path) -> None:
    """The record says what was there; a restore that yields something else does not pass on the recovery alone."""
    population = collect(
        restore_drill, run_of(backed_up.settings(), {**MAPPING, "markers": "crm.marks", "digests": "crm.digests"})
    )
    good = population.facts[1]
    bad = RestoreCheck(**{name: getattr(good, name) for name in good.__slots__} | {"digest_restored": "other"})
    assert good.same
    assert not bad.same


def test_without_a_base_backup_it_is_incomplete(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "wal").mkdir()
    assert cause_of(BackupFolder(tmp_path, embedded_postgresql.system_user())) == "incomplete"


def test_without_a_marker_it_is_incomplete(backed_up: BackupFolder, tmp_path: Path) -> None:
    folder = backed_up.copy(tmp_path / "backups")
    for segment in folder.segments:
        segment.unlink()
    assert cause_of(folder) == "incomplete"


def test_a_platform_that_cannot_be_asked_for_its_record_is_unreachable(backed_up: BackupFolder) -> None:
    """Where the source names a database, its record of the marker is part of the comparison."""
    with faults.refused() as port:
        dsn = f"host=127.0.0.1 port={port} dbname=crm user=reader"
        assert cause_of(backed_up, dsn=dsn, connect_seconds=2) == "unreachable"


def test_programs_that_are_not_there_are_unsupported(backed_up: BackupFolder, tmp_path: Path) -> None:
    assert cause_of(backed_up, pg_bin=str(tmp_path)) == "unsupported"


@pytest.mark.parametrize("name", ["pg_waldump", "psql"])
def test_a_program_that_hangs_is_timed_out(backed_up: BackupFolder, tmp_path: Path, name: str) -> None:
    """Its process group is killed and the scratch cluster is gone."""
    assert cause_of(backed_up, seconds=4, pg_bin=programs(_open(tmp_path), name, "sleep 60")) == "timed_out"


def test_a_program_that_is_killed_is_incomplete(backed_up: BackupFolder, tmp_path: Path) -> None:
    assert cause_of(backed_up, pg_bin=programs(_open(tmp_path), "psql", "kill -9 $$")) == "incomplete"


def test_an_answer_that_is_not_json_is_malformed(backed_up: BackupFolder, tmp_path: Path) -> None:
    assert cause_of(backed_up, pg_bin=programs(_open(tmp_path), "psql", "echo garbage")) == "malformed"


def test_a_program_that_may_not_be_run_is_denied(backed_up: BackupFolder, tmp_path: Path) -> None:
    path = programs(_open(tmp_path), "psql", "true")
    (Path(path) / "psql").chmod(0o600)
    assert cause_of(backed_up, pg_bin=path) == "denied"


def _open(tmp_path: Path) -> Path:
    """The server's user must reach the programs."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    return tmp_path / "programs"
