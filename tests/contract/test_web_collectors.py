"""The collectors on the web, files and code against the real portal, by the mapping of this repository's instance."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from trustcenter.collectors.registry import find
from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.population import CouldNotTell, Population

NONCE = "a-nonce-of-sixteen-or-more-letters"
pytestmark = [pytest.mark.live, pytest.mark.xdist_group("contract")]


@pytest.fixture(scope="session")
def mapping(repository: Path) -> dict[str, Any]:
    """What trustcenter.toml maps of the portal, one table a collector."""
    return tomllib.loads((repository / "trustcenter.toml").read_text())["sources"]["portal"]


def seen(portal: Any, mapping: dict[str, Any], collector: str, **more: Any) -> Population:
    settings = {**portal.settings, "sign_in": mapping["sign_in"], "posture_path": mapping["posture_path"]}
    return portal.collect(
        collector, settings=settings, mapping=mapping["mapping"].get(collector, {}), nonce=NONCE, **more
    )


def test_tls_below_1_2_is_really_refused(portal: Any, mapping: dict[str, Any]) -> None:
    facts = {fact.version: fact for fact in seen(portal, mapping, "tls_endpoint").facts}

    assert [version for version, fact in facts.items() if fact.accepted] == ["TLSv1.2", "TLSv1.3"]
    assert all(facts[version].certificate_verifies for version in ("TLSv1.2", "TLSv1.3"))
    assert facts["TLSv1.2"].weak_suites == ()


def test_headers_are_on_pages_errors_and_redirects(portal: Any, mapping: dict[str, Any]) -> None:
    found = seen(portal, mapping, "http_headers")

    assert found.completeness.holds
    for fact in found.facts:
        assert (fact.content_policy_unsafe, fact.framing, fact.nosniff, fact.server_named) == (
            False,
            "denied",
            True,
            False,
        )
        if fact.scheme == "https":
            assert fact.hsts_max_age >= timedelta(days=365)
        else:
            assert (fact.redirect, fact.permanent) == ("https_same_host", True)


def test_the_session_cookie_is_renewed_and_dies(portal: Any, mapping: dict[str, Any]) -> None:
    (session,) = (fact for fact in seen(portal, mapping, "session_cookies").facts if fact.authenticates)

    assert (session.prefix, session.secure, session.http_only, session.same_site) == ("host", True, True, "lax")
    assert (session.rotated, session.ended_by_sign_out) == (True, True)


def test_one_canary_gets_nothing_of_the_other(portal: Any, mapping: dict[str, Any]) -> None:
    """The routes are the live router's own; its access log has every request that the probe made."""
    found = seen(portal, mapping, "tenant_isolation_probe")

    assert [fact for fact in found.facts if fact.outcome != "refused"] == []
    assert found.completeness.holds
    tried = {f"{fact.method} {fact.route}" for fact in found.facts}
    assert {"GET /api/documents/{document_id}", "DELETE /api/documents/{document_id}", "GET /people"} <= tried
    assert found.notes[0].split(" ", 1)[0] == str(len(found.parameters["routes"]))


def test_the_probe_leaves_no_document_and_no_session_behind(portal: Any, mapping: dict[str, Any]) -> None:
    def counts() -> dict[str, int]:
        sql = "select count(*) filter (where ended_at is null) as n from sessions"
        parameters = {"sql": sql, "columns": FactSchema("Row", (Field("n", "integer"),)).as_json()}
        return dict(seen(portal, mapping, "query", parameters=parameters).rows[0])

    before = counts()
    seen(portal, mapping, "tenant_isolation_probe")

    assert counts()["n"] <= before["n"]


def test_the_posture_is_signed_for_this_nonce(portal: Any, mapping: dict[str, Any]) -> None:
    values = {fact.name: fact for fact in seen(portal, mapping, "trust_posture").facts}

    assert values["application_role.superuser"].number == 0


def test_sql_over_the_portals_database_sees_every_account(portal: Any, mapping: dict[str, Any]) -> None:
    parameters = {
        "sql": "select role, count(*) as n from accounts group by role",
        "columns": FactSchema("Row", (Field("role", "text", key=True), Field("n", "integer"))).as_json(),
    }
    found = seen(portal, mapping, "query", parameters=parameters)

    assert {row["role"] for row in found.rows} == {"owner", "admin", "member", "staff"}
    assert sum(row["n"] for row in found.rows) == found.completeness.expected


@pytest.mark.parametrize("collector", ["session_cookies", "tenant_isolation_probe"])
def test_a_canary_that_may_not_sign_in_is_denied(portal: Any, mapping: dict[str, Any], collector: str) -> None:
    settings = {**portal.settings, "posture_path": mapping["posture_path"], "canary_a_email": "nobody@canary.example"}
    with pytest.raises(CouldNotTell) as caught:
        portal.collect(collector, settings=settings, mapping=mapping["mapping"].get(collector, {}), nonce=NONCE)

    assert caught.value.cause == "denied"


@pytest.mark.parametrize("collector", ["tenant_isolation_probe", "trust_posture"])
def test_a_posture_of_another_key_is_not_believed(
    portal: Any, mapping: dict[str, Any], collector: str, tmp_path: Path
) -> None:
    from trustcenter.proof.keys import PrivateKey

    settings = {
        **portal.settings,
        "posture_path": mapping["posture_path"],
        "posture_key": PrivateKey.generate().public.pem,
    }
    with pytest.raises(CouldNotTell) as caught:
        portal.collect(collector, settings=settings, mapping=mapping["mapping"].get(collector, {}), nonce=NONCE)

    assert caught.value.cause == "contradicted"


@pytest.mark.parametrize(
    "collector", ["tls_endpoint", "http_headers", "session_cookies", "tenant_isolation_probe", "trust_posture"]
)
def test_no_fact_and_no_note_holds_a_secret(portal: Any, mapping: dict[str, Any], collector: str) -> None:
    find(collector)
    found = seen(portal, mapping, collector)
    written = json.dumps(
        [str(found.facts), found.query, dict(found.parameters), found.notes, found.completeness.method]
    )

    for name in ("canary_a_password", "canary_b_password", "dsn"):
        assert portal.settings[name] not in written
