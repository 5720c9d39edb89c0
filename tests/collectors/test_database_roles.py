"""Who may do what on a live server, by itself and through other roles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from foreign_platform import ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors.database_roles import DatabaseRole, database_roles
from trustcenter.model.fact import row_of

EXTRA = ("role_helper", "role_middle", "role_group")


def seen(platform: ForeignPlatform) -> dict[str, DatabaseRole]:
    population = collect(database_roles, run_of(platform.settings()))
    assert population.completeness.holds
    return {fact.role: fact for fact in population.facts}


@pytest.fixture
def roles(foreign: ForeignPlatform) -> Iterator[ForeignPlatform]:
    """Roles belong to the whole server, so they are made for one test and taken away."""
    for name in EXTRA:
        foreign.execute(f"create role {name}")
    yield foreign
    for name in EXTRA:
        foreign.execute(f"drop role {name}")


def test_each_role_has_the_powers_that_it_was_given(foreign: ForeignPlatform) -> None:
    found = seen(foreign)
    assert (found["crm_app"].signs_in, found["crm_app"].powers) == (True, ())
    assert found["crm_owner"].signs_in is False
    assert found["crm_reader"].powers == ("bypasses_row_security",)
    assert row_of(found["crm_reader"])["privileged"] is True
    assert not [name for name in found if name.startswith("pg_")]
    assert [name for name, role in found.items() if "superuser" in role.powers] == ["chief"]


def test_a_power_is_seen_however_many_roles_lie_between(roles: ForeignPlatform) -> None:
    """SET ROLE twice is as good as the attribute itself; a member of a file-writing role writes files."""
    roles.execute(
        "alter role role_group createrole", "grant role_group to role_middle", "grant role_middle to role_helper"
    )
    found = seen(roles)
    assert found["role_helper"].powers == ("creates_roles",)
    assert found["role_helper"].through == ("role_group",)
    roles.execute("grant pg_execute_server_program to role_middle")
    assert seen(roles)["role_helper"].powers == ("creates_roles", "pg_execute_server_program")


def test_a_membership_that_gives_nothing_counts_as_nothing(roles: ForeignPlatform) -> None:
    roles.execute("alter role role_group bypassrls", "grant role_group to role_helper with inherit false, set false")
    assert seen(roles)["role_helper"].powers == ()
