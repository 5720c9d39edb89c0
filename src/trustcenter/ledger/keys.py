"""The signing key: a folder that only its owner may read."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trustcenter.errors import ConfigurationError, KeyMissingError, TrustCenterError
from trustcenter.ledger import moment
from trustcenter.ledger.files import make_folder, sync_folder, write_durably
from trustcenter.proof import dsse, note, statement
from trustcenter.proof.keys import PrivateKey
from trustcenter.proof.note import VerifierKey, check_name

PRIVATE = "signing-key.pem"
PUBLIC = "signing-key.pub"
"""The verifier key in one line: what an auditor pins."""

NEXT = "next-signing-key.pem"
LAST_SEEN = "last-checkpoint"
"""The newest checkpoint that this key signed: a signer with a memory never signs a fork."""

_HEADER = re.compile(r"\Aname: (\S+)\nsince: (\S+)\n\n-----BEGIN PRIVATE KEY-----\n")
_MAKE = "Make one with `trustcenter keys init`."


@dataclass(frozen=True)
class Signer:
    """A private key, the ledger's name that it signs under, and since when."""

    name: str
    key: PrivateKey
    since: datetime
    folder: Path | None = None

    @property
    def verifier(self) -> VerifierKey:
        """What others pin to verify this signer."""
        return VerifierKey(self.name, self.key.public)

    def sign(self, payload: bytes) -> dsse.Envelope:
        """An in-toto envelope over a statement's bytes."""
        return dsse.sign(payload, statement.PAYLOAD_TYPE, self.key)

    def sign_note(self, text: str) -> note.Note:
        """A signed note over the text."""
        return note.sign(text, self.name, self.key)


def init(folder: Path, name: str, now: datetime) -> Signer:
    """Make a key in a new or empty folder. Raises ConfigurationError when a key is there already."""
    check_name(name)
    if (folder / PRIVATE).exists():
        raise ConfigurationError(
            "there is a signing key already, and it is not overwritten",
            where=str(folder / PRIVATE),
            hint="To replace it, use `trustcenter keys rotate`.",
        )
    make_folder(folder, mode=0o700)
    folder.chmod(0o700)
    signer = Signer(name, PrivateKey.generate(), now, folder)
    _write(folder, signer)
    return signer


def load(folder: Path) -> Signer:
    """The signing key of a folder.

    Raises KeyMissingError when it is missing, or readable by anybody but its owner: then nothing is signed.
    """
    path = folder / PRIVATE
    data = _read_private(path)
    try:
        name, since = _HEADER.findall(data.decode("ascii"))[0]
        return Signer(check_name(name), PrivateKey.from_pem(data, where=str(path)), moment.read(since), folder)
    except (IndexError, UnicodeDecodeError, TrustCenterError) as error:
        raise KeyMissingError(
            "the signing key is damaged", where=str(path), hint="Restore it from a backup."
        ) from error


def begin_rotation(folder: Path) -> PrivateKey:
    """The key that comes next, made once: a rotation that was interrupted goes on with the same one."""
    path = folder / NEXT
    if path.exists() and _private(path).public == _private(folder / PRIVATE).public:
        path.unlink()  # The rotation before this one was finished, all but this.
    if not path.exists():
        write_durably(path, PrivateKey.generate().pem, mode=0o600)
    return _private(path)


def finish_rotation(folder: Path, signer: Signer) -> None:
    """Put the next key in place of the old one, which is kept as `retired-KEYID.pem`."""
    old = _private(folder / PRIVATE)
    if old.public != signer.key.public:
        write_durably(folder / f"retired-{old.public.key_id[:16]}.pem", old.pem, mode=0o600)
    _write(folder, signer)
    (folder / NEXT).unlink(missing_ok=True)
    sync_folder(folder)


def _write(folder: Path, signer: Signer) -> None:
    header = f"name: {signer.name}\nsince: {moment.write(signer.since)}\n\n"
    write_durably(folder / PRIVATE, header.encode() + signer.key.pem, mode=0o600)
    write_durably(folder / PUBLIC, f"{signer.verifier}\n".encode())


def _private(path: Path) -> PrivateKey:
    return PrivateKey.from_pem(_read_private(path), where=str(path))


def _read_private(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise KeyMissingError("there is no signing key", where=str(path), hint=_MAKE) from error
    except PermissionError as error:
        raise KeyMissingError(
            "the signing key may not be read", where=str(path), hint="Run this as the key's owner."
        ) from error
    if not stat.S_ISREG(mode) or stat.S_IMODE(mode) & 0o077:
        raise KeyMissingError(
            f"the signing key is readable by others (mode {stat.S_IMODE(mode):04o})",
            where=str(path),
            hint=f"If nobody else has seen it: `chmod 600 {path}`. Otherwise: `trustcenter keys rotate`.",
        )
    return path.read_bytes()
