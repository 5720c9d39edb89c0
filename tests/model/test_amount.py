"""Words that agree with their number."""

from __future__ import annotations

from trustcenter.model.amount import counted


def test_one_is_not_many() -> None:
    assert [counted(amount, "change") for amount in (0, 1, 2)] == ["0 changes", "1 change", "2 changes"]
    assert counted(1, "entry holds", "entries hold") == "1 entry holds"
    assert counted(7, "entry holds", "entries hold") == "7 entries hold"
