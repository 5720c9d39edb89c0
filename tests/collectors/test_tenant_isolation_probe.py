"""What must hold of the collector `tenant_isolation_probe`, against a platform that is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from runs import collect, run_of
from web_platform import Fernway, fernway

from trustcenter.collectors.tenant_isolation_probe import tenant_isolation_probe
from trustcenter.model.population import CouldNotTell, Population


def probed(app: Fernway, **mapping: object) -> Population:
    run = run_of(app.settings(), {**app.mapping, **mapping}, nonce="a-nonce-of-sixteen-or-more")
    return collect(tenant_isolation_probe, run)


def cause_of(app: Fernway, **mapping: object) -> CouldNotTell:
    with pytest.raises(CouldNotTell) as caught:
        probed(app, **mapping)
    return caught.value


def test_a_platform_that_keeps_tenants_apart_refuses_every_attempt(tmp_path: Path) -> None:
    """All routes with all identifiers are tried, the access log confirms the number, and nothing is left behind."""
    with fernway(tmp_path) as app:
        before = dict(app.files)
        found = probed(app)

        assert {fact.outcome for fact in found.facts} == {"refused"}
        assert {(fact.method, fact.route) for fact in found.facts} >= {
            ("GET", "/files/{file_no}"),
            ("DELETE", "/files/{file_no}"),
            ("GET", "/files"),
        }
        assert found.completeness.holds
        assert found.completeness.independent
        assert found.completeness.got == 4  # two files of A by two routes
        assert "9 routes in the live router, 2 with identifiers" in found.notes[0]
        assert app.files == before
        assert app.sessions == {}


@pytest.mark.parametrize(
    ("flaw", "method", "route"),
    [
        ("reads_leak", "GET", "/files/{file_no}"),
        ("changes_leak", "GET", "/files"),
        ("list_leaks", "GET", "/files"),
    ],
)
def test_a_leak_is_a_fact_that_names_the_route(tmp_path: Path, flaw: str, method: str, route: str) -> None:
    """Also where the platform says 404 and removes the file all the same: A looks at its own afterwards."""
    with fernway(tmp_path, flaw) as app:
        leaked = {(fact.method, fact.route) for fact in probed(app).facts if fact.outcome == "leaked"}

        assert leaked == {(method, route)}


def test_what_fell_off_the_end_of_a_list_is_no_damage(tmp_path: Path) -> None:
    """A list of the newest grows while the probe looks: what A can still read by itself is there."""
    with fernway(tmp_path, "newest_only") as app:
        assert {fact.outcome for fact in probed(app).facts} == {"refused"}


def test_what_is_gone_from_a_list_and_cannot_be_read_is_damage(tmp_path: Path) -> None:
    with fernway(tmp_path, "newest_only", "changes_leak") as app:
        leaked = {(fact.route, fact.identifier) for fact in probed(app).facts if fact.outcome == "leaked"}

        assert leaked == {("/files", "A's own, afterwards")}


def test_what_leaked_on_reading_is_not_changed_too(tmp_path: Path) -> None:
    with fernway(tmp_path, "reads_leak", "changes_leak") as app:
        found = probed(app)

        assert "not_tried" in {fact.outcome for fact in found.facts if fact.method == "DELETE"}
        assert len(app.files) == 2


def test_a_crash_is_an_error_and_no_refusal(tmp_path: Path) -> None:
    with fernway(tmp_path, "crashes") as app:
        assert "error" in {fact.outcome for fact in probed(app).facts}


def test_a_route_in_the_log_that_the_router_hides_contradicts(tmp_path: Path) -> None:
    with fernway(tmp_path, "hidden_route") as app:
        error = cause_of(app)

        assert error.cause == "contradicted"
        assert "GET /debug/{file_no}" in error.what


def test_nothing_is_proven_where_the_owner_cannot_read_either(tmp_path: Path) -> None:
    with fernway(tmp_path, "owner_locked_out") as app:
        assert cause_of(app).cause == "contradicted"


def test_a_log_that_loses_requests_leaves_the_population_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trustcenter.collectors.tenant_isolation_probe.LOG_SECONDS", 0.1)
    with fernway(tmp_path, "log_drops") as app:
        completeness = probed(app).completeness

        assert (completeness.expected, completeness.got) == (2, 4)
        assert not completeness.holds


def test_a_parameter_that_the_mapping_does_not_know_is_incomplete(tmp_path: Path) -> None:
    """A new route with a new kind of identifier makes the probe fail instead of leaving the route out."""
    with fernway(tmp_path) as app:
        routes = ["GET /files/{file_no}", "GET /invoices/{invoice_no}"]

        assert cause_of(app, routes=routes).cause == "incomplete"


def test_two_canaries_of_one_tenant_prove_nothing(tmp_path: Path) -> None:
    with fernway(tmp_path) as app:
        settings = app.settings()
        twice = {
            **settings,
            "canary_b_email": settings["canary_a_email"],
            "canary_b_password": settings["canary_a_password"],
        }

        with pytest.raises(CouldNotTell, match="one organisation"):
            collect(tenant_isolation_probe, run_of(twice, app.mapping, nonce="a-nonce-of-sixteen-or-more"))
