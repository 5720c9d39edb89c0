"""What each machine-readable form says of a claim, so that all of them say the same."""

from __future__ import annotations

from datetime import date, datetime

from trustcenter.publish.inert import clean
from trustcenter.publish.pages import iso
from trustcenter.publish.values import ClaimView
from trustcenter.publish.words import PREFIXES, number

_NO_BREAK = "\N{NO-BREAK SPACE}"


def plain(text: str) -> str:
    """One clean line whose no-break spaces are ordinary ones."""
    return clean(text).replace(_NO_BREAK, " ").strip()


def sentence(claim: ClaimView) -> str:
    """The sentence behind the word that denies it where it does not hold; a withdrawn one is its topic alone."""
    return plain(
        " ".join(part for part in (PREFIXES.get(claim.shown, ""), claim.sentence or f"{claim.short}.") if part)
    )


def scope(claim: ClaimView) -> str:
    """`14 of 14 accounts`; the empty text where nothing was counted."""
    if claim.examined is None:
        return ""
    return plain(f"{number(claim.passed or 0)} of {number(claim.examined)} {claim.noun}")


def moment(value: datetime | date | None) -> str:
    """A moment or day as in JSON; the empty text for None."""
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if value else ""
