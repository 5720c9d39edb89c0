"""Proving again who one is, new identifiers, stages, and mail on its way out."""

from __future__ import annotations

import email
import email.policy
import time
from pathlib import Path
from uuid import uuid4

from trustcenter.portal.outbox.queue import derived_key, seal
from trustcenter.runtime.mail import Message

MAREN, JONAS = "maren@fernhill.example", "jonas@fernhill.example"


def test_a_step_up_gives_a_new_identifier_and_the_old_one_is_dead(as_person, passwords, portal):
    client = as_person(JONAS)
    copied, session = dict(client.cookies), client.get("/api/me").json()["session_id"]

    assert client.send("POST", "/api/step-up", {"password": passwords[JONAS]}).status == 204

    assert client.cookies["__Host-session"] != copied["__Host-session"]
    assert client.get("/api/me").json()["session_id"] == session
    thief = portal.client()
    thief.cookies = copied
    assert thief.get("/api/me").status == 401


def test_a_wrong_step_up_changes_nothing_and_is_recorded(as_person, administrator):
    client = as_person(JONAS)
    before = client.cookies["__Host-session"]
    session = client.get("/api/me").json()["session_id"]

    assert client.send("POST", "/api/step-up", {"password": "not the right password"}).status == 403

    assert client.cookies["__Host-session"] == before
    recorded = administrator.execute(
        "select outcome from portal.audit_events where action = 'session.step_up' and entity_id = %s", (session,)
    ).fetchall()
    assert recorded == [("refused",)]


def test_a_sign_in_that_waits_for_a_second_factor_reaches_nothing_else(as_person, administrator):
    """The stage is the session's: pages lead to the factor, the API says why, only the exit is open."""
    client = as_person(MAREN)
    session = client.get("/api/me").json()["session_id"]
    token = client.get("/api/me").json()["csrf_token"]
    administrator.execute("update portal.sessions set stage = 'second_factor' where id = %s", (session,))

    page, api = client.get("/documents"), client.get("/api/documents")

    assert (page.status, page.headers["location"]) == (303, "/second-factor?next=/documents")
    assert (api.status, api.json()["reason"]) == (403, "second_factor_required")
    assert client.request("POST", "/sign-out", b"", {"x-csrf-token": token}).status == 303


def test_mail_reaches_the_sink_and_leaves_no_text_behind(portal, administrator):
    """Sealed while it waits; once delivered the row says when, and nothing of the text."""
    words = f"The subject {uuid4().hex}"
    key = derived_key(portal.state.secrets().form_key.encode(), "outbox")
    account, organisation = administrator.execute(
        "select id, organisation_id from portal.accounts where email = %s", (MAREN,)
    ).fetchone()
    identifier = administrator.execute(
        "insert into portal.outbox (organisation_id, account_id, kind, sealed) "
        "values (%s, %s, 'test', %s) returning id",
        (organisation, account, seal(key, Message(MAREN, words, "One line.\n.\nAnother."))),
    ).fetchone()[0]

    found = arrived(Path(portal.environment["PORTAL_MAIL_SINK"]), words)

    assert found["to"] == MAREN
    assert found.get_content().splitlines() == ["One line.", ".", "Another."]
    assert f"<{identifier}@" in found["message-id"]
    until = time.monotonic() + 20
    while time.monotonic() < until:
        row = administrator.execute(
            "select sealed is null, delivered_at is not null from portal.outbox where id = %s", (identifier,)
        ).fetchone()
        if row == (True, True):
            return
    raise AssertionError("the delivery was not noted")


def arrived(folder: Path, subject: str):
    """The message with this subject, waited for."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for path in sorted(folder.glob("*.eml"), reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if message["subject"] == subject:
                return message
        time.sleep(0.05)
    raise AssertionError("no such message arrived")
