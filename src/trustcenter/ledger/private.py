"""The private store: the part of evidence that is never published, for auditors and for replay.

It lies outside of the ledger. What it holds is bound to the public part: rows by a Merkle root over salted
rows, everything else by salted commitments. Rows about persons are sealed (AES-256-GCM) under keys of those
persons; their leaf hashes stay, so that the root can be verified after an erasure. Each reveal is logged.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from trustcenter.errors import ConfigurationError, TamperedError, TrustCenterError
from trustcenter.ledger import reveals
from trustcenter.ledger.files import exclusive, make_folder, write_durably
from trustcenter.ledger.reveals import Reveal
from trustcenter.ledger.subjects import Subject, SubjectKeys, distinct, sealing_key
from trustcenter.proof import canonical, commitment

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Erased:
    """A row that can no longer be read, because a person it is about was erased at that time."""

    at: datetime


@dataclass(frozen=True)
class PrivatePart:
    """What a piece of evidence keeps to itself.

    `document` is a JSON object (query, parameters, endpoint, actor, salts of its commitments and so on),
    opaque here. `salts` has one salt a row, in the rows' order, the ones under the public root. `subjects`
    names for each row the persons it is about; a missing or empty tuple means none.
    """

    statement_digest: str
    document: Row
    rows: Sequence[Row]
    salts: Sequence[bytes]
    subjects: Sequence[Sequence[Subject]] = field(default=())


def new_salts(count: int) -> list[bytes]:
    """Fresh salts for that many rows or fields."""
    return [secrets.token_bytes(commitment.SALT_BYTES) for _ in range(count)]


def rows_root(rows: Sequence[Row], salts: Sequence[bytes]) -> str:
    """The public digest over rows: the Merkle root over their salted leaf hashes."""
    return commitment.rows_root([commitment.row_leaf(s, r) for s, r in zip(salts, rows, strict=True)])


class PrivateStore:
    """A private store's folder, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys = SubjectKeys(folder / "subjects")

    def put(self, part: PrivatePart) -> None:
        """Store a private part, durably, before its evidence is logged.

        Raises TrustCenterError when salts or subjects do not match the rows, or when the part is there
        already.
        """
        rows, subjects = list(part.rows), list(part.subjects) or [()] * len(part.rows)
        if len(part.salts) != len(rows) or len(subjects) != len(rows):
            raise TrustCenterError("each row needs one salt and one list of the persons it is about")
        path = self._path(part.statement_digest)
        self._open()
        with exclusive(self.folder):
            if path.exists():
                raise TrustCenterError("this private part is stored already", where=str(path))
            self._keys.forget()
            seal = self._sealer()
            stored = [
                seal(row, salt, distinct(about)) for row, salt, about in zip(rows, part.salts, subjects, strict=True)
            ]
            self._keys.save()
            make_folder(path.parent, mode=0o700)
            value = {"statement": part.statement_digest, "document": dict(part.document), "rows": stored}
            write_durably(path, canonical.dumps(value), mode=0o600)

    def has(self, digest: str) -> bool:
        """Whether the private part of that evidence is stored."""
        return self._path(digest).exists()

    def document(self, digest: str, *, reason: str, who: str, now: datetime) -> dict[str, Any]:
        """The part's document. The reveal is logged first."""
        value = self._read(digest)
        self._log(Reveal(now, who, reason, digest, "document", 0))
        document: dict[str, Any] = value["document"]
        return document

    def rows(self, digest: str, *, reason: str, who: str, now: datetime) -> list[dict[str, Any] | Erased]:
        """The rows in their order, `Erased` in place of each that can no longer be read.

        The reveal is logged first. Raises TamperedError when a row is not the one that was stored.
        """
        value = self._read(digest)
        self._log(Reveal(now, who, reason, digest, "rows", len(value["rows"])))
        return [each if isinstance(each, Erased) else each[0] for each in self._opened(digest, value)]

    def salts(self, digest: str, *, reason: str, who: str, now: datetime) -> list[bytes | None]:
        """The rows' salts in their order, for an auditor who computes the root; None where the row was
        erased.
        """
        value = self._read(digest)
        self._log(Reveal(now, who, reason, digest, "salts", len(value["rows"])))
        return [None if isinstance(each, Erased) else each[1] for each in self._opened(digest, value)]

    def check(self, digest: str, root: str) -> int:
        """Check all rows against the public root.

        Returns how many were erased and stand by their leaf hash only.

        Nothing is revealed. Raises TamperedError when a row, an order or a number of rows is not what was
        committed.
        """
        value = self._read(digest)
        erased = sum(isinstance(each, Erased) for each in self._opened(digest, value))
        leaves = [bytes.fromhex(each["leaf"]) for each in value["rows"]]
        if commitment.rows_root(leaves) != root:
            raise TamperedError("the stored rows do not give the public root", where=self._place(digest))
        return erased

    def erase(self, subject: Subject, *, reason: str, who: str, now: datetime) -> int:
        """Make every row about a person unreadable, for good; returns how many of their keys were
        destroyed.

        The log of reveals keeps the pseudonym, never the name. Copies and backups of the folder `subjects`
        have to be erased with it.
        """
        self._open()
        with exclusive(self.folder):
            self._keys.forget()
            pseudonym = self._keys.pseudonym(subject)
            erased = self._keys.erase(pseudonym, now)
            self._keys.save()
            reveals.append(self.folder, Reveal(now, who, reason, pseudonym, "erasure", erased))
        return erased

    def reveals(self) -> list[Reveal]:
        """Who has seen or erased what, oldest first. Raises TamperedError when the log's chain is broken."""
        return reveals.read(self.folder)

    def _sealer(self) -> Callable[[Row, bytes, tuple[Subject, ...]], dict[str, Any]]:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        ciphers: dict[tuple[Subject, ...], tuple[list[str], AESGCM]] = {}

        def seal(row: Row, salt: bytes, about: tuple[Subject, ...]) -> dict[str, Any]:
            leaf = commitment.row_leaf(salt, row)
            plain = {"row": dict(row), "salt": canonical.encode_base64(salt)}
            if not about:
                return {"leaf": leaf.hex(), **plain}
            if about not in ciphers:
                keys = dict(self._keys.for_writing(self._keys.pseudonym(each)) for each in about)
                ciphers[about] = (sorted(keys), AESGCM(sealing_key(keys)))
            names, cipher = ciphers[about]
            nonce = secrets.token_bytes(12)
            sealed = cipher.encrypt(nonce, canonical.dumps(plain), leaf)
            return {"leaf": leaf.hex(), "keys": names, "sealed": canonical.encode_base64(nonce + sealed)}

        return seal

    def _opened(self, digest: str, value: dict[str, Any]) -> list[tuple[dict[str, Any], bytes] | Erased]:
        self._keys.forget()
        where = self._place(digest)
        opener = self._opener()
        try:
            return [opener(each, f"{where} row {at}") for at, each in enumerate(value["rows"])]
        except (KeyError, TypeError, ValueError) as error:
            raise TamperedError(f"a stored row is malformed: {error}", where=where) from error

    def _opener(self) -> Callable[[dict[str, Any], str], tuple[dict[str, Any], bytes] | Erased]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        ciphers: dict[tuple[str, ...], AESGCM | Erased] = {}

        def cipher_of(names: tuple[str, ...]) -> AESGCM | Erased:
            if names not in ciphers:
                found = {name: self._keys.for_reading(name) for name in names}
                times = [each for each in found.values() if isinstance(each, datetime)]
                keys = {name: each for name, each in found.items() if isinstance(each, bytes)}
                ciphers[names] = Erased(min(times)) if times else AESGCM(sealing_key(keys))
            return ciphers[names]

        def unseal(stored: dict[str, Any], where: str) -> tuple[dict[str, Any], bytes] | Erased:
            leaf, plain = bytes.fromhex(stored["leaf"]), stored
            if "sealed" in stored:
                cipher = cipher_of(tuple(stored["keys"]))
                if isinstance(cipher, Erased):
                    return cipher
                data = canonical.decode_base64(stored["sealed"], where=where)
                try:
                    opened = cipher.decrypt(data[:12], data[12:], leaf)
                except InvalidTag as error:
                    raise TamperedError("the sealed row is not the one that was stored", where=where) from error
                plain = canonical.loads(opened, where=where)
            row: dict[str, Any] = plain["row"]
            salt = canonical.decode_base64(plain["salt"], where=where)
            if commitment.row_leaf(salt, row) != leaf:
                raise TamperedError("the row is not the one that was committed to", where=where)
            return row, salt

        return unseal

    def _read(self, digest: str) -> dict[str, Any]:
        path = self._path(digest)
        try:
            value = canonical.loads(path.read_bytes(), where=self._place(digest))
        except FileNotFoundError as error:
            raise TrustCenterError(
                "the private part of this evidence is not here",
                where=self._place(digest),
                hint="It is in the private store of the machine that collected it.",
            ) from error
        if not isinstance(value, dict) or value.get("statement") != digest:
            raise TamperedError("the private part is of other evidence", where=self._place(digest))
        return value

    def _log(self, reveal: Reveal) -> None:
        self._open()
        with exclusive(self.folder):
            reveals.append(self.folder, reveal)

    def _open(self) -> None:
        make_folder(self.folder, mode=0o700)
        if self.folder.stat().st_mode & 0o077:
            raise ConfigurationError(
                "the private store may be read by others",
                where=str(self.folder),
                hint=f"Close it: `chmod 700 {self.folder}`.",
            )

    def _path(self, digest: str) -> Path:
        name = canonical.digest_hex(digest)
        return self.folder / "parts" / name[:2] / f"{name}.json"

    def _place(self, digest: str) -> str:
        return f"private part of {digest}"
