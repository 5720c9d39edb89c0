"""The step of verification over entries and tiles: which of them is not what the checkpoint signed."""

from __future__ import annotations

from collections.abc import Sequence

from trustcenter.errors import TamperedError
from trustcenter.ledger import layout
from trustcenter.ledger.course import Course
from trustcenter.model.amount import counted
from trustcenter.proof import merkle
from trustcenter.proof.tiles import HEIGHT, WIDTH, Tile, decode_entries, tiles_of


def check_tiles(course: Course) -> str:
    """Entries and hash tiles give the checkpoint's root; each tile is computed again from the entries."""
    size, expected = course.head.size, course.head.checkpoint.root
    for tile in tiles_of(size):
        if tile.level < 0:
            where = layout.tile(tile)
            course.data += decode_entries(course.ledger.log.tile_bytes(tile), tile.width, where=where)
    hashes = [merkle.leaf_hash(each) for each in course.data]
    if merkle.root_of(hashes) != expected:
        _blame_entry(course, hashes)
    level = 0
    count = 0
    while hashes:
        for start in range(0, len(hashes), WIDTH):
            tile = Tile(level, start // WIDTH, min(WIDTH, len(hashes) - start))
            _compare_tile(course, tile, hashes[start : start + WIDTH])
            count += 1
        full = len(hashes) >> HEIGHT
        hashes = [merkle.root_of(hashes[at * WIDTH : (at + 1) * WIDTH]) for at in range(full)]
        level += 1
    return f"{counted(count, 'hash tile')} and {counted(size, 'entry', 'entries')} give the root"


def entry_place(index: int, size: int) -> str:
    """An entry as errors name it: its index and its bundle's file."""
    bundle = index // WIDTH
    tile = Tile(-1, bundle, min(WIDTH, size - bundle * WIDTH))
    return f"{layout.tile(tile)} (log entry {index})"


def _compare_tile(course: Course, tile: Tile, hashes: Sequence[bytes]) -> None:
    data, where = course.ledger.log.tile_bytes(tile), layout.tile(tile)
    if data == b"".join(hashes):
        return
    step = merkle.HASH_SIZE
    wrong = next((at for at, each in enumerate(hashes) if data[at * step : (at + 1) * step] != each), len(hashes))
    raise TamperedError(f"hash {wrong} of the tile does not follow from the entries", where=where)


def _blame_entry(course: Course, hashes: Sequence[bytes]) -> None:
    """The entries do not give the root: say which one, by the hash tiles, when those give it."""
    size = course.head.size
    stored = b"".join(course.ledger.log.tile_bytes(tile) for tile in tiles_of(size) if tile.level == 0)
    step = merkle.HASH_SIZE
    told = [stored[at * step : (at + 1) * step] for at in range(size)]
    wrong = next((at for at, (one, other) in enumerate(zip(hashes, told, strict=True)) if one != other), None)
    if wrong is None:
        raise TamperedError("entries and tiles do not give the checkpoint's root", where=course.head.where)
    proven = merkle.root_of(told) == course.head.checkpoint.root
    more = "" if proven else ", and neither gives the checkpoint's root"
    raise TamperedError(f"the entry does not match its hash{more}", where=entry_place(wrong, size))
