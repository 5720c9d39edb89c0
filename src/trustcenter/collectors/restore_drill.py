"""A restore, really done: from backup files alone to a recorded marker, compared with what was recorded there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from trustcenter.collectors import _backup_files as backup_files
from trustcenter.collectors import _postgresql as postgresql
from trustcenter.collectors._scratch_cluster import ScratchCluster, scratch_cluster, system_user
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Files, Process, Sql

READ_LOG_SECONDS = 300.0
_RESTORE_POINT = re.compile(r"lsn: ([0-9A-F]+/[0-9A-F]+), .*desc: RESTORE_POINT (\S+)")
_SAFE = re.compile(r"^[A-Za-z0-9_.:+-]{1,63}$")


@dataclass(frozen=True, slots=True)
class RestoreCheck:
    """The recovery as a whole, or one table of it."""

    check: Annotated[str, Key]
    """`recovery`, or the table's name."""
    kind: Literal["recovery", "table"]
    restored: bool
    """Recovery: the server came up at the marker. Table: it is there."""
    backup: str
    """The base backup that was restored."""
    marker: str
    recovered_to: datetime | None
    """The moment of the marker, as it was recorded."""
    took: timedelta
    """From the first copied file to the last comparison."""
    rows_recorded: int | None
    rows_restored: int | None
    digest_recorded: str | None
    digest_restored: str | None
    recorded_in_platform: bool | None
    """Recovery: the running platform has the same record of the marker; absent where it could not be asked."""
    problem: str | None

    @property
    def same(self) -> bool:
        """What came back is what was recorded."""
        if self.kind == "recovery":
            return self.restored and self.recorded_in_platform is not False
        known = self.rows_recorded is not None and self.digest_recorded is not None
        return known and self.rows_recorded == self.rows_restored and self.digest_recorded == self.digest_restored


@dataclass(frozen=True, slots=True)
class _Plan:
    base: str
    marker: str
    log: tuple[str, ...]


@collector(method="probe", kinds=("platform",))
def restore_drill(files: Files, process: Process, db: Sql | None, run: Run) -> Population[RestoreCheck]:
    """Restores the newest usable base backup to the newest recorded marker in a scratch cluster and compares tables.

    Nothing of the running platform is used for the restore: only files below the source's `backups` and programs of
    `pg_bin`. Mapping: `base_folders`, `log_folder`, `database`, `markers` (table of recorded moments with columns `id`,
    `at`, `tables` = {table: {rows, digest}}), `digests` (function returning table, rows, digest as now); optional
    `superuser` (default postgres), `pg_user` (system user for the server when run as root). A backup that does not come
    up is a finding (`restored` false).
    """
    folder = str(run.setting("log_folder"))
    database, superuser = str(run.setting("database")), str(run.mapping.get("superuser", "postgres"))
    markers, digests = postgresql.quoted(run.setting("markers")), postgresql.quoted(run.setting("digests"))
    binaries = str(run.setting("pg_bin"))
    user = system_user(run)
    log = backup_files.archived_log(files, folder, run.mapping.get("segment_size"))
    plan = _plan(files, process, binaries, folder, log, str(run.setting("base_folders")))
    record = f"select row_to_json(m) from (select id, at, tables from {markers} where id = '{plan.marker}') m"  # noqa: S608
    now_there = (
        f"""select coalesce(json_object_agg("table", json_build_object('rows', rows, 'digest', digest)), '{{}}') """  # noqa: S608
        f"from {digests}()"
    )
    began = run.timer()
    with scratch_cluster(process, binaries, user) as cluster:
        needed = [files.local(f"{folder}/{name}") for name in plan.log]
        needed += [files.local(name) for name in files.names(f"{folder}/*.history")]
        problem = cluster.restore(files.local(plan.base), needed, plan.marker)
        recorded = {} if problem else _object(cluster, database, superuser, record)
        restored = {} if problem else _object(cluster, database, superuser, now_there)
    took = timedelta(seconds=round(run.timer() - began, 3))
    if problem is None and not recorded:
        problem = "the restored database has no record of the marker"
    tables = recorded.get("tables") or {}
    if problem is None and (not isinstance(tables, Mapping) or not tables):
        raise CouldNotTell("malformed", "the marker's record names no tables", hint="check the mapping of `markers`")
    at = _moment(recorded.get("at"))
    base = plan.base.rpartition("/")[2]
    facts = [
        RestoreCheck(
            check="recovery",
            kind="recovery",
            restored=problem is None,
            backup=base,
            marker=plan.marker,
            recovered_to=at,
            took=took,
            rows_recorded=None,
            rows_restored=None,
            digest_recorded=None,
            digest_restored=None,
            recorded_in_platform=_in_platform(db, markers, plan.marker, tables) if problem is None else None,
            problem=problem,
        )
    ]
    for name in sorted({*tables, *restored}):
        before, after = tables.get(name, {}), restored.get(name, {})
        facts.append(
            RestoreCheck(
                check=name,
                kind="table",
                restored=name in restored,
                backup=base,
                marker=plan.marker,
                recovered_to=at,
                took=took,
                rows_recorded=before.get("rows"),
                rows_restored=after.get("rows"),
                digest_recorded=before.get("digest"),
                digest_restored=after.get("digest"),
                recorded_in_platform=None,
                problem=None,
            )
        )
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "the tables that the marker's record names, and the recovery itself",
            len(tables) + 1,
            len([fact for fact in facts if fact.kind == "recovery" or fact.check in tables]),
            independent=bool(tables),
        ),
        query=f"restore {base} and {len(plan.log)} log segments to {plan.marker};\n{record};\n{now_there}",
        parameters={"marker": plan.marker, "base": base},
        observed_at=run.now(),
        notes=(f"The scratch cluster had no network and was thrown away after {took.total_seconds():.1f} seconds.",),
    )


