"""A PostgreSQL cluster restored from backup files into a scratch folder: no network, settings of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Process

COPY_SECONDS = 600.0
START_SECONDS = 600.0
QUERY_SECONDS = 120.0
_PORT = 5432  # names the socket in the scratch folder; nothing listens on a network
_ARGUMENTS = 500  # file names on one command line

_SETTINGS = """\
listen_addresses = ''
unix_socket_directories = '{folder}'
port = 5432
hot_standby = off
archive_mode = off
fsync = off
max_connections = 20
shared_buffers = 32MB
timezone = 'UTC'
restore_command = 'cp "{folder}/log/%f" "%p"'
recovery_target_name = '{marker}'
recovery_target_action = 'promote'
"""


@dataclass(frozen=True, slots=True)
class ScratchCluster:
    """A restored cluster in `folder`; `user` is the system user that it runs as, None for our own."""

    folder: Path
    binaries: Path
    user: str | None
    process: Process

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def restore(self, base: str, log: Sequence[str], marker: str) -> str | None:
        """Copy a base backup and log files, recover to the marker: None, or the server's words why it could not.

        `base` and `log` are paths of this machine. The configuration in the backup is not used: it names archives and
        addresses of production.
        """
        (self.folder / "log").mkdir()
        self._copy([base], self.data)
        for begin in range(0, len(log), _ARGUMENTS):
            self._copy(log[begin : begin + _ARGUMENTS], self.folder / "log")
        for name in ("postmaster.pid", "postmaster.opts", "standby.signal"):
            (self.data / name).unlink(missing_ok=True)
        settings = _SETTINGS.format(folder=self.folder, marker=marker)
        for name, text in (
            ("postgresql.conf", settings),
            ("postgresql.auto.conf", ""),
            ("pg_hba.conf", "local all all trust\n"),  # the folder is open to its owner alone
            ("pg_ident.conf", ""),
            ("recovery.signal", ""),
        ):
            (self.data / name).write_text(text, encoding="utf-8")
        self.data.chmod(0o700)
        if self.user is not None:
            self.process.run(["chown", "-R", self.user, str(self.folder)], seconds=COPY_SECONDS)
        started = self.process.run(
            [
                str(self.binaries / "pg_ctl"), "start", "-w", "-s", "-t", str(round(START_SECONDS)),
                "-D", str(self.data), "-l", str(self.folder / "server.log"),
            ],
            seconds=START_SECONDS,
            allowed=(0, 1),
            user=self.user,
        )  # fmt: skip
        return self._recovered() if started.code == 0 else self._last_words()

    def _recovered(self) -> str | None:
        """Wait for the end of recovery: without hot standby the server takes connections from then on, not before.

        pg_ctl does not wait for that. The run's time limit ends the waiting (`Process.run` raises).
        """
        ready = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.folder), "-p", str(_PORT)]
        while (self.data / "postmaster.pid").exists():
            if self.process.run(ready, seconds=QUERY_SECONDS, allowed=(0, 1, 2), user=self.user).code == 0:
                return None
            time.sleep(0.05)
        return self._last_words()

    def text(self, database: str, superuser: str, query: str) -> str:
        """One value as text, read with psql. Raises CouldNotTell("malformed") where the query fails."""
        answer = self.process.run(
            [
                str(self.binaries / "psql"), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1",
                "-h", str(self.folder), "-p", str(_PORT), "-U", superuser, "-d", database, "-c", query,
            ],
            seconds=QUERY_SECONDS,
            user=self.user,
        )  # fmt: skip
        return answer.stdout.decode("utf-8", "replace").strip()

    def stop(self) -> None:
        """End the server at once and see that it is gone; its data is thrown away."""
        try:
            number = int((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        for sent in (signal.SIGQUIT, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(number, sent)
            for _ in range(100):
                try:
                    os.kill(number, 0)
                except (ProcessLookupError, PermissionError):
                    return
                time.sleep(0.05)

    def _copy(self, sources: Sequence[str], target: Path) -> None:
        self.process.run(["cp", "-Rp", *sources, str(target)], seconds=COPY_SECONDS)

    def _last_words(self) -> str:
        try:
            lines = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "the server did not start and left no log"
        fatal = [line.partition(":  ")[2] for line in lines if "FATAL" in line or "PANIC" in line]
        said = fatal[0] if fatal else "the server did not start"
        return said.replace(str(self.folder), "")[:300]


@contextmanager
def scratch_cluster(process: Process, binaries: str, user: str | None) -> Iterator[ScratchCluster]:
    """A folder for a cluster, short enough for a socket's path; server and folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"tc-drill-{os.getpid()}-", dir="/tmp"))
    cluster = ScratchCluster(folder, Path(binaries), user, process)
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def system_user(run: Run) -> str | None:
    """Whom to run PostgreSQL as, which refuses root: the mapped `pg_user` for root, ourselves otherwise."""
    if os.geteuid() != 0:
        return None
    wanted = run.setting("pg_user")
    if not isinstance(wanted, str):
        raise CouldNotTell("unsupported", "PostgreSQL does not run as root", hint="map `pg_user` to a system user")
    try:
        if pwd.getpwnam(wanted).pw_uid != 0:
            return wanted
    except KeyError:
        raise CouldNotTell("unsupported", f"there is no system user {wanted}", hint="check `pg_user`") from None
    raise CouldNotTell("unsupported", "PostgreSQL does not run as root", hint="map `pg_user` to another system user")
