"""The summary at the top of a page: badges that the body must carry."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trustcenter.publish.lint.lexicon import topics_in
from trustcenter.publish.lint.page import Passage

_INTRODUCTION = 8
"""Sentences that may stand above it; after more of them, badges are a section's own."""
_ENDED = re.compile(r"[.!?;:,]\)?$")


def summary(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The first run of three or more badges on different topics near the top, with a body after it."""
    run: list[Passage] = []
    above = 0
    for index, passage in enumerate(passages):
        if passage.kind == "badge" or _one_line_badge(passage) or _beside(run, passage):
            run.append(passage)
            continue
        if _is_summary(run):
            break
        above += len(run) + (passage.kind != "title")
        run = []
        if index > 25 or above > _INTRODUCTION:
            return ()
    body = [passage for passage in passages if passage.kind not in ("badge", "title")]
    return tuple(run) if _is_summary(run) and len(body) >= 3 else ()


def _beside(run: Sequence[Passage], passage: Passage) -> bool:
    """An entry of the list whose first two are badges: it may name a topic and nothing more."""
    return (
        len(run) >= 2
        and passage.kind == run[-1].kind == "item"
        and passage.group == run[-1].group
        and passage.text.count(" ") < 5
        and not _ENDED.search(passage.text)
        and bool(topics_in(passage.text))
    )


def _is_summary(run: Sequence[Passage]) -> bool:
    found: set[str] = set()
    for passage in run:
        found |= topics_in(f"{passage.label} {passage.text}") - found
    return len(run) >= 3 and len(found) >= 3 and sum(bool(topics_in(f"{p.label} {p.text}")) for p in run) >= 3


def _one_line_badge(passage: Passage) -> bool:
    return (
        passage.kind in ("item", "title")
        and passage.text.count(" ") < 6
        and not _ENDED.search(passage.text)
        and bool(topics_in(passage.text))
        and bool(
            re.search(
                r"\d|compliant|certified|ready|attested|audited|residency|zero[- ]trust|\bonly\b",
                passage.text,
                re.IGNORECASE,
            )
        )
    )
