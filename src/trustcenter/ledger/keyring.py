"""The keyring: the public keys of a ledger, each with its window, and the statements that put them there.

The first statement of every ledger is its keyring, with one key and signed by it. A rotation is a further
keyring statement, one key longer and signed by both the old and the new key. A key signs the entries, and
the checkpoint, from its own keyring statement up to the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.ledger import layout, moment
from trustcenter.proof import canonical, statement
from trustcenter.proof.dsse import Envelope
from trustcenter.proof.keys import PublicKey
from trustcenter.proof.note import VerifierKey, check_name

PREDICATE_TYPE = "urn:trustcenter:keyring:v1"


@dataclass(frozen=True)
class KeyWindow:
    """A public key and the time in which it signs.

    `since` inclusive, `until` exclusive, None while it is in use.
    """

    public: PublicKey
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Keyring:
    """All keys that a ledger ever had, oldest first; only the last one has no end."""

    name: str
    keys: tuple[KeyWindow, ...]

    def __post_init__(self) -> None:
        check_name(self.name)
        if not self.keys or self.keys[-1].until is not None:
            raise TrustCenterError("a keyring has a key that is in use")
        for old, new in zip(self.keys, self.keys[1:], strict=False):
            if old.until != new.since or old.since > new.since:
                raise TrustCenterError("each key of a keyring begins where the one before ends")
        if len({each.public for each in self.keys}) != len(self.keys):
            raise TrustCenterError("a key is in the keyring twice")

    @property
    def current(self) -> PublicKey:
        """The key that signs now."""
        return self.keys[-1].public

    def verifiers(self) -> tuple[VerifierKey, ...]:
        """All keys under the ledger's name, newest first."""
        return tuple(VerifierKey(self.name, each.public) for each in reversed(self.keys))

    def with_next(self, public: PublicKey, now: datetime) -> Keyring:
        """The keyring after a rotation at `now`."""
        ended = replace(self.keys[-1], until=now)
        return Keyring(self.name, (*self.keys[:-1], ended, KeyWindow(public, now)))

    def before_last(self) -> Keyring | None:
        """The keyring before the newest rotation, or None when there was none."""
        if len(self.keys) == 1:
            return None
        return Keyring(self.name, (*self.keys[:-2], replace(self.keys[-2], until=None)))

    def to_value(self) -> dict[str, Any]:
        """The keyring as a JSON value."""
        return {
            "name": self.name,
            "keys": [
                {
                    "keyId": each.public.key_id,
                    "publicKey": canonical.encode_base64(each.public.der),
                    "since": moment.write(each.since),
                    "until": None if each.until is None else moment.write(each.until),
                    "verifierKey": str(VerifierKey(self.name, each.public)),
                }
                for each in self.keys
            ],
        }

    def to_bytes(self) -> bytes:
        """The bytes of `keys/keyring.json`."""
        return canonical.dumps(self.to_value())

    def to_statement(self) -> bytes:
        """The payload that logs this keyring; its subject is the keyring's file."""
        subject = statement.Subject(layout.KEYRING, canonical.digest(self.to_bytes()))
        return statement.build([subject], PREDICATE_TYPE, self.to_value())


def parse(data: bytes, *, where: str | None = None) -> Keyring:
    """The keyring that bytes hold, in the one encoding. Raises TamperedError."""
    ring = from_value(canonical.loads(data, where=where), where=where)
    if ring.to_bytes() != data:
        raise TamperedError("the keyring contradicts itself or is not in its one encoding", where=where)
    return ring


def from_value(value: Any, *, where: str | None = None) -> Keyring:
    """The keyring of a JSON value. Raises TamperedError."""
    try:
        return Keyring(
            value["name"],
            tuple(
                KeyWindow(
                    PublicKey.from_der(canonical.decode_base64(each["publicKey"], where=where)),
                    moment.read(each["since"], where=where),
                    None if each["until"] is None else moment.read(each["until"], where=where),
                )
                for each in value["keys"]
            ),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise TamperedError("not a keyring", where=where) from error
    except TamperedError:
        raise
    except TrustCenterError as error:
        raise TamperedError(error.what, where=where) from error


def advance(ring: Keyring | None, envelope: Envelope, *, where: str | None = None) -> Keyring | None:
    """The keyring in force after an entry, given the one before it (None before the first).

    Checks every signature on the way. Raises TamperedError when the entry is not signed by exactly the key
    in force, when a rotation is not signed by both keys, or when it changes the past.
    """
    said = statement.parse(envelope.payload, where=where)
    signers = {each.keyid for each in envelope.signatures}
    if said.predicate_type != PREDICATE_TYPE:
        if ring is None:
            raise TamperedError("the first statement of a ledger is its keyring", where=where)
        required = [ring.current]
        after: Keyring | None = ring
    else:
        after = from_value(said.predicate, where=where)
        if after.to_statement() != envelope.payload:
            raise TamperedError("the keyring statement is not in its one form", where=where)
        if ring is None:
            if len(after.keys) != 1:
                raise TamperedError("the first keyring of a ledger has one key", where=where)
            expected, required = after, [after.current]
        else:
            try:
                expected = ring.with_next(after.current, after.keys[-1].since)
            except TrustCenterError as error:
                raise TamperedError(error.what, where=where) from error
            required = [ring.current, after.current]
        if after != expected:
            raise TamperedError("the keyring statement does not continue the keyring before it", where=where)
    if signers != {key.key_id for key in required} or len(envelope.signatures) != len(required):
        raise TamperedError("the statement is not signed by exactly the key in force", where=where)
    envelope.verify(required, where=where)
    return after
