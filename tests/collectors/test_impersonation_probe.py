"""What must hold of the collector `impersonation_probe`, against a service that is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from alder_routes import ROUTES

from trustcenter.collectors.impersonation_probe import impersonation_probe
from trustcenter.model.population import CouldNotTell

MAPPING = {
    "staff": "staff", "acting_role": "support", "begin": "/support", "stop": "/support/stop", "listing": "/support",
    "end": "/support/{id}", "record": "/api/record", "thing": {"page": "/api/letters", "path": "/api/letters/{id}"},
    "mail": {"table": "alder.mails", "kind": "support", "at": "at", "to": "account"},
}  # fmt: skip
CLOSED = {each.name for each in ROUTES if not {"support", "anonymous"} & set(each.callers)}


def lacking(alder: Any, *flaws: str) -> set[str]:
    _, found = alder(impersonation_probe, *flaws, **MAPPING)
    assert found.completeness.holds
    return {fact.check for fact in found.facts if not fact.held}


def test_a_good_service_asks_bounds_shows_and_ends(alder: Any) -> None:
    app, found = alder(impersonation_probe, **MAPPING)

    assert [fact.check for fact in found.facts if not fact.held] == []
    assert {f"{name} is refused" for name in CLOSED} <= {fact.check for fact in found.facts}
    assert len(app.accesses) == 3
    assert not any(app.lasts(each) for each in app.accesses)
    assert app.sessions == {}


@pytest.mark.parametrize(
    ("flaw", "checks"),
    [
        ("no_proof", {"refused without a fresh proof of identity"}),
        ("no_reason", {"refused without a reason"}),
        ("no_ticket", {"refused without a ticket"}),
        ("five_hours", {"refused for five hours"}),
        ("anybody_begins", {"refused to a customer's owner"}),
        ("no_banner", {"shown on every page of the staff", "shown on every page of the owner"}),
        ("one_name", {"recorded under both names, in the owner's record"}),
        ("unsaid", {"mail to the owner"}),
        ("support_reads_people", {"GET /api/people is refused"}),
        ("never_ends", {"ends by itself"}),
    ],
)
def test_each_flaw_is_seen_where_it_is(alder: Any, flaw: str, checks: set[str]) -> None:
    assert checks <= lacking(alder, flaw)


def test_nothing_else_is_blamed(alder: Any) -> None:
    assert lacking(alder, "unsaid") == {"mail to the owner"}
    assert lacking(alder, "support_reads_people") == {"GET /api/people is refused"}


def test_an_access_that_nobody_can_stop_is_left_and_that_is_a_fact(alder: Any) -> None:
    assert {"stopped by the staff", "ended by the owner", "none of them is left"} <= lacking(alder, "unstoppable")


@pytest.mark.parametrize(("flaw", "cause"), [("denied", "denied"), ("unlisted", "incomplete")])
def test_what_proves_nothing_is_not_concluded_from(alder: Any, flaw: str, cause: str) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(impersonation_probe, flaw, **MAPPING)

    assert caught.value.cause == cause


@pytest.mark.parametrize("page", ["/support", "/api/me", "/nothing"])
def test_a_list_that_is_none_is_no_proof(alder: Any, page: str) -> None:
    with pytest.raises(CouldNotTell) as caught:
        alder(impersonation_probe, **MAPPING | {"thing": {"page": page, "path": "/api/letters/{id}"}})

    assert caught.value.cause == "malformed"
