"""The example of docs/example_application, started as it would be and looked at with the collectors for the portal."""

from __future__ import annotations

import contextlib
import re
import secrets
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import embedded_postgresql
import httpx
import psycopg
import pytest
import trustme
import uvicorn
from runs import collect, run_of

from trustcenter.collectors.audit_chain import audit_chain
from trustcenter.collectors.audit_events import audit_events
from trustcenter.collectors.http_headers import http_headers
from trustcenter.collectors.interface import Collector
from trustcenter.collectors.password_hashes import password_hashes
from trustcenter.collectors.role_matrix_probe import role_matrix_probe
from trustcenter.collectors.session_cookies import session_cookies
from trustcenter.collectors.session_lifecycle_probe import session_lifecycle_probe
from trustcenter.collectors.tenant_isolation_catalog import tenant_isolation_catalog
from trustcenter.collectors.tenant_isolation_probe import tenant_isolation_probe
from trustcenter.collectors.trust_posture import trust_posture
from trustcenter.collectors.user_accounts import user_accounts
from trustcenter.instance import parse
from trustcenter.model.population import Population
from trustcenter.proof.keys import PrivateKey
from trustcenter.runtime import totp
from trustcenter.runtime.passwords import hash_password

ROLES = {
    "letters_owner": "nologin", "letters_lookup": "nologin bypassrls", "letters_app": "login",
    "letters_reader": "login bypassrls",
}  # fmt: skip
Look = Callable[[Collector], Population[Any]]


@dataclass(frozen=True)
class Letters:
    """The running example: its address, what was made up for it, and collectors by the example's own mapping."""

    url: str
    variables: dict[str, str]
    identity: Any
    look: Look

    def browser(self) -> httpx.Client:
        trust = ssl.create_default_context(cafile=self.variables["LETTERS_CA"])
        return httpx.Client(base_url=self.url, verify=trust, trust_env=False, timeout=60)


@pytest.fixture(scope="module")
def look(letters: Letters) -> Look:
    return letters.look


@pytest.fixture(scope="module")
def letters(
    postgresql_server: embedded_postgresql.Server, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Letters]:
    """The running example."""
    folder, example = tmp_path_factory.mktemp("letters"), repository / "docs" / "example_application"
    database, word, pepper = "letters", secrets.token_urlsafe(16), secrets.token_bytes(32)
    variables = {"LETTERS_READER_DSN": postgresql_server.dsn(database, "letters_reader", word)}
    keys = {"heads": PrivateKey.generate(), "posture": PrivateKey.generate()}
    variables |= {"LETTERS_LOG": str(folder / "access.jsonl")}
    variables |= {f"LETTERS_{name.upper()}_KEY": key.public.pem for name, key in keys.items()}
    (folder / "access.jsonl").touch()
    variables["LETTERS_CA"], certificate = _certificate(folder)
    postgresql_server.execute(
        *(f"create role {name} {more} password '{word}'" for name, more in ROLES.items()), f"create database {database}"
    )
    postgresql_server.execute((example / "schema.sql").read_text(), database=database)
    variables |= _people(postgresql_server.dsn(database), pepper)
    dsn = f"postgresql+psycopg://letters_app:{word}@127.0.0.1:{postgresql_server.port}/{database}"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(example))
        import application
        import identity

        with contextlib.ExitStack() as stack:
            made = application.create(dsn, pepper, keys, folder / "access.jsonl")
            port = stack.enter_context(_served(made, certificate))
            variables["LETTERS_URL"] = f"https://127.0.0.1:{port}"
            plain = stack.enter_context(_served(application.redirector(variables["LETTERS_URL"]), None))
            variables["LETTERS_HTTP_URL"] = f"http://127.0.0.1:{plain}"
            source = parse((example / "trustcenter.toml").read_bytes(), variables, root=folder).source("portal")

            def look(what: Collector) -> Population[Any]:
                mapping = source.mapping.get(what.description.id, {})
                return collect(what, run_of(dict(source.settings), mapping, seconds=60))

            yield Letters(variables["LETTERS_URL"], variables, identity, look)
        for place in example.glob("*.py"):
            sys.modules.pop(place.stem, None)


def _certificate(folder: Path) -> tuple[str, str]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return str(folder / "authority.pem"), str(folder / "server.pem")


PEOPLE = {
    "a": (1, "owner"), "b": (2, "owner"), "c": (1, "member"), "d": (3, "owner"), "e": (4, "admin"), "f": (1, "owner"),
    "g": (1, "admin"),
}  # fmt: skip
"""Canaries, each with an organisation and a role; a, and d whom somebody attacks, have an app for codes."""


def _people(dsn: str, pepper: bytes) -> dict[str, str]:
    organisations, found = {number: uuid4() for number in range(1, 5)}, {"LETTERS_CANARY_A_CODES": totp.new_secret()}
    with psycopg.connect(dsn) as connection:
        for number in organisations.values():
            connection.execute("insert into letters.organisations values (%s)", (number,))
        for letter, (number, role) in PEOPLE.items():
            word = found[f"LETTERS_CANARY_{letter.upper()}_PASSWORD"] = secrets.token_urlsafe(16)
            secret = {"a": found["LETTERS_CANARY_A_CODES"], "d": totp.new_secret()}.get(letter)
            connection.execute(
                "insert into letters.accounts (organisation_id, email, role, password, totp_secret) "
                "values (%s, %s, %s, %s, %s)",
                (
                    organisations[number], f"canary-{letter}@letters.example", role, hash_password(word, pepper),
                    secret,
                ),
            )  # fmt: skip
        for number in (1, 2):
            for _ in range(2):
                values = (uuid4(), organisations[number], f"letter {uuid4()}")
                connection.execute("insert into letters.letters values (%s, %s, %s)", values)
    return found


