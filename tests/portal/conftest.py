"""One seeded portal for the session, over real TLS, PostgreSQL included; clones of its database are cheap."""

from __future__ import annotations

import email
import email.policy
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from page_server import started_chromium
from quick_hashes import quick_hashes
from signing_in import PASSWORD

from trustcenter.portal import launch
from trustcenter.portal.client import Client
from trustcenter.runtime.passwords import hash_password


@pytest.fixture(scope="module", autouse=True)
def least_cost() -> Iterator[None]:
    """What is looked at here is what the portal does with a hash, and not how long one takes.

    A fixture of the folder would end with the session, and cheapen what the same process looks at afterwards.
    """
    with quick_hashes():
        yield


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Callable[[], Path]]:
    """New folders that the database's user may reach.

    Not pytest's own: each pytest process takes the search permission from their root again, and PostgreSQL, which runs
    as another user when we are root, would lose its archive in the middle of a run.
    """
    with ExitStack() as stack:
        yield lambda: Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trustcenter-test-")))


@pytest.fixture(scope="session")
def portal(open_folder: Callable[[], Path]) -> Iterator[launch.Running]:
    """Running, seeded, measured every second.

    It lives as long as the process, so that quick hashes end with its start: others of the process need slow ones.
    """
    with quick_hashes():
        started = launch.start(open_folder() / "state", seed_name="demo", check_seconds=1)
    with started as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for a file's tests."""
    with started_chromium() as started:
        yield started


@pytest.fixture(scope="session")
def passwords(portal: launch.Running) -> dict[str, str]:
    """The seeded accounts' passwords by e-mail address."""
    return json.loads((portal.state.root / "seed.json").read_text())["passwords"]


@pytest.fixture(scope="session")
def passkeys(portal: launch.Running) -> dict[str, str]:
    """The passkeys of seeded owners and staff by e-mail address."""
    return json.loads((portal.state.root / "seed.json").read_text())["passkeys"]


@pytest.fixture
def as_person(portal: launch.Running, passwords: dict[str, str], passkeys: dict[str, str]) -> Callable[[str], Client]:
    """Signs somebody in, with their passkey where they have one."""

    def signed_in(email: str) -> Client:
        client = portal.client(agent="test/1")
        if email in passkeys:
            assert client.sign_in_with_passkey(passkeys[email]).status == 200
        else:
            assert client.sign_in(email, passwords[email]).status == 303
        return client

    return signed_in


@pytest.fixture
def open_page(browser: Any, portal: launch.Running) -> Iterator[Callable[..., Any]]:
    """Opens a page that is signed in as a client is; what fails in it is kept in its `problems`."""
    contexts = []

    def opened(client: Client, width: int = 1440, scheme: str = "light") -> Any:
        context = browser.new_context(
            ignore_https_errors=True, color_scheme=scheme, viewport={"width": width, "height": 900}, base_url=portal.url
        )
        contexts.append(context)
        cookies = [{"name": name, "value": value, "url": portal.url} for name, value in client.cookies.items()]
        context.add_cookies([{**cookie, "secure": True} for cookie in cookies])
        page = context.new_page()
        page.problems = []
        page.on("console", lambda said: page.problems.append(said.text) if said.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def administrator(portal: launch.Running) -> Iterator[psycopg.Connection]:
    """The database's administrator, who sees and may do everything."""
    with psycopg.connect(launch.administrator_dsn(portal.state.root), autocommit=True) as connection:
        yield connection


@pytest.fixture
def app_connection(portal: launch.Running) -> Iterator[psycopg.Connection]:
    """A connection with the application's role."""
    state = portal.state
    dsn = portal.environment["PORTAL_READER_DSN"]
    values = {"user": "trustcenter_app", "password": state.secrets().app_password}
    with psycopg.connect(dsn, **values) as connection:
        yield connection


@pytest.fixture
def cloned(portal: launch.Running) -> Iterator[str]:
    """The name of a fresh copy of the portal's database, dropped afterwards."""
    name = f"clone_{uuid4().hex[:8]}"
    launch.clone(portal.state.root, name)
    yield name
    launch.drop(portal.state.root, name)


@pytest.fixture
def access_lines(portal: launch.Running) -> Callable[[], list[dict[str, object]]]:
    """The access log as it is now."""

    def lines() -> list[dict[str, object]]:
        text = Path(portal.environment["PORTAL_ACCESS_LOG"]).read_text()
        return [json.loads(line) for line in text.splitlines()]

    return lines


@pytest.fixture
def inbox(portal) -> Callable[[str, str], object]:
    """The newest message to an address with words in its subject that came after the fixture began, waited for."""
    folder = Path(portal.environment["PORTAL_MAIL_SINK"])
    before = {path.name for path in folder.glob("*.eml")}

    def wait(to: str, subject: str, *, seen: set[str] = before):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            for path in sorted(folder.glob("*.eml"), reverse=True):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                if path.name not in seen and message["to"] == to and subject in message["subject"]:
                    seen.add(path.name)
                    return message
            time.sleep(0.05)
        raise AssertionError(f"no message to {to} with “{subject}”")

    return wait


@pytest.fixture(scope="session")
def stored(portal) -> str:
    """One stored password for many people, as quickly hashed as those of the portal."""
    with quick_hashes():
        return hash_password(PASSWORD, portal.state.secrets().pepper.encode())


@pytest.fixture
def person(administrator, stored) -> Callable[..., tuple[str, str]]:
    """A new member of Quay Logistics: address and password."""

    def added(role: str = "member") -> tuple[str, str]:
        address = f"{uuid4().hex[:12]}@quay.example"
        administrator.execute(
            "insert into portal.accounts (organisation_id, email, display_name, role, password_hash) "
            "select id, %s, 'Nia Roe', %s, %s from portal.organisations where slug = 'quay'", (address, role, stored)
        )  # fmt: skip
        return address, PASSWORD

    return added


@pytest.fixture
def owner(administrator, stored) -> Iterator[str]:
    """The address of an owner without a second factor, with `PASSWORD`, who counts nowhere afterwards."""
    address = f"{uuid4().hex}@fernhill.example"
    administrator.execute(
        "insert into portal.accounts (organisation_id, email, display_name, role, password_hash) "
        "select id, %s, 'Odile Marsh', 'owner', %s from portal.organisations where slug = 'fernhill'",
        (address, stored),
    )
    yield address
    administrator.execute(
        "update portal.accounts set state = 'disabled', disabled_at = now() where email = %s", (address,)
    )
