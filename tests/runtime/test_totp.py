"""Codes of an authenticator app: the RFCs' own numbers, one use of a step, one step of drift."""

from __future__ import annotations

import hashlib
import json
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import TamperedError
from trustcenter.runtime import recovery_codes
from trustcenter.runtime.sealing import Seal
from trustcenter.runtime.totp import (
    PERIOD,
    Attempt,
    Decision,
    TotpPolicy,
    TotpState,
    code_at,
    new_secret,
    normalised,
    provisioning_uri,
    step_at,
)

POLICY = TotpPolicy()
START = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def vectors(shared: Path):
    return json.loads((shared / "data/otp-rfc-vectors.json").read_text())


def test_codes_are_those_of_rfc_4226(vectors):
    given_ = vectors["rfc4226"]
    secret = b32encode(given_["seed_ascii"].encode()).decode()

    assert [code_at(secret, counter) for counter in range(10)] == given_["hotp"]


def test_codes_are_those_of_rfc_6238(vectors):
    given_ = vectors["rfc6238"]
    for seconds, *expected in given_["vectors"]:
        step = step_at(datetime.fromtimestamp(seconds, UTC))
        for seed, algorithm, code in zip(given_["seeds_ascii"], given_["algs"], expected, strict=True):
            secret = b32encode(seed.encode()).decode()
            assert code_at(secret, step, digits=8, digest=getattr(hashlib, algorithm)) == code


@pytest.mark.parametrize(("drift", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off_and_no_more(drift, accepted):
    secret = new_secret()
    code = code_at(secret, step_at(START) + drift)

    state, decision, facts = POLICY.decide(TotpState(), Attempt(secret, code), START)

    assert (decision is Decision.ACCEPTED) is accepted
    assert state == (TotpState(step_at(START) + drift, START) if accepted else TotpState())
    assert facts.drift == (drift if accepted else None)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(-3, 3)), max_size=30))
def test_no_step_is_accepted_twice_nor_one_before_it(tries):
    """Whatever the order and the drift: accepted steps only grow."""
    secret, state, now, accepted = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", TotpState(), START, []
    for pause, drift in tries:
        now += timedelta(seconds=pause)
        attempt = Attempt(secret, code_at(secret, step_at(now) + drift))
        state, decision, facts = POLICY.decide(state, attempt, now)
        if decision is Decision.ACCEPTED:
            accepted.append(facts.step)
    assert accepted == sorted(set(accepted))


def test_the_same_code_again_is_refused_as_a_replay():
    secret = new_secret()
    attempt = Attempt(secret, code_at(secret, step_at(START)))
    state, first, _ = POLICY.decide(TotpState(), attempt, START)
    again, second, _ = POLICY.decide(state, attempt, START + timedelta(seconds=PERIOD))

    assert (first, second) == (Decision.ACCEPTED, Decision.REPLAYED)
    assert again == state


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "12 34\x0056", "-12345"])
def test_what_is_no_code_is_wrong(typed):
    assert normalised(typed) == ""
    assert POLICY.decide(TotpState(), Attempt(new_secret(), typed), START)[1] is Decision.WRONG


def test_a_code_may_be_typed_in_two_groups():
    assert normalised(" 123 456 ") == "123456"


def test_secrets_and_codes_come_from_the_systems_random_source(monkeypatch):
    """Nothing but `secrets` makes them: told what it gives, one knows them."""
    monkeypatch.setattr("secrets.token_bytes", lambda count: bytes(count))

    assert new_secret() == "A" * 32
    assert recovery_codes.new_codes() == ("aaaaaa-aaaaaa-aaaaaa-aaaaaa",) * 10
    monkeypatch.undo()
    assert len({new_secret() for _ in range(50)}) == 50


def test_an_attempt_does_not_show_its_secret():
    assert "JBSW" not in repr(Attempt("JBSWY3DPEHPK3PXP", "123456"))


def test_the_address_in_the_qr_code_names_issuer_and_account():
    uri = provisioning_uri("JBSWY3DP", issuer="Trust desk", account="maren@fernhill.example")

    assert uri == (
        "otpauth://totp/Trust%20desk%3Amaren%40fernhill.example?secret=JBSWY3DP&issuer=Trust%20desk&period=30&digits=6"
    )


def test_a_sealed_secret_opens_for_its_owner_and_key_alone():
    seal = Seal(b"k" * 32)
    sealed = seal.close(b"JBSWY3DP", owner="a")

    assert b"JBSWY3DP" not in sealed
    assert seal.open(sealed, owner="a") == b"JBSWY3DP"
    assert sealed != seal.close(b"JBSWY3DP", owner="a")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for opener, data, owner in (
        (seal, sealed, "b"), (Seal(b"other" * 8), sealed, "a"), (seal, changed, "a"), (seal, b"\x02" + sealed[1:], "a"),
    ):  # fmt: skip
        with pytest.raises(TamperedError):
            opener.open(data, owner=owner)