def _plan(
    files: Files, process: Process, binaries: str, folder: str, log: backup_files.ArchivedLog, pattern: str
) -> _Plan:
    """The newest base backup that has a marker after it in the archived log, and the log that it needs."""
    begun: list[tuple[str, str, int]] = []
    for name in files.folders(pattern):
        members = files.names(f"{name}/backup_*")
        if name.rpartition("/")[2].startswith(".") or len(members) < 2:
            continue
        label = backup_files.Label.of(files.read(f"{name}/backup_label"))
        consistent = backup_files.consistent_from(files.read(f"{name}/backup_manifest"))
        if label.start_file is not None and consistent is not None:
            begun.append((label.start_file, name, consistent))
    if not begun:
        raise CouldNotTell("incomplete", "there is no base backup to restore", hint="take one and archive its log")
    begun.sort(key=lambda item: log.number(item[0])[::-1])
    for start, name, consistent in reversed(begun):
        points = _restore_points(process, binaries, files.local(folder), log, start)
        after = [marker for where, marker in points if where >= consistent]
        if after:
            return _Plan(name, after[-1], log.from_segment(start))
    raise CouldNotTell("incomplete", "no recovery marker lies after a base backup in the archived log")


def _restore_points(
    process: Process, binaries: str, folder: str, log: backup_files.ArchivedLog, start: str
) -> list[tuple[int, str]]:
    """Position and name of each restore point in the log from `start` on, oldest first."""
    timeline, first = log.number(start)
    program = str(Path(binaries) / "pg_waldump")
    points = []
    for known in sorted({found for found, number in log.segments if found >= timeline and number >= first}):
        span = sorted(number for found, number in log.segments if found == known and number >= first)
        # it ends with 1 where the log breaks off; what it printed until then counts
        read = process.run(
            [
                program, f"--path={folder}", f"--timeline={known}", "--rmgr=XLOG",
                log.segments[known, span[0]], log.segments[known, span[-1]],
            ],
            seconds=READ_LOG_SECONDS,
            allowed=(0, 1),
        )  # fmt: skip
        points += _RESTORE_POINT.findall(read.stdout.decode("utf-8", "replace"))
    return [(backup_files.position(where), name) for where, name in points if _SAFE.match(name)]


def _object(cluster: ScratchCluster, database: str, superuser: str, query: str) -> dict[str, Any]:
    text = cluster.text(database, superuser, query)
    if not text:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        raise CouldNotTell("malformed", "the restored database's answer is not JSON") from None
    if not isinstance(value, dict):
        raise CouldNotTell("malformed", "the restored database's answer is not an object")
    return value


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value).astimezone(UTC) if isinstance(value, str) else None


def _in_platform(db: Sql | None, markers: str, marker: str, tables: object) -> bool | None:
    if db is None:
        return None
    rows = db.rows(f"select tables from {markers} where id = %(id)s", {"id": marker})  # noqa: S608
    return len(rows) == 1 and rows[0]["tables"] == tables
