"""Identical input gives identical bytes: pack, page, and the judgement of a past run."""

from __future__ import annotations

from pathlib import Path

import pytest


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.deep  # that of the small sample is made twice in every run
def test_the_pack_of_one_reader_is_the_same_twice(line, second_pack):
    assert (line.kept / "build" / "pack.pdf").read_bytes() == second_pack.read_bytes()


def test_the_page_is_the_same_twice(line):
    """Nothing of the page names the moment it was built: not even the sitemap or its compressed copy."""
    first, second = contents(line.site), contents(line.kept / "again" / "site")
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []
    assert len(first) > 100


def test_the_run_is_judged_the_same_again(line):
    assert "the same, byte for byte" in line.ran["replay"].stdout
