"""Envelopes: what is signed, by whom, and that nothing can be changed unseen."""

from __future__ import annotations

import json

import pytest

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import dsse, statement
from trustcenter.proof.keys import PrivateKey, PublicKey


@pytest.fixture
def key() -> PrivateKey:
    return PrivateKey.generate()


def test_the_example_of_the_protocol() -> None:
    made = dsse.pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert made == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_signatures_are_deterministic_as_rfc_8032_has_them() -> None:
    """RFC 8032 7.1, test 2."""
    key = PrivateKey(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public.raw.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").hex().startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da")


def test_an_envelope_comes_back_as_it_was(key: PrivateKey) -> None:
    made = dsse.sign(b"\x00payload\xff", "text/x", key)
    again = dsse.Envelope.parse(made.to_bytes(), exact=True)
    assert again == made
    assert again.verify([key.public]) == (key.public,)


def test_both_keys_must_have_signed(key: PrivateKey) -> None:
    other = PrivateKey.generate()
    both = dsse.sign(b"x", "t", key, other)
    assert len(both.verify([key.public, other.public])) == 2
    with pytest.raises(TamperedError, match="1 of the required 2"):
        dsse.sign(b"x", "t", key).verify([key.public, other.public])
    assert dsse.sign(b"x", "t", key).verify([other.public, key.public], at_least=1) == (key.public,)


def test_one_key_twice_does_not_count_as_two(key: PrivateKey) -> None:
    signed = dsse.sign(b"x", "t", key)
    with pytest.raises(TamperedError):
        signed.verify([key.public, key.public])
    with pytest.raises(TrustCenterError, match="signed this envelope already"):
        signed.signed_by(key)


def test_without_a_key_nothing_is_signed_or_verified(key: PrivateKey) -> None:
    with pytest.raises(TrustCenterError, match="at least one"):
        dsse.sign(b"x", "t")
    with pytest.raises(TamperedError):
        dsse.sign(b"x", "t", key).verify([])
    with pytest.raises(TamperedError):
        dsse.sign(b"x", "t", key).verify([PrivateKey.generate().public], at_least=0)


def test_payload_and_type_are_both_signed(key: PrivateKey) -> None:
    signed = dsse.sign(b"x", "t", key)
    for changed in (
        dsse.Envelope(b"y", "t", signed.signatures),
        dsse.Envelope(b"x", "u", signed.signatures),
        dsse.Envelope(b"x", "t", (dsse.Signature(key.public.key_id, bytes(64)),)),
    ):
        with pytest.raises(TamperedError):
            changed.verify([key.public])


def test_no_byte_of_an_exact_envelope_can_change(key: PrivateKey) -> None:
    data = dsse.sign(b'{"a": 1}', "t", key).to_bytes()
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(TamperedError):
            dsse.Envelope.parse(changed, exact=True).verify([key.public])


@pytest.mark.parametrize("data", [b"[]", b"{}", b'{"payload":"","payloadType":"t","signatures":[]}', b"no"])
def test_what_is_no_envelope_is_refused(data: bytes) -> None:
    with pytest.raises(TamperedError):
        dsse.Envelope.parse(data)


def test_keys_have_one_form_each(key: PrivateKey) -> None:
    assert PublicKey.from_pem(key.public.pem) == PublicKey.from_der(key.public.der) == key.public
    assert PrivateKey.from_pem(key.pem).public == key.public
    seed = key.pem.decode().splitlines()[1]
    assert seed not in repr(key)
    for text in ("", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"):
        with pytest.raises(TrustCenterError):
            PublicKey.from_pem(text)
    with pytest.raises(TrustCenterError, match="not a private key"):
        PrivateKey.from_pem(b"no")


def test_a_statement_comes_back_as_it_was() -> None:
    subject = statement.Subject("rows", "sha256:" + "a" * 64)
    payload = statement.build([subject], "urn:x", {"n": 1})
    said = statement.parse(payload)
    assert (said.subjects, said.predicate_type, said.predicate) == ((subject,), "urn:x", {"n": 1})
    for key in ("_type", "subject", "predicateType", "predicate"):
        value = json.loads(payload)
        del value[key]
        with pytest.raises(TamperedError):
            statement.parse(json.dumps(value).encode())
