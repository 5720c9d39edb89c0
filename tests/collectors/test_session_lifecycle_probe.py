"""What must hold of the collector `session_lifecycle_probe`, against an identity service that is not ours."""

from __future__ import annotations

from typing import Any

import pytest

from trustcenter.collectors.session_lifecycle_probe import SessionEvent, session_lifecycle_probe
from trustcenter.model.population import CouldNotTell

PRIVILEGED = [
    {"event": "person_invited", "method": "POST", "path": "/invite", "json": {"mail": "{nonce}@x.test"}, "keep": "id"},
    {"event": "role_changed", "method": "POST", "path": "/role/{id}", "json": {"role": "admin"}},
    {"event": "invitation_withdrawn", "method": "DELETE", "path": "/invite/{id}", "cleanup": True},
]  # fmt: skip


def events(larch: Any, *flaws: str) -> dict[str, SessionEvent]:
    app, found = larch(session_lifecycle_probe, *flaws, privileged=PRIVILEGED)
    assert found.completeness.holds
    assert app.invited == {}
    assert app.idle is None
    return {fact.event: fact for fact in found.facts}


def test_a_good_service_ends_and_renews(larch: Any) -> None:
    found = events(larch)

    assert all(fact.refused_afterwards for fact in found.values())
    assert {name for name, fact in found.items() if fact.renewed} == {
        "stepped_up", "password_changed", "person_invited", "role_changed", "invitation_withdrawn",
    }  # fmt: skip
    assert {name for name, fact in found.items() if fact.listed} == {"revoked", "revoked_with_all"}


@pytest.mark.parametrize(
    ("flaw", "events_", "field"),
    [
        ("same_after_role", {"role_changed"}, "renewed"),
        (
            "same_identifier",
            {"stepped_up", "password_changed", *(str(deed["event"]) for deed in PRIVILEGED)},
            "renewed",
        ),
        ("old_identifier_lives", {"stepped_up", "role_changed"}, "refused_afterwards"),
        ("revokes_nothing", {"revoked", "revoked_with_all"}, "refused_afterwards"),
        ("undead", {"signed_out"}, "refused_afterwards"),
        ("never_idle", {"idle"}, "refused_afterwards"),
        ("others_stay", {"password_changed_elsewhere"}, "refused_afterwards"),
        ("hides_device", {"revoked", "revoked_with_all"}, "listed"),
    ],
)
def test_each_flaw_is_seen_where_it_is(larch: Any, flaw: str, events_: set[str], field: str) -> None:
    found = events(larch, flaw)

    bad = {name for name, fact in found.items() if getattr(fact, field) is False}
    assert events_ <= bad
    assert bad - events_ == set() or flaw == "old_identifier_lives"


def test_nothing_privileged_is_claimed_where_nothing_is_mapped(larch: Any) -> None:
    _, found = larch(session_lifecycle_probe)

    assert {fact.event for fact in found.facts if fact.renewed} == {"stepped_up", "password_changed"}


def test_a_deed_that_is_refused_is_no_proof_and_what_was_made_is_undone(larch: Any) -> None:
    with pytest.raises(CouldNotTell) as caught:
        larch(session_lifecycle_probe, privileged=[
            PRIVILEGED[0], {"event": "token_made", "method": "POST", "path": "/nowhere"}, PRIVILEGED[2],
        ])  # fmt: skip

    assert caught.value.cause == "denied"
    assert "token_made" in str(caught.value)


@pytest.mark.parametrize("deeds", ["all", [{"event": "nothing_known", "method": "POST", "path": "/"}], [{"path": "/"}]])
def test_a_mapping_that_is_none_says_what_it_needs(larch: Any, deeds: object) -> None:
    with pytest.raises(CouldNotTell) as caught:
        larch(session_lifecycle_probe, privileged=deeds)

    assert caught.value.cause == "unsupported"


def test_a_service_that_refuses_all_is_no_proof(larch: Any) -> None:
    with pytest.raises(CouldNotTell):
        larch(session_lifecycle_probe, "denied")
