"""Runs the Django service of tests/foreign: its database, its process over TLS, and an instance that maps it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import backup_folder
import embedded_postgresql
import httpx
import small_instance
import trustme
from embedded_postgresql import SUPERUSER, Server

FOREIGN = Path(__file__).resolve().parents[1] / "foreign"
CANARIES = {"canary-a@quay.example": ("aalto", "mate"), "canary-b@quay.example": ("birka", "master")}
OTHERS = {"ada@quay.example": ("aalto", "master")}
CONTROLS = (
    "access/named-accounts", "access/password-storage", "access/second-factor", "access/session-cookies",
    "access/session-rotation", "access/sign-out", "continuity/backups", "data/tenant-isolation",
    "data/tenant-isolation-probe", "platform/audit-log", "platform/database-authentication",
    "platform/database-durability", "platform/database-exposure", "platform/database-logging",
)  # fmt: skip
GRANTS = """
grant usage on schema public to quay_app, quay_reader;
grant select on all tables in schema public to quay_app;
grant insert, update, delete on django_session, quay_booking to quay_app;
grant update (last_login, password) on quay_sailor to quay_app;
grant insert on quay_journal to quay_app;
grant select on quay_sailor, quay_journal to quay_reader;
grant select (expire_date) on django_session to quay_reader;
grant select on pg_catalog.pg_hba_file_rules to quay_reader;
grant execute on function pg_catalog.pg_hba_file_rules() to quay_reader;
"""


@dataclass(frozen=True)
class Quay:
    """The running service, and an instance of the tool whose trustcenter.toml maps it."""

    server: Server
    instance: Path
    port: int
    authority: Path
    person: tuple[str, str]

    def sign_in(self) -> None:
        """One person signs in through the form, and stays."""
        url = f"https://127.0.0.1:{self.port}"
        trust = ssl.create_default_context(cafile=str(self.authority))
        with httpx.Client(base_url=url, verify=trust, trust_env=False, timeout=60) as browser:
            browser.get("/sign-in")
            name, word = self.person
            form = {
                "username": name, "password": word, "csrfmiddlewaretoken": browser.cookies["__Host-csrftoken"],
            }  # fmt: skip
            assert browser.post("/sign-in", data=form, headers={"origin": url}).status_code == 302

    def execute(self, statement: str) -> None:
        self.server.execute(statement, database="quay")


@contextlib.contextmanager
def quay(folder: Path) -> Iterator[Quay]:
    """Migrated by its owner, filled, backed up once, served by a role that owns nothing."""
    words = {name: secrets.token_urlsafe(16) for name in ("quay_owner", "quay_app", "quay_reader")}
    people = {name: (*place, secrets.token_urlsafe(16)) for name, place in {**CANARIES, **OTHERS}.items()}
    with embedded_postgresql.server(*backup_folder.SETTINGS) as server:
        for part in ("base", "wal"):
            (server.root / "backups" / part).mkdir(parents=True)
            if server.user is not None:
                shutil.chown(server.root / "backups" / part, server.user)
        server.execute(*(f"create role {name} login password '{word}'" for name, word in words.items()))
        server.execute("create database quay owner quay_owner", "grant pg_read_all_settings to quay_reader")
        owner = _environment(server, "quay_owner", words["quay_owner"])
        _python(owner, "-m", "django", "migrate", "--verbosity", "0")
        _python(owner, "-m", "quay.fill", text=json.dumps(people))
        server.execute(GRANTS, "alter role quay_owner nologin", database="quay")
        server.run(
            "pg_basebackup", "-D", str(server.root / "backups" / "base" / "first"), "-h", "127.0.0.1",
            "-p", str(server.port), "-U", SUPERUSER, "-w", "--checkpoint=fast", "--manifest-checksums=SHA256",
            "--no-sync", PGPASSWORD=server.password,
        )  # fmt: skip
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(folder / "authority.pem"))
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
        application = _environment(server, "quay_app", words["quay_app"])
        application |= {"QUAY_LOG": str(folder / "access.jsonl"), "QUAY_SECRET": secrets.token_urlsafe(50)}
        (folder / "access.jsonl").touch()
        with _served(folder / "server.pem", application) as port:
            variables = {
                "QUAY_URL": f"https://127.0.0.1:{port}",
                "QUAY_CA": str(folder / "authority.pem"),
                "QUAY_READER_DSN": server.dsn("quay", "quay_reader", words["quay_reader"]),
                "QUAY_BACKUPS": str(server.root / "backups"),
                "QUAY_LOG": application["QUAY_LOG"],
                "QUAY_CANARY_A_PASSWORD": people["canary-a@quay.example"][2],
                "QUAY_CANARY_B_PASSWORD": people["canary-b@quay.example"][2],
            }
            ada = ("ada@quay.example", people["ada@quay.example"][2])
            yield Quay(server, _instance(folder / "instance", variables), port, folder / "authority.pem", ada)


def _instance(root: Path, variables: dict[str, str]) -> Path:
    """This repository's controls as they are, the service's own one, its mapping, a key."""
    shutil.copytree(FOREIGN / "controls", root / "controls")
    for name in CONTROLS:
        target = root / "controls" / f"{name}.yaml"
        target.parent.mkdir(exist_ok=True)
        shutil.copy2(FOREIGN.parents[1] / "controls" / f"{name}.yaml", target)
    shutil.copy2(FOREIGN / "trustcenter.toml", root)
    (root / "quay.env").write_text("".join(f'{name}="{value}"\n' for name, value in variables.items()))
    small_instance.make_key(root)
    return root


def _environment(server: Server, role: str, password: str) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(FOREIGN),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "quay.settings",
        "QUAY_PORT": str(server.port),
        "QUAY_ROLE": role,
        "QUAY_PASSWORD": password,
        "QUAY_SECRET": secrets.token_urlsafe(50),
    }


def _python(environment: dict[str, str], *words: str, text: str = "") -> None:
    done = subprocess.run(
        [sys.executable, *words], env=environment, input=text, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def _served(certificate: Path, environment: dict[str, str]) -> Iterator[int]:
    """The service ends when its standard input does."""
    with subprocess.Popen(
        [sys.executable, "-m", "quay.serve", str(certificate)],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the Django service did not start"
        yield int(line)
