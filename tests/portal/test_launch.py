"""Starting, stopping, copying; a database of one's own; the files that collectors are given."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from trustcenter.errors import ConfigurationError
from trustcenter.portal import commands, database, launch
from trustcenter.portal import state as state_directory
from trustcenter.portal.postgres import cluster_of, open_path
from trustcenter.portal.preparation import application_of
from trustcenter.portal.state import StateDirectory, free_port, read_environment
from trustcenter.runtime import tls


def _command(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trustcenter.portal", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def test_the_files_for_collectors_hold_what_is_promised_and_are_private(portal):
    """Every entry is usable: addresses answer, paths exist, the reader can sign in."""
    values = read_environment(portal.state.portal_env)

    assert set(values) == {
        "PORTAL_URL", "PORTAL_HTTP_URL", "PORTAL_CA", "PORTAL_READER_DSN", "PORTAL_BACKUPS", "PORTAL_ACCESS_LOG",
        "PORTAL_PG_BIN", "PORTAL_PG_USER", "PORTAL_POSTURE_KEY", "PORTAL_STATE", "PORTAL_MAIL_SINK",
        "PORTAL_PROCESS_ID", "PORTAL_AUDIT_KEY", "PORTAL_COMPANIES",
        "PORTAL_CANARY_A_MEMBER_EMAIL", "PORTAL_CANARY_A_MEMBER_PASSWORD",
        *(f"PORTAL_CANARY_STAFF_{part}" for part in ("EMAIL", "PASSWORD", "PASSKEY")),
        "PORTAL_PASSKEY_ORIGIN", "PORTAL_CANARY_A_EMAIL", "PORTAL_CANARY_A_PASSWORD",
        "PORTAL_CANARY_B_EMAIL", "PORTAL_CANARY_B_PASSWORD",
        "PORTAL_CANARY_C_EMAIL", "PORTAL_CANARY_C_PASSWORD",
        *(f"PORTAL_CANARY_C_OWNER_{part}" for part in ("EMAIL", "PASSWORD", "PASSKEY")),
        "PORTAL_CANARY_A_NEW_EMAIL", "PORTAL_CANARY_A_NEW_PASSWORD",
        *(f"PORTAL_CANARY_{letter}_OWNER_{part}" for letter in "AB" for part in ("EMAIL", "PASSWORD", "PASSKEY")),
    }  # fmt: skip
    for name in ("PORTAL_CA", "PORTAL_BACKUPS", "PORTAL_ACCESS_LOG", "PORTAL_PG_BIN", "PORTAL_POSTURE_KEY"):
        assert Path(values[name]).exists(), name
    with psycopg.connect(values["PORTAL_READER_DSN"]) as reader:
        assert reader.execute("select count(*) from portal.accounts").fetchone()[0] >= 11
    for letter in "AB":
        client = portal.client()
        assert client.sign_in_with_passkey(values[f"PORTAL_CANARY_{letter}_OWNER_PASSKEY"]).status == 200
        assert client.get("/api/documents").json()["count"] >= 2
    document = json.loads(portal.state.portal_json.read_text())
    assert document["PORTAL_URL"] == portal.url
    for path in portal.state.root.glob("*"):
        if path.is_file() and path.suffix in (".json", ".env", ".txt"):
            assert path.stat().st_mode & 0o077 == 0, path
    for path in [*portal.state.keys.glob("*.key"), *portal.state.tls.glob("*.key")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_environment_file_can_be_sourced_by_a_shell(portal):
    said = subprocess.run(
        ["sh", "-c", f'. {portal.state.portal_env} && printf %s "$PORTAL_URL"'],
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout == portal.url


def test_secrets_open_to_others_stop_the_start(open_folder):
    state = StateDirectory(open_folder() / "state")
    state.prepare()
    state.secrets()
    (state.root / "secrets.json").chmod(0o644)

    with pytest.raises(ConfigurationError, match="Others may read"):
        launch.start(state.root)


def test_a_copy_is_served_beside_the_original_and_neither_sees_the_others_changes(portal, cloned, as_person, passwords):
    """What mutants stand on: an application of its own on a copied database, unmodified."""
    with launch.start(portal.state.root, database_name=cloned) as other:
        client = other.client()
        assert client.sign_in("jonas@fernhill.example", passwords["jonas@fernhill.example"]).status == 303
        added = client.send("POST", "/api/documents", {"title": "Only in the copy", "kind": "note", "body": "x"})
        assert added.status == 201
        here = as_person("maren@fernhill.example").get("/api/documents").text
        assert "Only in the copy" not in here
        assert other.url != portal.url
        assert other.environment["PORTAL_READER_DSN"] != portal.environment["PORTAL_READER_DSN"]
    assert portal.client().get("/healthz").status == 200
    assert launch.running(portal.state.root, cloned) is None


def test_the_main_database_is_never_dropped(portal):
    with pytest.raises(ConfigurationError, match="not dropped"):
        launch.drop(portal.state.root, "portal")


def test_starting_twice_is_one_portal(portal):
    again = launch.start(portal.state.root)

    assert again.environment["PORTAL_PROCESS_ID"] == portal.environment["PORTAL_PROCESS_ID"]


def test_commands_start_say_and_stop(open_folder):
    """serve --detach, status, stop, status, as a person types them."""
    state = open_folder() / "state"

    served = _command("serve", "--state", state, "--detach", "--no-keeper")
    up = _command("status", "--state", state)
    stopped = _command("stop", "--state", state)
    down = _command("status", "--state", state)

    assert served.returncode == 0, served.stderr
    assert "https://127.0.0.1:" in served.stdout
    assert (up.returncode, json.loads(up.stdout)["healthy"]) == (0, True)
    assert (stopped.returncode, stopped.stdout) == (0, "stopped\n")
    assert (down.returncode, json.loads(down.stdout)["running"]) == (1, False)


def test_serve_in_the_foreground_ends_everything_with_the_signal(open_folder):
    state = open_folder() / "state"
    process = subprocess.Popen(
        [sys.executable, "-m", "trustcenter.portal", "serve", "--state", str(state)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline().startswith("portal     https://127.0.0.1:")
        running = launch.running(state)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.stdout.close()

    assert running is not None
    assert launch.running(state) is None
    assert not (state / "postgres" / "postmaster.pid").exists()


def test_a_start_that_fails_leaves_nothing_running(open_folder):
    """Here the certificate's key is damaged, so that the application ends at once."""
    state = StateDirectory(open_folder() / "state")
    state.prepare()
    authority = tls.make_authority("Test", datetime.now(UTC))
    for name in ("authority.pem", "portal.pem", "companies.pem"):
        (state.tls / name).write_bytes(authority.certificate)
    for name in ("authority.key", "portal.key"):
        (state.tls / name).write_text("not a key")

    with pytest.raises(ConfigurationError, match="ended at once"):
        launch.start(state.root)

    assert application_of(state).pid() is None
    assert not (state.cluster / "postmaster.pid").exists()


