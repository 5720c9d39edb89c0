"""What must happen once, or to one of two, when everybody does it at the same moment."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPSConnection
from uuid import uuid4

import psycopg
import pytest
from signing_in import PASSWORD, ask_reset, follow, fresh, step_up, token_of

from trustcenter.portal import launch


def _waiting(connection: psycopg.Connection, number: int) -> None:
    """Until so many of the application's statements wait for a lock."""
    until = time.monotonic() + 20
    query = "select count(*) from pg_stat_activity where usename = 'trustcenter_app' and wait_event_type = 'Lock'"
    while connection.execute(query).fetchone()[0] < number:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.02)


@pytest.fixture
def two_owners(portal, administrator, stored):
    """Two new owners of one organisation of their own, each in a session with a fresh proof of identity."""
    slug, people = f"pair-{uuid4().hex[:8]}", []
    (organisation,) = administrator.execute(
        "insert into portal.organisations (slug, name, kind) values (%s, 'A pair', 'prospect') returning id", (slug,)
    ).fetchone()
    for name in ("one", "two"):
        (account,) = administrator.execute(
            "insert into portal.accounts (organisation_id, email, display_name, role, password_hash) "
            "values (%s, %s, %s, 'member', %s) returning id",
            (organisation, f"{name}@{slug}.example", name, stored),
        ).fetchone()
        client = portal.client()
        assert client.sign_in(f"{name}@{slug}.example", PASSWORD).status == 303
        people.append((account, client))
    administrator.execute(
        "insert into portal.totp_factors (organisation_id, account_id, sealed_secret, created_at, confirmed_at) "
        "select organisation_id, id, 'x', now(), now() from portal.accounts where organisation_id = %s",
        (organisation,),
    )
    administrator.execute(
        "update portal.sessions set stepped_up_at = now() where organisation_id = %s", (organisation,)
    )
    administrator.execute("update portal.accounts set role = 'owner' where organisation_id = %s", (organisation,))
    yield organisation, people
    administrator.execute(
        "update portal.accounts set state = 'disabled', disabled_at = now() where organisation_id = %s", (organisation,)
    )


@pytest.mark.parametrize("deed", ["role", "disable"])
def test_two_owners_who_take_each_others_power_leave_one(portal, administrator, two_owners, deed):
    """Both were let through by the guard; the one who comes second is no owner any more."""
    organisation, ((one, first), (two, second)) = two_owners
    with (
        psycopg.connect(launch.administrator_dsn(portal.state.root)) as gate, ThreadPoolExecutor(2) as pool,
    ):  # fmt: skip
        gate.execute("select 1 from portal.accounts where organisation_id = %s for update", (organisation,))
        sent = [
            pool.submit(client.send, "POST", f"/api/people/{other}/{deed}", {"role": "member"})
            for client, other in ((first, two), (second, one))
        ]
        _waiting(administrator, 2)
        gate.rollback()
        statuses = sorted(each.result().status for each in sent)

    left = administrator.execute(
        "select count(*) from portal.accounts where organisation_id = %s and role = 'owner' and state = 'active'",
        (organisation,),
    ).fetchone()[0]
    assert (statuses, left) == ([204, 403], 1)


def test_one_link_sets_one_password_however_many_send_it(portal, person, inbox, administrator):
    address, _ = person()
    ask_reset(portal.client(), address)
    token = token_of(inbox(address, "Set a new password"))
    words = [fresh() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda word: follow(portal.client(), "/reset/new", token, word).status, words))

    assert sorted(answers) == [303, 410, 410, 410]
    assert portal.client().sign_in(address, words[answers.index(303)]).status == 303
    (changed,) = administrator.execute(
        "select count(*) from portal.audit_events e join portal.accounts a on a.id::text = e.entity_id "
        "where a.email = %s and e.action = 'password.reset'", (address,)
    ).fetchone()  # fmt: skip
    assert changed == 1


def test_guesses_at_once_are_counted_one_by_one(portal, person, administrator):
    """Eight strangers who send at the same moment get no more looks than one who sends eight times: five are left."""
    address, _ = person()
    assert portal.client().sign_in(address, fresh()).status == 401
    with psycopg.connect(launch.administrator_dsn(portal.state.root)) as gate, ThreadPoolExecutor(8) as pool:
        gate.execute("select 1 from portal.sign_in_failures for update")
        sent = [pool.submit(portal.client(timeout=60).sign_in, address, fresh()) for _ in range(8)]
        _waiting(administrator, 8)
        gate.rollback()
        statuses = sorted(each.result().status for each in sent)

    assert statuses == [401] * 5 + [429] * 3


