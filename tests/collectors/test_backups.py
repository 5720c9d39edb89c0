"""What really lies in a backup folder, and what is wrong with it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from backup_folder import MAPPING, BackupFolder
from runs import collect, run_of

from trustcenter.collectors.backups import Backup, backups
from trustcenter.model.population import CouldNotTell, Population

pytestmark = pytest.mark.xdist_group("backups")  # real ones, made once for all of them


def seen(folder: BackupFolder) -> Population[Backup]:
    return collect(backups, run_of(folder.settings(), MAPPING))


def test_good_backups_are_verified_and_their_log_reaches_to_now(backed_up: BackupFolder) -> None:
    population = seen(backed_up)
    first, second, log = population.facts
    assert population.completeness.holds
    assert [fact.kind for fact in population.facts] == ["base", "base", "log"]
    assert all(fact.usable and fact.problem is None for fact in population.facts)
    assert (first.newest, second.newest) == (False, True)
    assert first.since_previous is None
    assert second.since_previous is not None
    assert second.finished_at is not None
    assert second.size == sum(path.stat().st_size for path in backed_up.base.rglob("*") if path.is_file())
    assert log.files == len(backed_up.segments)


def _flip(folder: BackupFolder) -> None:
    path = folder.base / "base" / "1" / "PG_VERSION"
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])


def _cut(folder: BackupFolder) -> None:
    path = folder.base / "global" / "pg_control"
    path.write_bytes(path.read_bytes()[:-1])


def _forge(folder: BackupFolder) -> None:
    path = folder.base / "backup_manifest"
    path.write_bytes(path.read_bytes().replace(b'"Size": 3,', b'"Size": 4,', 1))


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (_flip, "base/1/PG_VERSION does not have the checksum"),
        (_cut, "global/pg_control is not as long"),
        (_forge, "does not have its own checksum"),
        (lambda folder: (folder.base / "PG_VERSION").unlink(), "PG_VERSION is missing"),
        (lambda folder: (folder.base / "base" / "extra").write_text("x"), "base/extra is not in its manifest"),
        (lambda folder: (folder.base / "backup_manifest").unlink(), "has no backup_manifest"),
        (lambda folder: (folder.base / "backup_label").unlink(), "has no backup_label"),
        (lambda folder: (folder.base / "backup_manifest").write_text("{"), "cannot be read"),
    ],
)
def test_each_damage_to_a_base_backup_is_named(
    backed_up: BackupFolder, tmp_path: Path, damage: Callable[[BackupFolder], None], problem: str
) -> None:
    """A damaged backup stays in the population, as what it is."""
    folder = backed_up.copy(tmp_path / "backups")
    damage(folder)
    bad = next(fact for fact in seen(folder).facts if fact.name == "backup-2")
    assert not bad.verified
    assert not bad.usable
    assert problem in (bad.problem or "")
    assert str(tmp_path) not in (bad.problem or "")


def test_a_gap_in_the_log_is_counted_for_each_backup_before_it(backed_up: BackupFolder, tmp_path: Path) -> None:
    folder = backed_up.copy(tmp_path / "backups")
    folder.segments[-2].unlink()
    first, second, log = seen(folder).facts
    assert (first.missing_segments, log.missing_segments) == (1, 1)
    assert not first.usable
    assert second.verified


def test_a_log_that_ends_before_the_backup_is_missing_all_of_it(backed_up: BackupFolder, tmp_path: Path) -> None:
    folder = backed_up.copy(tmp_path / "backups")
    for segment in folder.segments:
        segment.unlink()
    first, second, log = seen(folder).facts
    assert min(first.missing_segments, second.missing_segments, log.missing_segments) >= 1
    assert not log.verified


def test_a_segment_cut_off_is_no_segment(backed_up: BackupFolder, tmp_path: Path) -> None:
    folder = backed_up.copy(tmp_path / "backups")
    path = folder.segments[-2]
    path.write_bytes(path.read_bytes()[:1000])
    population = seen(folder)
    assert not population.facts[-1].verified
    assert population.facts[-1].missing_segments == 1
    assert path.name in population.notes[0]


def test_no_backup_at_all_is_a_log_with_nothing_in_it(tmp_path: Path) -> None:
    """What does not exist is not an empty, passing population: the log is always there, and nothing is independent."""
    (tmp_path / "base").mkdir()
    (tmp_path / "wal").mkdir()
    population = seen(BackupFolder(tmp_path, None))
    (log,) = population.facts
    assert (log.kind, log.verified, log.missing_segments) == ("log", False, 1)
    assert not population.completeness.independent


def test_a_backup_that_is_still_being_taken_is_excluded_and_declared(backed_up: BackupFolder, tmp_path: Path) -> None:
    folder = backed_up.copy(tmp_path / "backups")
    folder.base.rename(folder.path / "base" / ".partial-2")
    population = seen(folder)
    assert [fact.name for fact in population.facts] == ["backup-1", "wal"]
    assert population.exclusions


def test_checksums_that_cannot_be_compared_are_unsupported(backed_up: BackupFolder, tmp_path: Path) -> None:
    folder = backed_up.copy(tmp_path / "backups")
    path = folder.base / "backup_manifest"
    text = path.read_text().replace('"SHA256"', '"CRC32C"').rpartition('"Manifest-Checksum"')[0]
    path.write_text(f'{text}"Manifest-Checksum": "{hashlib.sha256(text.encode()).hexdigest()}"}}\n')
    json.loads(path.read_text())
    with pytest.raises(CouldNotTell) as caught:
        seen(folder)
    assert caught.value.cause == "unsupported"


def test_a_folder_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(CouldNotTell) as caught:
        seen(BackupFolder(tmp_path / "nowhere", None))
    assert caught.value.cause == "unreachable"


def test_a_link_out_of_the_folder_is_malformed(backed_up: BackupFolder, tmp_path: Path) -> None:
    folder = backed_up.copy(tmp_path / "backups")
    (folder.base / "secret").symlink_to("/etc/passwd")
    with pytest.raises(CouldNotTell) as caught:
        seen(folder)
    assert caught.value.cause == "malformed"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything; see test_files for the same as another user")
def test_a_backup_that_may_not_be_read_is_denied(backed_up: BackupFolder, tmp_path: Path) -> None:
    folder = backed_up.copy(tmp_path / "backups")
    folder.base.chmod(0)
    with pytest.raises(CouldNotTell) as caught:
        seen(folder)
    assert caught.value.cause == "denied"
