"""Accounts of a platform that we did not write, read by mapping."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from foreign_platform import ACCOUNTS, ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors.user_accounts import UserAccount, user_accounts
from trustcenter.model.population import CouldNotTell


def test_reads_every_account_in_our_words(foreign: ForeignPlatform) -> None:
    """Words of the platform become ours by `values`; a null second factor is `none`; times are in UTC."""
    seen = collect(user_accounts, run_of(foreign.settings(), ACCOUNTS))
    by_name = {fact.account: fact for fact in seen.facts}
    assert sorted(by_name) == ["ada", "bob", "cyd", "dan", "eve", "fay"]
    made = datetime(2026, 1, 1, tzinfo=UTC)
    assert by_name["ada"] == UserAccount(
        "ada", "1", "owner", "active", "totp", made, datetime(2026, 11, 1, tzinfo=UTC), None
    )
    assert (by_name["bob"].second_factor, by_name["bob"].last_active) == ("none", made)
    assert (by_name["cyd"].state, by_name["cyd"].second_factor) == ("disabled", "key")


def test_completeness_is_proved_by_a_count_that_no_filter_shrinks(foreign: ForeignPlatform) -> None:
    """A table counts as independent; actor, rights and the server's clock are recorded."""
    seen = collect(user_accounts, run_of(foreign.settings(), ACCOUNTS))
    assert (seen.completeness.expected, seen.completeness.got, seen.completeness.independent) == (6, 6, True)
    assert seen.actor == "crm_reader"
    assert "bypass_row_security=true" in (seen.permissions or "")
    assert seen.source_clock is not None
    assert "pass" not in seen.query.replace("password", "")


def test_a_view_is_listed_but_proves_nothing_about_completeness(breakable: ForeignPlatform) -> None:
    """A view that leaves accounts out shrinks list and count alike, so its count is not independent."""
    breakable.execute(
        "create view crm.some as select * from crm.users where enabled", "grant select on crm.some to crm_reader"
    )
    seen = collect(user_accounts, run_of(breakable.settings(), {**ACCOUNTS, "table": "crm.some"}))
    assert seen.completeness.got == 5
    assert not seen.completeness.independent


def test_a_column_that_is_not_mapped_is_absent_not_none(foreign: ForeignPlatform) -> None:
    """Without a column for it, nobody is said to be without (or to have) a second factor."""
    mapping = {"table": "crm.users", "account": "login", "disabled_at": "gone"}
    seen = collect(user_accounts, run_of(foreign.settings(), mapping))
    assert {fact.second_factor for fact in seen.facts} == {None}
    assert [fact.state for fact in seen.facts].count("disabled") == 1


@pytest.mark.parametrize("key", ["table", "account", "state"])
def test_a_missing_mapping_names_the_key(foreign: ForeignPlatform, key: str) -> None:
    mapping = {name: value for name, value in ACCOUNTS.items() if name not in (key, "disabled_at")}
    with pytest.raises(CouldNotTell, match=f"`{key}`") as caught:
        collect(user_accounts, run_of(foreign.settings(), mapping))
    assert caught.value.cause == "unsupported"


@pytest.mark.parametrize(
    "table", ['crm.users"; drop table crm.users; --', "crm.users where true", "a.b.c", "", 3, "crm.us%s"]
)
def test_a_mapping_never_becomes_a_statement(foreign: ForeignPlatform, table: object) -> None:
    """Mapped names are quoted; what is no name at all is refused."""
    with pytest.raises(CouldNotTell) as caught:
        collect(user_accounts, run_of(foreign.settings(), {**ACCOUNTS, "table": table}))
    assert caught.value.cause == "unsupported"
    assert len(collect(user_accounts, run_of(foreign.settings(), ACCOUNTS)).facts) == 6


def test_a_reader_that_row_security_binds_is_filtered_not_empty(foreign: ForeignPlatform) -> None:
    """A role without BYPASSRLS would see no row at all: PostgreSQL is made to raise instead."""
    with pytest.raises(CouldNotTell) as caught:
        collect(user_accounts, run_of(foreign.settings("crm_filtered"), ACCOUNTS))
    assert caught.value.cause == "filtered"
