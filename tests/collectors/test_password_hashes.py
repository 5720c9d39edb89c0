"""Scheme and cost of stored passwords; the hash stays where it is."""

from __future__ import annotations

import pytest
from foreign_platform import PASSWORDS, ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors.password_hashes import password_hashes
from trustcenter.model.population import CouldNotTell


def test_generated_columns_give_scheme_and_cost(foreign: ForeignPlatform) -> None:
    """The reader has no right to the hash, and the columns are known to be computed by the database."""
    seen = collect(password_hashes, run_of(foreign.settings(), PASSWORDS))
    assert {fact.account: (fact.scheme, fact.cost) for fact in seen.facts}["bob"] == ("bcrypt", 10)
    assert all(fact.derived for fact in seen.facts)
    assert seen.completeness.holds
    assert seen.completeness.independent


def test_plain_columns_are_told_apart_from_derived_ones(breakable: ForeignPlatform) -> None:
    """An application could write anything into a plain column."""
    breakable.execute("alter table crm.users alter column rounds drop expression")
    seen = collect(password_hashes, run_of(breakable.settings(), PASSWORDS))
    assert not any(fact.derived for fact in seen.facts)


def test_without_such_columns_the_database_takes_the_hash_apart(breakable: ForeignPlatform) -> None:
    """bcrypt, Argon2, PBKDF2, none and what nobody knows are told apart; no hash or salt leaves the database."""
    breakable.execute("grant select (pass) on crm.users to crm_reader")
    mapping = {"table": "crm.users", "account": "login", "hash": "pass"}
    seen = collect(password_hashes, run_of(breakable.settings(), mapping))
    got = {fact.account: (fact.scheme, fact.cost, fact.memory) for fact in seen.facts}
    assert got == {
        "ada": ("bcrypt", 12, None),
        "bob": ("bcrypt", 10, None),
        "cyd": ("argon2id", 3, 65536),
        "dan": ("none", None, None),
        "eve": ("pbkdf2-sha256", 870000, None),
        "fay": ("unrecognised", None, None),
    }
    assert "c2FsdA" not in repr(seen)


def test_the_hash_without_a_right_to_it_is_denied(foreign: ForeignPlatform) -> None:
    with pytest.raises(CouldNotTell) as caught:
        collect(password_hashes, run_of(foreign.settings(), {"table": "crm.users", "account": "login", "hash": "pass"}))
    assert caught.value.cause == "denied"
