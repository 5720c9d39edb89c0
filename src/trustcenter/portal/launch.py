"""Starting and stopping a portal: database, application, keeper, and the files that tell a collector where they are."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from psycopg.conninfo import make_conninfo

from trustcenter.errors import ConfigurationError, TamperedError
from trustcenter.portal import backups, database, handover, identity, seed
from trustcenter.portal.activity import heads
from trustcenter.portal.client import Client
from trustcenter.portal.postgres import SUPERUSER, cluster_of, open_path, system_user
from trustcenter.portal.process import Process
from trustcenter.portal.settings import DEFAULTS
from trustcenter.portal.state import MAIN_DATABASE, StateDirectory, read_environment, read_json, write_private
from trustcenter.portal.waiting import wait_for

HOST = "127.0.0.1"
NOT_ARRANGED = (
    "The database is not ours: base backups, log archiving, recovery markers, pg_hba and logging "
    "are up to its operator.",
)


SETTINGS_HIDDEN = "The reader may not see all settings and pg_hba rules: grant it pg_read_all_settings as a superuser."


@dataclass(frozen=True)
class Running:
    """A portal that answered its health check. As a context manager it stops at the end."""

    state: StateDirectory
    url: str
    environment: dict[str, str]

    @property
    def authority(self) -> Path:
        return self.state.tls / "authority.pem"

    def client(self, **options: Any) -> Client:
        """A new browser for it."""
        return Client(self.url, self.authority, **options)

    def stop(self) -> None:
        stop(self.state.root, self.state.database)

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class PortTakenError(ConfigurationError):
    """Somebody else listens on the port that the application was to have."""


def start(
    folder: Path,
    *,
    database_name: str = MAIN_DATABASE,
    seed_name: str | None = None,
    https_port: int = 0,
    http_port: int = 0,
    database_url: str | None = None,
    keeper: bool = True,
    say: Callable[[str], None] = lambda _: None,
    **options: Any,
) -> Running:
    """Starts what does not run and returns when the portal is healthy; data of an earlier run is used again.

    `options` are those of `settings.DEFAULTS`. Raises ConfigurationError.
    """
    unknown = set(options) - set(DEFAULTS)
    if unknown:
        raise ConfigurationError(f"Unknown settings: {', '.join(sorted(unknown))}.")
    state = StateDirectory(folder.resolve(), database_name)
    state.prepare()
    ran = application(state).pid() is not None
    with _starting(state), ExitStack() as undo:
        if not ran:
            undo.callback(stop, state.root, database_name)  # a start that fails leaves nothing running
        instance = _prepare(state, https_port, http_port, database_url, options, say)
        if seed_name == "demo" and state.is_main:
            seed.add_accounts(database_url or _administrator(state, instance), state, say)
        try:
            _start_application(state)
        except PortTakenError:  # between its choice and its use somebody else got it
            if https_port or http_port:
                raise
            instance = _prepare(state, 0, 0, database_url, options, say)
            _start_application(state)
        if seed_name == "demo" and state.is_main:
            seed.use_it(state, _client(state, instance), say)
        _publish_heads(state, instance, say)
        if instance["embedded"] and state.is_main and not backups.base_backups(state.backups):
            say("taking the first base backup")
            cluster = cluster_of(state, instance["ports"]["postgres"])
            backup_dsn = _role_dsn(state, instance, "trustcenter_backup", state.secrets().backup_password)
            backups.take_base_backup(cluster, backup_dsn, datetime.now(UTC))
            backups.record_marker(backup_dsn, datetime.now(UTC))
        if keeper and state.is_main and _keeper(state).pid() is None:
            _keeper(state).start(_arguments("keeper", state), state.own / "log" / "keeper.log", _environment(state))
            wait_for(lambda: _keeper(state).pid() is not None, 15, "The start of the keeper")
        environment = handover.write(state, instance, application(state).pid())
        undo.pop_all()
    return Running(state, environment["PORTAL_URL"], environment)


def running(folder: Path, database_name: str = MAIN_DATABASE) -> Running | None:
    """The portal that runs on this state directory, None when none does."""
    state = StateDirectory(folder.resolve(), database_name)
    if application(state).pid() is None or not state.portal_env.exists():
        return None
    environment = read_environment(state.portal_env)
    return Running(state, environment["PORTAL_URL"], environment)


def stop(folder: Path, database_name: str = MAIN_DATABASE) -> bool:
    """Stops the application of one database; for the main one everything, PostgreSQL included. True when it ran."""
    state = StateDirectory(folder.resolve(), database_name)
    stopped = False
    if state.is_main:
        stopped |= _keeper(state).stop()
        others = state.root / "databases"
        for other in sorted(others.iterdir()) if others.exists() else ():
            stopped |= application(StateDirectory(state.root, other.name)).stop()
    stopped |= application(state).stop()
    if state.is_main and (state.cluster / "PG_VERSION").exists():
        cluster = cluster_of(state, read_json(state.own / "ports.json")["postgres"])
        stopped |= cluster.running()
        cluster.stop()
    return stopped


def clone(folder: Path, name: str, source: str = MAIN_DATABASE) -> None:
    """Copies a database of the cluster; `start(folder, database_name=name)` then serves it beside the first."""
    state = StateDirectory(folder.resolve())
    database.clone_database(_administrator(state, read_json(state.own / "instance.json"), "postgres"), source, name)


def drop(folder: Path, name: str) -> None:
    """Stops the application on a clone and drops the clone. Raises ConfigurationError for the main database."""
    if name == MAIN_DATABASE:
        raise ConfigurationError("The main database is not dropped.", where=name)
    state = StateDirectory(folder.resolve())
    application(StateDirectory(state.root, name)).stop()
    database.drop_database(_administrator(state, read_json(state.own / "instance.json"), "postgres"), name)


def administrator_dsn(folder: Path, name: str = MAIN_DATABASE) -> str:
    """The administrator's connection string, for tests and for the operator; the application never holds it."""
    state = StateDirectory(folder.resolve())
    return _administrator(state, read_json(state.own / "instance.json"), name)


