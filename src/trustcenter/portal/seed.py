"""The demo: organisations, people with random passwords, two canary tenants, and activity done through the portal.

Accounts are rows, made by the administrator; everything after that goes through the application over TLS, so that every
event in the audit log is one that happened.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg

from trustcenter.errors import ConfigurationError
from trustcenter.portal.client import Client
from trustcenter.portal.sample_documents import CANARY, DOCUMENTS
from trustcenter.portal.state import StateDirectory, read_json, write_private
from trustcenter.runtime.passwords import hash_password

DEMO_EMAIL = "maren@fernhill.example"


@dataclass(frozen=True)
class Person:
    """One account to make. `state` disabled is done through the portal, not written."""

    email: str
    name: str
    role: str


ORGANISATIONS: tuple[tuple[str, str, str, tuple[Person, ...]], ...] = (
    ("trust-desk", "Trust desk (sample vendor)", "vendor", (
        Person("ines@vendor.example", "Ines Calder", "staff"),
        Person("tomas@vendor.example", "Tomas Ried", "staff"),
    )),
    ("fernhill", "Fernhill Insurance (sample)", "prospect", (
        Person(DEMO_EMAIL, "Maren Oakes", "owner"),
        Person("jonas@fernhill.example", "Jonas Pell", "admin"),
        Person("aiko@fernhill.example", "Aiko Brandt", "member"),
        Person("left@fernhill.example", "Wim Harker", "member"),
    )),
    ("quay", "Quay Logistics (sample)", "prospect", (
        Person("lena@quay.example", "Lena Marsh", "owner"),
        Person("samir@quay.example", "Samir Vale", "admin"),
        Person("ruth@quay.example", "Ruth Ellery", "member"),
    )),
    ("canary-a", "Canary A", "canary", (Person("owner@canary-a.example", "Canary A owner", "owner"),)),
    ("canary-b", "Canary B", "canary", (Person("owner@canary-b.example", "Canary B owner", "owner"),)),
)  # fmt: skip


def add_accounts(administrator: str, state: StateDirectory, say: Callable[[str], None]) -> None:
    """Organisations and accounts, once. Passwords are random; a few are kept in files of mode 0600."""
    if (state.root / "seed.json").exists():
        return
    people = [person for _, _, _, members in ORGANISATIONS for person in members]
    say(f"making {len(people)} accounts in {len(ORGANISATIONS)} organisations")
    passwords = {person.email: secrets.token_urlsafe(18) for person in people}
    pepper = state.secrets().pepper.encode()
    with ThreadPoolExecutor(2) as pool:
        hashes = dict(
            zip(passwords, pool.map(lambda word: hash_password(word, pepper), passwords.values()), strict=True)
        )
    with psycopg.connect(administrator) as connection:
        for slug, name, kind, members in ORGANISATIONS:
            row = connection.execute(
                "insert into portal.organisations (slug, name, kind) values (%s, %s, %s) returning id",
                (slug, name, kind),
            ).fetchone()
            if row is None:
                raise ConfigurationError("The organisation was not added.", where=slug)
            for person in members:
                connection.execute(
                    "insert into portal.accounts (organisation_id, email, display_name, role, password_hash) "
                    "values (%s, %s, %s, %s, %s)",
                    (row[0], person.email, person.name, person.role, hashes[person.email]),
                )
    write_private(state.root / "seed.json", json.dumps({"passwords": passwords, "used": False}, indent=2))
    write_private(state.root / "demo-login.txt", f"e-mail    {DEMO_EMAIL}\npassword  {passwords[DEMO_EMAIL]}\n")


def use_it(state: StateDirectory, client: Client, say: Callable[[str], None]) -> None:
    """Documents and activity, once, as people would do it."""
    kept = read_json(state.root / "seed.json")
    if kept["used"]:
        return
    say("using the portal once as each organisation would")
    passwords: dict[str, str] = kept["passwords"]
    for author, members in (
        (DEMO_EMAIL, ("aiko@fernhill.example",)),
        ("lena@quay.example", ("ruth@quay.example",)),
        ("ines@vendor.example", ()),
    ):
        owner = _signed_in(state, client, author, passwords[author])
        added = [_add(owner, document) for document in DOCUMENTS]
        for member in members:
            reader = _signed_in(state, client, member, passwords[member])
            for document_id in added[:2]:
                reader.get(f"/documents/{document_id}")
            reader.sign_out()
        if author == DEMO_EMAIL:
            leaver = next(
                row for row in owner.get("/api/people").json()["items"] if row["email"] == "left@fernhill.example"
            )
            _expect(owner.send("POST", f"/api/people/{leaver['id']}/disable"), 204)
        owner.sign_out()
    for letter in "ab":
        email = f"owner@canary-{letter}.example"
        owner = _signed_in(state, client, email, passwords[email])
        for number in (1, 2):
            _add(owner, {**CANARY, "title": f"Canary {letter.upper()} document {number}", "body": _canary_body(letter)})
        owner.sign_out()
    write_private(state.root / "seed.json", json.dumps({**kept, "used": True}, indent=2))


def canaries(state: StateDirectory) -> dict[str, str]:
    """The environment's entries for the two canary owners; none without a seed."""
    path = state.root / "seed.json"
    if not path.exists():
        return {}
    passwords = read_json(path)["passwords"]
    found = {}
    for letter in "ab":
        email = f"owner@canary-{letter}.example"
        found[f"PORTAL_CANARY_{letter.upper()}_EMAIL"] = email
        found[f"PORTAL_CANARY_{letter.upper()}_PASSWORD"] = passwords[email]
    return found


def _canary_body(letter: str) -> str:
    return f"{CANARY['body']}\n\nMarker: canary-{letter}-{secrets.token_hex(12)}"


def _signed_in(state: StateDirectory, client: Client, email: str, password: str) -> Client:
    person = Client(client.url, state.tls / "authority.pem", agent="Mozilla/5.0 (demo)")
    _expect(person.sign_in(email, password), 303)
    return person


def _add(person: Client, document: dict[str, str]) -> str:
    answer: dict[str, Any] = _expect(person.send("POST", "/api/documents", document), 201).json()
    return str(answer["id"])


def _expect(answer: Any, status: int) -> Any:
    if answer.status != status:
        raise ConfigurationError(f"The portal answered {answer.status} where {status} was expected.", where="demo data")
    return answer
