"""Mutants of the backups: a copy of the backup folder, damaged. The restore drill reads it as it finds it."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from mutations.mutant import Broken, Change, Scene, mutant
from mutations.server import BEHIND, until
from mutations.world import World, run
from trustcenter.portal import backups as portal_backups
from trustcenter.portal import database

BACKUPS = "continuity.backups"
DRILL = "continuity.restore-drill/restored"


def damaged(damage: Callable[[Path], None]) -> Change:
    """A copy of the backup folder after this; files keep owner and time."""

    def change(world: World, stack: ExitStack) -> Scene:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trustcenter-backups-")))
        folder.chmod(0o755)
        copy = folder / "backups"
        subprocess.run(["cp", "-Rp", world.portal.environment["PORTAL_BACKUPS"], str(copy)], check=True)
        damage(copy)
        return world.with_environment(PORTAL_BACKUPS=str(copy))

    return change


def newest_base(folder: Path) -> Path:
    return max(path for path in (folder / "base").iterdir() if not path.name.startswith("."))


def segments(folder: Path) -> list[Path]:
    """Archived segments, oldest first."""
    return sorted(path for path in (folder / "wal").iterdir() if re.fullmatch("[0-9A-F]{24}", path.name))


def in_backups(wrong: Callable[[Path], bool]) -> Broken:
    """Whether the folder that collectors are given is like that."""
    return lambda scene: wrong(Path(scene.environment["PORTAL_BACKUPS"]))


def flip_a_byte(folder: Path) -> None:
    """In the largest file of the newest base backup."""
    path = max((newest_base(folder) / "base").rglob("*"), key=lambda each: each.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def manifest_disagrees(folder: Path) -> bool:
    """Whether a file of the newest base backup has not the SHA-256 that PostgreSQL wrote down when it took it."""
    newest = newest_base(folder)
    listed = json.loads((newest / "backup_manifest").read_text())["Files"]
    return any(
        hashlib.sha256((newest / entry["Path"]).read_bytes()).hexdigest() != entry["Checksum"] for entry in listed
    )


def three_days_ago(folder: Path) -> None:
    """The newest base backup was taken three days ago, by a label that its manifest confirms."""
    newest = newest_base(folder)
    label, manifest = newest / "backup_label", newest / "backup_manifest"
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 3 * 86400))
    text = re.sub(r"(START TIME: )\S+", rf"\g<1>{day}", label.read_text())
    label.write_text(text)
    read = manifest.read_text()
    entry = next(each for each in json.loads(read)["Files"] if each.get("Path") == "backup_label")
    read = read.replace(entry["Checksum"], hashlib.sha256(text.encode()).hexdigest())
    kept = read[: read.index('"Manifest-Checksum"')]
    manifest.write_text(f'{kept}"Manifest-Checksum": "{hashlib.sha256(kept.encode()).hexdigest()}"}}\n')


def is_old(folder: Path) -> bool:
    found = re.search(r"START TIME: (\S+)", (newest_base(folder) / "backup_label").read_text())
    return found is not None and found[1] < time.strftime("%Y-%m-%d", time.gmtime(time.time() - 2 * 86400))


def losing_a_segment(world: World, stack: ExitStack) -> Scene:
    """The log goes on for some segments, and one of them is lost."""
    for _ in range(3):
        world.scene.value("select pg_create_restore_point('going on')")
        world.scene.value("select pg_switch_wal()")
    until(lambda: world.scene.value(BEHIND) == 0)
    return damaged(lose_a_segment)(world, stack)


def lose_a_segment(folder: Path) -> None:
    """One that lies between the newest base backup and the newest segment."""
    label = re.search(r"\(file ([0-9A-F]{24})\)", (newest_base(folder) / "backup_label").read_text())
    assert label is not None
    after = [path for path in segments(folder) if path.name > label[1]]
    assert len(after) > 1, "the log is too short to lose a part of it"
    after[0].unlink()


def has_a_gap(folder: Path) -> bool:
    """Whether two names that follow one another are not of neighbours; segments here have one megabyte."""
    numbers = [int(path.name[8:16], 16) * 4096 + int(path.name[16:], 16) for path in segments(folder)]
    return any(after - before > 1 for before, after in itertools.pairwise(numbers))


def stand_still(folder: Path) -> None:
    """No segment was written in the last two hours."""
    for path in segments(folder):
        os.utime(path, (time.time() - 7200, time.time() - 7200))


def stands_still(folder: Path) -> bool:
    return max(path.stat().st_mtime for path in segments(folder)) < time.time() - 3600


def lose_control_file(folder: Path) -> None:
    (newest_base(folder) / "global" / "pg_control").unlink()


def cannot_be_read(scene: Scene) -> bool:
    """Whether PostgreSQL's own pg_controldata finds no cluster in the newest base backup."""
    program = Path(scene.environment["PORTAL_PG_BIN"]) / "pg_controldata"
    newest = newest_base(Path(scene.environment["PORTAL_BACKUPS"]))
    return subprocess.run([str(program), str(newest)], capture_output=True, check=False).returncode != 0


