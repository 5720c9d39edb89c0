"""Which shares are levels of service that are promised, and when a higher one keeps a lower promise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trustcenter.publish.lint.quantities import Quantity

if TYPE_CHECKING:
    from trustcenter.publish.lint.checks.values import Fact

_BELOW = re.compile(r"\b(?:below|under|less than|falls? (?:to|below)|drops? below)\W+$", re.IGNORECASE)
_CREDIT = re.compile(r"^\W{0,2}(?:below|under|credit|refund|of (?:the |your )?(?:fee|price|monthly))", re.IGNORECASE)
_UNREAL = re.compile(r"\b(?:would|if it|had it|wouldn|missed|fell short)\b|[’']d (?:have|be)\b", re.IGNORECASE)

_LOWEST_LEVEL = 80


def no_level(text: str, found: Quantity) -> bool:
    """Whether a share is a remedy, the level that triggers it, one that was missed, or one that never was."""
    if found.high < _LOWEST_LEVEL:
        return True
    return bool(_BELOW.search(text[: found.start]) or _CREDIT.match(text[found.end :]) or _UNREAL.search(text))


_FLOOR = re.compile(
    r"\b(?:at least|no less than|not less than|minimum of|or (?:more|better|higher))\W*$", re.IGNORECASE
)


def floor_kept(first: Sequence[Fact], second: Sequence[Fact]) -> bool:
    """`At least 99.5 %` is kept by every higher share."""
    for least, others in ((first, second), (second, first)):
        floors = [one for one in least if _FLOOR.search(one.passage.text[: one.quantity.start])]
        if floors and all(other.quantity.low >= floors[0].quantity.low for other in others):
            return True
    return False
