"""Second factors and passkeys in the running portal: what opens, what does not, and what is left behind."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pyotp
import pytest
from planted_token import planted
from soft_authenticator import SoftAuthenticator

from trustcenter.portal import launch
from trustcenter.portal.client import Answer, Client
from trustcenter.runtime.passwords import hash_password

MAREN, JONAS = "maren@fernhill.example", "jonas@fernhill.example"


class Person:
    """Somebody made for one test, with a password and nothing else; a browser that has given it."""

    def __init__(self, portal: launch.Running, connection: psycopg.Connection, role: str) -> None:
        self.portal, self.connection = portal, connection
        self.email, self.password = f"{uuid4().hex}@fernhill.example", uuid4().hex
        (self.account,) = connection.execute(
            "insert into portal.accounts (organisation_id, email, display_name, role, password_hash) "
            "select id, %s, 'Somebody', %s, %s from portal.organisations where slug = 'fernhill' returning id",
            (self.email, role, hash_password(self.password, portal.state.secrets().pepper.encode())),
        ).fetchone()

    def browser(self) -> Client:
        made = self.portal.client(agent="test/1")
        assert made.sign_in(self.email, self.password).status == 303
        return made

    def enrol(self, browser: Client) -> tuple[pyotp.TOTP, list[str]]:
        """An app, and the recovery codes that came with it."""
        begun = post(browser, "/api/second-factor/app", {}, page="/second-factor/enrol")
        app = pyotp.TOTP(begun.json()["secret"])
        confirmed = post(browser, "/api/second-factor/app/confirm", {"code": app.now()}, page="/second-factor/enrol")
        return app, confirmed.json()["recovery_codes"]

    def forget_steps(self) -> None:
        """As if half a minute had passed."""
        self.connection.execute(
            "update portal.totp_factors set last_step = null where account_id = %s", (self.account,)
        )


@pytest.fixture
def somebody(portal: launch.Running, administrator: psycopg.Connection) -> Iterator[object]:
    """Makes people; they are disabled afterwards, so that they count nowhere."""
    made: list[Person] = []

    def make(role: str) -> Person:
        made.append(Person(portal, administrator, role))
        return made[-1]

    yield make
    for person in made:
        administrator.execute(
            "update portal.accounts set state = 'disabled', disabled_at = now() where id = %s", (person.account,)
        )
        administrator.execute("update portal.sessions set ended_at = now() where account_id = %s", (person.account,))


def post(browser: Client, path: str, value: dict[str, object], *, page: str) -> Answer:
    """A change through the API with the form token of this page."""
    token = browser.get(page).text.split('name="csrf_token" value="')[1][:64]
    headers = {"x-csrf-token": token, "content-type": "application/json"}
    return browser.request("POST", path, json.dumps(value).encode(), headers)


@pytest.mark.parametrize("role", ["owner", "staff"])
def test_whoever_must_have_a_factor_reaches_nothing_without_one(somebody, role):
    browser = somebody(role).browser()

    page, api = browser.get("/documents"), browser.get("/api/documents")

    assert (page.status, page.headers["location"]) == (303, "/second-factor/enrol?next=/documents")
    assert (api.status, api.json()["reason"]) == (403, "enrolment_required")
    assert "Register a second factor" in browser.get("/second-factor/enrol").text


def test_a_member_needs_none_until_they_become_an_owner(somebody, administrator):
    """The role of the moment counts, for sessions that are open already too."""
    person = somebody("member")
    browser = person.browser()
    assert browser.get("/api/documents").status == 200

    administrator.execute("update portal.accounts set role = 'owner' where id = %s", (person.account,))

    assert browser.get("/api/documents").json()["reason"] == "enrolment_required"


def test_enrolling_shows_a_qr_code_confirms_and_shows_recovery_codes_once(somebody):
    person = somebody("owner")
    browser = person.browser()
    token = browser.get("/second-factor/enrol").text.split('name="csrf_token" value="')[1][:64]
    begun = browser.post("/second-factor/app", {"csrf_token": token})
    page = browser.get(begun.headers["location"]).text
    secret = page.split('<p class="secret"')[1].split("<code>")[1].split("</code>")[0].replace(" ", "")

    assert "<svg" in page
    token = page.split('name="csrf_token" value="')[1][:64]
    shown = browser.post("/second-factor/app/confirm", {"csrf_token": token, "code": pyotp.TOTP(secret).now()})

    assert shown.status == 200
    assert shown.text.count("<li><code>") == 10
    assert browser.get("/api/documents").status == 200
    assert "10 unused" in browser.get("/security").text
    assert secret not in browser.get("/security").text
    assert browser.get("/second-factor/app").status == 303, "the step-up of the enrolment ended, or no secret waits"


def test_a_code_opens_once_and_the_old_identifier_is_dead(somebody, portal):
    person = somebody("owner")
    app, _ = person.enrol(person.browser())
    person.forget_steps()
    browser, code = person.browser(), app.now()
    copied = dict(browser.cookies)

    assert browser.get("/api/documents").json()["reason"] == "second_factor_required"
    assert post(browser, "/api/second-factor", {"code": code}, page="/second-factor").status == 204
    assert browser.get("/api/documents").status == 200

    thief = portal.client()
    thief.cookies = copied
    assert thief.get("/api/me").status == 401
    again = person.browser()
    assert post(again, "/api/second-factor", {"code": code}, page="/second-factor").status == 401
    assert again.get("/api/documents").status == 403


def test_two_requests_with_one_code_open_one_session(somebody):
    from concurrent.futures import ThreadPoolExecutor

    person = somebody("owner")
    app, _ = person.enrol(person.browser())
    person.forget_steps()
    browsers, code = [person.browser() for _ in range(3)], app.now()

    with ThreadPoolExecutor(3) as pool:
        sent = list(pool.map(lambda b: post(b, "/api/second-factor", {"code": code}, page="/second-factor"), browsers))

    assert sorted(answer.status for answer in sent) == [204, 401, 401]


def test_a_code_that_another_process_uses_at_that_moment_opens_nothing(somebody, portal, administrator):
    """The other one has written its step and not committed yet: this one waits for it, and then sees it."""
    from concurrent.futures import ThreadPoolExecutor

    person = somebody("owner")
    app, _ = person.enrol(person.browser())
    person.forget_steps()
    browser, step = person.browser(), int(time.time()) // 30
    with psycopg.connect(launch.administrator_dsn(portal.state.root)) as other, ThreadPoolExecutor(1) as pool:
        other.execute("update portal.totp_factors set last_step = %s where account_id = %s", (step, person.account))
        code = {"code": app.at(step * 30)}
        sent = pool.submit(post, browser, "/api/second-factor", code, page="/second-factor")
        until = time.monotonic() + 20
        waits = "select count(*) from pg_stat_activity where usename = 'trustcenter_app' and wait_event_type = 'Lock'"
        while not administrator.execute(waits).fetchone()[0]:
            assert time.monotonic() < until, "nobody waits"
            time.sleep(0.02)
        other.commit()
        assert sent.result().status == 401
    assert browser.get("/api/documents").status == 403


def test_whoever_has_the_password_does_not_guess_codes_for_ever(somebody):
    """The password does not clear the count: after five wrong codes the next one waits, right or wrong."""
    person = somebody("owner")
    person.enrol(person.browser())
    person.forget_steps()
    statuses = []
    for _ in range(4):
        browser = person.portal.client()
        answer = browser.sign_in(person.email, person.password)
        statuses.append(answer.status)
        if answer.status == 303:
            wrong = post(browser, "/api/second-factor", {"code": "000000"}, page="/second-factor")
            statuses.append(wrong.status)

    assert statuses[:2] == [303, 401]
    assert 429 in statuses


def test_a_refused_code_is_recorded(somebody, administrator):
    person = somebody("owner")
    person.enrol(person.browser())
    post(person.browser(), "/api/second-factor", {"code": "000000"}, page="/second-factor")

    recorded = administrator.execute(
        "select action, outcome from portal.audit_events where entity_id = %s and outcome = 'refused'",
        (str(person.account),),
    ).fetchall()
    assert recorded == [("session.second_factor", "refused")]


def test_a_secret_and_recovery_codes_are_not_in_the_database_as_they_are(somebody, administrator):
    person = somebody("owner")
    app, codes = person.enrol(person.browser())

    rows = administrator.execute(
        "select t::text from portal.totp_factors t union all select c::text from portal.recovery_codes c"
    ).fetchall()

    everything = " ".join(row[0] for row in rows)
    assert app.secret.encode().hex() not in everything
    assert not any(code in everything or code.replace("-", "").encode().hex() in everything for code in codes)


def test_the_last_factor_of_an_owner_stays(as_person, passkeys):
    owner, key = as_person("lena@quay.example"), passkeys["lena@quay.example"]
    (listed,) = owner.get("/api/passkeys").json()["items"]

    assert owner.send("DELETE", f"/api/passkeys/{listed['id']}").json()["reason"] == "step_up_required"
    assert owner.step_up(key).status == 200
    refused = owner.send("DELETE", f"/api/passkeys/{listed['id']}")

    assert (refused.status, refused.json()["error"][:29]) == (409, "Your role needs a second fact")
    assert owner.get("/api/passkeys").json()["count"] == 1


def test_an_owner_takes_a_colleagues_lost_factors_away_and_nobody_their_own(
    portal, somebody, as_person, passkeys, administrator
):
    person = somebody("admin")
    browser = person.browser()
    assert browser.send("POST", "/api/step-up", {"password": person.password}).status == 204
    token = browser.get("/api/me").json()["csrf_token"]
    headers = {"x-csrf-token": token, "content-type": "application/json"}
    begun = browser.request("POST", "/api/second-factor/app", b"{}", headers)
    headers["x-csrf-token"] = begun.headers["x-csrf-token"]
    code = pyotp.TOTP(begun.json()["secret"]).now()
    assert (
        browser.request("POST", "/api/second-factor/app/confirm", json.dumps({"code": code}).encode(), headers).status
        == 200
    )
    owner = as_person(MAREN)
    mine = owner.get("/api/me").json()["account_id"]

    assert owner.send("POST", f"/api/people/{person.account}/factors/reset").json()["reason"] == "step_up_required"
    assert owner.step_up(passkeys[MAREN]).status == 200
    assert owner.send("POST", f"/api/people/{mine}/factors/reset").status == 409
    with planted(administrator, person.email) as made:
        assert portal.client().request("GET", "/api/documents", None, made.header).status == 200
        assert owner.send("POST", f"/api/people/{person.account}/factors/reset").status == 204
        assert portal.client().request("GET", "/api/documents", None, made.header).status == 401

    assert browser.get("/api/me").status == 401
    assert person.browser().get("/api/documents").status == 200


def test_a_person_with_a_factor_steps_up_with_it_and_not_with_the_password(as_person, passwords):
    owner = as_person(MAREN)

    assert owner.send("POST", "/api/step-up", {"password": passwords[MAREN]}).status == 403


def test_registering_a_passkey_ends_other_sessions_and_tells_the_holder(somebody, portal, administrator):
    person = somebody("owner")
    other, browser = person.browser(), person.browser()
    port = portal.url.rpartition(":")[2]
    device = SoftAuthenticator(f"https://localhost:{port}", "localhost")
    options = post(browser, "/api/passkeys/options", {}, page="/second-factor/enrol").json()
    value = {"credential": device.register(options), "name": "Key"}

    assert post(browser, "/api/passkeys", value, page="/second-factor/enrol").status == 201

    assert browser.get("/api/documents").status == 200
    assert other.get("/second-factor/enrol").status == 303
    found = administrator.execute("select kind from portal.outbox where account_id = %s", (person.account,)).fetchall()
    assert ("factors_changed",) in found
