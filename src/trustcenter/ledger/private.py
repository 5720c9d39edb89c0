"""The private store: the part of evidence that is never published, for auditors and for replay.

It lies outside of the ledger. What it holds is bound to the public part: rows by a Merkle root over salted
rows, everything else by salted commitments. Rows about persons are sealed under keys of those persons;
their leaf hashes stay, so that the root can be verified after an erasure. Each reveal is logged.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from trustcenter.errors import ConfigurationError, TamperedError, TrustCenterError
from trustcenter.ledger import parts, reveals, sealed_rows
from trustcenter.ledger.files import exclusive, make_folder, write_durably
from trustcenter.ledger.parts import Committed, Examined, PrivatePart
from trustcenter.ledger.reveals import Reveal
from trustcenter.ledger.sealed_rows import Erased, OpenedRows, Row, SealedRows
from trustcenter.ledger.subjects import Subject, SubjectKeys
from trustcenter.proof import canonical, commitment

__all__ = [
    "Committed", "Erased", "Examined", "PrivatePart", "PrivateStore", "Reveal", "Revealed", "SealedRows", "Subject",
    "new_salts", "rows_root",
]  # fmt: skip


def new_salts(count: int) -> list[bytes]:
    """Fresh salts for that many rows or fields."""
    return [secrets.token_bytes(commitment.SALT_BYTES) for _ in range(count)]


def rows_root(rows: Sequence[Row], salts: Sequence[bytes]) -> str:
    """The public digest over rows: the Merkle root over their salted leaf hashes."""
    return commitment.rows_root([commitment.row_leaf(s, r) for s, r in zip(salts, rows, strict=True)])


@dataclass(frozen=True)
class Revealed:
    """Private parts whose reading has been logged; each is read, and checked, when it is asked for."""

    store: PrivateStore
    digests: frozenset[str]

    def part(self, committed: Committed) -> Examined:
        """One part, held against what its signed statement committed to.

        The document is held against its digest, or field by field against their commitments; the rows' bytes against
        the digest in the document, or row by row against the public root. Raises TamperedError naming field or row.
        """
        if committed.digest not in self.digests:
            raise TrustCenterError("this part was not asked for", where=parts.place(committed.digest))
        return self.store._examined(committed)


class PrivateStore:
    """A private store's folder, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys = SubjectKeys(folder / "subjects")

    def seal(self, rows: Sequence[Row], subjects: Sequence[Sequence[Subject]] = ()) -> SealedRows:
        """Rows in the form in which `put` stores them, under fresh salts; its digest can be committed to before.

        Keys that are made for persons are durable when this returns.
        """
        return self._sealed(rows, new_salts(len(rows)), subjects)

    def put(self, part: PrivatePart) -> None:
        """Store a private part, durably, before its evidence is logged.

        Raises TrustCenterError when salts or subjects do not match the rows, or when the part is there
        already.
        """
        path = self._path(part.statement_digest)
        sealed = part.sealed or self._sealed(part.rows, part.salts, part.subjects)
        self._open()
        with exclusive(self.folder):
            if path.exists():
                raise TrustCenterError("this private part is stored already", where=str(path))
            make_folder(path.parent, mode=0o700)
            write_durably(path, parts.encode(part.statement_digest, part.document, sealed), mode=0o600)

    def has(self, digest: str) -> bool:
        """Whether the private part of that evidence is stored."""
        return self._path(digest).exists()

    def reveal(self, digests: Iterable[str], *, reason: str, who: str, now: datetime) -> Revealed:
        """These parts, to be read one by one. All are logged first, at the cost of one."""
        wanted = list(digests)
        for digest in wanted:
            self._require(digest)
        self._log([Reveal(now, who, reason, digest, "part", 1) for digest in wanted])
        self._keys.forget()
        return Revealed(self, frozenset(wanted))

    def _examined(self, committed: Committed) -> Examined:
        """What `Revealed.part` gives."""
        where = parts.place(committed.digest)
        stored, body = self._split(committed.digest)
        document = parts.parse_document(stored, committed.digest)
        if committed.document is None or committed.document != canonical.digest(stored):
            if committed.document is None or committed.commitments:
                parts.check_document(document, committed.commitments, where)
            if committed.document is not None:
                raise TamperedError("the document is not the one that was committed to", where=where)
        root = committed.root or sealed_rows.root_of(body, where=where)
        if document.get(parts.ROWS_DIGEST) == canonical.digest(body):
            rows, erased = sealed_rows.read(body, root, self._keys, where=where)
            return Examined(committed.digest, document, rows, erased)
        opened = sealed_rows.unseal(body, root, self._keys, where=where)
        if parts.ROWS_DIGEST in document:
            raise TamperedError("the stored rows are not the bytes that were committed to", where=where)
        return Examined(committed.digest, document, opened.rows, opened.erased)

    def document(self, digest: str, *, reason: str, who: str, now: datetime) -> dict[str, Any]:
        """The part's document. The reveal is logged first."""
        self._require(digest)
        self._log([Reveal(now, who, reason, digest, "document", 0)])
        return parts.parse_document(self._split(digest)[0], digest)

    def rows(self, digest: str, *, reason: str, who: str, now: datetime) -> list[dict[str, Any] | Erased]:
        """The rows in their order, `Erased` in place of each that can no longer be read.

        The reveal is logged. Raises TamperedError when a row is not the one that was stored.
        """
        opened = self._unsealed(digest)
        self._log([Reveal(now, who, reason, digest, "rows", len(opened.rows))])
        return opened.rows

    def salts(self, digest: str, *, reason: str, who: str, now: datetime) -> list[bytes | None]:
        """The rows' salts in their order, for an auditor who computes the root; None where the row was
        erased.
        """
        opened = self._unsealed(digest)
        self._log([Reveal(now, who, reason, digest, "salts", len(opened.rows))])
        return opened.salts

    def check(self, digest: str, root: str) -> int:
        """Check all rows against the public root, each by its own hash.

        Returns how many were erased and stand by their leaf hash only.

        Nothing is revealed. Raises TamperedError when a row, an order or a number of rows is not what was
        committed.
        """
        return self._unsealed(digest, root).erased

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

    def _sealed(self, rows: Sequence[Row], salts: Sequence[bytes], subjects: Sequence[Sequence[Subject]]) -> SealedRows:
        self._open()
        with exclusive(self.folder):
            self._keys.forget()
            made = sealed_rows.seal(rows, salts, subjects, self._keys)
            self._keys.save()
        return made

    def _split(self, digest: str) -> tuple[bytes, bytes]:
        self._require(digest)
        self._open()
        return parts.split(self._path(digest).read_bytes(), digest)

    def _unsealed(self, digest: str, root: str | None = None) -> OpenedRows:
        _, body = self._split(digest)
        self._keys.forget()
        where = parts.place(digest)
        return sealed_rows.unseal(body, root or sealed_rows.root_of(body, where=where), self._keys, where=where)

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