class _served:  # noqa: N801 - used as a function
    """uvicorn with TLS in a thread of its own."""

    def __init__(self, application: Any, certificate: str | None) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        settings = uvicorn.Config(application, ssl_certfile=certificate, log_level="error", server_header=False)
        self.server = uvicorn.Server(settings)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)

    def __enter__(self) -> int:
        self.thread.start()
        until = time.monotonic() + 60
        while not self.server.started:
            assert self.thread.is_alive(), "the example did not start"
            assert time.monotonic() < until, "the example did not start"
            time.sleep(0.01)
        return int(self.socket.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(30)
        self.socket.close()


def test_passwords_and_accounts(look) -> None:
    """Slow hashes, each account in an organisation, the second factor of those who have one."""
    assert {(fact.scheme, fact.cost, fact.derived) for fact in look(password_hashes).facts} == {
        ("bcrypt-hmac-sha384", 12, True)
    }
    seen = sorted((fact.account[7], fact.role, fact.second_factor) for fact in look(user_accounts).facts)
    assert seen == [(name, role, "totp" if name in "ad" else "none") for name, (_, role) in PEOPLE.items()]


def test_session(look) -> None:
    """The cookie's attributes; renewed at sign-in, dead after sign-out."""
    (cookie,) = [fact for fact in look(session_cookies).facts if fact.authenticates]
    assert (cookie.prefix, cookie.secure, cookie.http_only, cookie.same_site) == ("host", True, True, "lax")
    assert cookie.rotated
    assert cookie.ended_by_sign_out


def test_what_ends_and_renews_a_session(look) -> None:
    """Revoked, signed out, proven again, left idle, another password: the old identifier is dead each time."""
    events = {fact.event: fact for fact in look(session_lifecycle_probe).facts}
    assert set(events) >= {"revoked", "revoked_with_all", "signed_out", "password_changed_elsewhere", "idle"}
    assert all(event.refused_afterwards for event in events.values())
    assert {name for name, event in events.items() if event.renewed} == {"stepped_up", "password_changed"}
    assert {name for name, event in events.items() if event.listed} == {"revoked", "revoked_with_all"}


def test_roles(look) -> None:
    """Each route lets those through whom the signed posture names, and nobody else."""
    tried = look(role_matrix_probe)
    assert tried.completeness.holds
    assert [fact for fact in tried.facts if not fact.agrees] == []
    assert {"owner", "admin", "member", "anonymous", "owner of another tenant"} == {f.caller for f in tried.facts}
    assert {fact.seen for fact in tried.facts if fact.route == "/api/limits" and fact.caller == "member"} == {"refused"}


def test_posture(look) -> None:
    """What the service says of itself is signed, fresh and bound to the question."""
    said = {fact.name: fact.number for fact in look(trust_posture).facts}
    assert said["sessions.idle_seconds"] == 1800


def test_tenants(look) -> None:
    """Forced row security everywhere, and every attempt of another organisation refused."""
    assert [fact.object for fact in look(tenant_isolation_catalog).facts if not fact.isolated] == []
    tried = look(tenant_isolation_probe).facts
    assert len(tried) >= 10
    assert {fact.outcome for fact in tried} == {"refused"}


def test_record_and_its_chain(look) -> None:
    """Signed in with a code: deeds are recorded, nobody can change the record, its chain is whole to the heads."""
    assert [fact.check for fact in look(audit_events).facts if not fact.held] == []
    chains = [chain for chain in look(audit_chain).facts if chain.events]
    assert chains
    assert all(chain.whole and chain.cut is False for chain in chains)


def test_headers(look) -> None:
    """The headers of every page."""
    pages = [fact for fact in look(http_headers).facts if fact.scheme == "https"]
    assert len(pages) == 3
    assert all(
        page.hsts_max_age and page.content_policy and not page.content_policy_unsafe and page.nosniff for page in pages
    )
    assert {page.framing for page in pages} == {"denied"}
    assert not any(page.server_named for page in pages)


def _send(browser: httpx.Client, path: str, **fields: str) -> int:
    token = re.search('value="([^"]+)"', browser.get(path).text)
    assert token is not None
    return browser.post(path, data={"token": token[1], **fields}).status_code


def _until_told_to_wait(guess: Callable[[], int]) -> list[int]:
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 15:
        statuses.append(guess())
    return statuses


def test_whoever_guesses_waits(letters: Letters) -> None:
    """Passwords of somebody who is not there, as of anybody."""
    with letters.browser() as browser:
        statuses = _until_told_to_wait(
            lambda: _send(browser, "/sign-in", email="no@letters.example", password="x" * 12)
        )
    assert set(statuses[:-1]) == {401}
    assert statuses[-1] == 429


def test_whoever_has_the_password_does_not_guess_codes_for_ever(letters: Letters) -> None:
    """A right password in between takes nothing back, and a right code is not looked at while one waits."""
    with letters.browser() as browser:
        email, word = "canary-d@letters.example", letters.variables["LETTERS_CANARY_D_PASSWORD"]
        assert _send(browser, "/sign-in", email=email, password=word) == 303
        statuses = _until_told_to_wait(lambda: _send(browser, "/second-factor", code="000000"))
        assert statuses[-1] == 429
        with letters.browser() as another:
            assert _send(another, "/sign-in", email=email, password=word) == 429


def test_guesses_at_the_same_moment_are_counted_one_by_one(letters: Letters) -> None:
    """Each is counted before it is looked at: none sees the state from before another."""
    identity = letters.identity.Identity(engine=None, hasher=None)
    for _ in range(6):
        identity.reserve("ann@letters.example")
    with pytest.raises(letters.identity.TooOften):
        identity.reserve("ann@letters.example")
    identity.reserve("ben@letters.example")
