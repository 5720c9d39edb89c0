"""Passwords, resets, invitations, addresses, sessions and alerts, against the running portal and its mail."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from trustcenter.portal.client import Client
from trustcenter.runtime.passwords import hash_password

LENA, SAMIR, RUTH = "lena@quay.example", "samir@quay.example", "ruth@quay.example"
_FORM = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')
_LINK = re.compile(r"https://[^\s]+\?token=([A-Za-z0-9_-]{64})")


def fresh() -> str:
    """A password that the policy takes."""
    return f"walnut {uuid4().hex} gravel"


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


PASSWORD = "marble kestrel 47 lantern"


@pytest.fixture(scope="session")
def stored(portal) -> str:
    """One stored password for many people: hashing takes a quarter of a second."""
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


def step_up(client: Client, password: str) -> int:
    return client.send("POST", "/api/step-up", {"password": password}).status


def token_of(message) -> str:
    found = _LINK.search(message.get_content())
    assert found, "the mail has no link"
    return found[1]


def follow(client: Client, path: str, token: str, password: str | None = None):
    """Opens a link and sends its form."""
    page = client.get(f"{path}?token={token}")
    if page.status != 200:
        return page
    fields = {"csrf_token": _FORM.search(page.text)[1], "token": token}
    return client.post(path, fields if password is None else {**fields, "password": password})


def until_refused(guess: Callable[[], int]) -> list[int]:
    """Statuses up to the first 429: on a slow machine the first waits may have passed before the next guess."""
    statuses = []
    while 429 not in statuses and len(statuses) < 15:
        statuses.append(guess())
    assert statuses[-1] == 429
    return statuses


def ask_reset(client: Client, address: str):
    form = _FORM.search(client.get("/reset").text)[1]
    return client.post("/reset", {"csrf_token": form, "email": address})


def signed_in(portal, address: str, password: str) -> Client:
    client = portal.client(agent="test/2")
    assert client.sign_in(address, password).status == 303
    return client


def test_a_password_is_changed_after_a_step_up_and_the_other_sessions_end(portal, person, inbox):
    address, password = person()
    here, there, new = signed_in(portal, address, password), signed_in(portal, address, password), fresh()

    refused = here.send("POST", "/api/password", {"password": new})
    assert (refused.status, refused.json()["reason"]) == (403, "step_up_required")
    assert here.get("/account/password").headers["location"] == "/step-up?next=/account/password"
    assert step_up(here, password) == 204
    before = dict(here.cookies)
    assert here.send("POST", "/api/password", {"password": new}).status == 204

    assert here.cookies["__Host-session"] != before["__Host-session"]
    assert here.get("/api/me").status == 200
    assert there.get("/api/me").status == 401
    assert portal.client().sign_in(address, password).status == 401
    assert portal.client().sign_in(address, new).status == 303
    assert inbox(address, "password was changed")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("k7#Vq2!mZr9", "short"), ("password1234", "common"), ("Quay-Logistics-1", "context"),
        ("abcdefghijkl", "common"), ("x" * 1025, "long"), ("", "missing"),
    ],
)  # fmt: skip
def test_change_and_reset_refuse_the_same_passwords(portal, person, inbox, password, reason):
    """The policy is one; the page says why, the API names the reason, and a refusal uses no link up."""
    address, old = person()
    client = signed_in(portal, address, old)
    step_up(client, old)

    changed = client.send("POST", "/api/password", {"password": password})
    page = client.post(
        "/account/password", {"password": password, "csrf_token": _FORM.search(client.get("/sessions").text)[1]}
    )
    ask_reset(portal.client(), address)
    token = token_of(inbox(address, "Set a new password"))
    reset = follow(portal.client(), "/reset/new", token, password)

    assert (changed.status, changed.json()["reason"]) == (422, reason)
    assert page.status == reset.status == 422
    assert 'role="alert"' in page.text
    assert password == "" or password not in page.text + reset.text
    assert follow(portal.client(), "/reset/new", token, fresh()).status == 303


def test_sixty_four_emoji_sign_in(portal, person):
    address, old = person()
    client, faces = signed_in(portal, address, old), "".join(chr(0x1F600 + (7 * n) % 64) for n in range(64))
    step_up(client, old)

    assert client.send("POST", "/api/password", {"password": faces}).status == 204

    assert portal.client().sign_in(address, faces).status == 303
    assert portal.client().sign_in(address, faces[:-1] + "x").status == 401


def test_a_reset_works_once_and_ends_every_session(portal, person, inbox):
    address, old = person()
    open_session, new = signed_in(portal, address, old), fresh()
    assert ask_reset(portal.client(), address).status == 200
    token = token_of(inbox(address, "Set a new password"))

    assert follow(portal.client(), "/reset/new", token, new).headers["location"] == "/sign-in?notice=password"

    assert open_session.get("/api/me").status == 401
    assert portal.client().sign_in(address, old).status == 401
    assert portal.client().sign_in(address, new).status == 303
    assert follow(portal.client(), "/reset/new", token, fresh()).status == 410
    assert portal.client().sign_in(address, new).status == 303


def test_a_reset_gives_no_session_so_the_second_factor_still_counts(portal, person, inbox):
    address, _ = person()
    browser = portal.client()
    ask_reset(browser, address)

    follow(browser, "/reset/new", token_of(inbox(address, "Set a new password")), fresh())

    assert "__Host-session" not in browser.cookies


def test_a_newer_link_ends_the_older_and_forged_ones_open_nothing(portal, person, inbox):
    address, _ = person()
    other, _ = person()
    ask_reset(portal.client(), address)
    first = token_of(inbox(address, "Set a new password"))
    ask_reset(portal.client(), address)
    second = token_of(inbox(address, "Set a new password"))
    ask_reset(portal.client(), other)
    others = token_of(inbox(other, "Set a new password"))

    assert follow(portal.client(), "/reset/new", first, fresh()).status == 410
    assert follow(portal.client(), "/reset/new", second[:21] + others[21:], fresh()).status == 410
    assert (
        follow(portal.client(), "/reset/new", second[:-2] + ("AA" if second[-2:] != "AA" else "BB"), fresh()).status
        == 410
    )
    assert follow(portal.client(), "/join", second, fresh()).status == 410
    assert follow(portal.client(), "/reset/new", second, fresh()).status == 303


def test_an_expired_link_opens_nothing(portal, person, inbox, administrator):
    address, _ = person()
    ask_reset(portal.client(), address)
    token = token_of(inbox(address, "Set a new password"))
    assert portal.client().get(f"/reset/new?token={token}").status == 200
    administrator.execute(
        "update portal.mailed_links l set requested_at = requested_at - interval '15 minutes' from portal.accounts a "
        "where a.id = l.account_id and a.email = %s", (address,)
    )  # fmt: skip

    assert portal.client().get(f"/reset/new?token={token}").status == 410
    assert follow(portal.client(), "/reset/new", token, fresh()).status == 410


def test_after_a_change_of_address_no_earlier_link_opens(portal, person, inbox):
    """Asked for after a step-up, done by whoever reads the new address's mail; both addresses are told."""
    address, password = person()
    new = f"{uuid4().hex[:12]}@quay.example"
    client = signed_in(portal, address, password)
    ask_reset(portal.client(), address)
    reset = token_of(inbox(address, "Set a new password"))
    assert client.send("POST", "/api/address", {"email": new}).status == 403
    step_up(client, password)
    assert client.send("POST", "/api/address", {"email": new}).status == 202
    assert inbox(address, "change of your e-mail address")

    assert follow(portal.client(), "/address/confirm", token_of(inbox(new, "Confirm"))).status == 303

    assert client.get("/api/me").status == 401
    assert follow(portal.client(), "/reset/new", reset, fresh()).status == 410
    assert portal.client().sign_in(address, password).status == 401
    assert portal.client().sign_in(new, password).status == 303
    assert inbox(address, "address was changed")


