"""The backups that really exist: base backups with their checksums, and the archived log between them and now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from trustcenter.collectors import _backup_files as backup_files
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Completeness, Period, Population
from trustcenter.sources.interface import Files


@dataclass(frozen=True, slots=True)
class Backup:
    """One base backup, or the archived log as a whole."""

    name: Annotated[str, Key]
    kind: Literal["base", "log"]
    newest: bool
    """The base backup that was begun last; the log always."""
    taken_at: datetime | None
    """Base: when it was begun, by its own label. Log: when its newest segment was written."""
    finished_at: datetime | None
    """By the history file that the server archived; absent where there is none."""
    since_previous: timedelta | None
    """Between the beginnings of this base backup and the one before."""
    size: Annotated[int, unit("bytes")]
    files: int
    verified: bool
    """Base: every file has the size and checksum of its manifest, none is beyond it. Log: no segment is cut off."""
    missing_segments: int
    """Log segments that are not there between this backup's beginning and the newest segment."""
    problem: str | None

    @property
    def usable(self) -> bool:
        """What a restore to the newest moment needs is there and undamaged."""
        return self.verified and self.missing_segments == 0


@collector(method="inspection", kinds=("platform",))
def backups(files: Files, run: Run) -> Population[Backup]:
    """Base backups verified against their manifests, and whether the archived log reaches from each to now.

    Mapping: `base_folders` (a pattern such as `base/*`) and `log_folder` below the source's `backups`; optional
    `segment_size` in bytes where the log is kept compressed. A damaged backup is a finding, not a failure to
    look: the population has it with `verified` false.
    """
    pattern, folder = str(run.setting("base_folders")), str(run.setting("log_folder"))
    log = backup_files.archived_log(files, folder, run.mapping.get("segment_size"))
    history = backup_files.history_labels(files, folder)
    names = [name for name in files.folders(pattern) if not name.rpartition("/")[2].startswith(".")]
    bases = [_base(name, files, log, history) for name in names]
    bases.sort(key=lambda base: (base.taken_at is not None, base.taken_at, base.name))
    dated = [base for base in bases if base.taken_at is not None]
    spaced = [_spaced(base, dated) for base in bases]
    facts = (*spaced, _log(files, folder, log, [base for base in spaced if base.taken_at is not None]))
    again = {name.split("/", pattern.count("/") + 1)[pattern.count("/")] for name in files.names(f"{pattern}/**")}
    moments = [base.taken_at for base in dated if base.taken_at is not None]
    return Population(
        facts=facts,
        completeness=Completeness(
            "folders of base backups against the folders that hold the files listed one by one, and the log; "
            "both by the same file system",
            len({name for name in again if not name.startswith(".")}) + 1,
            len([base for base in bases if base.files]) + 1,
        ),
        query=f"list {pattern} and {folder}; compare each base backup with its backup_manifest",
        parameters={"base_folders": pattern, "log_folder": folder},
        observed_at=run.now(),
        period=Period(min(moments), run.now()) if moments else None,
        exclusions=("folders whose name begins with a dot: backups that are still being taken",),
        notes=tuple(f"log segment {name} is cut off" for name in log.odd),
    )


def _base(name: str, files: Files, log: backup_files.ArchivedLog, history: dict[str, backup_files.Label]) -> Backup:
    members = files.names(f"{name}/**")
    size = sum(files.size(member) for member in members)
    lacking = [part for part in ("backup_label", "backup_manifest") if f"{name}/{part}" not in members]
    label = backup_files.Label.of(files.read(f"{name}/backup_label")) if "backup_label" not in lacking else None
    problem: str | None = None
    missing = 1
    if lacking or label is None or label.start_file is None:
        problem = f"has no {' and no '.join(lacking)}" if lacking else "its label names no log segment"
    else:
        problem = backup_files.damage(files, name, members)
        missing = log.missing(label.start_file)
    started = label.started_at if label else None
    if started is None and "backup_manifest" not in lacking:
        started = files.modified(f"{name}/backup_manifest")
    stopped = history[label.start_file].stopped_at if label and label.start_file in history else None
    return Backup(
        name=name.rpartition("/")[2],
        kind="base",
        newest=False,
        taken_at=started,
        finished_at=stopped,
        since_previous=None,
        size=size,
        files=len(members),
        verified=problem is None,
        missing_segments=missing,
        problem=problem,
    )


def _spaced(base: Backup, dated: list[Backup]) -> Backup:
    if base not in dated:
        return base
    place = dated.index(base)
    before = dated[place - 1].taken_at if place else None
    since = base.taken_at - before if before is not None and base.taken_at is not None else None
    return replace(base, newest=place == len(dated) - 1, since_previous=since)


def _log(files: Files, folder: str, log: backup_files.ArchivedLog, bases: list[Backup]) -> Backup:
    """The log as a whole: what is missing is what the oldest base backup would miss."""
    newest = max(log.segments, default=None)
    return Backup(
        name=folder,
        kind="log",
        newest=True,
        taken_at=files.modified(f"{folder}/{log.segments[newest]}") if newest else None,
        finished_at=None,
        since_previous=None,
        size=sum(files.size(f"{folder}/{name}") for name in log.segments.values()),
        files=len(log.segments),
        verified=bool(log.segments) and not log.odd,
        missing_segments=max((base.missing_segments for base in bases), default=0 if newest else 1),
        problem=None if newest else "there is no log segment",
    )
