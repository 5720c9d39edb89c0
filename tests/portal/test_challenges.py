"""How many challenges for passkeys the running portal gives out."""

from __future__ import annotations

from signing_in import FORM_TOKEN

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
