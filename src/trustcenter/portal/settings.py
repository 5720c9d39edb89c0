"""What one application process needs to know, read once at its start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from trustcenter.portal.database import dsn
from trustcenter.portal.state import StateDirectory, read_json
from trustcenter.proof.keys import PrivateKey


@dataclass(frozen=True)
class Settings:
    """One application: its address, database, secrets and limits."""

    host: str
    https_port: int
    http_port: int
    app_dsn: str
    pepper: bytes
    form_key: bytes
    throttle_key: bytes
    posture_key: PrivateKey
    access_log: Path
    certificate: Path
    certificate_key: Path
    backups: Path | None
    not_arranged: tuple[str, ...]
    idle: timedelta
    absolute: timedelta
    check_interval: timedelta

    def __repr__(self) -> str:
        return f"Settings(https_port={self.https_port})"

    @property
    def origin(self) -> str:
        """The one address under which the portal answers."""
        return f"https://{self.host}:{self.https_port}"


DEFAULTS: dict[str, Any] = {
    "idle_minutes": 30,
    "absolute_hours": 12,
    "check_seconds": 10,
    "backup_minutes": 60,
    "marker_minutes": 10,
    "keep_backups": 3,
    "archive_timeout_seconds": 60,
}


def load(state: StateDirectory) -> Settings:
    """Settings of the application on this database, from what `serve` wrote down."""
    running = read_json(state.own / "instance.json")
    secrets = state.secrets()
    return Settings(
        host=running["host"],
        https_port=running["ports"]["https"],
        http_port=running["ports"]["http"],
        app_dsn=dsn(running["base_dsn"], "trustcenter_app", secrets.app_password, running["database"]),
        pepper=secrets.pepper.encode(),
        form_key=secrets.form_key.encode(),
        throttle_key=secrets.throttle_key.encode(),
        posture_key=PrivateKey.from_pem((state.keys / "posture.key").read_bytes(), where="posture.key"),
        access_log=state.access_log,
        certificate=state.tls / "portal.pem",
        certificate_key=state.tls / "portal.key",
        backups=state.backups if running["embedded"] else None,
        not_arranged=tuple(running["not_arranged"]),
        idle=timedelta(minutes=running["idle_minutes"]),
        absolute=timedelta(hours=running["absolute_hours"]),
        check_interval=timedelta(seconds=running["check_seconds"]),
    )
