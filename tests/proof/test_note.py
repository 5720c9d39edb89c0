"""Signed notes and checkpoints: the format's own example, strict reading, and names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import merkle, note
from trustcenter.proof.checkpoint import Checkpoint
from trustcenter.proof.keys import PrivateKey
from trustcenter.proof.note import VerifierKey

VECTOR = json.loads((Path(__file__).parents[1] / "vectors/signed_note.json").read_text())
TEXT = "example.test/log\n3\nXY4AA=\n"


def test_the_example_of_the_format_verifies() -> None:
    key = VerifierKey.parse(VECTOR["verifier_key"])
    data = (VECTOR["text"] + "\n" + VECTOR["signature"]).encode()
    found = note.parse(data)
    assert found.verify(key) == (key,)
    assert str(key) == VECTOR["verifier_key"]
    assert found.to_bytes() == data


def test_no_byte_of_a_note_can_change() -> None:
    private = PrivateKey.generate()
    key = VerifierKey("example.test/log", private.public)
    data = note.sign(TEXT, key.name, private).to_bytes()
    note.parse(data).verify(key)
    for at in range(len(data)):
        for bit in (1, 32, 128):
            changed = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            with pytest.raises(TamperedError):
                note.parse(changed).verify(key)


def test_signatures_of_unknown_keys_do_not_count_but_a_false_known_one_does() -> None:
    ours, other = PrivateKey.generate(), PrivateKey.generate()
    key = VerifierKey("a", ours.public)
    signed, foreign = note.sign(TEXT, "a", ours), note.sign(TEXT, "witness", other)
    both = note.Note(TEXT, (*foreign.signatures, *signed.signatures))
    assert note.parse(both.to_bytes()).verify(key) == (key,)
    with pytest.raises(TamperedError, match="not signed by a known key"):
        foreign.verify(key)
    false = note.NoteSignature("a", key.key_hash, bytes(64))
    with pytest.raises(TamperedError):
        note.Note(TEXT, (false, *signed.signatures)).verify(key)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\u2003b", "a\nb"])
def test_names_of_keys(name: str) -> None:
    with pytest.raises(TrustCenterError, match="name"):
        VerifierKey(name, PrivateKey.generate().public)


@pytest.mark.parametrize("text", ["no end", "a\tb\n", "a\x00\n", ""])
def test_text_that_cannot_be_signed(text: str) -> None:
    with pytest.raises(TrustCenterError):
        note.sign(text, "a", PrivateKey.generate())


@pytest.mark.parametrize("text", ["", "a", "a+b", "a+b+c", "a+00000000+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"])
def test_damaged_verifier_keys_are_refused(text: str) -> None:
    with pytest.raises(TrustCenterError):
        VerifierKey.parse(text)


def test_a_checkpoint_comes_back_as_it_was() -> None:
    for extensions in ((), ("time now",)):
        made = Checkpoint("example.test/log", 20852163, merkle.EMPTY_ROOT, extensions)
        assert Checkpoint.parse(made.to_text()) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n1\nAA==\n",
        "a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\nx\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(TamperedError):
        Checkpoint.parse(text)
