"""Samples: the same for everybody, new with each number, favouring no row."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustcenter.errors import TrustCenterError
from trustcenter.ledger import sample

ROOT, POPULATION = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def test_a_sample_is_what_it_was() -> None:
    """Fixed for good: an auditor's tool draws the same rows years later."""
    assert sample.draw(ROOT, "auditor-nonce", POPULATION, 1000, 5) == (423, 835, 65, 283, 388)


@given(st.integers(min_value=0, max_value=500), st.integers(min_value=0, max_value=60))
def test_rows_are_different_and_exist(size: int, count: int) -> None:
    drawn = sample.draw(ROOT, "auditor-nonce", POPULATION, size, count)
    assert len(drawn) == len(set(drawn)) == min(size, count)
    assert all(0 <= each < size for each in drawn)


def test_everything_it_derives_from_changes_it() -> None:
    base = sample.draw(ROOT, "auditor-nonce", POPULATION, 10_000, 25)
    assert base[:10] == sample.draw(ROOT, "auditor-nonce", POPULATION, 10_000, 10)
    for other in (
        sample.draw(POPULATION, "auditor-nonce", POPULATION, 10_000, 25),
        sample.draw(ROOT, "auditor-nonce!", POPULATION, 10_000, 25),
        sample.draw(ROOT, "auditor-nonce", ROOT, 10_000, 25),
        sample.draw(ROOT, "auditor-nonce", POPULATION, 10_001, 25),
    ):
        assert other != base


def test_no_row_is_favoured() -> None:
    """3 of 10 rows, 4,000 times.

    Each row 1,200 times on average, far outside of 1,000 to 1,400 only by a fault.
    """
    counts: Counter[int] = Counter()
    for number in range(4000):
        counts.update(sample.draw(ROOT, f"nonce-{number:05}", POPULATION, 10, 3))
    assert set(counts) == set(range(10))
    assert all(1000 < count < 1400 for count in counts.values())


@pytest.mark.parametrize(
    ("root", "nonce", "size"), [("1" * 64, "auditor-nonce", 5), (ROOT, "short", 5), (ROOT, "auditor-nonce", -1)]
)
def test_what_nothing_can_be_drawn_from(root: str, nonce: str, size: int) -> None:
    with pytest.raises(TrustCenterError):
        sample.draw(root, nonce, POPULATION, size, 1)
