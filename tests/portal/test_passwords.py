"""Passwords and resets, against the running portal and its mail."""

from __future__ import annotations

from uuid import uuid4

import pytest
from planted_token import planted
from signing_in import FORM_TOKEN, ask_reset, follow, fresh, signed_in, step_up, token_of


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
        ("leavemealone", "common"), ("x" * 1025, "long"), ("", "missing"),
    ],
)  # fmt: skip
def test_change_and_reset_refuse_the_same_passwords(portal, person, inbox, password, reason):
    """The policy is one; the page says why, the API names the reason, and a refusal uses no link up."""
    address, old = person()
    client = signed_in(portal, address, old)
    step_up(client, old)

    changed = client.send("POST", "/api/password", {"password": password})
    page = client.post(
        "/account/password", {"password": password, "csrf_token": FORM_TOKEN.search(client.get("/sessions").text)[1]}
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

    assert (
        follow(portal.client(), "/reset/new", token, new).headers["location"]
        == "/sign-in?notice=password&strength=strong"
    )

    assert open_session.get("/api/me").status == 401
    assert portal.client().sign_in(address, old).status == 401
    assert portal.client().sign_in(address, new).status == 303
    assert follow(portal.client(), "/reset/new", token, fresh()).status == 410
    assert portal.client().sign_in(address, new).status == 303


def test_a_reset_ends_the_person_s_tokens_and_a_change_leaves_them_and_says_so(portal, person, inbox, administrator):
    """Somebody else may have made one; whoever proved the old password is told what goes on working."""
    address, old = person()
    with planted(administrator, address, name="nightly job") as token:

        def status() -> int:
            return portal.client().request("GET", "/api/documents", None, token.header).status

        client, new = signed_in(portal, address, old), fresh()
        step_up(client, old)
        assert client.send("POST", "/api/password", {"password": new}).status == 204
        assert status() == 200
        assert "1 token that you made goes on working" in inbox(address, "password was changed").get_content()
        ask_reset(portal.client(), address)
        link = token_of(inbox(address, "Set a new password"))
        assert follow(portal.client(), "/reset/new", link, fresh()).status == 303
        assert status() == 401
        assert "have ended: “nightly job”" in inbox(address, "password was changed").get_content()
        (action,) = administrator.execute(
            "select action from portal.audit_events where entity = 'token' and entity_id = %s", (str(token.id),)
        ).fetchone()
        assert action == "token.revoke"


def test_strangers_cannot_use_up_the_holder_s_mails(portal, person, inbox, administrator):
    """After six in a row from one network there is none for a while; the holder's own browser gets one at once."""
    address, password = person()
    holder = signed_in(portal, address, password)
    for _ in range(8):
        assert ask_reset(portal.client(), address).status == 200
    for _ in range(6):
        inbox(address, "Set a new password")
    holder.sign_out()

    assert ask_reset(holder, address).status == 200
    assert inbox(address, "Set a new password")
    (asked,) = administrator.execute(
        "select count(*) from portal.audit_events e join portal.accounts a on a.id::text = e.entity_id "
        "where a.email = %s and e.action = 'password.reset_request'", (address,)
    ).fetchone()  # fmt: skip
    assert asked == 7


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
        return FORM_TOKEN.sub("", answer.text)

    assert (known.status, plain(known)) == (unknown.status, plain(unknown))
