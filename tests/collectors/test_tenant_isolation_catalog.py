"""Isolation of tenants as the database's own catalogue shows it."""

from __future__ import annotations

from typing import Any

import pytest
from foreign_platform import ISOLATION, ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors.tenant_isolation_catalog import IsolationFact, tenant_isolation_catalog
from trustcenter.model.fact import row_of
from trustcenter.model.population import CouldNotTell


def seen(platform: ForeignPlatform, **mapping: Any) -> dict[str, IsolationFact]:
    population = collect(tenant_isolation_catalog, run_of(platform.settings(), {**ISOLATION, **mapping}))
    assert population.completeness.holds
    assert population.completeness.independent
    return {fact.object: fact for fact in population.facts}


def test_a_good_platform_is_isolated_throughout(foreign: ForeignPlatform) -> None:
    """Every table and view is listed, the key of another name is known, the application's role has nothing above it."""
    facts = seen(foreign)
    assert [name for name, fact in facts.items() if not fact.isolated] == []
    assert set(facts) == {
        "crm.companies", "crm.users", "crm.notes", "crm.trail", "crm.probes", "crm.calls", "crm.listeners",
        "crm.colleagues", "crm_app",
    }  # fmt: skip
    assert facts["crm.users"].policies == (
        "own permissive all using (company_id = crm.tenant()) check (company_id = crm.tenant())",
    )
    assert facts["crm.colleagues"].tenant_data
    assert row_of(facts["crm.users"])["isolated"] is True


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("alter table crm.notes disable row level security", "crm.notes"),
        ("alter table crm.notes no force row level security", "crm.notes"),
        ("drop policy own on crm.notes", "crm.notes"),
        ("create policy wide on crm.notes using (true)", "crm.notes"),
        ("create policy wide on crm.notes for insert with check (true)", "crm.notes"),
        ("alter policy own on crm.notes using (company_id = crm.tenant() or true)", "crm.notes"),
        ("alter policy own on crm.notes using (company_id = crm.tenant() or note_id = note_id)", "crm.notes"),
        ("alter policy own on crm.notes using (company_id = company_id)", "crm.notes"),
        ("alter policy own on crm.notes using (company_id is not null)", "crm.notes"),
        ("alter policy own on crm.notes using (not company_id = crm.tenant())", "crm.notes"),
        ("alter policy own on crm.notes using (company_id > 0)", "crm.notes"),
        ("alter policy own on crm.notes to crm_stranger", "crm.notes"),
        ("alter table crm.notes owner to crm_app", "crm.notes"),
        ("grant truncate on crm.notes to crm_app", "crm.notes"),
        ("alter view crm.colleagues set (security_invoker = false)", "crm.colleagues"),
        ("alter view crm.colleagues reset (security_invoker)", "crm.colleagues"),
        ("create table crm.extra (company_id int); grant select on crm.extra to crm_app", "crm.extra"),
        ("create table crm.unknown (words text)", "crm.unknown"),
        ("create schema side; create table side.copy as select * from crm.notes", "side.copy"),
        (
            "create materialized view crm.kept as select * from crm.notes; grant select on crm.kept to crm_app",
            "crm.kept",
        ),
        (
            "create view crm.inner_view as select * from crm.notes;"
            "create view crm.outer_view as select * from crm.inner_view; grant select on crm.outer_view to crm_app",
            "crm.outer_view",
        ),
        (
            "create function crm.peek() returns bigint language sql security definer"
            " return (select count(*) from crm.notes)",
            "crm.peek()",
        ),
    ],
)
def test_each_break_of_isolation_is_seen_where_it_is(breakable: ForeignPlatform, statement: str, broken: str) -> None:
    for part in statement.split(";"):
        breakable.execute(part)
    found = [name for name, fact in seen(breakable).items() if not fact.isolated]
    assert broken in found
    assert set(found) <= {broken, "crm_app"}  # the role is named too where it became an owner


def test_only_the_conditions_that_are_listed_are_allowed(breakable: ForeignPlatform) -> None:
    """Where the mapping pins the conditions, a cleverer one is a deviation whatever it says."""
    pinned = ["(company_id = crm.tenant())"]
    assert all(fact.isolated for fact in seen(breakable, tenant_conditions=pinned).values())
    breakable.execute("alter policy own on crm.notes using (company_id = crm.tenant() + 0)")
    facts = seen(breakable, tenant_conditions=pinned)
    assert [name for name, fact in facts.items() if not fact.isolated] == ["crm.notes"]


@pytest.mark.parametrize("attribute", ["superuser", "bypassrls"])
def test_an_application_role_above_row_security_is_seen(breakable: ForeignPlatform, attribute: str) -> None:
    """Its own attributes, and those of each role that it could become."""
    role = f"strong_{attribute}_{breakable.database}"
    breakable.execute(f"create role {role} {attribute}", f"grant {role} to crm_app")
    try:
        facts = seen(breakable)
        assert not facts[role].isolated
        assert facts["crm_app"].isolated
    finally:
        breakable.execute(f"drop role {role}")


def test_reviewed_functions_count_only_with_a_fixed_search_path(breakable: ForeignPlatform) -> None:
    breakable.execute(
        "create function crm.one() returns int language sql security definer set search_path = pg_catalog return 1",
        "create function crm.two() returns int language sql security definer return 2",
    )
    facts = seen(breakable, definer_functions=["crm.one", "crm.two"])
    assert facts["crm.one()"].isolated
    assert not facts["crm.two()"].isolated


def test_tables_that_the_reader_may_not_read_are_listed_all_the_same(breakable: ForeignPlatform) -> None:
    """Privileges do not shrink pg_class, as they would information_schema."""
    breakable.execute(
        "create schema shut", "create table shut.away (company_id int)", "revoke all on schema shut from public"
    )
    assert not seen(breakable)["shut.away"].isolated


@pytest.mark.parametrize(
    "mapping", [{"tenant_key": "nobody_has_this", "tenant_keys": []}, {"application_role": "nobody"}]
)
def test_a_mapping_that_fits_nothing_is_unsupported_not_green(
    foreign: ForeignPlatform, mapping: dict[str, Any]
) -> None:
    with pytest.raises(CouldNotTell) as caught:
        seen(foreign, **mapping)
    assert caught.value.cause == "unsupported"
