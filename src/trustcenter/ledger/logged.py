"""What a ledger gives back: the receipt of an append, and a statement as it was logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from trustcenter.ledger import layout
from trustcenter.proof import dsse, statement
from trustcenter.proof.checkpoint import Checkpoint


@dataclass(frozen=True)
class Receipt:
    """Acknowledgement of an append, given after the commit: these statements are in the log for good.

    `first` is the index of the first of `digests`; `timestamp_problem` says why the checkpoint has no
    timestamp although an authority is configured.
    """

    first: int
    size: int
    digests: tuple[str, ...]
    checkpoint: Checkpoint
    note: bytes
    timestamp_problem: str | None = None


@dataclass(frozen=True)
class Logged:
    """A statement as the log holds it. `logged` is the time of the first kept checkpoint that covers it."""

    index: int
    digest: str
    envelope: dsse.Envelope
    logged: datetime

    @cached_property
    def statement(self) -> statement.Statement:
        """What is stated."""
        return statement.parse(self.envelope.payload, where=layout.statement(self.digest))
