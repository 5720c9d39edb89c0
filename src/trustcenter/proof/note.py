"""Signed notes (C2SP signed-note): text that people can read, signed by named Ed25519 keys."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof.canonical import decode_base64, encode_base64
from trustcenter.proof.keys import PrivateKey, PublicKey

_ED25519 = b"\x01"
"""Signature type of Ed25519 (C2SP signed-note)."""

_DASH = "— "
_MOST_SIGNATURES = 100
_MOST_BYTES = 1_000_000


def check_name(name: str) -> str:
    """A key's name: not empty, no white space, no plus sign (C2SP signed-note). Raises TrustCenterError."""
    if not name or "+" in name or any(letter.isspace() or ord(letter) < 32 for letter in name):
        raise TrustCenterError(f"a key's name is not empty and has neither white space nor a plus sign: {name!r}")
    return name


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name, as people pass it on: `name+hash+key` (C2SP signed-note)."""

    name: str
    public: PublicKey

    def __post_init__(self) -> None:
        check_name(self.name)

    @property
    def key_hash(self) -> bytes:
        """First 4 bytes of SHA-256 over name, line feed, signature type and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{encode_base64(_ED25519 + self.public.raw)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Raises TrustCenterError when the text is no Ed25519 verifier key or its hash does not fit."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3:
            raise TrustCenterError(
                "not a verifier key of the form name+hash+key",
                hint="It is one line: see `trustcenter keys show`.",
            )
        try:
            data = decode_base64(parts[2])
        except TamperedError as error:
            raise TrustCenterError(f"the verifier key is damaged: {error.what}") from error
        if data[:1] != _ED25519:
            raise TrustCenterError("the verifier key is not an Ed25519 key")
        key = cls(parts[0], PublicKey(data[1:]))
        if key.key_hash.hex() != parts[1]:
            raise TrustCenterError("the verifier key is damaged: its hash does not fit its name and key")
        return key


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: name, 4 bytes that say which key, the signature."""

    name: str
    key_hash: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {encode_base64(self.key_hash + self.signature)}\n"


@dataclass(frozen=True)
class Note:
    """Text ending in a line feed, and its signatures. The text means nothing before `verify`."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def to_bytes(self) -> bytes:
        """The note as stored: text, empty line, one line a signature."""
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()

    def verify(self, *keys: VerifierKey, where: str | None = None) -> tuple[VerifierKey, ...]:
        """The given keys that signed the text, at least one.

        A false signature under a known name and hash is an error, never skipped. Raises TamperedError.
        """
        found = []
        for key in keys:
            for each in self.signatures:
                if (each.name, each.key_hash) == (key.name, key.key_hash):
                    key.public.verify(each.signature, self.text.encode(), where=where)
                    found.append(key)
                    break
        if not found:
            raise TamperedError("the note is not signed by a known key", where=where)
        return tuple(found)


def sign(text: str, name: str, key: PrivateKey) -> Note:
    """A note over the text.

    Raises TrustCenterError when the text cannot be signed (control characters, no end).
    """
    _check_text(text, TrustCenterError, None)
    verifier = VerifierKey(name, key.public)
    return Note(text, (NoteSignature(name, verifier.key_hash, key.sign(text.encode())),))


def parse(data: bytes, *, where: str | None = None) -> Note:
    """The note that bytes hold; nothing is verified yet. Raises TamperedError when they hold none."""
    if len(data) > _MOST_BYTES:
        raise TamperedError("the note is longer than a megabyte", where=where)
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TamperedError("the note is not UTF-8", where=where) from error
    cut = whole.rfind("\n\n")
    if cut < 0 or not whole.endswith("\n"):
        raise TamperedError("the note has no signatures", where=where)
    text, lines = whole[: cut + 1], whole[cut + 2 :].split("\n")[:-1]
    _check_text(text, TamperedError, where)
    if not lines or len(lines) > _MOST_SIGNATURES:
        raise TamperedError(f"the note has {len(lines)} signatures", where=where)
    note = Note(text, tuple(_parse_line(line, where) for line in lines))
    if note.to_bytes() != data:
        raise TamperedError("the note is not in its one encoding", where=where)
    return note


def _parse_line(line: str, where: str | None) -> NoteSignature:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2:
        raise TamperedError("a signature line of the note is malformed", where=where)
    data = decode_base64(parts[1], where=where)
    if len(data) < 5:
        raise TamperedError("a signature line of the note is too short", where=where)
    return NoteSignature(parts[0], data[:4], data[4:])


def _check_text(text: str, error: type[TrustCenterError], where: str | None) -> None:
    if not text.endswith("\n") or any(ord(letter) < 32 and letter != "\n" for letter in text):
        raise error("a note's text ends in a line feed and has no other control character", where=where)
