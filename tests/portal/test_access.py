"""Roles, tokens and support access in the running portal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest

from trustcenter.portal import launch
from trustcenter.portal.access.matrix import MATRIX
from trustcenter.portal.client import Client
from trustcenter.portal.manifest import MANIFEST
from trustcenter.runtime.matrix import COLUMNS

PEOPLE = {
    "member": "member@canary-a.example", "admin": "admin@canary-a.example", "owner": "owner@canary-a.example",
    "staff": "staff@canary.example",
}  # fmt: skip
OWNER, B_OWNER, MEMBER = PEOPLE["owner"], "owner@canary-b.example", PEOPLE["member"]


@pytest.fixture
def stepped_up(as_person: Callable[[str], Client], passkeys: dict[str, str]) -> Callable[[str], Client]:
    """Signs somebody in who has just proved again who they are."""

    def entered(email: str) -> Client:
        client = as_person(email)
        assert client.step_up(passkeys[email]).status < 300
        return client

    return entered


def test_every_route_belongs_to_one_action_and_the_matrix_names_no_other() -> None:
    """An undeclared route fails the build here, and the control in `role_matrix_probe`."""
    assert [route.name for route in MANIFEST if route.action is None] == []
    assert MATRIX.unused(MANIFEST) == frozenset()


def test_every_route_as_every_role_ends_as_the_matrix_says(
    portal: launch.Running, as_person: Callable[[str], Client]
) -> None:
    """Whoever is let through a change gets 415 for a body that nobody reads, so that nothing is changed."""
    people: dict[str, Client] = {role: as_person(email) for role, email in PEOPLE.items()}
    people["anonymous"] = portal.client()
    wrong = []
    for route in sorted(MANIFEST, key=lambda route: route.name):
        path = re.sub(r"{event_id(:\w+)?}", "999999999", route.path)
        path = re.sub(r"{(\w+)(:\w+)?}", str(uuid4()), path)
        for role, client in people.items():
            body = b"x" if route.changes_state else None
            answer = client.request(route.method, path, body, {"content-type": "application/x-nothing"})
            passed = answer.status not in (401, 403) and not answer.headers.get("location", "").startswith("/sign-in?")
            passed = passed or "step_up_required" in answer.text or "nothing to do here" in answer.text
            if passed != (role in route.callers) or answer.status >= 500:
                wrong.append((route.name, role, answer.status))
    assert wrong == []
    assert set(people) | {"support"} == set(COLUMNS)


def test_a_role_is_changed_by_an_owner_after_a_fresh_proof_and_never_upwards_to_staff(
    as_person: Callable[[str], Client], stepped_up: Callable[[str], Client]
) -> None:
    owner = as_person(OWNER)
    wanted = next(row for row in owner.get("/api/people").json()["items"] if row["email"] == MEMBER)
    path = f"/api/people/{wanted['id']}/role"
    assert owner.send("POST", path, {"role": "admin"}).json()["reason"] == "step_up_required"
    owner, member = stepped_up(OWNER), as_person(MEMBER)

    assert owner.send("POST", path, {"role": "admin"}).status == 204
    try:
        assert member.get("/api/me").status == 401  # the old role's session is over
        assert as_person(MEMBER).get("/api/me").json()["role"] == "admin"
        assert owner.send("POST", path, {"role": "staff"}).status == 400
        me = owner.get("/api/me").json()["account_id"]
        assert owner.send("POST", f"/api/people/{me}/role", {"role": "member"}).status == 409
        newest = owner.get("/api/activity?action=account.role").json()["items"][0]
        assert newest["entity_id"] == wanted["id"]
        assert newest["before_digest"] != newest["after_digest"]
    finally:
        assert owner.send("POST", path, {"role": "member"}).status == 204


def test_the_database_gives_no_role_of_the_staff(app_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute("select portal.change_role(%s, 'staff')", (uuid4(),))


@pytest.fixture
def token(stepped_up: Callable[[str], Client]) -> Iterator[tuple[Client, str, str]]:
    """A token of canary A's owner that reads documents: the owner, its identifier, itself."""
    owner = stepped_up(OWNER)
    made = owner.send("POST", "/api/tokens", {"name": "test", "scopes": ["documents:read"], "days": 1}).json()
    yield owner, made["id"], made["token"]
    owner.send("DELETE", f"/api/tokens/{made['id']}")


