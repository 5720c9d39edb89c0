"""Recovery codes: each of them once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trustcenter.runtime import recovery_codes
from trustcenter.runtime.recovery_codes import Attempt, Decision, RecoveryState

NOW = datetime(2026, 11, 20, tzinfo=UTC)
KEY = b"k" * 32


def test_codes_are_ten_and_long_and_different():
    codes = recovery_codes.new_codes()

    assert len(set(codes)) == 10
    assert all(recovery_codes.looks_like_one(code) for code in codes)
    assert all(len(code.replace("-", "")) * 5 == 120 for code in codes)
    assert not recovery_codes.looks_like_one("123456")


def test_what_is_stored_depends_on_account_and_key_and_not_on_how_it_was_typed():
    code = recovery_codes.new_codes()[0]
    stored = recovery_codes.stored_form(KEY, "a", code)

    assert len(stored) == 32
    assert recovery_codes.stored_form(KEY, "a", code.upper().replace("-", " ")) == stored
    assert recovery_codes.stored_form(KEY, "b", code) != stored
    assert recovery_codes.stored_form(b"other", "a", code) != stored


@given(st.lists(st.integers(0, 11), max_size=40))
def test_no_code_is_accepted_twice_and_the_rest_is_counted(tries):
    known = [bytes([number]) * 32 for number in range(10)]
    state, seen = RecoveryState(dict.fromkeys(known)), set()
    for position, number in enumerate(tries):
        now = NOW + timedelta(seconds=position)
        state, decision, facts = recovery_codes.decide(state, Attempt(bytes([number]) * 32), now)
        expected = Decision.WRONG if number > 9 else Decision.USED if number in seen else Decision.ACCEPTED
        assert decision is expected
        seen |= {number} if number <= 9 else set()
        assert facts.left == 10 - len(seen)
        assert {known.index(code) for code, used in state.codes.items() if used} == seen
