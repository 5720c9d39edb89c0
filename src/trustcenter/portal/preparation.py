"""What a portal needs before its processes start: database server, roles, schema, keys, certificates, instance.json."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from psycopg.conninfo import make_conninfo

from trustcenter.errors import ConfigurationError
from trustcenter.portal import database, handover, identity
from trustcenter.portal.postgres import SUPERUSER, cluster_of, open_path, system_user
from trustcenter.portal.process import Process
from trustcenter.portal.settings import DEFAULTS
from trustcenter.portal.state import StateDirectory, read_json, write_private

HOST = "127.0.0.1"
NOT_ARRANGED = (
    "The database is not ours: base backups, log archiving, recovery markers, pg_hba and logging "
    "are up to its operator.",
)
SETTINGS_HIDDEN = "The reader may not see all settings and pg_hba rules: grant it pg_read_all_settings as a superuser."


def application_of(state: StateDirectory) -> Process:
    """The application process of a database."""
    return Process(state.own / "application.lock")


def keeper_of(state: StateDirectory) -> Process:
    """The process that takes backups, sends mails and measures availability."""
    return Process(state.own / "keeper.lock")


def prepare(
    state: StateDirectory,
    https_port: int,
    http_port: int,
    url: str | None,
    options: dict[str, Any],
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Database server, roles, schema, keys and certificates; returns what the processes read from instance.json."""
    now = datetime.now(UTC)
    ports = state.ports({"https": https_port, "http": http_port}, running=application_of(state).pid() is not None)
    if state.is_main:
        ports = state.ports({"smtp": 0, "companies": 0}, running=keeper_of(state).pid() is not None)
    chosen = {**DEFAULTS, **options}
    secrets = state.secrets()
    if not state.is_main:
        main = read_json(state.root / "instance.json")
        instance = {**main, **options, "database": state.database}
        instance["ports"] = {**main["ports"], **ports}
    elif url is None:
        if (state.root / "instance.json").exists() and not read_json(state.root / "instance.json")["embedded"]:
            raise ConfigurationError(
                "This portal uses a database of yours.", where=str(state.root), hint="Set DATABASE_URL as before."
            )
        if system_user() is not None:
            changed = open_path(state.root)
            if changed:
                say(f"made searchable for the database's user: {', '.join(map(str, changed))}")
        cluster = cluster_of(state, 0)
        ports = state.ports({"postgres": 0}, running=(cluster.data / "PG_VERSION").exists() and cluster.running())
        cluster = cluster_of(state, ports["postgres"])
        say("starting PostgreSQL")
        cluster.make(secrets, archive_timeout=int(chosen["archive_timeout_seconds"]))
        cluster.start()
        base = make_conninfo("", host=HOST, port=ports["postgres"], dbname=state.database)
        instance = {"embedded": True, "base_dsn": base, "not_arranged": [], "database": state.database}
    else:
        base, name = database.without_credentials(url)
        instance = {"embedded": False, "base_dsn": base, "not_arranged": list(NOT_ARRANGED), "database": name}
    # Whoever starts the service vouches for its security contact anew; one that nobody starts runs out of date.
    instance = {
        **chosen,
        **instance,
        "started": now.isoformat(),
        "host": HOST,
        "ports": ports if state.is_main else instance["ports"],
    }
    instance["mail_server"] = bool(os.environ.get("SMTP_URL"))
    if state.is_main:
        if url is None:
            administrator = administrator_of(state, instance)
            database.make_roles(administrator_of(state, instance, "postgres"), secrets)
            database.make_database(administrator_of(state, instance, "postgres"), state.database)
        else:
            administrator = url
            database.make_roles(url, secrets)
        if database.make_schema(administrator):
            database.close_database(administrator, instance["database"])
            if url is None:
                database.allow_markers(administrator)
        if not database.allow_settings(administrator):
            instance["not_arranged"].append(SETTINGS_HIDDEN)
        identity.make_tls(state, HOST, now)
        identity.make_signing_key(state, "posture")
        identity.make_signing_key(state, "audit")
    write_private(state.own / "instance.json", handover.as_json(instance))
    return instance


def administrator_of(state: StateDirectory, instance: dict[str, Any], name: str | None = None) -> str:
    """The embedded server's administrator. Raises ConfigurationError for a database that is not ours."""
    if not instance["embedded"]:
        raise ConfigurationError(
            "The database is not ours: its administrator's password is not kept.", where="DATABASE_URL"
        )
    return database.dsn(
        instance["base_dsn"], SUPERUSER, state.secrets().superuser_password, name or instance["database"]
    )


def role_dsn(state: StateDirectory, instance: dict[str, Any], role: str, password: str) -> str:
    """The connection string of one of the portal's roles."""
    return database.dsn(instance["base_dsn"], role, password, instance["database"])
