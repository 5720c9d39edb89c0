"""Signing in, cookies, sessions and forms, against the running portal."""

from __future__ import annotations

from uuid import uuid4

import pytest

MAREN, JONAS, AIKO = "maren@fernhill.example", "jonas@fernhill.example", "aiko@fernhill.example"


def test_session_cookie_has_every_protective_attribute(portal, passwords):
    """`__Host-`: Secure, Path=/, no Domain; and HttpOnly, SameSite=Lax."""
    client = portal.client()

    header = client.sign_in(JONAS, passwords[JONAS]).headers["set-cookie"]

    name, *attributes = [part.strip() for part in header.split(";")]
    assert name.startswith("__Host-")
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= set(attributes)
    assert not any(attribute.lower().startswith("domain") for attribute in attributes)


def test_sign_out_ends_the_session_at_once_even_for_a_copied_cookie(as_person):
    """The session dies in the database, not only in the browser."""
    client = as_person(MAREN)
    copied = dict(client.cookies)

    assert client.sign_out().status == 303
    client.cookies = copied

    assert client.get("/api/me").status == 401


def test_every_sign_in_gets_a_new_identifier_and_ends_the_one_it_came_with(as_person, passwords, portal):
    """Session fixation has nothing to fix (ASVS 7.2.4)."""
    planted = as_person(AIKO)
    first = planted.cookies["__Host-session"]
    client = portal.client()
    token = client.get("/sign-in").text.split('name="csrf_token" value="')[1][:64]
    client.cookies["__Host-session"] = first

    answer = client.post("/sign-in", {"csrf_token": token, "email": JONAS, "password": passwords[JONAS]})

    assert answer.status == 303
    assert client.cookies["__Host-session"] != first
    assert client.get("/api/me").json()["email"] == JONAS
    assert planted.get("/api/me").status == 401


@pytest.mark.parametrize("email", [MAREN, "nobody@nowhere.example", "left@fernhill.example"])
def test_wrong_unknown_and_disabled_look_the_same(portal, passwords, email):
    """Nobody learns from the answer whether an account exists."""
    given = passwords[email] if email.startswith("left") else "not the right password"

    answer = portal.client().sign_in(email, given)

    assert answer.status == 401
    assert "The e-mail address or the password is not right." in answer.text


def test_failed_sign_ins_are_delayed_and_others_are_not(portal, passwords):
    """After five failures on one address the sixth waits, right or wrong; another account signs in."""
    email = f"{uuid4().hex}@nowhere.example"
    client = portal.client()

    statuses = []
    while 429 not in statuses and len(statuses) < 15:  # on a slow machine the first waits may be over by the next try
        statuses.append(client.sign_in(email, "not the right password").status)

    assert statuses[:6] == [401] * 6
    assert statuses[-1] == 429
    assert portal.client().sign_in(AIKO, passwords[AIKO]).status == 303


def test_a_form_without_its_token_changes_nothing(as_person):
    """Cross-site request forgery: the cookie alone is not enough."""
    client = as_person(MAREN)
    before = client.get("/api/documents").json()["count"]

    forged = client.post("/documents", {"title": "Forged", "kind": "note", "body": "x"})
    wrong = client.post("/documents", {"title": "Forged", "kind": "note", "body": "x", "csrf_token": "0" * 64})

    assert [forged.status, wrong.status] == [403, 403]
    assert client.get("/api/documents").json()["count"] == before


def test_a_foreign_origin_is_refused_even_with_a_token(as_person):
    client = as_person(MAREN)
    token = client.get("/api/me").json()["csrf_token"]

    answer = client.request("POST", "/sign-out", b"", {"x-csrf-token": token, "origin": "https://evil.example"})

    assert answer.status == 403
    assert client.get("/api/me").status == 200


def test_a_person_can_end_another_of_their_own_sessions_and_nobody_elses(as_person):
    first, second, stranger = as_person(MAREN), as_person(MAREN), as_person("lena@quay.example")
    target = first.get("/api/me").json()["session_id"]

    assert stranger.send("DELETE", f"/api/sessions/{target}").status == 404
    assert first.get("/api/me").status == 200
    assert second.send("DELETE", f"/api/sessions/{target}").status == 204
    assert first.get("/api/me").status == 401


def test_disabling_an_account_ends_its_sessions(as_person, administrator):
    """A leaver is out at once."""
    owner, member = as_person(MAREN), as_person(AIKO)
    account = member.get("/api/me").json()["account_id"]
    try:
        assert owner.send("POST", f"/api/people/{account}/disable").status == 204
        assert member.get("/api/me").status == 401
    finally:
        assert owner.send("POST", f"/api/people/{account}/enable").status == 204


def test_an_idle_session_ends(as_person, administrator):
    client = as_person(MAREN)
    session = client.get("/api/me").json()["session_id"]
    administrator.execute(
        "update portal.sessions set last_seen_at = last_seen_at - interval '31 minutes' where id = %s", (session,)
    )

    assert client.get("/api/me").status == 401
    ended = administrator.execute(
        "select ended_at is not null from portal.sessions where id = %s", (session,)
    ).fetchone()
    assert ended == (True,)


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "/documents/\\evil", "/api/unknown"])
def test_the_next_page_is_always_ours(portal, passwords, after):
    """No open redirect."""
    client = portal.client()
    token = client.get("/sign-in").text.split('name="csrf_token" value="')[1][:64]

    answer = client.post("/sign-in", {"csrf_token": token, "email": JONAS, "password": passwords[JONAS], "next": after})

    assert (answer.status, answer.headers["location"]) == (303, "/documents")


def test_bodies_are_bounded_and_typed(as_person):
    """More than 300 kB, other types and broken JSON are refused in words."""
    client = as_person(MAREN)
    token = {"x-csrf-token": client.get("/api/me").json()["csrf_token"]}

    large = client.request("POST", "/api/documents", b"x" * 400_000, {**token, "content-type": "application/json"})
    other = client.request("POST", "/api/documents", b"<a/>", {**token, "content-type": "text/xml"})
    broken = client.request("POST", "/api/documents", b"{", {**token, "content-type": "application/json"})

    assert [large.status, other.status, broken.status] == [413, 415, 400]
