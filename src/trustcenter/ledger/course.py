"""One run of verification: what it was given, and what its steps have established."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from trustcenter.ledger.entry import Entry
from trustcenter.ledger.keyring import Keyring
from trustcenter.ledger.reading import Head
from trustcenter.ledger.store import Ledger
from trustcenter.proof.dsse import Envelope
from trustcenter.proof.note import VerifierKey

CLOCK_SLACK = timedelta(hours=1)
"""How far two clocks may differ before a time counts as false."""


@dataclass
class Course:
    """One run of verification: what it was given, and what the steps so far have established."""

    ledger: Ledger
    pinned: VerifierKey
    now: datetime
    roots: Sequence[bytes] = ()
    known: bytes | None = None
    head: Head = field(init=False)
    ring: Keyring = field(init=False)
    leaves: list[Entry] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    changes: list[tuple[int, Keyring]] = field(default_factory=list)
    timestamped: dict[int, datetime | None] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.ledger.path

    def ring_at(self, size: int) -> Keyring:
        """The keyring in force after that many entries."""
        return [ring for index, ring in self.changes if index < size][-1]
