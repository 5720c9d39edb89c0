"""The example of docs/example_application, started as it would be, with people of its own and its own mapping."""

from __future__ import annotations

import contextlib
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

from trustcenter.collectors.interface import Collector
from trustcenter.instance import parse
from trustcenter.model.population import Population
from trustcenter.portal.outbox.sink import Sink
from trustcenter.portal.software_passkey import SoftwarePasskey
from trustcenter.proof.keys import PrivateKey
from trustcenter.runtime import totp
from trustcenter.runtime.mail import MailServer
from trustcenter.runtime.passwords import COST, PasswordHasher, hash_password
from trustcenter.runtime.places import TableOfNetworks

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
    variables |= {"LETTERS_LOG": str(folder / "access.jsonl"), "LETTERS_MAIL": str(folder / "mail")}
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
            sink = Sink(folder / "mail", _free_port())
            sink.start()
            stack.callback(sink.stop)
            server = MailServer.parse(f"smtp://127.0.0.1:{sink.port}", "post@letters.example")
            origin = "https://letters.example"
            hasher = PasswordHasher(pepper, cost=QUICK)
            made = application.create(dsn, hasher, keys, folder / "access.jsonl", server, origin, PLACES)
            port = stack.enter_context(_served(made, certificate))
            variables["LETTERS_URL"] = f"https://127.0.0.1:{port}"
            plain = stack.enter_context(_served(application.redirector(variables["LETTERS_URL"]), None))
            variables["LETTERS_HTTP_URL"] = f"http://127.0.0.1:{plain}"
            source = parse((example / "trustcenter.toml").read_bytes(), variables, root=folder).source("portal")

            def look(what: Collector) -> Population[Any]:
                mapping = source.mapping.get(what.description.id, {})
                return collect(what, run_of(dict(source.settings), mapping, seconds=240, nonce=secrets.token_hex(12)))

            yield Letters(variables["LETTERS_URL"], variables, identity, look)
        for place in example.glob("*.py"):
            sys.modules.pop(place.stem, None)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _certificate(folder: Path) -> tuple[str, str]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return str(folder / "authority.pem"), str(folder / "server.pem")


PEOPLE = {
    "a": (1, "owner"), "b": (2, "admin"), "c": (1, "member"), "d": (3, "owner"), "e": (4, "admin"),
    "g": (1, "admin"), "h": (1, "owner"), "n": (1, "owner"), "i": (5, "admin"), "o": (1, "owner"), "p": (2, "owner"),
    "s": (6, "staff"),
}  # fmt: skip
"""Canaries, each with an organisation and a role. Owners have an app or a passkey; n has none and is disabled."""
WITH_PASSKEY = "ops"
WITH_APP = "adh"
PLACES = TableOfNetworks(
    [
        {"network": "127.0.0.0/16", "country": "DE", "latitude": 52.5, "longitude": 13.4},
        {"network": "127.0.8.0/24", "country": "NZ", "latitude": -36.8, "longitude": 174.8},
    ]
)
SLOWLY_HASHED = "g"
"""Whose password is stored at the cost of a service; of the others the cost is the least, since each sign-in pays."""
QUICK = 4


def _people(dsn: str, pepper: bytes) -> dict[str, str]:
    organisations = {number: uuid4() for number in range(1, 7)}
    found = {f"LETTERS_CANARY_{letter.upper()}_CODES": totp.new_secret() for letter in WITH_APP}
    with psycopg.connect(dsn) as connection:
        for number in organisations.values():
            connection.execute("insert into letters.organisations values (%s)", (number,))
        for letter, (number, role) in PEOPLE.items():
            word = found[f"LETTERS_CANARY_{letter.upper()}_PASSWORD"] = secrets.token_urlsafe(16)
            secret = found.get(f"LETTERS_CANARY_{letter.upper()}_CODES")
            stored = hash_password(word, pepper, COST if letter in SLOWLY_HASHED else QUICK)
            (made,) = (
                connection.execute(
                    "insert into letters.accounts (organisation_id, email, role, password, totp_secret) "
                    "values (%s, %s, %s, %s, %s) returning id",
                    (organisations[number], f"canary-{letter}@letters.example", role, stored, secret),
                ).fetchone()
                or ()
            )
            if letter in WITH_PASSKEY:
                key = SoftwarePasskey.made(made.bytes)
                found[f"LETTERS_CANARY_{letter.upper()}_PASSKEY"] = key.text
                values = (organisations[number], made, key.identifier, key.public_key)
                connection.execute(
                    "insert into letters.passkeys values (gen_random_uuid(), %s, %s, %s, %s, 0, 'seeded')", values
                )
        connection.execute(
            "insert into letters.known_devices select gen_random_uuid(), organisation_id, id from letters.accounts"
        )  # the first browser of all is no news
        connection.execute("update letters.accounts set disabled_at = now() where email like 'canary-n@%'")
        connection.execute(
            "insert into letters.api_tokens "
            "select gen_random_uuid(), organisation_id, id, 'letters_' || left(id::text, 8), "
            "sha256(id::text::bytea), 'made before', '', now() from letters.accounts"
        )
        connection.execute(
            "insert into letters.support select gen_random_uuid(), o.organisation_id, o.id, s.id, s.id, "
            "'looked at a letter of ' || o.email, 'T-' || left(o.id::text, 8), now(), now(), now() "
            "from letters.accounts o, letters.accounts s "
            "where o.email ~ '-[op]@' and s.role = 'staff'"
        )
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
