"""The private store: the part of evidence that is never published, for auditors and for replay.

It lies outside of the ledger. What it holds is bound to the public part: rows by a Merkle root over salted
rows, everything else by salted commitments. Rows about persons are sealed under keys of those persons;
their leaf hashes stay, so that the root can be verified after an erasure. Each reveal is logged.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from trustcenter.errors import ConfigurationError, TrustCenterError
from trustcenter.ledger import parts, reveals
from trustcenter.ledger.files import exclusive, make_folder, write_durably
from trustcenter.ledger.parts import Erased, Opened, PrivatePart, Row
from trustcenter.ledger.reveals import Reveal
from trustcenter.ledger.subjects import Subject, SubjectKeys
from trustcenter.proof import canonical, commitment

__all__ = ["Erased", "Opened", "PrivatePart", "PrivateStore", "Reveal", "Subject", "new_salts", "rows_root"]


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
        path = self._path(part.statement_digest)
        self._open()
        with exclusive(self.folder):
            if path.exists():
                raise TrustCenterError("this private part is stored already", where=str(path))
            self._keys.forget()
            data = parts.encode(part, self._keys)
            self._keys.save()
            make_folder(path.parent, mode=0o700)
            write_durably(path, data, mode=0o600)

    def has(self, digest: str) -> bool:
        """Whether the private part of that evidence is stored."""
        return self._path(digest).exists()

    def examine(self, wanted: Sequence[tuple[str, str]], *, reason: str, who: str, now: datetime) -> Iterator[Opened]:
        """Private parts in turn, each checked against its public root: pairs of digest and root.

        Logs all reveals first, at the cost of one. Raises TamperedError at the part that is not the
        committed one.
        """
        for digest, _ in wanted:
            self._require(digest)
        self._log([Reveal(now, who, reason, digest, "part", 1) for digest, _ in wanted])
        for digest, root in wanted:
            opened = self._read(digest)
            opened.check(root)
            yield opened

    def document(self, digest: str, *, reason: str, who: str, now: datetime) -> dict[str, Any]:
        """The part's document. The reveal is logged first."""
        self._require(digest)
        self._log([Reveal(now, who, reason, digest, "document", 0)])
        return self._read(digest).document

    def rows(self, digest: str, *, reason: str, who: str, now: datetime) -> list[dict[str, Any] | Erased]:
        """The rows in their order, `Erased` in place of each that can no longer be read.

        The reveal is logged. Raises TamperedError when a row is not the one that was stored.
        """
        opened = self._read(digest)
        self._log([Reveal(now, who, reason, digest, "rows", len(opened.rows))])
        return opened.rows

    def salts(self, digest: str, *, reason: str, who: str, now: datetime) -> list[bytes | None]:
        """The rows' salts in their order, for an auditor who computes the root; None where the row was
        erased.
        """
        opened = self._read(digest)
        self._log([Reveal(now, who, reason, digest, "salts", len(opened.rows))])
        return opened.salts

    def check(self, digest: str, root: str) -> int:
        """Check all rows against the public root.

        Returns how many were erased and stand by their leaf hash only.

        Nothing is revealed. Raises TamperedError when a row, an order or a number of rows is not what was
        committed.
        """
        opened = self._read(digest)
        opened.check(root)
        return opened.erased

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
            reveals.append(self.folder, [Reveal(now, who, reason, pseudonym, "erasure", erased)])
        return erased

    def reveals(self) -> list[Reveal]:
        """Who has seen or erased what, oldest first. Raises TamperedError when the log's chain is broken."""
        return reveals.read(self.folder)

    def _read(self, digest: str) -> Opened:
        self._require(digest)
        self._open()
        self._keys.forget()
        return parts.decode(self._path(digest).read_bytes(), digest, self._keys)

    def _require(self, digest: str) -> None:
        if not self.has(digest):
            raise TrustCenterError(
                "the private part of this evidence is not here",
                where=parts.place(digest),
                hint="It is in the private store of the machine that collected it.",
            )

    def _log(self, found: Sequence[Reveal]) -> None:
        self._open()
        with exclusive(self.folder):
            reveals.append(self.folder, found)

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
        return self.folder / "parts" / name[:2] / f"{name}.part"