def test_unknown_and_known_addresses_get_the_same_answer(portal, person, administrator):
    address, _ = person()

    known, unknown = ask_reset(portal.client(), address), ask_reset(portal.client(), f"{uuid4().hex}@nowhere.example")

    def plain(answer) -> str:
        return _FORM.sub("", answer.text)

    assert (known.status, plain(known)) == (unknown.status, plain(unknown))


def test_somebody_invited_sets_a_password_of_their_own(portal, as_person, passwords, inbox):
    """The link goes by mail only, works once, and the policy is the same."""
    address, owner, password = f"{uuid4().hex[:12]}@quay.example", as_person(SAMIR), fresh()
    step_up(owner, passwords[SAMIR])
    assert (
        owner.send("POST", "/api/invitations", {"email": address, "display_name": "Nia", "role": "member"}).status
        == 201
    )
    token = token_of(inbox(address, "invites you"))

    assert follow(portal.client(), "/join", token, "password1234").status == 422
    assert follow(portal.client(), "/join", token, password).headers["location"] == "/sign-in?notice=password"

    assert follow(portal.client(), "/join", token, fresh()).status == 410
    assert signed_in(portal, address, password).get("/api/me").json()["role"] == "member"


def test_an_invitation_that_is_withdrawn_leaves_nobody_and_opens_nothing(portal, as_person, passwords, inbox):
    address, owner = f"{uuid4().hex[:12]}@quay.example", as_person(SAMIR)
    step_up(owner, passwords[SAMIR])
    invited = owner.send("POST", "/api/invitations", {"email": address, "display_name": "Nia", "role": "member"}).json()
    token = token_of(inbox(address, "invites you"))

    assert owner.send("DELETE", f"/api/invitations/{invited['id']}").status == 204

    assert follow(portal.client(), "/join", token, fresh()).status == 410
    assert address not in owner.get("/people").text
    ruth = owner.get("/api/people").json()["items"]
    joined = next(row["id"] for row in ruth if row["email"] == RUTH)
    assert owner.send("DELETE", f"/api/invitations/{joined}").status == 409