def test_a_session_whose_identifier_is_replaced_twice_at_once_stays_with_its_holder(portal, person):
    """One of two privileged requests wins the identifier, the other keeps its effect and sends none."""
    address, password = person()
    client = portal.client()
    assert client.sign_in(address, password).status == 303
    twins = [portal.client(), portal.client()]
    for twin in twins:
        twin.cookies = dict(client.cookies)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda twin: twin.send("POST", "/api/step-up", {"password": password}), twins))

    renewed = [twin for twin in twins if twin.cookies["__Host-session"] != client.cookies["__Host-session"]]
    assert {answer.status for answer in answers} <= {204, 401}
    assert len(renewed) == 1
    assert renewed[0].get("/api/me").status == 200
    assert client.get("/api/me").status == 401


def _until(connection: psycopg.Connection, query: str, value: object) -> None:
    until = time.monotonic() + 20
    while not connection.execute(query, (value,)).fetchone()[0]:
        assert time.monotonic() < until, "the guard did not look"
        time.sleep(0.01)


@pytest.mark.parametrize("over", ["ended_at = now()", "stepped_up_at = now() - interval '11 minutes'"])
def test_what_was_allowed_at_the_first_byte_of_a_body_is_asked_again_at_its_last(portal, administrator, person, over):
    """Somebody begins to send, the session ends or its proof is over, and the rest comes an hour later."""
    address, password = person("admin")
    client = portal.client()
    assert client.sign_in(address, password).status == 303
    assert step_up(client, password) == 204
    me, body = client.get("/api/me").json(), b'{"idle_seconds": 77}'
    session = me["session_id"]
    administrator.execute(
        "update portal.sessions set last_seen_at = last_seen_at - interval '31 seconds' where id = %s", (session,)
    )
    slow = HTTPSConnection(client._host, client._port, context=client._context, timeout=20)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    sent = {"cookie": cookie, "x-csrf-token": me["csrf_token"], "content-type": "application/json"}
    slow.putrequest("PUT", "/api/session-limits")
    for name, value in {**sent, "content-length": str(len(body))}.items():
        slow.putheader(name, value)
    slow.endheaders(body[:5])
    seen = "select last_seen_at > now() - interval '30 seconds' from portal.sessions where id = %s"
    _until(administrator, seen, session)  # the guard has let it through
    administrator.execute(f"update portal.sessions set {over} where id = %s", (session,))
    slow.send(body[5:])
    status = slow.getresponse().status
    slow.close()

    query = "select count(*) from portal.organisations where idle_seconds = 77"
    assert (status, administrator.execute(query).fetchone()) == (401 if "ended" in over else 403, (0,))


def test_an_owner_who_takes_two_last_factors_away_at_once_keeps_one(portal, administrator, two_owners):
    """Each of the two would see the other still."""
    organisation, ((one, first), _) = two_owners
    administrator.execute("delete from portal.totp_factors where account_id = %s", (one,))
    keys = [
        administrator.execute(
            "insert into portal.passkeys (organisation_id, account_id, credential_id, public_key, sign_count, "
            "user_verified, backed_up, name, created_at) values (%s, %s, %s, 'x', 0, true, false, 'x', now()) "
            "returning id", (organisation, one, uuid4().bytes),
        ).fetchone()[0]
        for _ in range(2)
    ]  # fmt: skip
    other = portal.client()
    other.cookies.update(first.cookies)
    with (
        psycopg.connect(launch.administrator_dsn(portal.state.root)) as gate, ThreadPoolExecutor(2) as pool,
    ):  # fmt: skip
        gate.execute("select 1 from portal.accounts where id = %s for update", (one,))
        sent = [
            pool.submit(client.send, "DELETE", f"/api/passkeys/{key}")
            for client, key in zip((first, other), keys, strict=True)
        ]
        _waiting(administrator, 2)
        gate.rollback()
        statuses = sorted(each.result().status for each in sent)

    query = "select count(*) from portal.passkeys where account_id = %s and revoked_at is null"
    assert (statuses, administrator.execute(query, (one,)).fetchone()) == ([204, 409], (1,))
