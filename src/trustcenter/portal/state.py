"""The portal's state directory: where everything is, the secrets made at first run, and the ports chosen once.

postgres/            the cluster (embedded server only)
backups/base, wal    base backups and archived write-ahead log
secrets.json         passwords of the database roles, pepper, form key (0600)
keys/                signing keys (0600) of posture documents and of audit heads, and their public halves
audit-heads/         signed notes: where each organisation's audit log stood
tls/                 local authority, certificate, OpenSSL configuration
mail/                messages, where no mail server is named (demonstrations and tests)
log/access.jsonl     access log; beside it the processes' own words
postgres-log/        PostgreSQL's log
portal.json, .env    what a collector needs (0600), written by `serve`
worker.env           what `trustcenter work` needs (0600): its own role, which no collector has
databases/NAME/      the same two files, log, audit heads and ports for an application on another of its databases
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trustcenter.errors import ConfigurationError
from trustcenter.proof.keys import PrivateKey

MAIN_DATABASE = "portal"


@dataclass(frozen=True)
class Secrets:
    """Everything random that must outlive the process. Never logged, never in an error."""

    superuser_password: str
    app_password: str
    worker_password: str
    reader_password: str
    backup_password: str
    pepper: str
    form_key: str
    throttle_key: str
    factor_key: str

    def __repr__(self) -> str:
        return "Secrets(...)"


@dataclass(frozen=True)
class StateDirectory:
    """Paths below one state directory, for one database of its cluster."""

    root: Path
    database: str = MAIN_DATABASE

    @property
    def is_main(self) -> bool:
        return self.database == MAIN_DATABASE

    @property
    def own(self) -> Path:
        """What belongs to the application on this database alone."""
        return self.root if self.is_main else self.root / "databases" / self.database

    @property
    def cluster(self) -> Path:
        return self.root / "postgres"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def server_log(self) -> Path:
        """PostgreSQL's log; beside the data and not in it, so that no backup carries it."""
        return self.root / "postgres-log"

    @property
    def tls(self) -> Path:
        return self.root / "tls"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def mail(self) -> Path:
        """Where the sink files messages; one folder for every database of the cluster."""
        return self.root / "mail"

    @property
    def places(self) -> Path:
        """The demo's table of networks."""
        return self.root / "places.json"

    @property
    def access_log(self) -> Path:
        return self.own / "log" / "access.jsonl"

    @property
    def application_log(self) -> Path:
        return self.own / "log" / "application.log"

    @property
    def portal_json(self) -> Path:
        return self.own / "portal.json"

    @property
    def portal_env(self) -> Path:
        return self.own / "portal.env"

    @property
    def worker_env(self) -> Path:
        return self.own / "worker.env"

    @property
    def audit_heads(self) -> Path:
        """Signed heads of the audit logs."""
        return self.own / "audit-heads"

    def audit_key(self) -> PrivateKey:
        """The key that signs heads of audit logs."""
        return PrivateKey.from_pem((self.keys / "audit.key").read_bytes(), where="audit.key")

    @property
    def process_file(self) -> Path:
        return self.own / "portal.pid"

    def prepare(self) -> None:
        """Makes the folders. The root is searchable so that the database's user reaches its own folder, no more."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o711)
        for folder in (self.keys, self.tls, self.access_log.parent):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)

    def secrets(self) -> Secrets:
        """The secrets, made at the first call. Raises ConfigurationError when the file is open to others."""
        path = self.root / "secrets.json"
        if not path.exists():
            names = Secrets.__dataclass_fields__
            write_private(path, json.dumps({name: secrets.token_urlsafe(32) for name in names}))
        if path.stat().st_mode & 0o077:
            raise ConfigurationError("Others may read the portal's secrets.", where=str(path), hint=f"chmod 600 {path}")
        known = json.loads(path.read_text(encoding="utf-8"))
        if known.keys() != Secrets.__dataclass_fields__.keys():
            raise ConfigurationError(
                "The portal's secrets were made by another version.", where=str(path),
                hint="Stop the portal and move its state directory away; a new portal is made at the next start.",
            )  # fmt: skip
        return Secrets(**known)

    def ports(self, wanted: dict[str, int], *, running: bool) -> dict[str, int]:
        """A free port for each name whose wanted port is 0, chosen once and remembered.

        When our process is not `running` and somebody else has taken the remembered port meanwhile, another is chosen.
        """
        path = self.own / "ports.json"
        known: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        for name, port in wanted.items():
            if port:
                known[name] = port
            elif name not in known or not (running or is_free(known[name])):
                known[name] = free_port(avoid=set(known.values()))
        write_private(path, json.dumps(known))
        return known


def free_port(avoid: set[int]) -> int:
    """A port of the loopback interface that nobody listens on now."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in avoid:
            return port
    raise ConfigurationError("No free port was found on the loopback interface.")


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_private(path: Path, text: str) -> None:
    """Writes a file of mode 0600 by temporary file and rename; never readable by others, not for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file of ours. Raises ConfigurationError when it is missing."""
    if not path.exists():
        raise ConfigurationError(
            "There is no portal here.", where=str(path), hint="python -m trustcenter.portal serve --state DIR --detach"
        )
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def write_environment(path: Path, values: dict[str, str]) -> None:
    """`NAME='value'` lines that a POSIX shell and our own reader take alike."""
    for name, value in values.items():
        if "'" in value or "\n" in value:
            raise ConfigurationError("A value cannot be written to the environment file.", where=name)
    write_private(path, "".join(f"{name}='{value}'\n" for name, value in sorted(values.items())))


def read_environment(path: Path) -> dict[str, str]:
    """The values of an environment file written by `write_environment`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines) if name}


def secrets_as_dict(value: Secrets) -> dict[str, str]:
    """For searches: tests look for every one of these in logs and outputs."""
    return asdict(value)
