"""Passwords: stored form, prehash, bounds, equal work."""

from __future__ import annotations

import asyncio

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustcenter.errors import TrustCenterError
from trustcenter.runtime import passwords
from trustcenter.runtime.passwords import (
    HashingBusyError,
    PasswordHasher,
    hash_password,
    placeholder,
    prehash,
    verify_password,
)

PEPPER = b"p" * 32
CHEAP = 4


def test_a_password_matches_its_hash_and_nothing_else():
    stored = hash_password("correct horse battery", PEPPER, CHEAP)

    assert verify_password("correct horse battery", stored, PEPPER, CHEAP).matched
    assert not verify_password("correct horse batterz", stored, PEPPER, CHEAP).matched
    assert not verify_password("correct horse battery", stored, b"q" * 32, CHEAP).matched


def test_the_tag_names_scheme_and_cost_and_the_cost_is_the_one_that_works():
    """`$tc1$bcrypt-hmac-sha384$12$...`; a row that claims another cost no longer verifies."""
    stored = hash_password("correct horse battery", PEPPER, 5)

    assert stored.startswith("$tc1$bcrypt-hmac-sha384$05$")
    assert not verify_password("correct horse battery", stored.replace("$05$", "$04$"), PEPPER, 5).matched


def test_default_cost_is_twelve():
    assert hash_password("correct horse battery", PEPPER).split("$")[3] == "12"


@pytest.mark.parametrize("password", ["😀" * 64, "a" * 1000, "nul\x00inside the password", "é" * 50])
def test_long_and_odd_passwords_are_not_truncated(password):
    """Neither at bcrypt's 72 bytes nor at NUL: changing the last character changes the result."""
    stored = hash_password(password, PEPPER, CHEAP)

    assert verify_password(password, stored, PEPPER, CHEAP).matched
    assert not verify_password(password[:-1] + "x", stored, PEPPER, CHEAP).matched


@given(st.text(min_size=1, max_size=300))
@settings(max_examples=200)
def test_the_prehash_is_what_bcrypt_can_take(password):
    """64 printable bytes, no NUL, for any text."""
    made = prehash(password, PEPPER)

    assert len(made) == 64
    assert b"\0" not in made


def test_the_same_text_typed_in_two_forms_is_one_password():
    """NFKC: composed and decomposed letters (NIST SP 800-63B-4 3.1.1.2)."""
    assert prehash("caf\u00e9", PEPPER) == prehash("cafe\u0301", PEPPER)


def test_weaker_parameters_ask_for_a_rehash_only_when_the_password_is_right():
    stored = hash_password("correct horse battery", PEPPER, 4)

    assert verify_password("correct horse battery", stored, PEPPER, 5).rehash
    assert not verify_password("wrong", stored, PEPPER, 5).rehash
    assert not verify_password("correct horse battery", stored, PEPPER, 4).rehash


@pytest.mark.parametrize(
    "stored",
    ["", "plain", "$2b$04$" + "a" * 53, "$tc1$bcrypt-hmac-sha384$4$x", placeholder(4)],
    ids=["empty", "plain", "bcrypt", "short", "placeholder"],
)
def test_foreign_and_placeholder_forms_never_match(stored):
    assert not verify_password("correct horse battery", stored, PEPPER, CHEAP).matched


@pytest.mark.parametrize(
    "stored", [None, "unrecognised", hash_password("x", PEPPER, CHEAP)], ids=["none", "unknown", "wrong"]
)
def test_every_path_costs_one_bcrypt_call(monkeypatch, stored):
    """Unknown account, unknown form, wrong password: the same work."""
    calls = []
    real = bcrypt.checkpw
    monkeypatch.setattr(passwords.bcrypt, "checkpw", lambda *given: calls.append(given[1][:7]) or real(*given))

    verdict = asyncio.run(PasswordHasher(PEPPER, cost=CHEAP).verify("wrong password", stored))

    assert not verdict.matched
    assert calls == [b"$2b$04$"]


def test_beyond_the_queue_the_answer_is_busy_and_slots_come_back():
    async def burst() -> list[object]:
        hasher = PasswordHasher(PEPPER, cost=CHEAP, slots=1, queue=2)
        first = await asyncio.gather(*(hasher.verify("x", None) for _ in range(20)), return_exceptions=True)
        later = await hasher.verify("x", None)
        return [*first, later]

    results = asyncio.run(burst())

    assert sum(isinstance(result, HashingBusyError) for result in results) > 0
    assert not isinstance(results[-1], Exception)


def test_a_short_pepper_is_refused():
    with pytest.raises(TrustCenterError, match="pepper"):
        PasswordHasher(b"short")
