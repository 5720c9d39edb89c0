"""Times as text: UTC, RFC 3339, ending in Z."""

from __future__ import annotations

from datetime import UTC, datetime

from trustcenter.errors import TamperedError, TrustCenterError


def write(moment: datetime) -> str:
    """`2026-11-21T09:00:00Z`, with microseconds when there are any.

    Raises TrustCenterError without a time zone.
    """
    if moment.tzinfo is None:
        raise TrustCenterError("a time without a time zone cannot be recorded")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read(text: object, *, where: str | None = None) -> datetime:
    """The time that `write` wrote. Raises TamperedError for any other text."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) and text.endswith("Z") else None
    except ValueError:
        found = None
    if found is None or write(found) != text:
        raise TamperedError(f"not a time in UTC: {str(text)[:40]!r}", where=where)
    return found
