"""The demo: organisations, people with random passwords, three canary tenants, and activity done through the portal.

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
from uuid import UUID

import psycopg
from psycopg import Connection

from trustcenter.errors import ConfigurationError
from trustcenter.portal.client import Client
from trustcenter.portal.factors.equipment import DEMANDED_OF, derived
from trustcenter.portal.sample_documents import CANARY, DOCUMENTS
from trustcenter.portal.software_passkey import SoftwarePasskey
from trustcenter.portal.state import StateDirectory, read_json, write_private
from trustcenter.runtime.passwords import hash_password
from trustcenter.runtime.sealing import Seal
from trustcenter.runtime.totp import new_secret

DEMO_EMAIL = "maren@fernhill.example"


@dataclass(frozen=True)
class Person:
    """One account to make. Owners and staff get a passkey, unless they are disabled: a probe enables those."""

    email: str
    name: str
    role: str
    state: str = "active"

    @property
    def has_factor(self) -> bool:
        return self.role in DEMANDED_OF and self.state == "active"


ORGANISATIONS: tuple[tuple[str, str, str, tuple[Person, ...]], ...] = (
    ("trust-desk", "Trust desk (sample vendor)", "vendor", (
        Person("ines@vendor.example", "Ines Calder", "staff"),
        Person("tomas@vendor.example", "Tomas Ried", "staff"),
        Person("staff@canary.example", "Canary staff", "staff"),
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
    ("canary-a", "Canary A", "canary", (
        Person("owner@canary-a.example", "Canary A owner", "owner"),
        Person("admin@canary-a.example", "Canary A admin", "admin"),
        Person("member@canary-a.example", "Canary A member", "member"),
        Person("new-owner@canary-a.example", "Canary A new owner", "owner", state="disabled"),
    )),
    ("canary-b", "Canary B", "canary", (
        Person("owner@canary-b.example", "Canary B owner", "owner"),
        Person("admin@canary-b.example", "Canary B admin", "admin"),
    )),
    ("canary-c", "Canary C", "canary", (
        Person("owner@canary-c.example", "Canary C owner", "owner"),
        Person("admin@canary-c.example", "Canary C admin", "admin"),
    )),
)  # fmt: skip


CANARIES = {
    "A": "admin@canary-a.example",
    "A_OWNER": "owner@canary-a.example",
    "A_NEW": "new-owner@canary-a.example",
    "A_MEMBER": "member@canary-a.example",
    "B": "admin@canary-b.example",
    "B_OWNER": "owner@canary-b.example",
    "C": "admin@canary-c.example",  # whose password and sessions probes change
    "C_OWNER": "owner@canary-c.example",  # who changes roles, tokens, factors and limits there
    "STAFF": "staff@canary.example",
}
"""Accounts that probes sign in with or are about, by the name that the environment has for them."""
PLACES = [
    {"network": "127.0.0.0/8", "country": "DE", "latitude": 52.52, "longitude": 13.4},
    {"network": "127.0.8.0/24", "country": "NZ", "latitude": -41.29, "longitude": 174.78},
]
"""Sample places: this machine is in Berlin, and from one of its networks you would think it was in Wellington."""


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
    passkeys: dict[str, str] = {}
    app = new_secret()
    with psycopg.connect(administrator) as connection:
        for slug, name, kind, members in ORGANISATIONS:
            row = connection.execute(
                "insert into portal.organisations (slug, name, kind) values (%s, %s, %s) returning id",
                (slug, name, kind),
            ).fetchone()
            if row is None:
                raise ConfigurationError("The organisation was not added.", where=slug)
            for person in members:
                account = connection.execute(
                    "insert into portal.accounts (organisation_id, email, display_name, role, password_hash, state, "
                    "disabled_at) values (%s, %s, %s, %s, %s, %s, case when %s = 'disabled' then now() end) "
                    "returning id",
                    (row[0], person.email, person.name, person.role, hashes[person.email], person.state, person.state),
                ).fetchone()
                if account is not None and person.has_factor:
                    passkeys[person.email] = _add_passkey(connection, row[0], account[0])
                if account is not None and person.email == DEMO_EMAIL:
                    _add_app(connection, row[0], account[0], app, state)
        for letter in "ab":
            _add_past(connection, letter)
    write_private(state.places, json.dumps(PLACES, indent=2))
    kept = {"passwords": passwords, "passkeys": passkeys, "used": False}
    write_private(state.root / "seed.json", json.dumps(kept, indent=2))
    write_private(
        state.root / "demo-login.txt",
        f"e-mail    {DEMO_EMAIL}\npassword  {passwords[DEMO_EMAIL]}\napp       {app}\n",
    )


def _add_passkey(connection: Connection, organisation_id: UUID, account_id: UUID) -> str:
    """A working passkey of an account; its text with the private key."""
    made = SoftwarePasskey.made(account_id.bytes)
    connection.execute(
        "insert into portal.passkeys (organisation_id, account_id, credential_id, public_key, sign_count, "
        "user_verified, backed_up, name, created_at) values (%s, %s, %s, %s, 0, true, false, %s, now())",
        (organisation_id, account_id, made.identifier, made.public_key, "Key of the demo"),
    )
    return made.text


def _add_app(
    connection: Connection, organisation_id: UUID, account_id: UUID, secret: str, state: StateDirectory
) -> None:
    """A working authenticator app of an account."""
    seal = Seal(derived(state.secrets().factor_key.encode(), "totp secrets"))
    connection.execute(
        "insert into portal.totp_factors (organisation_id, account_id, sealed_secret, created_at, confirmed_at) "
        "values (%s, %s, %s, now(), now())",
        (organisation_id, account_id, seal.close(secret.encode("ascii"), owner=str(account_id))),
    )


def _add_past(connection: psycopg.Connection, letter: str) -> None:
    """A revoked token that nobody has, and support access that is over: what the other canary must not reach."""
    mark = secrets.token_hex(4)
    connection.execute(
        "insert into portal.api_tokens (organisation_id, account_id, name, prefix, token_hash, scopes, expires_at, "
        "revoked_at) select organisation_id, id, 'Canary token', %s, %s, '{documents:read}', "
        "clock_timestamp() + interval '1 day', clock_timestamp() from portal.accounts where email = %s",
        (f"fh_{mark}", secrets.token_bytes(32), f"owner@canary-{letter}.example"),
    )
    connection.execute(
        "insert into portal.impersonations (organisation_id, account_id, staff_id, staff_name, session_id, reason, "
        "ticket, started_at, expires_at, ended_at, ended_by) select a.organisation_id, a.id, s.id, s.display_name, "
        "gen_random_uuid(), %s, 'SAMPLE-1', now() - interval '2 minutes', now() - interval '1 minute', now(), 'staff' "
        "from portal.accounts a, portal.accounts s where a.email = %s and s.email = %s",
        (f"Sample of an access that is over, {mark}", f"owner@canary-{letter}.example", CANARIES["STAFF"]),
    )


def use_it(state: StateDirectory, client: Client, say: Callable[[str], None]) -> None:
    """Documents and activity, once, as people would do it."""
    kept = read_json(state.root / "seed.json")
    if kept["used"]:
        return
    say("using the portal once as each organisation would")
    passwords: dict[str, str] = kept["passwords"]
    passkeys: dict[str, str] = kept["passkeys"]

    def signed_in(email: str) -> Client:
        person = Client(client.url, state.tls / "authority.pem", agent="Mozilla/5.0 (demo)")
        if email in passkeys:
            _expect(person.sign_in_with_passkey(passkeys[email]), 200)
        else:
            _expect(person.sign_in(email, passwords[email]), 303)
        return person

    for author, members in (
        (DEMO_EMAIL, ("aiko@fernhill.example",)),
        ("lena@quay.example", ("ruth@quay.example",)),
        ("ines@vendor.example", ()),
    ):
        owner = signed_in(author)
        added = [_add(owner, document) for document in DOCUMENTS]
        for member in members:
            reader = signed_in(member)
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
        owner = signed_in(f"owner@canary-{letter}.example")
        for number in (1, 2):
            _add(owner, {**CANARY, "title": f"Canary {letter.upper()} document {number}", "body": _canary_body(letter)})
        marked = f"canary-{letter}-{secrets.token_hex(8)}.csv"
        _expect(owner.upload(marked, b"Question,Answer\nAre passwords hashed?,\n"), 201)
        owner.sign_out()
    write_private(state.root / "seed.json", json.dumps({**kept, "used": True}, indent=2))


def canaries(state: StateDirectory) -> dict[str, str]:
    """The environment's entries for the canaries; none without a seed.

    The owners sign in with a passkey, which works as often as probes need it. The admin needs no second factor. The
    new owner has none and is disabled: a probe enables them for its time.
    """
    path = state.root / "seed.json"
    if not path.exists():
        return {}
    kept = read_json(path)
    found = {}
    for name, email in CANARIES.items():
        found[f"PORTAL_CANARY_{name}_EMAIL"] = email
        found[f"PORTAL_CANARY_{name}_PASSWORD"] = kept["passwords"][email]
        if email in kept["passkeys"]:
            found[f"PORTAL_CANARY_{name}_PASSKEY"] = kept["passkeys"][email]
    return found


def _canary_body(letter: str) -> str:
    return f"{CANARY['body']}\n\nMarker: canary-{letter}-{secrets.token_hex(12)}"


def _add(person: Client, document: dict[str, str]) -> str:
    answer: dict[str, Any] = _expect(person.send("POST", "/api/documents", document), 201).json()
    return str(answer["id"])


def _expect(answer: Any, status: int) -> Any:
    if answer.status != status:
        raise ConfigurationError(f"The portal answered {answer.status} where {status} was expected.", where="demo data")
    return answer
