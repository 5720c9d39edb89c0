"""The audit probe against faults on both of its ways, and against logs that do not hold what they must."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import portal_platform
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from trustcenter.model.population import CouldNotTell
from trustcenter.testing import sockets as faults

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("contract")]

LIMITS = {"connect_seconds": 2, "statement_seconds": 2}


def cause(portal: Any, seconds: float = 30.0, mapping: dict[str, Any] | None = None, **settings: Any) -> str:
    with pytest.raises(CouldNotTell) as caught:
        portal.collect(
            "audit_events",
            settings=portal.settings | LIMITS | settings,
            mapping=portal_platform.MAPPING["audit_events"] | (mapping or {}),
            seconds=seconds,
        )
    assert portal.environment["PORTAL_CANARY_A_PASSWORD"] not in str(caught.value)
    return caught.value.cause


def web_port(portal: Any) -> int:
    return urlsplit(portal.settings["url"]).port or 0


def database_port(portal: Any) -> int:
    return int(conninfo_to_dict(portal.settings["dsn"])["port"])


def database_at(portal: Any, **changes: Any) -> str:
    return make_conninfo(portal.settings["dsn"], **changes)


@pytest.mark.parametrize(
    ("fault", "causes"),
    [
        (lambda port: faults.refused(), {"unreachable"}),
        (lambda port: faults.silent(), {"timed_out"}),
        (lambda port: faults.garbage(), {"malformed", "unreachable"}),
        (lambda port: faults.cut_after(port, 1200), {"incomplete", "unreachable"}),
    ],
    ids=["refused", "silent", "garbage", "cut"],
)
@pytest.mark.parametrize("way", ["web", "database"])
def test_each_fault_of_a_socket_is_typed(portal: Any, way: str, fault: Any, causes: set[str]) -> None:
    """Whichever of the two ways breaks, nothing is concluded about the audit log."""
    made: AbstractContextManager[int] = fault(web_port(portal) if way == "web" else database_port(portal))
    with made as port:
        changed = {"url": f"https://127.0.0.1:{port}"} if way == "web" else {"dsn": database_at(portal, port=port)}
        # Only what waits for nothing is cut short: six seconds are little on a busy machine for what precedes a cut.
        assert cause(portal, seconds=6 if "timed_out" in causes else 60, **changed) in causes


def test_a_canary_that_may_not_sign_in_is_denied(portal: Any) -> None:
    """A wrong password may not be tried often: one attempt, of an account that nobody has."""
    changed = {"canary_a_email": "nobody@canary-a.example", "canary_a_password": "not the password"}
    assert cause(portal, **changed) == "denied"


def test_a_reader_that_may_not_read_the_log_is_denied(portal: Any) -> None:
    assert cause(portal, dsn=database_at(portal, password="not-it")) == "denied"


def test_a_deed_that_the_platform_refuses_is_denied_and_the_canary_signs_out(portal: Any) -> None:
    deeds = [{"method": "GET", "path": "/api/operations", "action": "operations.read"}]
    assert cause(portal, mapping={"deeds": deeds}) == "denied"


def test_an_answer_without_the_request_s_id_is_malformed(portal: Any) -> None:
    assert cause(portal, mapping={"request_header": "x-no-such-header"}) == "malformed"


@pytest.fixture(scope="module")
def trial(portal: Any) -> Iterator[Any]:
    """A second application on a copy of the database, to break: the same portal, other rows."""
    name = f"audit_trial_{os.getpid()}"  # of this test process: two of them share the portal
    manage(portal, "clone", "--database", name)
    manage(portal, "serve", "--database", name, "--detach", "--no-keeper")
    path = portal.state / "databases" / name / "portal.env"
    lines = (line.partition("=") for line in path.read_text().splitlines() if line)
    yield replace(portal, environment={key: value.strip("'") for key, _, value in lines})
    manage(portal, "stop", "--database", name)


def manage(portal: Any, command: str, *arguments: str) -> None:
    command_line = [sys.executable, "-m", "trustcenter.portal", command, "--state", str(portal.state), *arguments]
    done = subprocess.run(
        command_line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def as_administrator(trial: Any, *statements: str) -> None:
    password = json.loads((trial.state / "secrets.json").read_text())["superuser_password"]
    dsn = make_conninfo(trial.environment["PORTAL_READER_DSN"], user="postgres", password=password)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("broken", "repaired", "check"),
    [
        (
            "grant update (outcome) on portal.audit_events to trustcenter_app",
            "revoke update (outcome) on portal.audit_events from trustcenter_app",
            "update by trustcenter_app",
        ),
        (
            "grant truncate on portal.audit_events to trustcenter_backup",
            "revoke truncate on portal.audit_events from trustcenter_backup",
            "truncate by trustcenter_backup",
        ),
        (
            "create function portal.swallow() returns trigger language plpgsql as 'begin return null; end';"
            "create trigger swallow before insert on portal.audit_events for each row"
            " when (new.outcome = 'refused') execute function portal.swallow()",
            "drop function portal.swallow() cascade",
            "a refused session.sign_in by the canary",
        ),
        (
            "create function portal.blank() returns trigger language plpgsql as"
            " 'begin new.user_agent := ''''; return new; end';"
            "create trigger blank before insert on portal.audit_events for each row execute function portal.blank()",
            "drop function portal.blank() cascade",
            "field user_agent",
        ),
    ],
)
def test_a_log_that_forgets_or_can_be_rewritten_is_caught(trial: Any, broken: str, repaired: str, check: str) -> None:
    as_administrator(trial, broken)
    try:
        seen = trial.collect("audit_events")
    finally:
        as_administrator(trial, repaired)
    assert check in [fact.check for fact in seen.facts if not fact.held]
