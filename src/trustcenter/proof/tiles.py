"""Tiles of a log (C2SP tlog-tiles): where hashes and entries lie as static files."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trustcenter.errors import TamperedError, TrustCenterError

HEIGHT = 8
"""Levels of the tree that one tile spans."""

WIDTH = 1 << HEIGHT
"""Hashes or entries in a full tile."""

MOST_ENTRY_BYTES = 65_535
"""Longest entry: its length is written in 16 bits."""

_PATH = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, order=True)
class Tile:
    """A tile's place.

    Level (-1 holds the entries themselves), index in that level, and how many items it holds.
    """

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Path below the log's folder: three digits a folder, all but the last with an `x`."""
        digits = [f"{self.index % 1000:03d}"]
        rest = self.index // 1000
        while rest:
            digits.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        level = "entries" if self.level < 0 else str(self.level)
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{'/'.join(digits)}{partial}"

    @classmethod
    def parse(cls, path: str) -> Tile | None:
        """The tile at a path, or None when no tile lies there."""
        match = _PATH.fullmatch(path)
        if not match:
            return None
        level, digits, width = match.groups()
        tile = cls(
            -1 if level == "entries" else int(level),
            int(digits.replace("x", "").replace("/", "")),
            int(width) if width else WIDTH,
        )
        return tile if tile.path == path else None


def tiles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """The tiles of a log with that many entries.

    With `since`, only those that a log of that size did not have.
    """
    if size > since:
        yield from _level(-1, size, since)
    level = 0
    while size:
        if size > since:
            yield from _level(level, size, since)
        size, since, level = size >> HEIGHT, since >> HEIGHT, level + 1


def tile_of(level: int, index: int, size: int) -> tuple[Tile, int, int]:
    """Where the complete subtree (level, index) of a tree of that size is found: tile, first and last hash
    below it.

    The subtree's hash is the Merkle root over the tile's hashes from first up to last, not included.
    """
    tile_level, above = divmod(level, HEIGHT)
    first = index << above
    within = size >> (tile_level * HEIGHT)
    tile_index = first >> HEIGHT
    width = min(WIDTH, within - tile_index * WIDTH)
    start = first - tile_index * WIDTH
    return Tile(tile_level, tile_index, width), start, start + (1 << above)


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """An entry bundle.

    Each entry behind its length in 16 bits, big-endian. Raises TrustCenterError when too long.
    """
    for entry in entries:
        if len(entry) > MOST_ENTRY_BYTES:
            raise TrustCenterError(f"an entry has {len(entry)} bytes; a log takes at most {MOST_ENTRY_BYTES}")
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def decode_entries(data: bytes, width: int, *, where: str | None = None) -> list[bytes]:
    """The entries of a bundle, exactly `width` of them. Raises TamperedError."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise TamperedError(f"entry {len(entries)} of this bundle is cut off", where=where)
        entries.append(data[at + 2 : end])
        at = end
    if len(entries) != width:
        raise TamperedError(f"the bundle holds {len(entries)} entries instead of {width}", where=where)
    return entries


def _level(level: int, count: int, since: int) -> Iterator[Tile]:
    for index in range(since // WIDTH, (count + WIDTH - 1) // WIDTH):
        yield Tile(level, index, min(WIDTH, count - index * WIDTH))
