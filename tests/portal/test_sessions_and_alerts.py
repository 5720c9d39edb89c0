"""Sessions end, limits are made stricter, the holder is told, against the running portal and its mail."""

from __future__ import annotations

import time

from signing_in import ask_reset, signed_in, step_up, token_of, until_refused


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
        for limit, least, most in (("idle", 60, 1800), ("absolute", 900, 43200), ("reset", 60, 900)):
            refused = owner.send("PUT", "/api/session-limits", {f"{limit}_seconds": least - 1})
            assert refused.status == 422
            assert f"from {least} to {most}" in refused.json()["error"]
        assert owner.send("PUT", "/api/session-limits", {"idle_seconds": 60}).status == 204
        session = owner.get("/api/me").json()["session_id"]
        administrator.execute(
            "update portal.sessions set last_seen_at = last_seen_at - interval '61 seconds' where id = %s", (session,)
        )
        assert owner.get("/api/me").status == 401
    finally:
        administrator.execute("update portal.organisations set idle_seconds = null where slug = 'quay'")


def test_an_organisation_makes_its_reset_links_shorter_lived(portal, person, administrator, inbox):
    """The mail says the shorter time, the row carries it, and who asks after it gets nothing."""
    address, password = person("admin")
    manager = signed_in(portal, address, password)
    step_up(manager, password)
    try:
        assert manager.send("PUT", "/api/session-limits", {"reset_seconds": 901}).status == 422
        assert manager.send("PUT", "/api/session-limits", {"reset_seconds": 60}).status == 204
        administrator.execute("update portal.organisations set reset_seconds = reset_seconds / 60 where slug = 'quay'")
        visitor = portal.client()
        assert ask_reset(visitor, address).status == 200
        message = inbox(address, "Set a new password")
        token = token_of(message)
        assert "Within 1 second," in message.get_content()
        assert administrator.execute(
            "select extract(epoch from expires_at - requested_at) from portal.mailed_links l "
            "join portal.accounts a on a.id = l.account_id where a.email = %s", (address,)
        ).fetchone() == (1,)  # fmt: skip
        until = time.monotonic() + 20
        while visitor.get(f"/reset/new?token={token}").status != 410:
            assert time.monotonic() < until, "the link outlives its second"
    finally:
        administrator.execute("update portal.organisations set reset_seconds = null where slug = 'quay'")


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