def application(state: StateDirectory) -> Process:
    """The application process of a database."""
    return Process(state.own / "application.lock")


def _keeper(state: StateDirectory) -> Process:
    return Process(state.own / "keeper.lock")


@contextmanager
def _starting(state: StateDirectory) -> Iterator[None]:
    """One start at a time on one state directory."""
    with (state.root / "start.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _prepare(
    state: StateDirectory,
    https_port: int,
    http_port: int,
    url: str | None,
    options: dict[str, Any],
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Database server, roles, schema, keys and certificates; returns what the processes read from instance.json."""
    now = datetime.now(UTC)
    ports = state.ports({"https": https_port, "http": http_port}, running=application(state).pid() is not None)
    if state.is_main:
        ports = state.ports({"smtp": 0, "companies": 0}, running=_keeper(state).pid() is not None)
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
            administrator = _administrator(state, instance)
            database.make_roles(_administrator(state, instance, "postgres"), secrets)
            database.make_database(_administrator(state, instance, "postgres"), state.database)
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


def _start_application(state: StateDirectory) -> None:
    process = application(state)
    if process.pid() is None:
        state.access_log.parent.mkdir(parents=True, exist_ok=True)
        said = state.application_log.stat().st_size if state.application_log.exists() else 0
        started = process.start(_arguments("application", state), state.application_log, _environment(state))
    else:
        started, said = None, 0
    client = _client(state, read_json(state.own / "instance.json"), timeout=3)

    def healthy() -> bool:
        if started is not None and started.poll() is not None:
            log = state.application_log
            if b"address already in use" in log.read_bytes()[said:]:
                raise PortTakenError("The application ended at once: its port is taken.", where=str(log))
            raise ConfigurationError("The application ended at once.", where=str(log))
        try:
            return client.get("/healthz").status == 200
        except OSError:
            return False

    wait_for(healthy, 30, "A healthy answer of the portal")


def _publish_heads(state: StateDirectory, instance: dict[str, Any], say: Callable[[str], None]) -> None:
    """A service whose log contradicts what it published serves on; what it published stays, for others to see."""
    app_dsn = _role_dsn(state, instance, "trustcenter_app", state.secrets().app_password)
    try:
        heads.publish(app_dsn, state.audit_heads, state.audit_key(), datetime.now(UTC))
    except TamperedError as error:
        say(f"audit heads were not published: {error.what}")


def _client(state: StateDirectory, instance: dict[str, Any], timeout: float = 15) -> Client:
    return Client(f"https://{HOST}:{instance['ports']['https']}", state.tls / "authority.pem", timeout=timeout)


def _administrator(state: StateDirectory, instance: dict[str, Any], name: str | None = None) -> str:
    """The embedded server's administrator. Raises ConfigurationError for a database that is not ours."""
    if not instance["embedded"]:
        raise ConfigurationError(
            "The database is not ours: its administrator's password is not kept.", where="DATABASE_URL"
        )
    return database.dsn(
        instance["base_dsn"], SUPERUSER, state.secrets().superuser_password, name or instance["database"]
    )


def _role_dsn(state: StateDirectory, instance: dict[str, Any], role: str, password: str) -> str:
    return database.dsn(instance["base_dsn"], role, password, instance["database"])


def _arguments(program: str, state: StateDirectory) -> list[str]:
    return [program, "--state", str(state.root), "--database", state.database]


def _environment(state: StateDirectory) -> dict[str, str]:
    """The processes' environment: ours without the administrator's URL, with the pinned TLS groups."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "OPENSSL_CONF": str(state.tls / "openssl.cnf")}