def test_a_token_reads_what_its_scope_names_and_nothing_else(
    portal: launch.Running, token: tuple[Client, str, str], as_person: Callable[[str], Client]
) -> None:
    owner, _, value = token
    bearer = {"authorization": f"Bearer {value}", "content-type": "application/json"}

    def status(method: str, path: str, body: bytes | None = None) -> int:
        return portal.client().request(method, path, body, bearer).status

    theirs = as_person(B_OWNER).get("/api/documents").json()["items"][0]["id"]
    assert status("GET", "/api/documents") == 200
    assert status("GET", f"/api/documents/{theirs}") == 404
    assert status("POST", "/api/documents", b"{}") == 403
    assert status("GET", "/api/people") == 403
    assert status("GET", "/api/me") == 403
    assert status("GET", "/api/tokens") == 403
    assert status("GET", "/documents") == 403
    listed = next(row for row in owner.get("/api/tokens").json()["items"] if row["prefix"] == value[:11])
    assert listed["last_used_at"] is not None
    assert value not in owner.get("/settings/tokens").text


def test_a_token_ends_when_it_is_revoked_and_when_its_maker_is_disabled(
    portal: launch.Running, token: tuple[Client, str, str], administrator: psycopg.Connection
) -> None:
    owner, identifier, value = token

    def status() -> int:
        return portal.client().request("GET", "/api/documents", None, {"authorization": f"Bearer {value}"}).status

    assert status() == 200
    try:
        administrator.execute(
            "update portal.accounts set state = 'disabled', disabled_at = now() where email = %s", (OWNER,)
        )
        assert status() == 401
    finally:
        administrator.execute(
            "update portal.accounts set state = 'active', disabled_at = null where email = %s", (OWNER,)
        )
    assert owner.send("DELETE", f"/api/tokens/{identifier}").status == 204
    assert status() == 401


def test_a_token_of_an_owner_without_a_second_factor_opens_nothing(
    portal: launch.Running, token: tuple[Client, str, str], administrator: psycopg.Connection
) -> None:
    """Their factors were reset, because somebody else may have them: a token is no way around signing in again."""
    bearer = {"authorization": f"Bearer {token[2]}"}
    change = "update portal.passkeys set revoked_at = {} where id = any(%s)"
    mine = "select array_agg(p.id) from portal.passkeys p join portal.accounts a on a.id = p.account_id "
    keys = administrator.execute(mine + "where a.email = %s and p.revoked_at is null", (OWNER,)).fetchone()
    assert portal.client().request("GET", "/api/documents", None, bearer).status == 200
    try:
        administrator.execute(change.format("now()"), keys)
        answer = portal.client().request("GET", "/api/documents", None, bearer)
        assert (answer.status, answer.json()["reason"]) == (403, "enrolment_required")
    finally:
        administrator.execute(change.format("null"), keys)
    assert portal.client().request("GET", "/api/documents", None, bearer).status == 200


@pytest.mark.parametrize(
    "asked", [{"scopes": []}, {"scopes": ["everything"]}, {"days": 400}, {"days": 0}, {"name": ""}]
)
def test_a_token_without_bounds_is_not_made(stepped_up: Callable[[str], Client], asked: dict[str, object]) -> None:
    owner = stepped_up(OWNER)

    answer = owner.send("POST", "/api/tokens", {"name": "test", "scopes": ["people:read"], "days": 1, **asked})

    assert answer.status == 400


def test_support_access_is_seen_bounded_and_ended_by_the_owner(
    as_person: Callable[[str], Client], stepped_up: Callable[[str], Client]
) -> None:
    staff, owner = stepped_up(PEOPLE["staff"]), as_person(OWNER)
    begun = staff.send(
        "POST", "/api/support", {"email": OWNER, "reason": "The customer asked for help", "ticket": "T-1"}
    ).json()

    assert staff.get("/api/me").json()["organisation_id"] == owner.get("/api/me").json()["organisation_id"]
    for page in ("/documents", "/people", "/settings/roles"):
        assert "You act for" in staff.get(page).text, page
    assert "acts for" in owner.get("/documents").text
    for path in ("/sessions", "/settings/tokens", "/settings/activity", "/operations", "/step-up", "/support"):
        assert staff.get(path).status == 403, path
    assert owner.send("DELETE", f"/api/support/{begun['id']}").status == 204
    assert staff.get("/api/me").json()["role"] == "staff"
    assert "acts for" not in owner.get("/documents").text
    actions = [row["action"] for row in owner.get("/api/activity").json()["items"][:10]]
    assert {"support.begin", "support.end"} <= set(actions)


def test_support_access_reaches_no_colleague_of_the_staff(stepped_up: Callable[[str], Client]) -> None:
    staff = stepped_up(PEOPLE["staff"])

    for email in ("ines@vendor.example", "nobody@nowhere.example", "left@fernhill.example"):
        answer = staff.send(
            "POST", "/api/support", {"email": email, "reason": "The customer asked for help", "ticket": "T-1"}
        )
        assert answer.status == 404, email
