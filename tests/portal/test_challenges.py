"""Challenges for passkeys: how many the running portal gives out, and which answers to them count."""

from __future__ import annotations

import json

import pytest
from signing_in import FORM_TOKEN

from trustcenter.portal.software_passkey import SoftwarePasskey
from trustcenter.runtime.asking import AskingPolicy

MAREN = "maren@fernhill.example"


def test_one_network_gets_so_many_challenges_and_right_answers_count_for_nothing(portal, as_person, administrator):
    key = AskingPolicy().challenge(portal.state.secrets().throttle_key.encode(), "127.0.0.1", None).hash
    put = (
        "insert into portal.sign_in_failures values (%s, %s, now(), now() + interval '1 minute' * %s, now(), 1) "
        "on conflict (key_hash) do update set failures = excluded.failures, last_failed_at = now(), "
        "blocked_until = excluded.blocked_until"
    )
    try:
        administrator.execute(put, (key, 3, -1))
        as_person(MAREN)
        (failures,) = administrator.execute(
            "select failures from portal.sign_in_failures where key_hash = %s", (key,)
        ).fetchone()
        assert failures == 3
        administrator.execute(put, (key, 501, 1))
        rows = "select count(*) from portal.passkey_challenges"
        before = administrator.execute(rows).fetchone()
        stranger = portal.client()
        form = FORM_TOKEN.search(stranger.get("/sign-in").text)[1]
        answer = stranger.request("POST", "/api/sign-in/passkey/options", b"{}", {
            "x-csrf-token": form, "content-type": "application/json"})  # fmt: skip
        assert (answer.status, int(answer.headers["retry-after"]) > 0) == (429, True)
        assert administrator.execute(rows).fetchone() == before
    finally:
        administrator.execute("delete from portal.sign_in_failures where key_hash = %s", (key,))


def test_a_passkey_answer_is_bound_to_its_browser_and_used_up(portal, passkeys):
    """A challenge given to one browser is worth nothing in another."""
    first, second = portal.client(), portal.client()
    tokens = [FORM_TOKEN.search(one.get("/sign-in").text)[1] for one in (first, second)]
    headers = [{"x-csrf-token": token, "content-type": "application/json"} for token in tokens]
    options = first.request("POST", "/api/sign-in/passkey/options", b"{}", headers[0]).json()
    port = portal.url.rpartition(":")[2]
    answer = SoftwarePasskey.parse(passkeys[MAREN]).sign(options, f"https://localhost:{port}")
    body = json.dumps({"credential": answer}).encode()

    assert second.request("POST", "/api/sign-in/passkey", body, headers[1]).status == 401
    assert first.request("POST", "/api/sign-in/passkey", body, headers[0]).status == 401, "it is used up by the first"


@pytest.mark.parametrize(
    "value", [{}, {"credential": 1}, {"credential": {"response": {}}}, {"credential": {"response": []}}]
)
def test_what_is_no_answer_of_a_passkey_is_refused_and_breaks_nothing(portal, value):
    client = portal.client()
    token = FORM_TOKEN.search(client.get("/sign-in").text)[1]
    headers = {"x-csrf-token": token, "content-type": "application/json"}

    assert client.request("POST", "/api/sign-in/passkey", json.dumps(value).encode(), headers).status in (400, 401)
