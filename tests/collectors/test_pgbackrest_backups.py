"""`pgbackrest_backups` on Debian's own pgBackRest and PostgreSQL: good, damaged, with a hole in the log, unreadable."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from embedded_postgresql import free_port
from runs import collect, run_of

from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell
from trustcenter.testing import Program, Stage, conform

BIN = Path("/usr/lib/postgresql/15/bin")
USER = "postgres"
pytestmark = pytest.mark.xdist_group("pgbackrest")


def as_postgres(*arguments: str) -> None:
    subprocess.run(["runuser", "-u", USER, "--", *arguments], check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A repository with a full and an incremental backup, encrypted; the server is gone."""
    if os.geteuid() != 0 or shutil.which("pgbackrest") is None or not BIN.is_dir():
        pytest.skip("needs root, and Debian's packages pgbackrest and postgresql-15")
    with tempfile.TemporaryDirectory(prefix="tc-pgbackrest-") as name:
        root = Path(name)
        for folder in ("repository", "lock", "socket"):
            (root / folder).mkdir()
        configure(root)
        subprocess.run(["chown", "-R", USER, name], check=True)
        rest = ("pgbackrest", f"--config={root}/pgbackrest.conf", "--stanza=shop")
        archive = " ".join((*rest, "archive-push", "%p"))
        as_postgres(str(BIN / "initdb"), "-D", f"{root}/data", "-A", "trust", "--no-sync")
        options = (
            f"-p {port(root)} -k {root}/socket -h '' -c fsync=off -c archive_mode=on -c archive_command='{archive}'"
        )
        as_postgres(str(BIN / "pg_ctl"), "-D", f"{root}/data", "-w", "-l", f"{root}/log", "-o", options, "start")
        try:
            as_postgres(*rest, "stanza-create")
            as_postgres(*rest, "--type=full", "backup")
            as_postgres(*rest, "--type=incr", "backup")
        finally:
            as_postgres(str(BIN / "pg_ctl"), "-D", f"{root}/data", "-m", "immediate", "stop")
        yield root


def port(root: Path) -> str:
    line = next(one for one in (root / "pgbackrest.conf").read_text().splitlines() if one.startswith("pg1-port"))
    return line.partition("=")[2]


def configure(root: Path, passphrase: str = "made-for-this-test") -> None:
    (root / "pgbackrest.conf").write_text(
        f"[global]\nrepo1-path={root}/repository\nrepo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass={passphrase}\n"
        f"lock-path={root}/lock\nlog-level-file=off\nlog-level-console=off\nstart-fast=y\narchive-timeout=60\n"
        f"[shop]\npg1-path={root}/data\npg1-port={free_port()}\npg1-socket-path={root}/socket\n"
    )


@contextlib.contextmanager
def copied(made: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tc-pgbackrest-") as name:
        root = Path(name)
        shutil.copytree(made / "repository", root / "repository")
        (root / "lock").mkdir()
        configure(root)
        subprocess.run(["chown", "-R", USER, name], check=True)
        yield root


def settings(root: Path, **more: Any) -> dict[str, Any]:
    given = {"pgbackrest_config": f"{root}/pgbackrest.conf", "stanza": "shop", "pgbackrest_user": USER}
    return {**given, "pgbackrest": "/usr/bin/pgbackrest", **more}


def seen(root: Path, **more: Any) -> Any:
    parameters: Mapping[str, Any] = {"every": 26 * 3600, "keep": 30 * 86400}
    run = run_of(settings(root, **more), kind="pgbackrest", parameters=parameters, seconds=120)
    return collect(find("pgbackrest_backups"), run)


def test_what_a_good_repository_shows(made: Path) -> None:
    found = seen(made)
    by_kind = {kind: [fact for fact in found.facts if fact.kind == kind] for kind in ("backup", "log", "series")}
    assert [fact.verified for fact in by_kind["backup"]] == [True, True]
    assert [fact.newest for fact in by_kind["backup"]] == [False, True]
    assert all(fact.encrypted for fact in found.facts)
    (log,) = by_kind["log"]
    assert (log.verified, log.missing_segments) == (True, 0)
    assert found.completeness.holds
    (series,) = by_kind["series"]
    assert series.gap_count == 1, "two backups of today do not reach back thirty days"
    assert series.gaps[0].endswith(f"{min(fact.taken_at for fact in by_kind['backup']):%Y-%m-%dT%H:%MZ}")
    assert all(fact.taken_at < datetime.now(UTC) for fact in by_kind["backup"])


def test_a_hole_in_the_log_is_counted_although_verify_is_content(made: Path) -> None:
    with copied(made) as root:
        segments = sorted(root.glob("repository/archive/shop/15-1/*/*.gz"))
        segments[len(segments) // 2].unlink()
        (log,) = [fact for fact in seen(root).facts if fact.kind == "log"]
    assert (log.verified, log.missing_segments) == (True, 1)


def test_a_damaged_file_is_no_verified_backup(made: Path) -> None:
    with copied(made) as root:
        victim = sorted(root.glob("repository/backup/shop/*F/pg_data/base/1/*.gz"))[0]
        victim.write_bytes(victim.read_bytes()[:-8])
        facts = seen(root).facts
    assert not any(fact.verified for fact in facts if fact.kind in ("backup", "series"))


def test_the_wrong_passphrase_shows_nothing_although_info_ends_with_0(made: Path) -> None:
    with copied(made) as root:
        configure(root, "another-one")
        with pytest.raises(CouldNotTell) as caught:
            seen(root)
    assert caught.value.cause == "malformed"


def test_a_stanza_that_is_not_there_is_no_empty_list(made: Path) -> None:
    with pytest.raises(CouldNotTell) as caught:
        seen(made, stanza="other")
    assert caught.value.cause == "unsupported"


def test_it_conforms(made: Path) -> None:
    assert find("pgbackrest_backups").description.id == "pgbackrest_backups"
    volatile = ("longest_gap", "reaches_back", "gaps")  # all are measured up to now
    stage = Stage(settings(made), kind="pgbackrest", ways=[Program("pgbackrest")], volatile=volatile)
    assert [str(one) for one in conform(find("pgbackrest_backups"), stage)] == []
