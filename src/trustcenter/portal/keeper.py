"""The keeper: a process beside the application that measures it, takes backups, publishes audit heads and files mail.

It measures from outside, so that a dead application is a failed check and not a silence. While the database is away it
remembers up to `REMEMBERED` checks and writes them afterwards. Counts of guesses that count for nothing it removes.
Where LOG_SERVER names another system (`syslog+tls://HOST`), the record of activity and the access log are sent there.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException

import psycopg

from trustcenter.errors import TrustCenterError
from trustcenter.portal import backups
from trustcenter.portal.activity import forwarding, heads
from trustcenter.portal.client import Client
from trustcenter.portal.database import dsn
from trustcenter.portal.egress import note_contact
from trustcenter.portal.outbox.sink import Sink
from trustcenter.portal.postgres import cluster_of
from trustcenter.portal.sample_companies import SampleCompanies
from trustcenter.portal.signing.forgetting import forget
from trustcenter.portal.state import StateDirectory, read_json
from trustcenter.runtime.log_server import LogServer

REMEMBERED = 10_000
FORGET_SECONDS = 600
LOG_SECONDS = 10
TARGET = "https /healthz"
_log = logging.getLogger("trustcenter.portal.keeper")

Check = tuple[datetime, str, bool, float | None]


def run(state: StateDirectory) -> None:
    """Checks, backs up and prunes on schedule until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = read_json(state.own / "instance.json")
    secrets = state.secrets()
    app_dsn = dsn(settings["base_dsn"], "trustcenter_app", secrets.app_password, settings["database"])
    backup_dsn = dsn(settings["base_dsn"], "trustcenter_backup", secrets.backup_password, settings["database"])
    if not settings["mail_server"]:
        Sink(state.mail, settings["ports"]["smtp"]).start()
    if (state.root / "seed.json").exists():
        certificate, key = (state.tls / f"companies.{kind}" for kind in ("pem", "key"))
        SampleCompanies(certificate, key, settings["ports"]["companies"]).start()
    client = Client(f"https://{settings['host']}:{settings['ports']['https']}", state.tls / "authority.pem", timeout=5)
    log_server = LogServer.parse(os.environ["LOG_SERVER"]) if os.environ.get("LOG_SERVER") else None
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    waiting: deque[Check] = deque(maxlen=REMEMBERED)
    begun = time.monotonic()
    due = {
        "check": begun,
        "marker": begun + settings["marker_minutes"] * 60,
        "base": begun + settings["backup_minutes"] * 60,
        "head": begun + settings["head_minutes"] * 60,
        "forget": begun + FORGET_SECONDS,
        "logs": begun if log_server else float("inf"),
    }
    while not stop.wait(max(0.0, min(due.values()) - time.monotonic())):
        now = time.monotonic()
        if now >= due["check"]:
            due["check"] = now + settings["check_seconds"]
            waiting.append(measure(client))
            _attempt("record of checks", lambda: _write(app_dsn, waiting))
        if now >= due["head"]:
            due["head"] = now + settings["head_minutes"] * 60
            _attempt(
                "publication of audit heads",
                lambda: heads.publish(app_dsn, state.audit_heads, state.audit_key(), datetime.now(UTC)),
            )
        if now >= due["forget"]:
            due["forget"] = now + FORGET_SECONDS
            _attempt("removal of old counts of guesses", lambda: forget(app_dsn, datetime.now(UTC)))
        if log_server is not None and now >= due["logs"]:
            due["logs"] = now + LOG_SECONDS
            _attempt("sending of logs", partial(_send_logs, backup_dsn, app_dsn, state, log_server))
        if not settings["embedded"]:
            due["base"] = due["marker"] = float("inf")
            continue
        if now >= due["base"]:
            due["base"] = now + settings["backup_minutes"] * 60
            _attempt(
                "base backup",
                lambda: _back_up(state, settings["ports"]["postgres"], backup_dsn, settings["keep_backups"]),
            )
        if now >= due["marker"]:
            due["marker"] = now + settings["marker_minutes"] * 60
            _attempt("recovery marker", lambda: backups.record_marker(backup_dsn, datetime.now(UTC)))


def measure(client: Client) -> Check:
    """One check: whether /healthz answered 200, and in how many milliseconds."""
    at, begun = datetime.now(UTC), time.perf_counter()
    try:
        ok = client.get("/healthz").status == 200
    except (OSError, HTTPException):
        return at, TARGET, False, None
    return at, TARGET, ok, (time.perf_counter() - begun) * 1000


def _write(app_dsn: str, waiting: deque[Check]) -> None:
    with psycopg.connect(app_dsn, connect_timeout=5) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into portal.availability_checks (at, target, ok, latency_ms) values (%s, %s, %s, %s)",
            list(waiting),
        )
    waiting.clear()


def _send_logs(backup_dsn: str, app_dsn: str, state: StateDirectory, server: LogServer) -> None:
    """Batch by batch until nothing is new; the host is among those that are contacted."""
    while forwarding.forward(backup_dsn, state, server, datetime.now(UTC)):
        note_contact(app_dsn, server.host, server.port, datetime.now(UTC))


def _back_up(state: StateDirectory, port: int, backup_dsn: str, keep: int) -> None:
    cluster = cluster_of(state, port)
    backups.take_base_backup(cluster, backup_dsn, datetime.now(UTC))
    backups.record_marker(backup_dsn, datetime.now(UTC))
    backups.prune(cluster, keep)


def _attempt(what: str, action: Callable[[], object]) -> None:
    """A failure is logged by its kind and tried again when next due; the missing backup itself is what is seen."""
    try:
        action()
    except (psycopg.Error, TrustCenterError, OSError) as error:
        _log.error("%s failed: %s", what, type(error).__name__)
