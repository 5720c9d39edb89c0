"""Checkpoints of a log (C2SP tlog-checkpoint): how long it is and its Merkle root, as a note's text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trustcenter.errors import TamperedError
from trustcenter.proof.canonical import decode_base64, encode_base64
from trustcenter.proof.merkle import HASH_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log.

    Its name (origin), number of entries, Merkle root, and further lines that we define.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def to_text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str, *, where: str | None = None) -> Checkpoint:
        """Raises TamperedError when the text is not a checkpoint."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise TamperedError("not a checkpoint: origin, size and root are needed", where=where)
        if not _SIZE.fullmatch(lines[1]):
            raise TamperedError(f"the checkpoint's size is not a number: {lines[1][:30]!r}", where=where)
        root = decode_base64(lines[2], where=where)
        if len(root) != HASH_SIZE:
            raise TamperedError(f"the checkpoint's root has {len(root)} bytes, not {HASH_SIZE}", where=where)
        return cls(lines[0], int(lines[1]), root, tuple(lines[3:-1]))
