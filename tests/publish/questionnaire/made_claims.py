"""A claim as another part would hand it over, with the fields that do not matter here filled in, and its moments."""

from __future__ import annotations

from datetime import UTC, datetime

from trustcenter.publish.questionnaire import Answerable

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def claim(
    identifier: str,
    sentence: str,
    title: str,
    *,
    state: str = "tested",
    criteria: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
    opposites: tuple[str, ...] = (),
    missing: str | None = None,
) -> Answerable:
    """One claim with the fields that do not matter here filled in."""
    return Answerable(
        claim=identifier,
        sentence=sentence,
        state=state,
        methods=("inspection", "probe") if state == "tested" else ("representation",),
        as_of=AS_OF,
        criteria=criteria,
        aliases=aliases,
        title=title,
        link=f"https://trust.example/claims/{identifier}",
        missing=missing,
        opposites=opposites,
    )
