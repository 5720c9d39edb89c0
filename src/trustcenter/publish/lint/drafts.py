"""A security page as draft controls: its own sentences as claims, each with what could test it (rules/drafts.yaml)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trustcenter.publish.lint.page import Page, Passage
from trustcenter.publish.lint.rule_files import data

_NOT_CLAIMS = re.compile(
    r"^(please|if you|see|contact|learn|read|view|click|how)\b|\?$|\bdo(es)? not\b.{0,20}\bclaim\b", re.IGNORECASE
)


_LIST_OF = re.compile(r"^what\b(?!.*\?$)|\b(?:not|never|no|without|don.t)\b|:$", re.IGNORECASE)
"""A heading without which an entry says something else, or the opposite."""
BY_PERSONS = frozenset({"documents", "declarations"})
"""Collectors that see what people wrote, not what a system does."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A control that is not in place yet: `collector` could test it today, or nobody but a person can say so."""

    id: str
    domain: str
    collector: str | None
    soc2: Mapping[str, str]
    passages: tuple[Passage, ...]

    @property
    def path(self) -> str:
        """The control file below the controls folder."""
        return f"{self.domain}/{self.id}.yaml"

    def document(self) -> dict[str, object]:
        """The control file's content. Its state is `not_done`: a sentence becomes a claim only once it is tested."""
        first = self.passages[0]
        by_hand = self.collector is None or self.collector in BY_PERSONS
        how = "declare it, or add its document" if by_hand else f"test it with the collector {self.collector}"
        return {
            "id": f"{self.domain}.{self.id}",
            "title": _title(first),
            "owner": "security",
            "nature": "automated" if self.collector and self.collector not in BY_PERSONS else "manual",
            "frequency": "daily",
            "criteria": {"soc2": dict(self.soc2)},
            "progress": {"state": "not_done", "missing": f"Imported from {first.place}, not verified: {how}."},
            "claims": [
                {"id": f"said-{number}", "short": _title(one)[:60], "say": _sentence(one)}
                for number, one in enumerate(self.passages, 1)
            ],
        }


def drafts(page: Page) -> tuple[tuple[Draft, ...], tuple[Passage, ...]]:
    """The draft controls of a page, and the sentences that fit none of them."""
    found: dict[str, list[Passage]] = {}
    left: list[Passage] = []
    kinds = data("drafts")["kinds"]
    once: set[str] = set()
    for passage in page.passages:
        if passage.said in once:
            # A badge or sentence that the page repeats is one claim.
            continue
        once.add(passage.said)
        if passage.kind in ("title", "row") or _NOT_CLAIMS.search(passage.text):
            continue
        kind = _kind(kinds, passage)
        if kind is None:
            left.append(passage)
        else:
            found.setdefault(kind, []).append(passage)
    return (
        tuple(
            Draft(entry["id"], entry["domain"], entry["collector"], entry["soc2"], tuple(found[entry["id"]]))
            for entry in kinds
            if entry["id"] in found
        ),
        tuple(left),
    )


def _kind(kinds: Sequence[Mapping[str, str]], passage: Passage) -> str | None:
    """By the sentence's own words, then by its label or heading."""
    for text in (passage.text, f"{passage.label} {passage.heading}"):
        for kind in kinds:
            if re.search(kind["about"], text, re.IGNORECASE):
                return kind["id"]
    return None


def _title(passage: Passage) -> str:
    return _plain(passage.label or passage.heading or passage.text)[:100]


def _sentence(passage: Passage) -> str:
    """The passage; an entry of a list with what the list is of: `What we do not send: bank details`."""
    listed = passage.kind == "item" and not passage.label and _LIST_OF.search(passage.heading)
    return _plain(f"{passage.heading}: {passage.text}" if listed else passage.said)


def _plain(text: str) -> str:
    """Without braces, which would name a value of evidence, and without characters that a control refuses."""
    return re.sub(r"[{}\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text).strip()
