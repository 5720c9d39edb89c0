"""Mutants of the database server: its settings, its host rules, its archive. Changed, reloaded, and changed back."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

import psycopg
import pytest

from mutations.mutant import Broken, Change, Scene, mutant
from mutations.world import World, run, wait_connected
from trustcenter.portal.postgres import cluster_of
from trustcenter.portal.state import read_json
from trustcenter.sources.own_addresses import own_addresses
from trustcenter.testing import sockets

HOST = "127.0.0.1"
ELSEWHERE = "127.0.0.2"
"""Another address of this machine: nothing listens there unless the server listens everywhere."""
NETWORK = next((one for one in own_addresses() if ":" not in one and not one.startswith("127.")), "")
"""An address by which other machines could reach this one; empty on a machine without a network."""
KNOCK = "platform.database-exposure/knock"


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what the server does after it was told. Raises AssertionError."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the server does not follow"
        time.sleep(0.05)


def setting(name: str, value: str) -> Change:
    """A setting of the whole server, in force after a reload."""

    def change(world: World, stack: ExitStack) -> Scene:
        scene = world.scene
        shown = "select current_setting(%s)"
        before = scene.value(shown, name)

        def undo() -> None:
            run(scene, f"alter system reset {name}", "select pg_reload_conf()")
            until(lambda: scene.value(shown, name) == before)

        stack.callback(undo)
        run(scene, f"alter system set {name} = '{value}'", "select pg_reload_conf()")
        until(lambda: scene.value(shown, name) == value)
        return scene

    return change


def says(name: str, value: str) -> Broken:
    """Whether a new session of a superuser is told this value."""
    return lambda scene: bool(scene.value("select current_setting(%s) = %s", name, value))


def excepted(scope: str, name: str, value: str) -> Change:
    """A setting of some sessions only; `{database}` in the scope is a copy of the database, which is dropped again."""

    def change(world: World, stack: ExitStack) -> Scene:
        scene = stack.enter_context(world.database())
        target = scope.format(database=scene.database)
        stack.callback(run, scene, f"alter {target} reset {name}")
        run(scene, f"alter {target} set {name} = '{value}'")
        return scene

    return change


def says_to_application(name: str, value: str) -> Broken:
    """Whether a new session of the application's own role is told this value."""

    def broken(scene: Scene) -> bool:
        with scene.application() as connection:
            told = connection.execute("select current_setting(%s)", (name,)).fetchone()
        return told == (value,)

    return broken


def rule(line: str, first: bool = True) -> Change:
    """A rule of pg_hba.conf more."""

    def change(world: World, stack: ExitStack) -> Scene:
        path = world.portal.state.cluster / "pg_hba.conf"
        kept = path.read_text()

        def write(text: str) -> None:
            path.write_text(text)
            world.scene.value("select pg_reload_conf()")

        stack.callback(write, kept)
        write(f"{line}\n{kept}" if first else f"{kept}{line}\n")
        return world.scene

    return change


def lets_in_without_password(scene: Scene) -> bool:
    """Whether somebody without any password gets a session, tried for a moment after the reload."""
    end = time.monotonic() + 2
    while time.monotonic() < end:
        try:
            psycopg.connect(scene.dsn(user="trustcenter_app", password="")).close()
            return True
        except psycopg.OperationalError:
            time.sleep(0.1)
    return False


def stores_md5(scene: Scene) -> bool:
    """Whether a password set now is stored as an MD5 digest."""
    with scene.superuser() as connection:
        connection.execute("create role passing password 'of no use, dropped at once'")
        stored = connection.execute("select rolpassword from pg_authid where rolname = 'passing'").fetchone()
        connection.execute("drop role passing")
    return stored[0].startswith("md5")


def admits_anywhere(scene: Scene) -> bool:
    """Whether the rules that the server loaded admit every address."""
    return bool(scene.value("select exists (select from pg_hba_file_rules where address = '0.0.0.0')"))


def listening_everywhere(world: World, stack: ExitStack) -> Scene:
    """A restart with another listen_addresses, and one back."""
    cluster = cluster_of(world.portal.state, read_json(world.state / "ports.json")["postgres"])

    def restart() -> None:
        cluster.stop()
        cluster.start()
        wait_connected(world.scene)
        browser = world.scene.browser()
        until(lambda: browser.ask("GET", "/healthz").status == 200)

    def undo() -> None:
        run(world.scene, "alter system reset listen_addresses")
        restart()
        run(world.scene, "delete from portal.availability_checks where not ok")  # the restarts were ours

    stack.callback(undo)
    run(world.scene, "alter system set listen_addresses = '*'")
    restart()
    return world.scene


def answers_elsewhere(scene: Scene) -> bool:
    """Whether the server's port is open at an address that it need not serve."""
    port = int(psycopg.conninfo.conninfo_to_dict(scene.dsn())["port"])
    try:
        socket.create_connection((ELSEWHERE, port), timeout=2).close()
    except OSError:
        return False
    return True


