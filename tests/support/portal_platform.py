"""How a source maps this repository's portal onto the collectors of database and backups."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SIGN_IN = {
    "path": "/sign-in",
    "email_field": "email",
    "password_field": "password",
    "token_field": "csrf_token",
    "token_header": "x-csrf-token",
    "token_page": "/api/me",
    "session_cookie": "__Host-session",
    "signed_in_page": "/documents",
    "sign_out_path": "/sign-out",
    "second_factor": {"path": "/second-factor", "field": "code"},
    "step_up": {"options": "/api/step-up/passkey/options", "answer": "/api/step-up/passkey"},
}

_INSTANCE = tomllib.loads((Path(__file__).parents[2] / "trustcenter.toml").read_text())["sources"]["portal"]["mapping"]

MAPPING: dict[str, dict[str, Any]] = {
    **{
        name: _INSTANCE.get(name, {})
        for name in (
            "user_accounts", "password_hashes", "tenant_isolation_catalog", "database_settings", "backups",
            "restore_drill", "recorded_changes",
        )
    },
    "availability": {**_INSTANCE["availability"], "interval": 5},
    "audit_events": {
        **_INSTANCE["audit_events"],
        "required": [*_INSTANCE["audit_events"]["required"], "at"],
        "deeds": [
            {
                "method": "POST", "path": "/api/documents", "action": "document.create", "keep": "id",
                "json": {"title": "Canary {nonce}", "kind": "note", "body": "Written and removed by a check."},
            },
            {"method": "DELETE", "path": "/api/documents/{id}", "action": "document.delete", "cleanup": True},
        ],
    },
}  # fmt: skip
"""This instance's own mapping, with fewer deeds and the test portal's shorter interval."""


def settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Settings of a source from what the portal wrote into portal.env. Canary A is an admin with a password alone."""
    names = {
        "url": "PORTAL_URL", "http_url": "PORTAL_HTTP_URL", "ca": "PORTAL_CA", "dsn": "PORTAL_READER_DSN",
        "backups": "PORTAL_BACKUPS", "access_log": "PORTAL_ACCESS_LOG", "mail_sink": "PORTAL_MAIL_SINK",
        "pg_bin": "PORTAL_PG_BIN", "pg_user": "PORTAL_PG_USER", "posture_key": "PORTAL_POSTURE_KEY",
        "canary_a_email": "PORTAL_CANARY_A_EMAIL", "canary_a_password": "PORTAL_CANARY_A_PASSWORD",
    }  # fmt: skip
    return {"sign_in": SIGN_IN, "posture_path": "/.well-known/trust-posture"} | {
        name: environment[key] for name, key in names.items() if key in environment
    }
