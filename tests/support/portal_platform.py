"""How a source maps this repository's portal onto the collectors of database and backups."""

from __future__ import annotations

from collections.abc import Mapping
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

MAPPING: dict[str, dict[str, Any]] = {
    "user_accounts": {
        "table": "portal.account_factors", "account": "email", "organisation": "organisation_id", "role": "role",
        "state": "state", "second_factor": "second_factor", "created_at": "created_at",
        "last_sign_in": "last_sign_in_at", "disabled_at": "disabled_at",
    },
    "password_hashes": {
        "table": "portal.accounts", "account": "email", "scheme": "hash_scheme", "cost": "hash_cost",
    },
    "tenant_isolation_catalog": {
        "application_role": "trustcenter_app", "tenant_key": "organisation_id",
        "tenant_keys": ["portal.organisations.id"],
        "shared_tables": ["portal.availability_checks", "portal.recovery_markers", "portal.sign_in_failures",
            "portal.passkey_challenges", "portal.egress", "portal.egress_recorders",
        ],
        "tenant_conditions": ["(organisation_id = portal.current_tenant())", "(id = portal.current_tenant())"],
        "definer_functions": [
            "portal.account_for_sign_in", "portal.session_by_hash", "portal.vendor_organisation",
            "portal.posture_counts", "portal.own_password_hash", "portal.claim_mail", "portal.mail_ended",
            "portal.write_chain", "portal.audit_chain_heads", "portal.audit_chain_hash", "portal.token_by_hash",
            "portal.support_of_session", "portal.access_counts", "portal.change_role",
            "portal.passkey_holder", "portal.factor_counts",
            "portal.device_is_known", "portal.link_by_id", "portal.withdraw_invitation", "portal.identity_posture",
        ],
    },
    "database_settings": {},
    "availability": {
        "table": "portal.availability_checks", "at": "at", "target": "target", "ok": "ok", "interval": 5,
    },
    "backups": {"base_folders": "base/*", "log_folder": "wal"},
    "restore_drill": {
        "base_folders": "base/*", "log_folder": "wal", "database": "portal", "markers": "portal.recovery_markers",
        "digests": "portal.table_digests",
    },
    "audit_events": {
        "table": "portal.audit_events", "at": "at", "action": "action", "found_by": "request_id",
        "request_header": "x-request-id", "sign_in_action": "session.sign_in", "sign_out_action": "session.sign_out",
        "required": [
            "organisation_id", "at", "actor_id", "action", "entity", "entity_id", "ip", "user_agent", "request_id",
            "outcome",
        ],
        "deeds": [
            {
                "method": "POST", "path": "/api/documents", "action": "document.create", "keep": "id",
                "json": {"title": "Canary {nonce}", "kind": "note", "body": "Written and removed by a check."},
            },
            {"method": "DELETE", "path": "/api/documents/{id}", "action": "document.delete", "cleanup": True},
        ],
    },
}  # fmt: skip


def settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Settings of a source from what the portal wrote into portal.env. Canary A is an admin with a password alone."""
    names = {
        "url": "PORTAL_URL", "http_url": "PORTAL_HTTP_URL", "ca": "PORTAL_CA", "dsn": "PORTAL_READER_DSN",
        "backups": "PORTAL_BACKUPS", "access_log": "PORTAL_ACCESS_LOG", "mail_sink": "PORTAL_MAIL_SINK",
        "pg_bin": "PORTAL_PG_BIN", "pg_user": "PORTAL_PG_USER", "posture_key": "PORTAL_POSTURE_KEY",
        "canary_a_email": "PORTAL_CANARY_A_EMAIL", "canary_a_password": "PORTAL_CANARY_A_PASSWORD",
    }  # fmt: skip
    return {"sign_in": SIGN_IN} | {name: environment[key] for name, key in names.items() if key in environment}
