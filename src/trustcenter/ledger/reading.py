"""Reading a log from its files.

Head, tiles, entries, history. Checks form and place; `verify` checks the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from trustcenter.errors import TamperedError
from trustcenter.ledger import layout, moment
from trustcenter.proof import merkle, note
from trustcenter.proof.checkpoint import Checkpoint
from trustcenter.proof.tiles import WIDTH, Tile, decode_entries, tile_of

_TIME = "time "
"""Our extension line of a checkpoint: when it was signed, as the signer's clock said."""

T = TypeVar("T")


@dataclass(frozen=True)
class Head:
    """A checkpoint as stored: its note's bytes and what they say. Nothing is verified yet."""

    data: bytes
    where: str

    @cached_property
    def note(self) -> note.Note:
        """The signed note."""
        return note.parse(self.data, where=self.where)

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """Origin, size and root."""
        return Checkpoint.parse(self.note.text, where=self.where)

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.checkpoint.size

    @cached_property
    def time(self) -> datetime:
        """When the checkpoint was signed. Raises TamperedError unless there is exactly this one extension."""
        lines = self.checkpoint.extensions
        if len(lines) != 1 or not lines[0].startswith(_TIME):
            raise TamperedError("the checkpoint does not say when it was signed", where=self.where)
        return moment.read(lines[0].removeprefix(_TIME), where=self.where)


def checkpoint_text(origin: str, size: int, root: bytes, now: datetime) -> str:
    """The text of a checkpoint of ours."""
    return Checkpoint(origin, size, root, (_TIME + moment.write(now),)).to_text()


class Log:
    """The log of a ledger's folder as one checkpoint has it.

    A writer may move the head on and drop partial tiles meanwhile; what is read stays the same, because a
    longer tile begins with the shorter one.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._hashes: dict[tuple[int, int], bytes] = {}
        self._bundles: dict[int, list[bytes]] = {}

    def head(self) -> Head | None:
        """The checkpoint as it is on disk now, or None in an empty ledger."""
        return self._head(layout.CHECKPOINT)

    def history_sizes(self) -> list[int]:
        """Sizes of all checkpoints in the history, smallest first."""
        folder = self.root / "log/checkpoints"
        if not folder.is_dir():
            return []
        found = (layout.history_of(f"log/checkpoints/{path.name}") for path in folder.iterdir())
        return sorted(each[0] for each in found if each and each[1] == "note")

    def past(self, size: int) -> Head | None:
        """The checkpoint of that size from the history."""
        return self._head(layout.history(size))

    def nodes(self, size: int) -> merkle.Nodes:
        """Complete subtrees of the first `size` entries, read from the hash tiles."""

        def read(level: int, index: int) -> bytes:
            tile, first, last = tile_of(level, index, size)
            data = self._hash_tile(tile, size)
            step = merkle.HASH_SIZE
            return merkle.root_of(data[at * step : (at + 1) * step] for at in range(first, last))

        return read

    def entry(self, index: int, size: int) -> bytes:
        """Leaf data of one entry of the log of that size."""
        return self.bundle(index // WIDTH, size)[index % WIDTH]

    def bundle(self, index: int, size: int) -> list[bytes]:
        """The entries from `index * 256` on, as far as the log of that size goes."""
        tile = Tile(-1, index, min(WIDTH, size - index * WIDTH))
        found = self._bundles.get(index, [])
        if len(found) < tile.width:
            found = self._read(tile, size, _checked_entries)
            self._bundles = {index: found}
        return found[: tile.width]

    def tile_bytes(self, tile: Tile) -> bytes:
        """A tile exactly as stored. Raises TamperedError when it is missing."""
        path = layout.tile(tile)
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError as error:
            raise TamperedError("the tile is missing", where=path) from error

    def _hash_tile(self, tile: Tile, size: int) -> bytes:
        place = (tile.level, tile.index)
        found = self._hashes.get(place, b"")
        if len(found) < tile.width * merkle.HASH_SIZE:
            found = self._read(tile, size, _checked_hashes)
            if len(self._hashes) > 64:
                self._hashes.clear()
            self._hashes[place] = found
        return found

    def _read(self, tile: Tile, size: int, decode: Callable[[bytes, Tile, str], T]) -> T:
        """Read a tile; when its partial file is gone because the log has grown, read the longer one."""
        try:
            return decode(self.tile_bytes(tile), tile, layout.tile(tile))
        except TamperedError:
            head = self.head()
            if head is None or head.size <= size:
                raise
            count = head.size >> (8 * max(tile.level, 0))
            grown = Tile(tile.level, tile.index, min(WIDTH, count - tile.index * WIDTH))
            if grown == tile:
                raise
            return self._read(grown, head.size, decode)

    def _head(self, path: str) -> Head | None:
        try:
            return Head((self.root / path).read_bytes(), path)
        except FileNotFoundError:
            return None


def _checked_hashes(data: bytes, tile: Tile, where: str) -> bytes:
    if len(data) != tile.width * merkle.HASH_SIZE:
        raise TamperedError(f"the tile holds {len(data)} bytes instead of {tile.width} hashes", where=where)
    return data


def _checked_entries(data: bytes, tile: Tile, where: str) -> list[bytes]:
    return decode_entries(data, tile.width, where=where)
