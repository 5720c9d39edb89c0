"""What somebody has left of sessions, tokens and support access after the rights behind them were taken away."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import uuid4

import pytest
from planted_token import planted
from signing_in import FORM_TOKEN, PASSWORD, signed_in

STAFF, OWNER = "staff@canary.example", "owner@canary-a.example"


@pytest.fixture
def acting(as_person, passkeys):
    """The staff's canary in a session that acts for canary A's owner; it stops afterwards."""
    staff = as_person(STAFF)
    assert staff.step_up(passkeys[STAFF]).status < 300
    asked = {"email": OWNER, "reason": "The customer asked for help", "ticket": "T-9"}
    assert staff.send("POST", "/api/support", asked).status == 201
    assert staff.get("/api/me").json()["role"] == "support"
    yield staff
    if staff.get("/api/me").status == 200 and staff.get("/api/me").json()["role"] == "support":
        assert staff.send("POST", "/api/support/stop").status == 204


def test_a_token_of_an_admin_who_became_a_member_reaches_what_members_reach(portal, person, administrator):
    """Its scopes are as they were; what counts is the role of its maker at each call."""
    address, _ = person("admin")
    with planted(administrator, address, "documents:read", "activity:read") as token:

        def statuses() -> list[int]:
            paths = ("/api/documents", "/api/activity")
            return [portal.client().request("GET", path, None, token.header).status for path in paths]

        assert statuses() == [200, 200]
        administrator.execute("update portal.accounts set role = 'member' where email = %s", (address,))
        assert statuses() == [200, 403]


def test_a_session_of_somebody_who_is_no_longer_there_opens_nothing(portal, person, administrator):
    """The row of the session alone is not enough: it has no end here, only its person has."""
    address, password = person()
    client = signed_in(portal, address, password)
    administrator.execute(
        "update portal.accounts set state = 'disabled', disabled_at = now() where email = %s", (address,)
    )
    open_sessions = administrator.execute(
        "select count(*) from portal.sessions s join portal.accounts a on a.id = s.account_id "
        "where a.email = %s and s.ended_at is null", (address,)
    ).fetchone()[0]  # fmt: skip

    assert open_sessions == 1
    assert client.get("/api/me").status == 401
    assert client.get("/api/documents").status == 401


@pytest.mark.parametrize("gone", [STAFF, OWNER])
def test_support_access_ends_with_either_of_its_two_people(acting, administrator, gone):
    """The staff that is gone reaches nothing; a customer who is gone is nobody to act for."""
    customer = acting.get("/api/me").json()["organisation_id"]
    try:
        administrator.execute(
            "update portal.accounts set state = 'disabled', disabled_at = now() where email = %s", (gone,)
        )
        if gone == STAFF:
            assert acting.get("/api/documents").status == 401
        else:
            me = acting.get("/api/me").json()
            assert (me["role"], me["organisation_id"] == customer) == ("staff", False)
    finally:
        administrator.execute(
            "update portal.accounts set state = 'active', disabled_at = null where email = %s", (gone,)
        )


def test_support_access_reaches_no_way_to_a_password(acting, inbox):
    """What anybody may do it may: ask for a link, which goes to the holder and to nobody else."""
    page = acting.get("/reset")
    asked = acting.post("/reset", {"csrf_token": FORM_TOKEN.findall(page.text)[-1], "email": OWNER})
    assert asked.status == 200
    message = inbox(OWNER, "Set a new password")

    assert message["to"] == OWNER
    assert "token=" not in asked.text
    for method, path in (("POST", "/api/password"), ("POST", "/api/step-up"), ("POST", "/api/passkeys/options")):
        assert acting.send(method, path, {"password": "x" * 20}).status == 403, path


def test_a_caller_who_names_other_networks_is_counted_in_its_own(portal, administrator):
    """One address and one network are counted, whatever the headers of proxies say."""

    def counted() -> set[bytes]:
        return {row[0] for row in administrator.execute("select key_hash from portal.sign_in_failures")}

    before, address, client = counted(), f"{uuid4().hex}@nowhere.example", portal.client()
    statuses = []
    for last in range(1, 9):
        form = FORM_TOKEN.search(client.get("/sign-in").text)[1]
        names = dict.fromkeys(("x-forwarded-for", "x-real-ip", "cf-connecting-ip"), f"198.51.100.{last}")
        names |= {"forwarded": f"for=198.51.100.{last}", "content-type": "application/x-www-form-urlencoded"}
        body = urlencode({"csrf_token": form, "email": address, "password": PASSWORD}).encode()
        statuses.append(client.request("POST", "/sign-in", body, names).status)

    assert 429 in statuses
    assert len(counted() - before) <= 2
