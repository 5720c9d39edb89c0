"""Somebody is invited, joins or is withdrawn, against the running portal and its mail."""

from __future__ import annotations

from uuid import uuid4

from signing_in import LENA, RUTH, SAMIR, follow, fresh, signed_in, step_up, token_of


def test_somebody_invited_sets_a_password_of_their_own(portal, as_person, passwords, inbox):
    """The link goes by mail only, works once, and the policy is the same."""
    address, owner, password = f"{uuid4().hex[:12]}@quay.example", as_person(SAMIR), fresh()
    step_up(owner, passwords[SAMIR])
    assert (
        owner.send("POST", "/api/invitations", {"email": address, "display_name": "Nia", "role": "member"}).status
        == 201
    )
    token = token_of(inbox(address, "invites you"))

    assert follow(portal.client(), "/join", token, "password1234").status == 422
    assert (
        follow(portal.client(), "/join", token, password).headers["location"]
        == "/sign-in?notice=password&strength=strong"
    )

    assert follow(portal.client(), "/join", token, fresh()).status == 410
    assert signed_in(portal, address, password).get("/api/me").json()["role"] == "member"


def test_an_invitation_that_is_withdrawn_leaves_nobody_and_opens_nothing(portal, as_person, passwords, inbox):
    address, owner = f"{uuid4().hex[:12]}@quay.example", as_person(SAMIR)
    step_up(owner, passwords[SAMIR])
    invited = owner.send("POST", "/api/invitations", {"email": address, "display_name": "Nia", "role": "member"}).json()
    token = token_of(inbox(address, "invites you"))

    assert owner.send("DELETE", f"/api/invitations/{invited['id']}").status == 204

    assert follow(portal.client(), "/join", token, fresh()).status == 410
    assert address not in owner.get("/people").text
    ruth = owner.get("/api/people").json()["items"]
    joined = next(row["id"] for row in ruth if row["email"] == RUTH)
    assert owner.send("DELETE", f"/api/invitations/{joined}").status == 409


def test_an_admin_invites_no_owner_and_a_member_nobody(as_person, passwords):
    admin, member = as_person(SAMIR), as_person(RUTH)
    step_up(admin, passwords[SAMIR])
    step_up(member, passwords[RUTH])
    fields = {"email": f"{uuid4().hex}@quay.example", "display_name": "Nia", "role": "owner"}

    assert admin.send("POST", "/api/invitations", fields).status == 422
    assert admin.send("POST", "/api/invitations", {**fields, "email": LENA, "role": "member"}).status == 422
    assert member.send("POST", "/api/invitations", fields).status == 403
