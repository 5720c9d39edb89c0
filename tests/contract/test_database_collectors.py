"""The collectors on database and backups against the running portal: what the good platform shows."""

from __future__ import annotations

from typing import Any

import pytest
from quick_hashes import COST

from trustcenter.model.fact import row_of
from trustcenter.model.population import CouldNotTell

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("contract")]


def test_every_account_is_seen_with_its_role(portal: Any) -> None:
    seen = portal.collect("user_accounts")
    assert seen.completeness.holds
    assert seen.completeness.independent
    assert {"owner", "member", "staff"} <= {fact.role for fact in seen.facts}
    assert seen.actor == "trustcenter_reader"


def test_every_password_shows_scheme_and_cost_by_the_database_s_own_reading(portal: Any) -> None:
    seen = portal.collect("password_hashes")
    assert {(fact.scheme, fact.cost, fact.derived) for fact in seen.facts} == {("bcrypt-hmac-sha384", COST, True)}
    assert len(seen.facts) == len(portal.collect("user_accounts").facts)


def test_the_reader_cannot_read_a_hash(portal: Any) -> None:
    mapping = {"table": "portal.accounts", "account": "email", "hash": "password_hash"}
    with pytest.raises(CouldNotTell) as caught:
        portal.collect("password_hashes", mapping=mapping)
    assert caught.value.cause == "denied"


def test_every_tenant_table_is_isolated(portal: Any) -> None:
    seen = portal.collect("tenant_isolation_catalog")
    assert seen.completeness.holds
    assert [fact.object for fact in seen.facts if not fact.isolated] == []
    tenant = {fact.object for fact in seen.facts if fact.tenant_data and fact.kind == "table"}
    assert {"portal.accounts", "portal.documents", "portal.audit_events", "portal.organisations"} <= tenant
    assert {fact.object for fact in seen.facts if fact.kind == "view"} == {
        "portal.people", "portal.activity", "portal.account_factors", "portal.working_factors",
    }  # fmt: skip


def test_the_database_is_closed_to_other_machines(portal: Any) -> None:
    facts = {fact.item: fact for fact in portal.collect("database_settings").facts}
    assert facts["listen_addresses"].exposure == "loopback"
    assert facts["password_encryption"].value == "scram-sha-256"
    rules = [fact for fact in facts.values() if fact.kind == "host_rule"]
    assert rules
    assert {rule.value for rule in rules} == {"scram-sha-256"}
    assert not any(fact.open_unencrypted for fact in facts.values())


def test_availability_is_measured(portal: Any) -> None:
    seen = portal.collect("availability")
    assert seen.completeness.holds
    assert sum(fact.checks for fact in seen.facts) >= 1


def test_backups_exist_and_are_whole(portal: Any) -> None:
    seen = portal.collect("backups")
    assert [fact.kind for fact in seen.facts if fact.newest] == ["base", "log"]
    assert all(fact.usable for fact in seen.facts)


def test_a_restore_from_files_alone_brings_back_what_was_recorded(portal: Any) -> None:
    """Audit events are among the tables compared, by count and by digest; the platform has the same record."""
    seen = portal.collect("restore_drill")
    assert all(fact.same for fact in seen.facts)
    assert seen.facts[0].recorded_in_platform is True
    audit = next(fact for fact in seen.facts if fact.check == "portal.audit_events")
    assert audit.rows_restored > 0
    assert seen.completeness.holds


def test_what_the_canary_does_is_in_the_audit_log_and_stays_there(portal: Any) -> None:
    seen = portal.collect("audit_events", nonce="contract-canary-nonce")
    assert [fact.check for fact in seen.facts if not fact.held] == []
    assert [fact.check for fact in seen.facts if fact.kind == "deed"] == [
        "a refused session.sign_in by the canary",
        "session.sign_in by the canary",
        "document.create by the canary",
        "document.delete by the canary",
        "session.sign_out by the canary",
    ]
    assert seen.completeness.holds


@pytest.mark.parametrize(
    "collector",
    [
        "user_accounts", "password_hashes", "tenant_isolation_catalog", "database_settings", "availability", "backups",
        "restore_drill", "audit_events",
    ],
)  # fmt: skip
def test_what_is_recorded_holds_no_secret_of_the_source(portal: Any, collector: str) -> None:
    """Neither rows nor queries, notes or rights contain a password, the connection string or a hash."""
    seen = portal.collect(collector)
    text = repr([row_of(fact) for fact in seen.facts]) + repr((seen.query, dict(seen.parameters), seen.notes))
    text += repr((seen.permissions, seen.exclusions, seen.completeness))
    secrets = [value for name, value in portal.environment.items() if name.endswith(("_PASSWORD", "_DSN"))]
    secrets.append(dict(part.split("=", 1) for part in portal.environment["PORTAL_READER_DSN"].split())["password"])
    assert [secret for secret in secrets if secret in text] == []
    assert "$tc1$" not in text
