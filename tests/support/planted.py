"""Values that must not get out: those that a portal has by itself, and those that are planted in it."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from trustcenter.portal.client import Client
from trustcenter.portal.launch import Running, administrator_dsn
from trustcenter.portal.state import StateDirectory, read_json, secrets_as_dict
from trustcenter.runtime.passwords import hash_password

PERSON = "Zephyrine Quillfeather"
EMAIL = "zephyrine.quillfeather@planted.example"
UNKNOWN = "nobody.wrenchurch@planted.example"
ORGANISATION = "Quillfeather & Wrenchurch Holdings"
SLUG = "planted-quillfeather"
TITLE = "Merger plan of Wrenchurch, draft seven"
BODY = "Wrenchurch buys Quillfeather for eleven farthings on Candlemas."
AGENT = "Wrenchurch-Browser/7.3"


@dataclass(frozen=True)
class Planted:
    """Values by kind, each with a name for messages. `all` joins kinds."""

    secrets: Mapping[str, str]
    people: Mapping[str, str]
    texts: Mapping[str, str]
    organisations: Mapping[str, str]
    identifiers: Mapping[str, str]
    endpoints: Mapping[str, str]
    accounts: Mapping[str, str]

    def of(self, *kinds: str) -> dict[str, str]:
        """The values of these kinds, under `kind: name`."""
        return {f"{kind}: {name}": value for kind in kinds for name, value in getattr(self, kind).items() if value}


def plant(portal: Running) -> tuple[str, Client]:
    """An organisation with one person, who signs in and writes a document; the account's identifier and the browser."""
    state, password = portal.state, secrets.token_urlsafe(18)
    with psycopg.connect(administrator_dsn(state.root)) as connection:
        (organisation,) = connection.execute(
            "insert into portal.organisations (slug, name) values (%s, %s) returning id", (SLUG, ORGANISATION)
        ).fetchone()
        (account,) = connection.execute(
            "insert into portal.accounts (organisation_id, email, display_name, role, password_hash) "
            "values (%s, %s, %s, 'admin', %s) returning id",
            (organisation, EMAIL, PERSON, hash_password(password, state.secrets().pepper.encode())),
        ).fetchone()
    passwords = read_json(state.root / "seed.json")
    passwords["passwords"][EMAIL] = password
    (state.root / "seed.json").write_text(json.dumps(passwords))
    browser = portal.client(agent=AGENT)
    assert browser.sign_in(UNKNOWN, password + "-mistyped").status == 401
    assert browser.sign_in(EMAIL, password).status == 303
    assert browser.send("POST", "/api/documents", {"title": TITLE, "kind": "note", "body": BODY}).status == 201
    assert browser.get(f"/documents?find={UNKNOWN}").status == 200
    return str(account), browser


def values_of(portal: Running, browser: Client, *keys: Path) -> Planted:
    """Everything of a portal that must not be found elsewhere; `keys` are private key files besides the portal's."""
    state = portal.state
    with psycopg.connect(administrator_dsn(state.root)) as connection:

        def read(statement: str) -> list[tuple[Any, ...]]:
            return connection.execute(statement).fetchall()

        accounts = read("select id::text, email, display_name, password_hash from portal.accounts")
        sessions = read("select id::text, encode(id_hash, 'hex') from portal.sessions")
        organisations = read("select id::text, name from portal.organisations")
        documents = read("select id::text from portal.documents")
        verifiers = read("select rolname, rolpassword from pg_authid where rolcanlogin and rolpassword is not null")
    environment, ports = portal.environment, read_json(state.own / "ports.json")
    return Planted(
        secrets={
            **{f"{name} of the portal": value for name, value in secrets_as_dict(state.secrets()).items()},
            **{f"password of {who}": word for who, word in read_json(state.root / "seed.json")["passwords"].items()},
            **{f"{name} of the environment": environment[name] for name in environment if "PASSWORD" in name},
            **{f"hash of {row[1]}": row[3] for row in accounts},
            **{f"verifier of {row[0]}": row[1] for row in verifiers},
            **{f"hash of session {number}": row[1] for number, row in enumerate(sessions)},
            **{f"cookie {name}": value for name, value in browser.cookies.items()},
            **_keys(state, *keys),
            "connection string": environment["PORTAL_READER_DSN"],
        },
        people={
            **{f"mail {row[1]}": row[1] for row in accounts},
            **{f"name {row[2]}": row[2] for row in accounts},
            "mail of a stranger": UNKNOWN,
            "a person's browser": AGENT,
        },
        texts={"document's title": TITLE, "document's text": BODY},
        organisations={**{f"organisation {row[1]}": row[1] for row in organisations}, "its short name": SLUG},
        identifiers={
            **{f"account {row[0]}": row[0] for row in accounts},
            **{f"session {row[0]}": row[0] for row in sessions},
            **{f"organisation {row[0]}": row[0] for row in organisations},
            **{f"document {row[0]}": row[0] for row in documents},
        },
        endpoints={
            "address": environment["PORTAL_URL"],
            "plain address": environment["PORTAL_HTTP_URL"],
            "state folder": str(state.root),
            "host as a setting": "host=127.0.0.1",
            "host as a value": '"127.0.0.1"',
            "database address": re.sub(r"(user|password)=\S+ ?", "", environment["PORTAL_READER_DSN"]).strip(),
            **{f"port for {name}": f":{port}" for name, port in ports.items()},
            **{f"port for {name}, as a setting": f"port={port}" for name, port in ports.items()},
            "folder of the binaries": environment["PORTAL_PG_BIN"],
        },
        accounts={f"role {row[0]}": row[0] for row in verifiers if "_" in row[0]},
    )


def _keys(state: StateDirectory, *others: Path) -> dict[str, str]:
    """The lines of each private key's file, and of an Ed25519 key its 32 bytes: none may appear, in any encoding."""
    found = {}
    for path in (state.keys / "posture.key", state.tls / "authority.key", state.tls / "portal.key", *others):
        lines = [line for line in path.read_text().splitlines() if re.fullmatch(r"[A-Za-z0-9+/]{30,}={0,2}", line)]
        assert lines, f"no key in {path.name}"
        found |= {f"key {path.name}, line {number}": line for number, line in enumerate(lines)}
        encoded = base64.b64decode("".join(lines))
        if len(encoded) == 48:  # RFC 8410, 7: the seed comes last
            seed = encoded[-32:]
            found |= {
                f"seed of {path.name}": seed.hex(),
                f"seed of {path.name}, base64": base64.b64encode(seed).decode(),
            }
    return found