def test_an_admin_invites_no_owner_and_a_member_nobody(as_person, passwords):
    admin, member = as_person(SAMIR), as_person(RUTH)
    step_up(admin, passwords[SAMIR])
    step_up(member, passwords[RUTH])
    fields = {"email": f"{uuid4().hex}@quay.example", "display_name": "Nia", "role": "owner"}

    assert admin.send("POST", "/api/invitations", fields).status == 422
    assert admin.send("POST", "/api/invitations", {**fields, "email": LENA, "role": "member"}).status == 422
    assert member.send("POST", "/api/invitations", fields).status == 403


def test_all_other_sessions_end_at_once(portal, person):
    address, password = person()
    here, there = signed_in(portal, address, password), signed_in(portal, address, password)
    listed = here.get("/api/sessions").json()["items"]

    assert {(row["ip"], row["country"], tuple(row["methods"])) for row in listed} == {
        ("127.0.0.1", "DE", ("password",))
    }
    assert here.send("DELETE", "/api/sessions").json() == {"ended": 1}
    assert there.get("/api/me").status == 401
    assert here.get("/api/me").status == 200


def test_an_organisation_makes_limits_stricter_and_never_wider(portal, person, administrator):
    """Bound is who is signed in already, and nobody else's organisation."""
    address, password = person("admin")
    owner = signed_in(portal, address, password)
    assert owner.send("PUT", "/api/session-limits", {"idle_seconds": 60}).status == 403
    step_up(owner, password)
    try:
        assert owner.send("PUT", "/api/session-limits", {"idle_seconds": 1801}).status == 422
        assert owner.send("PUT", "/api/session-limits", {"idle_seconds": 60}).status == 204
        session = owner.get("/api/me").json()["session_id"]
        administrator.execute(
            "update portal.sessions set last_seen_at = last_seen_at - interval '61 seconds' where id = %s", (session,)
        )
        assert owner.get("/api/me").status == 401
    finally:
        administrator.execute("update portal.organisations set idle_seconds = null where slug = 'quay'")


def test_a_new_device_is_told_and_a_known_one_is_not(portal, person, inbox, administrator):
    address, password = person()
    browser = portal.client(agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    assert browser.sign_in(address, password).status == 303  # the first: nothing to compare it with
    browser.sign_out()
    assert browser.sign_in(address, password).status == 303  # known

    def alerts() -> list[str]:
        found = administrator.execute(
            "select e.action from portal.audit_events e join portal.accounts a on a.id = e.actor_id "
            "where a.email = %s and e.action like 'alert.%%' order by e.id", (address,)
        )  # fmt: skip
        return [row[0] for row in found]

    assert alerts() == []
    assert portal.client(agent="curl/8").sign_in(address, password).status == 303
    assert alerts() == ["alert.new_device"]
    assert "curl/8 in DE" in inbox(address, "unusual sign-in").get_content()


def test_the_holder_is_told_of_guessing_and_keeps_a_known_device(portal, person, inbox):
    """Strangers wait; the browser that was here before does not."""
    address, password = person()
    mine = signed_in(portal, address, password)
    mine.sign_out()

    stranger = portal.client()
    statuses = until_refused(lambda: stranger.sign_in(address, "not the right password").status)

    assert statuses[:6] == [401] * 6
    assert stranger.sign_in(address, password).status == 429
    assert "slowed" in inbox(address, "tries to guess").get_content()
    assert mine.sign_in(address, password).status == 303


def test_step_up_and_sign_in_share_one_count(portal, person):
    """Guesses on one path are not free on another."""
    address, password = person()
    client = signed_in(portal, address, password)
    del client.cookies["__Host-device"]

    statuses = [client.send("POST", "/api/step-up", {"password": "not the right one"}).status for _ in range(3)]
    statuses += until_refused(lambda: portal.client().sign_in(address, "not the right password").status)

    assert statuses[:6] == [403] * 3 + [401] * 3
    assert len(statuses) < 12
