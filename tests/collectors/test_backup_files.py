"""Labels, manifests and log segments of PostgreSQL's backups, by values."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustcenter.collectors import _backup_files as backup_files
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.files import Folder

SIZE = 1 << 20


def name(timeline: int, number: int) -> str:
    per_file = (1 << 32) // SIZE
    return f"{timeline:08X}{number // per_file:08X}{number % per_file:08X}"


def log(tmp_path: Path, *segments: tuple[int, int], history: dict[int, str] | None = None) -> backup_files.ArchivedLog:
    folder = tmp_path / "wal"
    folder.mkdir()
    for timeline, number in segments:
        with (folder / name(timeline, number)).open("wb") as file:
            file.truncate(SIZE)
    for timeline, text in (history or {}).items():
        (folder / f"{timeline:08X}.history").write_text(text)
    return backup_files.archived_log(Folder(tmp_path), "wal", None)


def test_a_whole_log_misses_nothing_across_the_end_of_a_file_number(tmp_path: Path) -> None:
    """With segments of 1 MB the last part of the name counts to 4095, then the middle part goes on."""
    made = log(tmp_path, *((1, number) for number in range(4090, 4100)))
    assert "000000010000000100000003" in made.segments.values()
    assert made.missing(name(1, 4090)) == 0
    assert made.missing(name(1, 4089)) == 1
    assert made.missing(name(1, 4100)) == 1


def test_holes_are_counted(tmp_path: Path) -> None:
    made = log(tmp_path, (1, 1), (1, 2), (1, 5), (1, 7))
    assert made.missing(name(1, 1)) == 3
    assert made.missing(name(1, 5)) == 1
    assert made.from_segment(name(1, 5)) == (name(1, 5), name(1, 7))


def test_a_promoted_server_goes_on_in_a_new_timeline(tmp_path: Path) -> None:
    """Segments before the turn belong to the old timeline, those after it to the new one."""
    turn = f"1\t0/{5 * SIZE + 512:X}\tno recovery target specified\n"
    made = log(tmp_path, (1, 3), (1, 4), (2, 5), (2, 6), history={2: turn})
    assert made.missing(name(1, 3)) == 0
    assert made.newest(1) == (2, 6)
    assert made.missing(name(2, 5)) == 0


def test_a_timeline_that_is_no_descendant_does_not_count(tmp_path: Path) -> None:
    """A branch of another ancestor cannot be reached from this backup."""
    made = log(tmp_path, (1, 3), (1, 4), (3, 9), history={3: f"2\t0/{8 * SIZE:X}\tother\n"})
    assert made.newest(1) == (1, 4)
    assert made.missing(name(1, 3)) == 0


def test_a_history_that_cannot_be_read_is_malformed(tmp_path: Path) -> None:
    with pytest.raises(CouldNotTell) as caught:
        log(tmp_path, (1, 3), history={2: "1\tnonsense\twhy\n"})
    assert caught.value.cause == "malformed"


def test_a_segment_size_that_postgresql_does_not_have_is_malformed(tmp_path: Path) -> None:
    (tmp_path / "wal").mkdir()
    (tmp_path / "wal" / name(1, 1)).write_bytes(b"x" * 1000)
    with pytest.raises(CouldNotTell) as caught:
        backup_files.archived_log(Folder(tmp_path), "wal", None)
    assert caught.value.cause == "malformed"


def test_a_label_gives_where_and_when(tmp_path: Path) -> None:
    """A time in another zone than UTC is not guessed."""
    text = b"START WAL LOCATION: 0/7000028 (file 000000010000000000000007)\nSTART TIME: 2026-11-21 04:19:24 %s\n"
    label = backup_files.Label.of(text % b"UTC")
    assert (label.start_file, label.started_at) == (name(1, 7), datetime(2026, 11, 21, 4, 19, 24, tzinfo=UTC))
    assert backup_files.Label.of(text % b"CET").started_at is None
    assert backup_files.Label.of(b"nonsense") == backup_files.Label(None, None, None)


@pytest.mark.parametrize("raw", [b"{", b"{}", b'{"WAL-Ranges": []}', b'{"WAL-Ranges": [{"End-LSN": "x"}]}', b"[1]"])
def test_a_manifest_without_a_range_gives_none(raw: bytes) -> None:
    assert backup_files.consistent_from(raw) is None
