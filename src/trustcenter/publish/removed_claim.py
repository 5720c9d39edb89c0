"""A claim that was made and is made no more, as its addresses say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RemovedClaim:
    """What was said at this anchor until `on`, and is not said any more: its addresses stay and say so.

    `id` is control and claim, as they were; `address` and `twin` are where page and JSON stand.
    """

    id: str
    anchor: str
    words: str
    on: date
    reason: str
    address: str
    twin: str
