"""Backups kept by pgBackRest: what its own list says, what its own check of every file finds, and what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from trustcenter.collectors._cadence import PARAMETERS, measured
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Cause, Completeness, CouldNotTell, Population
from trustcenter.sources.interface import Process

_SEGMENTS = 256
"""Segments of 16 MB, PostgreSQL's default size, in each 4 GB of log."""


@dataclass(frozen=True, slots=True)
class RestBackup:
    """One backup, the archived log of one database, or the series of all backups."""

    name: Annotated[str, Key]
    kind: Literal["backup", "log", "series"]
    encrypted: bool
    """The repository encrypts what it holds."""
    verified: bool
    """Backup, log: pgBackRest read every file and found it as it was written. Series: every backup is."""
    taken_at: datetime | None
    finished_at: datetime | None
    newest: bool
    files: int
    size: Annotated[int, unit("bytes")]
    missing_segments: int
    """Log: segments between the first and the last that are not there."""
    longest_gap: timedelta | None
    """Series: the longest time without a backup in the period."""
    reaches_back: timedelta | None
    """Series: the age of the oldest backup."""
    gaps: tuple[str, ...]
    """Series: each stretch without a backup that is longer than `every`."""

    @property
    def gap_count(self) -> int:
        return len(self.gaps)


@collector(
    method="inspection",
    kinds=("pgbackrest", "platform"),
    parameters=PARAMETERS,
)
def pgbackrest_backups(process: Process, run: Run) -> Population[RestBackup]:
    """Every backup of a stanza with its verification, the gaps in its log, and the gaps in the series.

    Settings: `pgbackrest_config`, `stanza`; optional `pgbackrest` (the program) and `pgbackrest_user`. `info` ends with
    code 0 where it could read nothing, and `verify` where it found damage: both are read, neither is believed by code.
    """
    config, stanza = str(run.setting("pgbackrest_config")), str(run.setting("stanza"))
    settings = run.source.settings

    def ask(command: str, *more: str) -> str:
        done = process.run(
            [
                str(settings.get("pgbackrest", "pgbackrest")), f"--config={config}", f"--stanza={stanza}",
                "--log-level-console=off", "--log-level-file=off", "--log-level-stderr=off", *more, command,
            ],
            seconds=max(0.1, run.deadline - run.timer()),
            user=settings.get("pgbackrest_user"),
        )  # fmt: skip
        return done.stdout.decode(errors="replace")

    listed = _stanza(ask("info", "--output=json"), stanza)
    checked = _checked(ask("verify", "--output=text", "--verbose"))
    backups: Sequence[Mapping[str, Any]] = listed["backup"]
    now = run.now()
    encrypted = listed.get("cipher") not in (None, "none", "mixed")
    facts = [_backup(one, backups, encrypted, checked) for one in backups]
    facts += [_log(one, encrypted, checked) for one in listed["archive"]]
    series = measured([one.taken_at for one in facts if one.taken_at is not None], now, run)
    whole = bool(backups) and all(fact.verified for fact in facts)
    facts.append(
        RestBackup(
            stanza,
            "series",
            encrypted,
            whole,
            None,
            None,
            False,
            0,
            0,
            0,
            series.longest,
            series.reaches_back,
            tuple(map(str, series.gaps)),
        )
    )
    listing = [fact for fact in facts if fact.kind == "backup"]
    return Population(
        facts=tuple(facts),
        completeness=Completeness(
            "backups that verify found by reading the repository, against those that info lists",
            sum(name.startswith("backup ") for name in checked),
            len(listing),
            independent=True,
        ),
        query="pgbackrest info --output=json; pgbackrest verify --output=text --verbose",
        parameters={"stanza": stanza, **{name: float(run.parameters[name]) for name in PARAMETERS}},
        observed_at=now,
        notes=("Segments of the log are counted as 16 MB each.",),
    )