def forwarded(world: World, stack: ExitStack) -> Scene:
    """Somebody else listens on the database's port at an address of the network, and passes everything on."""
    if not NETWORK:
        pytest.skip("this machine has no address but loopback, so nobody could listen at another")
    port = int(psycopg.conninfo.conninfo_to_dict(world.scene.dsn())["port"])
    stack.enter_context(sockets.proxy(port, lambda chunk, _: chunk, at=(NETWORK, port)))
    return world.scene


def lets_in_from_the_network(scene: Scene) -> bool:
    """Whether a session of the database can be had at an address that other machines could reach."""
    try:
        psycopg.connect(scene.dsn(host=NETWORK or ELSEWHERE), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def archive_failing(world: World, stack: ExitStack) -> Scene:
    """The archive command fails from now on; afterwards it catches up, and the counter begins again."""
    failed = "select failed_count from pg_stat_archiver"

    def undo() -> None:
        run(world.scene, "alter system reset archive_command")
        world.scene.value("select pg_reload_conf()")
        until(lambda: world.scene.value(BEHIND) == 0)
        world.scene.value("select pg_stat_reset_shared('archiver')")

    stack.callback(undo)
    run(world.scene, "alter system set archive_command = 'false'")
    world.scene.value("select pg_reload_conf()")
    world.scene.value("select pg_create_restore_point('mutant')")
    world.scene.value("select pg_switch_wal()")
    until(lambda: world.scene.value(failed) > 0)
    time.sleep(1.1)  # the portal looks at its archiver once in half a check interval, which is two seconds here
    return world.scene


BEHIND = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"


def archive_fails(scene: Scene) -> bool:
    """Whether segments wait to be archived after an attempt failed."""
    return bool(scene.value(f"select failed_count > 0 and ({BEHIND}) > 0 from pg_stat_archiver"))


MUTANTS = (
    mutant(
        "no-password-asked", "the database lets everybody of its own machine in",
        "platform.database-authentication/rules", "database_settings",
        rule(f"host all all {HOST}/32 trust"), lets_in_without_password,
    ),
    mutant(
        "md5-passwords", "the database stores new passwords as MD5 digests",
        "platform.database-authentication/passwords", "database_settings",
        setting("password_encryption", "md5"), stores_md5,
    ),
    mutant(
        "no-flush", "the database says that it wrote before it did",
        "platform.database-durability/durable", "database_settings", setting("fsync", "off"), says("fsync", "off"),
    ),
    mutant(
        "torn-pages", "the database cannot repair a half written page",
        "platform.database-durability/durable", "database_settings",
        setting("full_page_writes", "off"), says("full_page_writes", "off"),
    ),
    mutant(
        "listening-everywhere", "the database listens on every address",
        "platform.database-exposure/address", "database_settings", listening_everywhere, answers_elsewhere,
        elsewhere=KNOCK if NETWORK else "",
    ),
    mutant(
        "forwarded", "the database's port is passed on from the network, and no setting of the database says so",
        KNOCK, "database_ports", forwarded, lets_in_from_the_network,
    ),
    mutant(
        "admitting-everywhere", "the database's rules admit every address",
        "platform.database-exposure/rules", "database_settings",
        rule("host all all 0.0.0.0/0 scram-sha-256", first=False), admits_anywhere,
    ),
    mutant(
        "connections-unlogged", "the database does not log who disconnects",
        "platform.database-logging/connections", "database_settings",
        setting("log_disconnections", "off"), says("log_disconnections", "off"),
    ),
    mutant(
        "structure-unlogged", "the database does not log changes of its structure",
        "platform.database-logging/structure", "database_settings",
        setting("log_statement", "none"), says("log_statement", "none"),
    ),
    mutant(
        "role-unlogged", "what the application's role changes is not logged",
        "platform.database-logging/structure", "database_settings",
        excepted("role trustcenter_app", "log_statement", "none"), says_to_application("log_statement", "none"),
    ),
    mutant(
        "database-unlogged", "changes of structure are not logged in one database",
        "platform.database-logging/structure", "database_settings",
        excepted("database {database}", "log_statement", "none"), says_to_application("log_statement", "none"),
    ),
    mutant(
        "role-unlogged-in-a-database", "what the application's role changes in one database is not logged",
        "platform.database-logging/structure", "database_settings",
        excepted("role trustcenter_app in database {database}", "log_statement", "NONE"),
        says_to_application("log_statement", "none"),
    ),
    mutant(
        "role-md5", "the application's role stores new passwords as MD5 digests",
        "platform.database-authentication/passwords", "database_settings",
        excepted("role trustcenter_app", "password_encryption", "md5"),
        says_to_application("password_encryption", "md5"),
    ),
    mutant(
        "archive-failing", "the log is no longer archived",
        "platform.posture/archiver", "trust_posture", archive_failing, archive_fails,
    ),
)  # fmt: skip
