"""Every answer of the interface has the fields that are declared for its reader, and no change takes others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from trustcenter.portal.access.fields import PERSON, READ, WRITTEN
from trustcenter.portal.manifest import MANIFEST

PEOPLE = {
    "member": "member@canary-a.example", "admin": "admin@canary-a.example", "owner": "owner@canary-a.example",
    "staff": "staff@canary.example",
}  # fmt: skip
OWNER = PEOPLE["owner"]
FIGURES = {"/api/operations"}
"""Read by the staff alone, and no row of fields."""
WITHOUT_FIELDS = (
    "factor", "passkey", "step_up", "reset", "join", "confirm", "revoke", "remove", "end_", "stop_", "withdraw",
    "disable", "enable", "upload", "set_new", "publish", "options", "begin_app", "take_back",
)  # fmt: skip
"""Changes whose body is a secret, an answer of an authenticator, a file or nothing."""


def template(path: str) -> str:
    return path.replace(":uuid", "").replace(":int", "")


def test_each_role_reads_the_fields_that_are_declared_for_it(as_person):
    people = {role: as_person(email) for role, email in PEOPLE.items()}
    seen = set()
    for route in MANIFEST:
        address = template(route.path)
        if route.changes_state or address not in READ:
            continue
        for role, client in people.items():
            if role not in route.callers:
                continue
            things = client.get(address.partition("/{")[0]).json()
            if "{" in address:
                if not things["items"]:
                    continue
                things = client.get(f"{address.partition('/{')[0]}/{things['items'][0]['id']}").json()
            rows = things.get("items", [things])
            assert all(set(row) == set(READ[address].of(role)) for row in rows), (address, role)
            seen |= {address} if rows else set()
    assert seen == set(READ), "nothing was there to be read"


def test_how_colleagues_sign_in_is_not_for_members_nor_for_support(as_person):
    """Neither in the interface nor on the page."""
    member, owner = as_person(PEOPLE["member"]), as_person(OWNER)
    assert "last_sign_in_at" not in member.get("/api/people").text
    assert "second_factor" not in member.get("/api/people").text
    assert "Last here" not in member.get("/people").text
    assert "Last here" in owner.get("/people").text
    assert set(PERSON.of("support")) == set(PERSON.fields)


def test_everything_that_is_read_or_written_by_fields_is_declared():
    given = {template(route.path) for route in MANIFEST if not route.changes_state and route.path.startswith("/api/")}
    taken = {
        f"{route.method} {template(route.path)}"
        for route in MANIFEST
        if route.changes_state and route.path.startswith("/api/") and not any(w in route.name for w in WITHOUT_FIELDS)
    }
    assert given == set(READ) | FIGURES
    assert taken == set(WRITTEN)


@pytest.fixture
def owner(as_person, passkeys):
    client = as_person(OWNER)
    assert client.step_up(passkeys[OWNER]).status < 300
    return client


def test_fields_that_a_change_does_not_take_change_nothing(owner, as_person, administrator):
    """Another organisation, another author, another state, another time: all are the session's and the clock's."""
    me, theirs = owner.get("/api/me").json(), as_person("owner@canary-b.example").get("/api/me").json()
    others = {
        "id": str(uuid4()), "organisation_id": theirs["organisation_id"], "account_id": theirs["account_id"],
        "created_by": theirs["account_id"], "created_at": "2001-01-01T00:00:00Z", "state": "disabled",
        "second_factor": "passkey", "revoked_at": "2001-01-01T00:00:00Z", "kind_of": "x", "expires_at": "2099-01-01",
    }  # fmt: skip
    mine = (me["organisation_id"], me["account_id"])

    def row(query: str, identifier: str) -> tuple[object, ...]:
        return tuple(
            str(value) if not isinstance(value, datetime) else value
            for value in administrator.execute(query, (identifier,)).fetchone()
        )

    body = {"title": "Canary fields", "kind": "note", "body": "x"}
    document = owner.send("POST", "/api/documents", {**others, **body}).json()["id"]
    assert owner.send("PUT", f"/api/documents/{document}", {**others, **body}).status < 300
    *whose, made = row("select organisation_id, created_by, created_at from portal.documents where id = %s", document)
    assert (tuple(whose), document != others["id"]) == (mine, True)
    assert datetime.now(UTC) - made < timedelta(minutes=5)
    assert owner.send("DELETE", f"/api/documents/{document}").status == 204

    asked = {"name": "fields", "scopes": ["documents:read"], "days": 1}
    token = owner.send("POST", "/api/tokens", {**others, **asked}).json()["id"]
    *whose, ends, revoked = row(
        "select organisation_id, account_id, expires_at, revoked_at from portal.api_tokens where id = %s", token
    )
    assert (tuple(whose), revoked) == (mine, "None")
    assert ends < datetime.now(UTC) + timedelta(days=2)
    assert owner.send("DELETE", f"/api/tokens/{token}").status == 204

    asked = {"email": f"{uuid4().hex}@canary-a.example", "display_name": "Canary fields", "role": "member"}
    invited = owner.send("POST", "/api/invitations", {**others, **asked}).json()["id"]
    found = row("select organisation_id, role, state from portal.accounts where id = %s", invited)
    assert found == (me["organisation_id"], "member", "active")
    changed = owner.send("POST", f"/api/people/{invited}/role", {**others, "role": "admin"}).status
    assert changed < 300
    found = row("select organisation_id, role, state from portal.accounts where id = %s", invited)
    assert found == (me["organisation_id"], "admin", "active")
    assert owner.send("DELETE", f"/api/invitations/{invited}").status < 300


def test_who_tells_of_an_incident_chooses_neither_its_number_nor_its_time(as_person, administrator):
    staff, other = as_person(PEOPLE["staff"]), str(uuid4())
    others = {"id": other, "incident_id": other, "at": "2001-01-01T00:00:00Z", "resolved_at": "2001-01-01T00:00:00Z"}
    told = {"title": "Fields", "kind": "exercise", "affected": "Nothing.", "words": "first"}
    made = staff.send("POST", "/api/incidents", {**others, **told}).json()["id"]
    assert staff.send("POST", f"/api/incidents/{made}/news", {**others, "words": "second"}).status == 204

    news = administrator.execute(
        "select n.words, n.at, i.resolved_at "
        "from portal.incidents i join portal.incident_news n on n.incident_id = i.id where i.id = %s order by n.at",
        (made,),
    ).fetchall()  # fmt: skip
    assert made != other
    assert [words for words, _, _ in news] == ["first", "second"]
    assert all(datetime.now(UTC) - at < timedelta(minutes=5) and over is None for _, at, over in news)
    assert staff.send("DELETE", f"/api/incidents/{made}").status == 204
