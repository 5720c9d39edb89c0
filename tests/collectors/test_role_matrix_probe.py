"""What must hold of the collector `role_matrix_probe`, against a service that is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from alder_routes import ROUTES

from trustcenter.collectors.role_matrix_probe import role_matrix_probe
from trustcenter.model.population import CouldNotTell

CALLERS = {"owner": "owner", "admin": "admin", "member": "member", "staff": "staff"}
MAPPING = {
    "callers": CALLERS, "stranger": "stranger", "refusal": {"words": ["prove again"]},
    "identifiers": {
        "letter": {"page": "/api/letters", "items": "items", "field": "id"},
        "person": {"page": "/api/people", "items": "items", "field": "id"},
    },
}  # fmt: skip


def probed(alder: Any, *flaws: str) -> set[tuple[str, str, str]]:
    """Route, caller and what was seen, where that is not what is declared."""
    app, found = alder(role_matrix_probe, *flaws, **MAPPING)
    assert found.completeness.holds
    assert app.sessions == {} or flaws, "every canary signed out"
    return {(f"{fact.method} {fact.route}", fact.caller, fact.seen) for fact in found.facts if not fact.agrees}


def test_a_good_service_is_what_it_declares(alder: Any) -> None:
    """Each route by each caller; a change carries what nobody reads, so that nothing is changed."""
    app, found = alder(role_matrix_probe, **MAPPING)

    assert [fact for fact in found.facts if not fact.agrees] == []
    assert len(found.facts) == len(ROUTES) * 5 + 1, "the letter is asked for by another organisation's owner too"
    assert {fact.caller for fact in found.facts} == {*CALLERS, "anonymous", "owner of another tenant"}
    assert (app.accesses, app.tokens) == ([], {})


@pytest.mark.parametrize(
    ("flaw", "seen"),
    [
        ("member_record", {("GET /api/record", "member", "allowed")}),
        ("open_record", {("GET /api/record", who, "allowed") for who in ("admin", "member", "staff", "anonymous")}),
        ("admin_shut_out", {(f"{method} /api/letters", "admin", "refused") for method in ("GET", "POST")}),
        ("stranger_reads", {("GET /api/letters/{letter}", "owner of another tenant", "allowed")}),
        ("crashes", {("GET /api/record", caller, "error") for caller in (*CALLERS, "anonymous")}),
        ("hidden", {("GET /debug", "anybody", "allowed")}),
    ],
)  # fmt: skip
def test_each_flaw_is_seen_where_it_is(alder: Any, flaw: str, seen: set[tuple[str, str, str]]) -> None:
    """What is let through against the posture's own matrix is a fact that names route and caller."""
    assert probed(alder, flaw) == seen


def test_a_route_that_no_action_names_agrees_with_nothing(alder: Any) -> None:
    _, found = alder(role_matrix_probe, "undeclared", **MAPPING)

    record = [fact for fact in found.facts if fact.route == "/api/record"]
    assert {fact.declared for fact in record} == {"undeclared"}
    assert not any(fact.agrees for fact in record)


@pytest.mark.parametrize(
    ("flaw", "cause"), [("says_otherwise", "contradicted"), ("log_drops", "incomplete"), ("denied", "denied")]
)
def test_what_proves_nothing_is_not_concluded_from(alder: Any, flaw: str, cause: str) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(role_matrix_probe, flaw, **MAPPING)

    assert caught.value.cause == cause
