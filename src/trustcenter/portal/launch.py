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

from trustcenter.errors import ConfigurationError, TamperedError
from trustcenter.portal import backups, database, handover, seed
from trustcenter.portal.activity import heads
from trustcenter.portal.client import Client
from trustcenter.portal.postgres import cluster_of
from trustcenter.portal.preparation import HOST, administrator_of, application_of, keeper_of, prepare, role_dsn
from trustcenter.portal.settings import DEFAULTS
from trustcenter.portal.state import MAIN_DATABASE, StateDirectory, read_environment, read_json
from trustcenter.portal.waiting import wait_for


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
    ran = application_of(state).pid() is not None
    with _starting(state), ExitStack() as undo:
        if not ran:
            undo.callback(stop, state.root, database_name)  # a start that fails leaves nothing running
        instance = prepare(state, https_port, http_port, database_url, options, say)
        if seed_name == "demo" and state.is_main:
            seed.add_accounts(database_url or administrator_of(state, instance), state, say)
        try:
            _start_application(state)
        except PortTakenError:  # between its choice and its use somebody else got it
            if https_port or http_port:
                raise
            instance = prepare(state, 0, 0, database_url, options, say)
            _start_application(state)
        if seed_name == "demo" and state.is_main:
            seed.use_it(state, _client(state, instance), say)
        _publish_heads(state, instance, say)
        if instance["embedded"] and state.is_main and not backups.base_backups(state.backups):
            say("taking the first base backup")
            cluster = cluster_of(state, instance["ports"]["postgres"])
            backup_dsn = role_dsn(state, instance, "trustcenter_backup", state.secrets().backup_password)
            backups.take_base_backup(cluster, backup_dsn, datetime.now(UTC))
            backups.record_marker(backup_dsn, datetime.now(UTC))
        if keeper and state.is_main and keeper_of(state).pid() is None:
            keeper_of(state).start(_arguments("keeper", state), state.own / "log" / "keeper.log", _environment(state))
            wait_for(lambda: keeper_of(state).pid() is not None, 15, "The start of the keeper")
        environment = handover.write(state, instance, application_of(state).pid())
        undo.pop_all()
    return Running(state, environment["PORTAL_URL"], environment)


def running(folder: Path, database_name: str = MAIN_DATABASE) -> Running | None:
    """The portal that runs on this state directory, None when none does."""
    state = StateDirectory(folder.resolve(), database_name)
    if application_of(state).pid() is None or not state.portal_env.exists():
        return None
    environment = read_environment(state.portal_env)
    return Running(state, environment["PORTAL_URL"], environment)


def stop(folder: Path, database_name: str = MAIN_DATABASE) -> bool:
    """Stops the application of one database; for the main one everything, PostgreSQL included. True when it ran."""
    state = StateDirectory(folder.resolve(), database_name)
    stopped = False
    if state.is_main:
        stopped |= keeper_of(state).stop()
        others = state.root / "databases"
        for other in sorted(others.iterdir()) if others.exists() else ():
            stopped |= application_of(StateDirectory(state.root, other.name)).stop()
    stopped |= application_of(state).stop()
    if state.is_main and (state.cluster / "PG_VERSION").exists():
        cluster = cluster_of(state, read_json(state.own / "ports.json")["postgres"])
        stopped |= cluster.running()
        cluster.stop()
    return stopped


def clone(folder: Path, name: str, source: str = MAIN_DATABASE) -> None:
    """Copies a database of the cluster; `start(folder, database_name=name)` then serves it beside the first."""
    state = StateDirectory(folder.resolve())
    database.clone_database(administrator_of(state, read_json(state.own / "instance.json"), "postgres"), source, name)


def drop(folder: Path, name: str) -> None:
    """Stops the application on a clone and drops the clone. Raises ConfigurationError for the main database."""
    if name == MAIN_DATABASE:
        raise ConfigurationError("The main database is not dropped.", where=name)
    state = StateDirectory(folder.resolve())
    application_of(StateDirectory(state.root, name)).stop()
    database.drop_database(administrator_of(state, read_json(state.own / "instance.json"), "postgres"), name)


def administrator_dsn(folder: Path, name: str = MAIN_DATABASE) -> str:
    """The administrator's connection string, for tests and for the operator; the application never holds it."""
    state = StateDirectory(folder.resolve())
    return administrator_of(state, read_json(state.own / "instance.json"), name)


@contextmanager
def _starting(state: StateDirectory) -> Iterator[None]:
    """One start at a time on one state directory."""
    with (state.root / "start.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start_application(state: StateDirectory) -> None:
    process = application_of(state)
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
    app_dsn = role_dsn(state, instance, "trustcenter_app", state.secrets().app_password)
    try:
        heads.publish(app_dsn, state.audit_heads, state.audit_key(), datetime.now(UTC))
    except TamperedError as error:
        say(f"audit heads were not published: {error.what}")


def _client(state: StateDirectory, instance: dict[str, Any], timeout: float = 15) -> Client:
    return Client(f"https://{HOST}:{instance['ports']['https']}", state.tls / "authority.pem", timeout=timeout)


def _arguments(program: str, state: StateDirectory) -> list[str]:
    return [program, "--state", str(state.root), "--database", state.database]


def _environment(state: StateDirectory) -> dict[str, str]:
    """The processes' environment: ours without the administrator's URL, with the pinned TLS groups."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "OPENSSL_CONF": str(state.tls / "openssl.cnf")}
