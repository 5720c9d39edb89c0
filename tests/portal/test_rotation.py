"""Every privileged action gives the session a new identifier; what does not is listed here, and reviewed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from trustcenter.portal.client import Client
from trustcenter.portal.manifest import MANIFEST

OWNER, STAFF, ADMIN = "owner@canary-a.example", "staff@canary.example", "admin@canary-a.example"
KEEP = {
    "sign_in", "sign_out", "sign_in_options", "sign_in_with_passkey",  # a session begins or ends
    "confirm_address", "api_confirm_address", "request_reset", "api_request_reset", "set_new_password",
    "api_set_new_password", "join", "api_join",  # links: the holder of one has no session to renew
    "second_options", "step_up_options",  # a challenge; the answer to it renews
    "create_document", "api_create_document", "api_change_document", "api_remove_document",
    "upload_questionnaire", "api_upload_questionnaire", "remove_questionnaire", "api_remove_questionnaire",
    "paste_questions", "confirm_answer", "assign_questionnaire", "answer_again", "release_answers",
    "publish_heads",
    "post_incident", "add_news", "take_back", "api_post_incident", "api_add_news", "api_take_back",  # for the public
}  # fmt: skip
"""Changes that leave rights, credentials, sessions and their limits as they are."""


def test_every_change_renews_the_identifier_or_is_known_not_to() -> None:
    """A new route that changes something is decided here before it is served."""
    keeping = {route.name for route in MANIFEST if route.changes_state and not route.rotates}

    assert keeping - KEEP == set()
    assert {row["path"] for row in MANIFEST.rows() if row["rotates"]} >= {
        "/api/password", "/api/people/{account_id}/role", "/api/people/{account_id}/disable", "/api/tokens/{token_id}",
        "/api/support", "/api/support/stop", "/api/sessions", "/api/second-factor/app", "/security/app/remove",
    }  # fmt: skip


@pytest.fixture
def stepped_up(as_person: Callable[[str], Client], passkeys: dict[str, str]) -> Callable[[str], Client]:
    def entered(email: str) -> Client:
        client = as_person(email)
        assert client.step_up(passkeys[email]).status < 300
        return client

    return entered


def test_support_access_renews_the_staffs_identifier_when_it_begins_and_when_it_ends(portal, stepped_up):
    """Its session is of another organisation than the one in which it acts."""
    staff = stepped_up(STAFF)
    asked = {"email": ADMIN, "reason": "The customer asked for help", "ticket": "T-2"}
    for method, path, body in (("POST", "/api/support", asked), ("POST", "/api/support/stop", {})):
        old = portal.client()
        old.cookies = dict(staff.cookies)
        assert staff.send(method, path, body).status < 300
        assert old.get("/api/me").status == 401, path
        assert staff.get("/api/me").status == 200, path


def test_the_page_of_a_new_token_goes_on_under_the_new_identifier(stepped_up):
    """Its forms carry the token of the identifier that came with it."""
    owner = stepped_up(OWNER)
    form = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')
    fields = {"name": "renewed", "scope:documents:read": "1", "days": "1"}
    before = dict(owner.cookies)

    made = owner.post("/settings/tokens", {**fields, "csrf_token": form.search(owner.get("/settings/tokens").text)[1]})

    assert made.status in (200, 201)
    assert owner.cookies != before
    revoke = re.search(r'action="(/settings/tokens/[0-9a-f-]{36}/revoke)"', made.text)[1]
    assert owner.post(revoke, {"csrf_token": form.search(made.text)[1]}).status == 303


def test_a_refused_privileged_action_leaves_the_identifier(as_person):
    member = as_person("aiko@fernhill.example")
    before = dict(member.cookies)

    assert member.send("POST", "/api/tokens", {}).status == 403
    assert member.send("PUT", "/api/session-limits", {}).status == 403

    assert member.cookies == before
    assert member.get("/api/me").status == 200
