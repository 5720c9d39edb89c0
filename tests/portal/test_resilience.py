"""Processes die; data and the truth about them do not."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest

from trustcenter.portal import launch
from trustcenter.portal.postgres import cluster_of
from trustcenter.portal.preparation import application_of
from trustcenter.portal.state import read_json
from trustcenter.portal.waiting import wait_for


@pytest.fixture
def own_portal(open_folder):
    """A portal of this test alone, seeded, that may be killed."""
    state = open_folder() / "state"
    running = launch.start(state, seed_name="demo", check_seconds=1)
    yield running
    launch.stop(state)


def _documents(running) -> int:
    with psycopg.connect(launch.administrator_dsn(running.state.root)) as connection:
        return connection.execute("select count(*) from portal.documents").fetchone()[0]


def test_kill_9_of_application_and_database_then_serve_again(own_portal):
    """Everything acknowledged is there; the outage is on record as failed checks, not as silence."""
    before = _documents(own_portal)
    application = application_of(own_portal.state)

    os.kill(application.pid(), signal.SIGKILL)
    wait_for(lambda: application.pid() is None, 10, "The end of the application")
    with psycopg.connect(launch.administrator_dsn(own_portal.state.root), autocommit=True) as watch:
        failed = "select count(*) from portal.availability_checks where not ok"
        wait_for(lambda: watch.execute(failed).fetchone()[0] > 0, 15, "A failed check")
    postmaster = int((own_portal.state.cluster / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)
    cluster = cluster_of(own_portal.state, read_json(own_portal.state.root / "ports.json")["postgres"])
    wait_for(lambda: not cluster.running(), 10, "The end of PostgreSQL")

    again = launch.start(own_portal.state.root, seed_name="demo", check_seconds=1)

    assert again.url == own_portal.url
    assert _documents(again) == before
    login = dict(line.split(None, 1) for line in (again.state.root / "demo-login.txt").read_text().splitlines())
    assert again.client().sign_in(login["e-mail"], login["password"]).status == 303


def test_the_application_survives_a_restart_of_the_database(own_portal):
    """503 while it is away, 200 afterwards, without a restart of the application."""
    cluster = cluster_of(own_portal.state, read_json(own_portal.state.root / "ports.json")["postgres"])
    cluster.stop()
    client = own_portal.client()

    assert client.get("/healthz").status == 503
    cluster.start()
    wait_for(lambda: client.get("/healthz").status == 200, 30, "Health after the restart")


def test_no_secret_in_any_log(own_portal):
    """Passwords, pepper, keys and personal fields, searched in the logs of all processes."""
    client = own_portal.client()
    client.sign_in("canary-password-person@nowhere.example", "canary-password-1234567")
    values = list(vars(own_portal.state.secrets()).values())
    values += read_json(own_portal.state.root / "seed.json")["passwords"].values()
    values += ["canary-password-1234567", "canary-password-person", "@fernhill.example", "Maren Oakes"]
    logs = [
        path
        for folder in (own_portal.state.access_log.parent, own_portal.state.server_log)
        for path in Path(folder).rglob("*")
        if path.is_file()
    ]

    found = {(path.name, value) for path in logs for value in values if value in path.read_text(errors="replace")}

    assert len(logs) >= 4
    assert not found
    assert all(path.stat().st_mode & 0o077 == 0 for path in logs)