def _stanza(text: str, name: str) -> Mapping[str, Any]:
    """The stanza of `info`. Raises CouldNotTell for what it could not read, which it reports with exit code 0."""
    try:
        (found,) = json.loads(text)
        repositories = [one["status"] for one in found["repo"]] + [found["status"]]
        bad = next((one for one in repositories if one["code"] not in (0, 2)), None)  # 2: no valid backup yet
        if bad is None:
            assert isinstance(found["backup"], list)
            assert isinstance(found["archive"], list)
            return dict(found)
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise CouldNotTell("malformed", "pgbackrest's answer is no list of one stanza") from error
    cause: Cause = "unsupported" if bad["code"] == 1 else "denied" if "Permission" in str(bad) else "malformed"
    raise CouldNotTell(
        cause, f"pgbackrest could not read stanza {name} (code {bad['code']})",
        hint="check the repository, its cipher and the rights of `pgbackrest_user`",
    )  # fmt: skip


_LINE = re.compile(
    r"^  (?:archiveId: (?P<log>[\w-]+), total WAL checked: (?P<checked>\d+), total valid WAL: (?P<valid>\d+)"
    r"|backup: (?P<backup>[\w-]+), status: (?P<status>\w+), total files checked: (?P<files>\d+), "
    r"total valid files: (?P<good>\d+))$",
    re.MULTILINE,
)


def _checked(text: str) -> dict[str, tuple[int, int]]:
    """What `verify` read: for each backup and log how many files, and how many of them are sound."""
    if not re.match(r"stanza: \S+\nstatus: (ok|error)", text.strip()):
        raise CouldNotTell("malformed", "pgbackrest's verification is none", hint="version 2.45 or newer is needed")
    found: dict[str, tuple[int, int]] = {}
    for line in _LINE.finditer(text):
        if line["log"]:
            found[f"log {line['log']}"] = int(line["checked"]), int(line["valid"])
        else:
            sound = int(line["good"]) if line["status"] == "valid" else min(int(line["good"]), int(line["files"]) - 1)
            found[f"backup {line['backup']}"] = int(line["files"]), sound
    if not found and "status: error" in text:
        raise CouldNotTell("malformed", "pgbackrest could not verify the repository: no usable list of backups")
    return found


def _backup(
    one: Mapping[str, Any], every: Sequence[Mapping[str, Any]], encrypted: bool, checked: Mapping[str, tuple[int, int]]
) -> RestBackup:
    try:
        label, times = str(one["label"]), one["timestamp"]
        files, sound = checked.get(f"backup {label}", (0, 0))
        started, stopped = (datetime.fromtimestamp(int(times[end]), UTC) for end in ("start", "stop"))
        newest = max(int(other["timestamp"]["start"]) for other in every) == int(times["start"])
        verified = files > 0 and files == sound and one["error"] is False
        size = int(one["info"]["size"])
    except (KeyError, TypeError, ValueError) as error:
        raise CouldNotTell("malformed", "pgbackrest lists a backup that is none") from error
    return RestBackup(
        label, "backup", encrypted, verified, started, stopped, newest, files, size, 0, None, None, ()
    )  # fmt: skip


def _log(one: Mapping[str, Any], encrypted: bool, checked: Mapping[str, tuple[int, int]]) -> RestBackup:
    """The archived log: as many segments as lie between its first and its last, or some are missing."""
    try:
        name, first, last = str(one["id"]), one["min"], one["max"]
        files, sound = checked.get(f"log {name}", (0, 0))
        if first is None or last is None:
            expected = 0
        elif first[:8] != last[:8]:
            raise CouldNotTell("unsupported", "the log spans several timelines, whose segments overlap")
        else:
            expected = _number(last) - _number(first) + 1
    except (KeyError, TypeError, ValueError) as error:
        raise CouldNotTell("malformed", "pgbackrest lists an archive that is none") from error
    return RestBackup(
        f"log {name}", "log", encrypted, files > 0 and files == sound, None, None, False, files, 0,
        max(0, expected - files), None, None, (),
    )  # fmt: skip


def _number(segment: str) -> int:
    """The position of a segment on its timeline, from its name (PostgreSQL, `XLogFileName`)."""
    return int(segment[8:16], 16) * _SEGMENTS + int(segment[16:24], 16)
