"""portal.env and portal.json: what a running portal hands over to collectors."""

from __future__ import annotations

import json
from typing import Any

from trustcenter.portal import database, seed
from trustcenter.portal.postgres import cluster_of
from trustcenter.portal.state import StateDirectory, write_environment, write_private


def write(state: StateDirectory, instance: dict[str, Any], process_id: int | None) -> dict[str, str]:
    """portal.env and portal.json: everything a collector needs, nothing that it must not have; and worker.env."""
    ports = instance["ports"]
    values = {
        "PORTAL_URL": f"https://{instance['host']}:{ports['https']}",
        "PORTAL_HTTP_URL": f"http://{instance['host']}:{ports['http']}",
        "PORTAL_PASSKEY_ORIGIN": f"https://localhost:{ports['https']}",
        "PORTAL_CA": str(state.tls / "authority.pem"),
        "PORTAL_READER_DSN": database.dsn(
            instance["base_dsn"], "trustcenter_reader", state.secrets().reader_password, instance["database"]
        ),
        "PORTAL_ACCESS_LOG": str(state.access_log),
        "PORTAL_POSTURE_KEY": str(state.keys / "posture.pem"),
        "PORTAL_AUDIT_KEY": str(state.keys / "audit.pem"),
        "PORTAL_STATE": str(state.root),
        "PORTAL_PROCESS_ID": str(process_id),
        **seed.canaries(state),
    }
    if (state.root / "seed.json").exists():
        values["PORTAL_COMPANIES"] = f"127.0.0.1:{ports['companies']}"
    if not instance["mail_server"]:
        values["PORTAL_MAIL_SINK"] = str(state.mail)
    if instance["embedded"]:
        cluster = cluster_of(state, ports["postgres"])
        values |= {
            "PORTAL_BACKUPS": str(state.backups),
            "PORTAL_PG_BIN": str(cluster.binaries),
            "PORTAL_PG_USER": cluster.user or "",
        }
    write_environment(state.portal_env, values)
    worker = database.dsn(
        instance["base_dsn"], "trustcenter_worker", state.secrets().worker_password, instance["database"]
    )
    write_environment(state.worker_env, {"TRUSTCENTER_WORKER_DSN": worker})
    document = {**values, "not_arranged": instance["not_arranged"], "database": instance["database"]}
    write_private(state.portal_json, as_json(document))
    return values


def as_json(value: object) -> str:
    """How our JSON files are written."""
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
