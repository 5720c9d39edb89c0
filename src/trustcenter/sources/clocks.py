"""Our clock against that of whoever answers: evidence that is dated by a wrong clock is worth nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from trustcenter.model.population import CouldNotTell

LARGEST_SKEW = timedelta(minutes=5)
"""The difference at which AWS itself refuses a signature."""


def compared(date: str | None, now: datetime, whose: str) -> datetime | None:
    """The moment of a `Date` header (RFC 9110 6.6.1) in UTC; None where there is none.

    Raises CouldNotTell: `malformed` for a date that is none, `contradicted` for one that is far from ours.
    """
    if not date:
        return None
    try:
        theirs = parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CouldNotTell("malformed", "the answer's Date is not a date") from None
    if abs(theirs - now) > LARGEST_SKEW:
        apart = int(abs(theirs - now).total_seconds())
        raise CouldNotTell(
            "contradicted",
            f"this machine's clock and that of {whose} are {apart} seconds apart",
            hint="set the clock right (NTP), and collect again",
        )
    return theirs