def test_a_port_that_somebody_else_got_first_is_not_insisted_on(open_folder, monkeypatch):
    """Between the choice of a port and its use lies a database's start; a port that was asked for is another matter."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        given, chosen = [taken.getsockname()[1]], state_directory.free_port
        monkeypatch.setattr(state_directory, "free_port", lambda avoid: given.pop() if given else chosen(avoid=avoid))
        with launch.start(open_folder() / "state", keeper=False) as running:
            assert given == []
            assert running.client().get("/healthz").status == 200
            assert running.url != f"https://127.0.0.1:{taken.getsockname()[1]}"


def test_a_state_of_another_version_is_named_and_left_as_it_is(portal, administrator, tmp_path):
    """Its database and its secrets: the error says what to do, and nothing is changed."""
    administrator.execute("comment on schema portal is 'schema of yesterday'")
    try:
        with pytest.raises(ConfigurationError, match="another version") as caught:
            database.make_schema(launch.administrator_dsn(portal.state.root))
    finally:
        administrator.execute(f"comment on schema portal is '{database.schema_version()}'")
    assert "move its state directory away" in str(caught.value.hint)
    assert database.make_schema(launch.administrator_dsn(portal.state.root)) is False

    state = StateDirectory(tmp_path)
    path = tmp_path / "secrets.json"
    state.secrets()
    older = {name: value for name, value in json.loads(path.read_text()).items() if name != "factor_key"}
    path.write_text(json.dumps(older))
    with pytest.raises(ConfigurationError, match="another version"):
        state.secrets()
    assert json.loads(path.read_text()) == older


def test_a_port_taken_meanwhile_is_chosen_anew(tmp_path):
    state = StateDirectory(tmp_path)
    port = state.ports({"https": 0}, running=False)["https"]
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert state.ports({"https": 0}, running=True)["https"] == port
        assert state.ports({"https": 0}, running=False)["https"] != port


def test_every_command_has_help_with_examples(capsys):
    for name in ("serve", "stop", "status", "clone", "drop"):
        with pytest.raises(SystemExit) as ended:
            commands.main([name, "--help"])
        assert ended.value.code == 0
        assert "examples:" in capsys.readouterr().out


def test_a_missing_portal_is_explained(tmp_path, capsys):
    assert commands.main(["clone", "--state", str(tmp_path), "--database", "x"]) == 2
    assert "serve" in capsys.readouterr().err


def test_a_database_of_ones_own_is_used_and_what_is_not_arranged_is_said(open_folder):
    """DATABASE_URL: same isolation; backups are the operator's, and both the files and the posture say so."""
    folder = open_folder()
    theirs = StateDirectory(folder / "theirs")
    theirs.prepare()
    open_path(theirs.root)
    cluster = cluster_of(theirs, free_port(set()))
    cluster.make(theirs.secrets(), archive_timeout=60)
    cluster.start()
    url = f"postgresql://postgres:{theirs.secrets().superuser_password}@127.0.0.1:{cluster.port}/"
    try:
        with psycopg.connect(url + "postgres", autocommit=True) as connection:
            connection.execute("create database theirs")
        with launch.start(folder / "ours", database_url=url + "theirs", seed_name="demo") as ours:
            assert not ours.state.cluster.exists()
            kept = "".join(path.read_text() for path in ours.state.root.glob("*.json"))
            assert theirs.secrets().superuser_password not in kept
            assert "PORTAL_BACKUPS" not in ours.environment
            assert json.loads(ours.state.portal_json.read_text())["not_arranged"]
            login = json.loads((ours.state.root / "seed.json").read_text())["passkeys"]
            client = ours.client()
            assert client.sign_in_with_passkey(login["ines@vendor.example"]).status == 200
            seen = client.get("/api/operations").json()
            assert seen["backups"] is None
            with psycopg.connect(ours.environment["PORTAL_READER_DSN"]) as reader:
                assert reader.execute("select count(*) from pg_hba_file_rules").fetchone()[0] > 0
            assert "database is not ours" in seen["not_arranged"][0]
    finally:
        cluster.stop()
