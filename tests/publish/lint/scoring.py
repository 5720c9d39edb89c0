"""How a listed contradiction counts as found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trustcenter.publish.lint import Finding


def found_by(listed: Mapping[str, Any], findings: Iterable[Finding]) -> Finding | None:
    """The first finding of the same family whose quotes overlap all listed ones.

    A quote overlaps when one contains the other, blanks and letter case aside. A listing with one quote needs it in
    either of the finding's quotes; a listing with two needs both, in any order, and never both in one quote.
    """
    family = listed.get("family") or listed["kind"]
    for finding in findings:
        if finding.family == family and _covers(listed["quotes"], [quote.text for quote in finding.quotes]):
            return finding
    return None


def _covers(wanted: Sequence[str], quoted: Sequence[str]) -> bool:
    if len(wanted) == 1:
        return any(_overlap(wanted[0], quote) for quote in quoted)
    orders = (quoted, quoted[::-1])
    return len(quoted) == 2 and any(all(map(_overlap, wanted, order)) for order in orders)


def _overlap(one: str, other: str) -> bool:
    first, second = _plain(one), _plain(other)
    return first in second or second in first


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .").lower()
