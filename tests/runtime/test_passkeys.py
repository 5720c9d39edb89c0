"""Passkeys: the W3C's own vectors, and everything that a relying party must refuse by itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from soft_authenticator import SoftAuthenticator, b64url, unb64url

from trustcenter.runtime import challenges, passkeys
from trustcenter.runtime.challenges import Purpose
from trustcenter.runtime.passkeys import (
    Asserted,
    Decision,
    Holder,
    PasskeyRefusedError,
    PasskeyState,
    Registered,
    RelyingParty,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HOME = RelyingParty("portal.example", "Portal", frozenset({"https://portal.example"}))
HOLDER = Holder(b"handle-of-16-byt", "maren@fernhill.example", "Maren Oakes")
OF_W3C = RelyingParty("example.org", "W3C", frozenset({"https://example.org"}))
FRAMED = {"none-es256-crossOrigin", "none-es256-topOrigin"}


@pytest.fixture(scope="module")
def vectors(shared: Path):
    found = json.loads((shared / "data/webauthn/w3c-webauthn-l3-test-vectors.json").read_text())["vectors"]
    return [vector for vector in found if "registration" in vector]


def _registration(part):
    identifier = b64url(bytes.fromhex(part["credential_id"]))
    return {
        "id": identifier, "rawId": identifier, "type": "public-key", "clientExtensionResults": {},
        "response": {
            "clientDataJSON": b64url(bytes.fromhex(part["clientDataJSON"])),
            "attestationObject": b64url(bytes.fromhex(part["attestationObject"])),
        },
    }  # fmt: skip


def _assertion(vector):
    part, identifier = vector["authentication"], b64url(bytes.fromhex(vector["registration"]["credential_id"]))
    return {
        "id": identifier, "rawId": identifier, "type": "public-key", "clientExtensionResults": {},
        "response": {
            "clientDataJSON": b64url(bytes.fromhex(part["clientDataJSON"])),
            "authenticatorData": b64url(bytes.fromhex(part["authenticatorData"])),
            "signature": b64url(bytes.fromhex(part["signature"])),
        },
    }  # fmt: skip


def test_every_vector_of_the_w3c_ends_as_it_must(vectors):
    """All that happen on our own page hold, from registration to assertion; the two in a foreign frame do not."""
    held = set()
    for vector in vectors:
        challenge = bytes.fromhex(vector["registration"]["challenge"])
        answer = _registration(vector["registration"])
        assert passkeys.challenge_of(answer) == challenge
        if vector["id"] in FRAMED:
            with pytest.raises(PasskeyRefusedError, match="inside another site"):
                OF_W3C.register(challenge, answer, verification=False)
            continue
        made = OF_W3C.register(challenge, answer, verification=False)
        assert made.credential_id.hex() == vector["registration"]["credential_id"]
        said = OF_W3C.check(
            bytes.fromhex(vector["authentication"]["challenge"]), _assertion(vector),
            credential_id=made.credential_id, public_key=made.public_key,
        )  # fmt: skip
        assert passkeys.identifier_of(_assertion(vector)) == made.credential_id
        flags = bytes.fromhex(vector["authentication"]["authenticatorData"])[32]
        assert said.user_verified == bool(flags & 4)
        held.add(vector["id"])
    assert len(held) == 13
    assert len(vectors) == 15


def test_the_framed_vectors_are_refused_at_sign_in_too(vectors):
    for vector in vectors:
        if vector["id"] in FRAMED:
            plain = {**vector, "registration": {**vector["registration"]}}
            data = bytes.fromhex(plain["registration"]["attestationObject"])
            with pytest.raises(PasskeyRefusedError, match="inside another site"):
                OF_W3C.check(
                    bytes.fromhex(vector["authentication"]["challenge"]), _assertion(vector),
                    credential_id=bytes.fromhex(vector["registration"]["credential_id"]),
                    public_key=data[data.index(b"\xa5\x01\x02\x03\x26\x20\x01\x21"):],
                )  # fmt: skip


def test_a_changed_signature_of_every_vector_is_refused(vectors):
    for vector in vectors:
        if vector["id"] in FRAMED:
            continue
        made = OF_W3C.register(
            bytes.fromhex(vector["registration"]["challenge"]), _registration(vector["registration"]),
            verification=False,
        )  # fmt: skip
        broken = _assertion(vector)
        data = bytearray(unb64url(broken["response"]["signature"]))
        data[-1] ^= 1
        broken["response"]["signature"] = b64url(bytes(data))
        with pytest.raises(PasskeyRefusedError):
            OF_W3C.check(
                bytes.fromhex(vector["authentication"]["challenge"]), broken,
                credential_id=made.credential_id, public_key=made.public_key,
            )  # fmt: skip


def _made(**options) -> tuple[SoftAuthenticator, Registered]:
    device = SoftAuthenticator("https://portal.example", "portal.example")
    challenge = challenges.new_challenge()
    asked = HOME.registration_options(HOLDER, (), challenge, verification=True)
    return device, HOME.register(challenge, device.register(asked, **options), verification=True)


def test_a_key_is_made_discoverable_verified_and_without_attestation():
    asked = HOME.registration_options(HOLDER, (b"known" * 4,), b"c" * 32, verification=True)

    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none"
    assert asked["excludeCredentials"] == [{"type": "public-key", "id": b64url(b"known" * 4)}]
    assert asked["rp"] == {"name": "Portal", "id": "portal.example"}
    assert unb64url(asked["user"]["id"]) == HOLDER.handle
    assert {-7, -8, -257} <= {each["alg"] for each in asked["pubKeyCredParams"]}


def test_signing_in_needs_no_user_name():
    device, made = _made()
    challenge = challenges.new_challenge()
    asked = HOME.sign_in_options(challenge, verification=True)
    answer = device.sign(asked)

    said = HOME.check(challenge, answer, credential_id=made.credential_id, public_key=made.public_key)

    assert "allowCredentials" not in asked
    assert said == Asserted(HOLDER.handle, 1, True)
    assert passkeys.decide(PasskeyState(HOLDER.handle, made.sign_count), said, NOW, verification=True) == (
        PasskeyState(HOLDER.handle, 1, NOW), Decision.ACCEPTED, passkeys.Facts(True),
    )  # fmt: skip


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://portal.example.evil.example"},
        {"origin": "https://sub.portal.example"},
        {"origin": "http://portal.example"},
        {"origin": "https://portal.example:444"},
        {"type": "webauthn.create"},
        {"challenge": b64url(b"another challenge of 32 bytes ok")},
        {"crossOrigin": True},
        {"topOrigin": "https://evil.example"},
        {"topOrigin": "https://portal.example"},
        {"crossOrigin": "false"},
    ],
    ids=lambda lie: "-".join(f"{key}={value}" for key, value in lie.items()),
)
def test_an_assertion_that_says_anything_else_is_refused(lie):
    device, made = _made()
    challenge = challenges.new_challenge()
    answer = device.sign(HOME.sign_in_options(challenge, verification=True), **lie)

    with pytest.raises(PasskeyRefusedError):
        HOME.check(challenge, answer, credential_id=made.credential_id, public_key=made.public_key)


@pytest.mark.parametrize("lie", [{"origin": "https://evil.example"}, {"crossOrigin": True}, {"type": "webauthn.get"}])
def test_a_registration_that_says_anything_else_is_refused(lie):
    device, challenge = SoftAuthenticator("https://portal.example", "portal.example"), challenges.new_challenge()
    asked = HOME.registration_options(HOLDER, (), challenge, verification=True)

    with pytest.raises(PasskeyRefusedError):
        HOME.register(challenge, device.register(asked, **lie), verification=True)


def test_another_sites_key_is_refused():
    device = SoftAuthenticator("https://portal.example", "evil.example")
    challenge = challenges.new_challenge()
    asked = HOME.registration_options(HOLDER, (), challenge, verification=True)
    with pytest.raises(PasskeyRefusedError, match="RP ID"):
        HOME.register(challenge, device.register(asked), verification=True)

    good, made = _made()
    good.domain = "evil.example"
    with pytest.raises(PasskeyRefusedError, match="RP ID"):
        HOME.check(
            challenge, good.sign(HOME.sign_in_options(challenge, verification=True)),
            credential_id=made.credential_id, public_key=made.public_key,
        )  # fmt: skip


def test_a_registration_without_verification_is_refused_where_it_is_required():
    with pytest.raises(PasskeyRefusedError, match=r"[Vv]erif"):
        _made(verified=False)


def test_an_unverified_assertion_is_one_factor_and_not_enough_for_owners():
    event = Asserted(HOLDER.handle, 5, user_verified=False)
    state = PasskeyState(HOLDER.handle, 4)

    assert passkeys.decide(state, event, NOW, verification=True)[1] is Decision.UNVERIFIED
    assert passkeys.decide(state, event, NOW, verification=False)[1:] == (Decision.ACCEPTED, passkeys.Facts(False))


@given(st.lists(st.integers(0, 5), max_size=30))
def test_a_counter_never_goes_back(counts):
    state, accepted = PasskeyState(HOLDER.handle, 0), []
    for count in counts:
        state, decision, _ = passkeys.decide(state, Asserted(HOLDER.handle, count, True), NOW, verification=True)
        if decision is Decision.ACCEPTED:
            accepted.append(count)
    assert all(after > before or before == after == 0 for before, after in pairwise(accepted))


def test_a_revoked_key_and_a_strangers_handle_are_refused():
    event = Asserted(HOLDER.handle, 0, True)

    assert passkeys.decide(PasskeyState(HOLDER.handle, 0, revoked_at=NOW), event, NOW, verification=False)[1] is (
        Decision.REVOKED
    )
    for handle in (b"somebody else", None):
        assert (
            passkeys.decide(PasskeyState(HOLDER.handle, 0), Asserted(handle, 0, True), NOW, verification=False)[1]
            is Decision.STRANGER
        )


@pytest.mark.parametrize("answer", [{}, {"response": {}}, {"id": "a", "rawId": "b", "response": 1}, {"response": None}])
def test_what_is_no_answer_is_refused_and_breaks_nothing(answer):
    for refuse in (
        lambda: HOME.register(b"c" * 32, answer, verification=True),
        lambda: passkeys.identifier_of(answer),
        lambda: passkeys.challenge_of(answer),
    ):
        with pytest.raises(PasskeyRefusedError):
            refuse()


class TestChallenges:
    def test_an_answer_is_taken_once_for_its_purpose_and_browser_and_in_time(self):
        state = challenges.begin(Purpose.SIGN_IN, b"browser", NOW)
        answer = challenges.Answer(Purpose.SIGN_IN, b"browser")

        used, first, facts = challenges.decide(state, answer, NOW + timedelta(seconds=1))
        assert first is challenges.Decision.ACCEPTED
        assert facts.left == 299
        assert challenges.decide(used, answer, NOW)[1] is challenges.Decision.USED
        assert challenges.decide(state, answer, NOW + challenges.LIFETIME)[1] is challenges.Decision.EXPIRED

    @pytest.mark.parametrize(
        "answer",
        [challenges.Answer(Purpose.SIGN_IN, b"another browser"), challenges.Answer(Purpose.REGISTER, b"browser")],
    )
    def test_a_foreign_answer_uses_it_up(self, answer):
        state = challenges.begin(Purpose.SIGN_IN, b"browser", NOW)
        used, decision, _ = challenges.decide(state, answer, NOW)

        assert decision is challenges.Decision.FOREIGN
        assert challenges.decide(used, challenges.Answer(Purpose.SIGN_IN, b"browser"), NOW)[1] is (
            challenges.Decision.USED
        )

    def test_challenges_are_long_and_new(self):
        assert len({challenges.new_challenge() for _ in range(50)}) == 50
        assert len(challenges.new_challenge()) == 32