def unlogged(world: World, stack: ExitStack) -> Scene:
    """A table is in no log from now on: a restore gives it back empty. A marker is recorded after that."""
    scene, state = world.scene, world.portal.state
    backup = database.dsn(scene.dsn(), "trustcenter_backup", str(world.secrets["backup_password"]), scene.database)
    copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trustcenter-backups-")))
    copy.chmod(0o755)
    table = "portal.document_views"

    def undo() -> None:
        run(scene, f"alter table {table} set logged")
        portal_backups.record_marker(backup, datetime.now(UTC))  # what is restored from now on is whole again
        world.renew()

    stack.callback(undo)
    run(scene, f"alter table {table} set unlogged")
    portal_backups.record_marker(backup, datetime.now(UTC))
    subprocess.run(["cp", "-Rp", str(state.backups), str(copy / "backups")], check=True)
    return world.with_environment(PORTAL_BACKUPS=str(copy / "backups"))


def rows_in_no_log(scene: Scene) -> bool:
    """Whether a table with rows is one that PostgreSQL empties after a crash (documentation: CREATE TABLE)."""
    found = "select relpersistence = 'u' from pg_class where oid = 'portal.document_views'::regclass"
    return bool(scene.value(found)) and scene.value("select count(*) from portal.document_views") > 0


def rewritten_marker(world: World, stack: ExitStack) -> Scene:
    """Somebody changed, in the running platform, what was recorded for the moment of the backup."""
    return stack.enter_context(
        world.database(
            """update portal.recovery_markers
               set tables = jsonb_set(tables, '{portal.accounts,rows}', '999')
               where at = (select max(at) from portal.recovery_markers)"""
        )
    )


def record_differs(scene: Scene) -> bool:
    return bool(
        scene.value(
            "select exists (select from portal.recovery_markers where tables -> 'portal.accounts' ->> 'rows' = '999')"
        )
    )


MUTANTS = (
    mutant(
        "backup-damaged", "one byte of the newest backup is another",
        f"{BACKUPS}/newest {BACKUPS}/usable", "backups", damaged(flip_a_byte), in_backups(manifest_disagrees),
    ),
    mutant(
        "backup-old", "the newest backup is three days old",
        f"{BACKUPS}/newest", "backups", damaged(three_days_ago), in_backups(is_old),
    ),
    mutant(
        "log-gap", "a segment of the log is missing",
        f"{BACKUPS}/usable {BACKUPS}/log", "backups", losing_a_segment, in_backups(has_a_gap), unclear=DRILL,
    ),
    mutant(
        "log-standing-still", "the log has not been archived for two hours",
        f"{BACKUPS}/log", "backups", damaged(stand_still), in_backups(stands_still),
    ),
    mutant(
        "backup-not-restorable", "the newest backup has no control file",
        f"{BACKUPS}/newest {BACKUPS}/usable {DRILL}", "backups restore_drill",
        damaged(lose_control_file), cannot_be_read,
    ),
    mutant(
        "table-in-no-log", "a table is in no log, so that a restore gives it back empty",
        DRILL, "restore_drill", unlogged, rows_in_no_log,
    ),
    mutant(
        "marker-rewritten", "the record that a restore is compared with was changed in the platform",
        DRILL, "restore_drill", rewritten_marker, record_differs,
    ),
)  # fmt: skip
