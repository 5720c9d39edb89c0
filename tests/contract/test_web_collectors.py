"""The collectors on the web, files and code against the real portal, by the mapping of this repository's instance."""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from trustcenter.model.fact import FactSchema, Field
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.portal.launch import administrator_dsn

NONCE = "a-nonce-of-sixteen-or-more-letters"
pytestmark = [pytest.mark.live, pytest.mark.xdist_group("contract")]


@pytest.fixture(scope="session")
def mapping(repository: Path, portal: Any) -> dict[str, Any]:
    """What trustcenter.toml maps of the portal, one table a collector, with the portal's variables."""
    text = (repository / "trustcenter.toml").read_text()
    for name, value in portal.environment.items():
        text = text.replace("${" + name + "}", value)
    return tomllib.loads(text)["sources"]["portal"]


def seen(portal: Any, mapping: dict[str, Any], collector: str, **more: Any) -> Population:
    settings = {**portal.settings, "sign_in": mapping["sign_in"], "posture_path": mapping["posture_path"]}
    return portal.collect(
        collector, settings=settings, mapping=mapping["mapping"].get(collector, {}), nonce=NONCE, **more
    )


@dataclass(frozen=True)
class Look:
    """What one run of a collector handed over, and what the canaries had before and after it."""

    found: Population
    before: list[tuple[Any, ...]]
    after: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def look(portal: Any, mapping: dict[str, Any]) -> Callable[[str], Look]:
    """Each collector runs once for all tests that only look at what it did."""

    def left() -> list[tuple[Any, ...]]:
        with psycopg.connect(administrator_dsn(portal.state), autocommit=True) as administrator:
            return administrator.execute(
                "select email, state, second_factor, "
                "(select count(*) from portal.sessions s where s.account_id = f.id and s.ended_at is null), "
                "(select count(*) from portal.passkeys k where k.account_id = f.id and k.revoked_at is null), "
                "(select count(*) from portal.recovery_codes c where c.account_id = f.id), "
                "(select count(*) from portal.totp_factors t where t.account_id = f.id) "
                "from portal.account_factors f where email like '%@canary-%' order by email"
            ).fetchall()

    @functools.cache
    def once(collector: str) -> Look:
        before = left()
        return Look(seen(portal, mapping, collector), before, left())

    return once


def test_tls_below_1_2_is_really_refused(look: Callable[[str], Look]) -> None:
    facts = {fact.version: fact for fact in look("tls_endpoint").found.facts}

    assert [version for version, fact in facts.items() if fact.accepted] == ["TLSv1.2", "TLSv1.3"]
    assert all(facts[version].certificate_verifies for version in ("TLSv1.2", "TLSv1.3"))
    assert facts["TLSv1.2"].weak_suites == ()


def test_headers_are_on_pages_errors_and_redirects(look: Callable[[str], Look]) -> None:
    found = look("http_headers").found

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


def test_the_session_cookie_is_renewed_and_dies(look: Callable[[str], Look]) -> None:
    (session,) = (fact for fact in look("session_cookies").found.facts if fact.authenticates)

    assert (session.prefix, session.secure, session.http_only, session.same_site) == ("host", True, True, "lax")
    assert (session.rotated, session.ended_by_sign_out) == (True, True)


def test_one_canary_gets_nothing_of_the_other(look: Callable[[str], Look]) -> None:
    """The routes are the live router's own; its access log has every request that the probe made."""
    found = look("tenant_isolation_probe").found

    assert [fact for fact in found.facts if fact.outcome != "refused"] == []
    assert found.completeness.holds
    tried = {f"{fact.method} {fact.route}" for fact in found.facts}
    assert {"GET /api/documents/{document_id}", "DELETE /api/documents/{document_id}", "GET /people"} <= tried
    assert found.notes[0].split(" ", 1)[0] == str(len(found.parameters["routes"]))


def test_a_new_owner_reaches_nothing_and_codes_work_once(look: Callable[[str], Look]) -> None:
    """Every legitimate code is accepted, everything else refused, on every route of the live router."""
    found = look("second_factor_probe").found

    assert [fact for fact in found.facts if fact.outcome != ("accepted" if fact.legitimate else "refused")] == []
    assert found.completeness.holds
    tried = {fact.attempt for fact in found.facts if fact.about == "enforcement"}
    assert {"GET /api/documents", "POST /documents", "GET /people", "GET /security", "GET /api/me"} <= tried
    assert {fact.about for fact in found.facts} == {"enforcement", "code", "recovery_code", "rotation"}


def test_passkeys_open_what_they_should_and_lies_open_nothing(look: Callable[[str], Look]) -> None:
    found = look("passkey_probe").found

    assert [fact for fact in found.facts if fact.outcome != ("accepted" if fact.legitimate else "refused")] == []
    assert found.completeness.holds
    assert sum(fact.legitimate for fact in found.facts) == 3


@pytest.mark.parametrize("probe", ["tenant_isolation_probe", "second_factor_probe", "passkey_probe"])
def test_a_probe_leaves_no_session_and_no_factor_behind(look: Callable[[str], Look], probe: str) -> None:
    run = look(probe)

    assert run.after == run.before
    assert ("new-owner@canary-a.example", "disabled", "none", 0, 0, 0, 0) in run.before


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
    table = {name: value for name, value in mapping["mapping"].get(collector, {}).items() if "canary_a" not in name}
    with pytest.raises(CouldNotTell) as caught:
        portal.collect(collector, settings=settings, mapping=table, nonce=NONCE)

    assert caught.value.cause == "denied"


@pytest.mark.parametrize("collector", ["tenant_isolation_probe", "trust_posture"])
def test_a_posture_of_another_key_is_not_believed(
    portal: Any, mapping: dict[str, Any], collector: str, tmp_path: Path
) -> None:
    from trustcenter.proof.keys import PrivateKey

    settings = {
        **portal.settings,
        "sign_in": mapping["sign_in"],
        "posture_path": mapping["posture_path"],
        "posture_key": PrivateKey.generate().public.pem,
    }
    with pytest.raises(CouldNotTell) as caught:
        portal.collect(collector, settings=settings, mapping=mapping["mapping"].get(collector, {}), nonce=NONCE)

    assert caught.value.cause == "contradicted"


@pytest.mark.parametrize(
    "collector",
    [
        "tls_endpoint", "http_headers", "session_cookies", "tenant_isolation_probe", "trust_posture", "passkey_probe",
        "second_factor_probe",
    ],
)  # fmt: skip
def test_no_fact_and_no_note_holds_a_secret(portal: Any, look: Callable[[str], Look], collector: str) -> None:
    found = look(collector).found
    written = json.dumps(
        [str(found.facts), found.query, dict(found.parameters), found.notes, found.completeness.method]
    )

    for name, value in portal.environment.items():
        if name.endswith(("_PASSWORD", "_PASSKEY", "_DSN")):
            assert value not in written, name
