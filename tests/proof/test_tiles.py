"""Tiles: the paths of the specification, and that hashes are found again at every size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import TamperedError, TrustCenterError
from trustcenter.proof import merkle, tiles
from trustcenter.proof.tiles import Tile


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(-1, 0, 5), "tile/entries/000.p/5"),
        (Tile(3, 999), "tile/3/999"),
        (Tile(1, 1000, 255), "tile/1/x001/000.p/255"),
    ],
)
def test_paths_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path", ["tile/0/1", "tile/0/000.p/256", "tile/0/000.p/0", "tile/64/000", "tile/0/x000/001", "tile/00/001", "x"]
)
def test_where_no_tile_lies(path: str) -> None:
    assert Tile.parse(path) is None


def test_the_example_of_the_specification_for_a_log_of_70000() -> None:
    """256 full tiles at level 0 and one of 112... (C2SP tlog-tiles, partial tiles)."""
    found = [each for each in tiles.tiles_of(70_000) if each.level >= 0]
    assert [each for each in found if each.width < 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert len(found) == 274 + 2 + 1


@given(st.integers(min_value=1, max_value=3000), st.data())
def test_every_complete_subtree_is_found_in_its_tile(size: int, data: st.DataObject) -> None:
    level = data.draw(st.integers(min_value=0, max_value=size.bit_length() - 1))
    index = data.draw(st.integers(min_value=0, max_value=(size >> level) - 1))
    tree = merkle.Tree(b"%032d" % at for at in range(size))
    tile, first, last = tiles.tile_of(level, index, size)
    assert tile in set(tiles.tiles_of(size))
    assert last <= tile.width
    hashes = [tree(tile.level * 8, tile.index * 256 + at) for at in range(first, last)]
    assert merkle.root_of(hashes) == tree(level, index)


@given(st.integers(min_value=0, max_value=70_000), st.integers(min_value=0, max_value=2000))
def test_growing_writes_exactly_the_tiles_that_change(since: int, more: int) -> None:
    before, after = set(tiles.tiles_of(since)), set(tiles.tiles_of(since + more))
    assert set(tiles.tiles_of(since + more, since=since)) == after - before


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_comes_back_as_it_was(entries: list[bytes]) -> None:
    data = tiles.encode_entries(entries)
    assert tiles.decode_entries(data, len(entries)) == entries
    with pytest.raises(TamperedError):
        tiles.decode_entries(data, len(entries) + 1)
    with pytest.raises(TamperedError):
        tiles.decode_entries(data + b"\x00", len(entries))


def test_an_entry_too_long_for_the_format_is_refused() -> None:
    tiles.encode_entries([bytes(65_535)])
    with pytest.raises(TrustCenterError, match="65536"):
        tiles.encode_entries([bytes(65_536)])
