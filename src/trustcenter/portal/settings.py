"""What one application process needs to know, read once at its start."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from trustcenter.portal.database import dsn
from trustcenter.portal.outbox.queue import derived_key
from trustcenter.portal.state import StateDirectory, read_json
from trustcenter.proof.keys import PrivateKey
from trustcenter.runtime import security_txt
from trustcenter.runtime.mail import MailServer
from trustcenter.runtime.places import MaxMindFile, Nowhere, Places, TableOfNetworks
from trustcenter.runtime.security_txt import SecurityTxt


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
    outbox_key: bytes
    device_key: bytes
    reset_key: bytes
    factor_key: bytes
    posture_key: PrivateKey
    mail_server: MailServer
    audit_key: PrivateKey
    audit_heads: Path
    places: Places
    access_log: Path
    certificate: Path
    certificate_key: Path
    backups: Path | None
    not_arranged: tuple[str, ...]
    idle: timedelta
    absolute: timedelta
    check_interval: timedelta
    security_txt: SecurityTxt

    def __repr__(self) -> str:
        return f"Settings(https_port={self.https_port})"

    @property
    def origin(self) -> str:
        """The one address under which the portal answers."""
        return f"https://{self.host}:{self.https_port}"

    @property
    def passkey_domain(self) -> str:
        """The domain that passkeys belong to: browsers make none for an address of numbers (WebAuthn L3, 5.1.3)."""
        return "localhost" if self.host.replace(".", "").isdigit() else self.host

    @property
    def passkey_origin(self) -> str:
        """Where pages with passkeys are open."""
        return f"https://{self.passkey_domain}:{self.https_port}"

    @property
    def origins(self) -> frozenset[str]:
        """What the header Origin of our own pages says."""
        return frozenset({self.origin, self.passkey_origin})


DEFAULTS: dict[str, Any] = {
    "idle_minutes": 30,
    "absolute_hours": 12,
    "check_seconds": 10,
    "backup_minutes": 60,
    "marker_minutes": 10,
    "head_minutes": 60,
    "keep_backups": 3,
    "archive_timeout_seconds": 60,
    "security_contact_days": 180,
}


def load(state: StateDirectory) -> Settings:
    """Settings of the application on this database, from what `serve` wrote down."""
    running = read_json(state.own / "instance.json")
    secrets = state.secrets()
    form_key = secrets.form_key.encode()
    return Settings(
        host=running["host"],
        https_port=running["ports"]["https"],
        http_port=running["ports"]["http"],
        app_dsn=dsn(running["base_dsn"], "trustcenter_app", secrets.app_password, running["database"]),
        pepper=secrets.pepper.encode(),
        form_key=form_key,
        throttle_key=secrets.throttle_key.encode(),
        outbox_key=derived_key(form_key, "outbox"),
        device_key=derived_key(form_key, "device"),
        reset_key=derived_key(form_key, "reset"),
        factor_key=secrets.factor_key.encode(),
        mail_server=MailServer.parse(
            os.environ.get("SMTP_URL") or f"smtp://127.0.0.1:{running['ports']['smtp']}",
            os.environ.get("MAIL_FROM") or "Trust desk <no-reply@trust-desk.example>",
        ),
        places=_places(state),
        posture_key=PrivateKey.from_pem((state.keys / "posture.key").read_bytes(), where="posture.key"),
        audit_key=state.audit_key(),
        audit_heads=state.audit_heads,
        access_log=state.access_log,
        certificate=state.tls / "portal.pem",
        certificate_key=state.tls / "portal.key",
        backups=state.backups if running["embedded"] else None,
        not_arranged=tuple(running["not_arranged"]),
        idle=timedelta(minutes=running["idle_minutes"]),
        absolute=timedelta(hours=running["absolute_hours"]),
        check_interval=timedelta(seconds=running["check_seconds"]),
        security_txt=_security_txt(running),
    )


def _security_txt(running: dict[str, Any]) -> SecurityTxt:
    """SECURITY_CONTACT is whom to tell of a weakness, an address of RFC 9116. Raises ConfigurationError."""
    return SecurityTxt(
        (os.environ.get("SECURITY_CONTACT") or "mailto:security@trust-desk.example",),
        datetime.fromisoformat(running["started"]) + timedelta(days=running["security_contact_days"]),
        f"https://{running['host']}:{running['ports']['https']}{security_txt.PATH}",
    )


def _places(state: StateDirectory) -> Places:
    """GEOIP_DATABASE names a file in MaxMind's format; the demo has a short table of loopback networks."""
    named = os.environ.get("GEOIP_DATABASE")
    if named:
        return MaxMindFile(Path(named))
    return TableOfNetworks.read(state.places) if state.places.exists() else Nowhere()
