"""What the pair model is trained on: groups of sentences, and whole pages with what contradicts itself on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from trustcenter.publish.lint.likely import said
from trustcenter.publish.lint.page import Corpus
from trustcenter.publish.lint.pair_model import FAMILY_ORDER
from trustcenter.publish.lint.reading import read_page

HERE = Path(__file__).parent
TESTS = HERE.parent.parent / "tests" / "publish" / "lint" / "pages"
PAGES = (HERE / "pages", TESTS / "contradictory", TESTS / "strangers", TESTS / "truthful")
"""Those of benchmarks/lint_unseen are not among them: nothing is trained on what measures it."""
_FAMILIES = {"unsupported_header": "unsupported", "terminology": "term"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences of one page; `family` of the contradiction, or none where both can be true."""

    one: str
    other: str
    family: str | None


@dataclass(frozen=True, slots=True)
class ReadPage:
    """The passages of a page in words, and the numbers of those that contradict each other, with the family."""

    name: str
    passages: tuple[str, ...]
    contradictions: dict[tuple[int, int], str]


def groups() -> Iterator[tuple[str, list[Pair]]]:
    """The subject of each group, and its first sentence with each of the others."""
    for file in sorted((HERE / "pairs").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            group: dict[str, Any] = json.loads(line)
            against = [Pair(group["a"], one["s"], _family(one["family"])) for one in group["against"]]
            beside = [Pair(group["a"], one, None) for one in group["with"]]
            yield group["topic"], against + beside


def pages() -> Iterator[ReadPage]:
    """Every page as the linter reads it."""
    for folder in PAGES:
        for file in sorted(folder.iterdir()):
            if file.suffix not in (".md", ".txt", ".html"):
                continue
            read = Corpus((read_page(file.name, file.read_text(encoding="utf-8")),)).asserted
            listing = file.with_suffix(".yaml")
            listed = yaml.safe_load(listing.read_text(encoding="utf-8")) if listing.exists() else []
            found: dict[tuple[int, int], str] = {}
            for entry in listed:
                places = [_place(quote, [one.text for one in read]) for quote in entry["quotes"]]
                if len(places) == 2 and None not in places and places[0] != places[1]:
                    one, other = sorted(place for place in places if place is not None)
                    found[one, other] = _family(entry.get("family") or entry["kind"])
            yield ReadPage(file.name, tuple(said(one) for one in read), found)


def _place(quote: str, texts: list[str]) -> int | None:
    """The passage that overlaps a quote, the one nearest to it in length."""
    wanted = _plain(quote)
    over = [number for number, text in enumerate(texts) if wanted in _plain(text) or _plain(text) in wanted]
    return min(over, key=lambda number: abs(len(texts[number]) - len(quote)), default=None)


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .").lower()


def _family(named: str) -> str:
    family = _FAMILIES.get(named, named)
    assert family in FAMILY_ORDER, named
    return family
