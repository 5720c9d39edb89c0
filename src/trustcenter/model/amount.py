"""How many there are, in words that agree with the number."""

from __future__ import annotations


def counted(amount: int, one: str, many: str | None = None) -> str:
    """`1 gap`, `2 gaps`, `1,200 gaps`; `many` is the plural where it is no mere s."""
    return f"{amount:,} {one if amount == 1 else many or f'{one}s'}"
