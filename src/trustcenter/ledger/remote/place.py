"""What a remote place of a ledger is, whichever kind: what it holds now, and the one conditional step forward."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from trustcenter.ledger.files import make_folder, write_durably
from trustcenter.ledger.reading import Head

Told = Callable[[int, int, str], None]
"""Hears of progress: done, of how many, what."""


class Snapshot(Protocol):
    """What a place held at one moment.

    `note` is the newest checkpoint, None in an empty place; `paths` are the ledger's files there; `begun` says that
    the note's upload was decided but not finished.
    """

    @property
    def note(self) -> bytes | None: ...
    @property
    def paths(self) -> Set[str]: ...
    @property
    def begun(self) -> bool: ...

    def holds(self, path: str, data: bytes) -> bool:
        """Whether it is certain, without fetching it, that the file there has these bytes."""

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises TrustCenterError when it is gone meanwhile."""


@dataclass(frozen=True)
class Outgoing:
    """What a push brings: the ledger's folder, every file of its log, those the place lacks, and its checkpoint."""

    folder: Path
    current: tuple[str, ...]
    missing: tuple[str, ...]
    note: bytes

    def data(self, path: str) -> bytes:
        """A file's bytes as this ledger has them."""
        return (self.folder / path).read_bytes()


class Remote(Protocol):
    """A bucket or a branch."""

    @property
    def name(self) -> str: ...

    def snapshot(self) -> Snapshot:
        """What lies there now. Raises Denied, Unreachable, NoPlace."""

    def publish(self, seen: Snapshot, outgoing: Outgoing, told: Told) -> None:
        """Bring the place from what was seen to the outgoing checkpoint, or leave its log as it was.

        Raises Overtaken when somebody else moved it on, OtherBytes when a file there is another, MovedOn when our
        checkpoint was continued already.
        """


@dataclass(frozen=True)
class Memory:
    """The newest checkpoint that a place was seen to hold: what shows that it went back since.

    One file for each target, in the private store, because a ledger's folder may be made anew for each run.
    """

    folder: Path
    target: str

    @property
    def path(self) -> Path:
        return self.folder / f"{hashlib.sha256(self.target.encode()).hexdigest()[:24]}.checkpoint"

    def head(self) -> Head | None:
        """The remembered checkpoint, or None at the first contact."""
        try:
            return Head(self.path.read_bytes(), str(self.path))
        except FileNotFoundError:
            return None

    def keep(self, note: bytes) -> None:
        """Remember a checkpoint, durably."""
        if not self.path.exists() or self.path.read_bytes() != note:
            make_folder(self.folder, mode=0o700)
            write_durably(self.path, note, mode=0o600)
