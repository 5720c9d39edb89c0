"""What the linter reads: a text of any format as blocks, and blocks as passages that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

from trustcenter.model.place import Place

_CRITERION = re.compile(
    r"\b(?:CC|PI|P|A|C)\d{1,2}\.\d{1,2}\b|\bA\.\d{1,2}(?:\.\d{1,2})?\b|\b(?:Art(?:icle|\.)?|§|Section|Sec\.) ?\d"
    r"|\b1[67]98\.\d",
)
_TO_COME = re.compile(
    r"\b(?:road ?map|planned|plans for|coming|upcoming|not (?:there|done|built) yet|not (?:available|offered"
    r"|supported|included)|what is missing|not yet"
    r"|do(?:es)? not (?:exist|have)|future)\b",
    re.IGNORECASE,
)
_MISSING = re.compile(r"\bwhat (?:can(?:.t|not)|is missing|is not|do(?:es)? (?:\w+ )?not|will)\b", re.IGNORECASE)
_REPLY = re.compile(r"(?:yes|no|not|never|partly)\b", re.IGNORECASE)
_FIRST_WORD = re.compile(r"(?:the |all )?(\w{5,})\b", re.IGNORECASE)
_SHORT = 45
_POINTS_BACK = re.compile(
    r"^(?:they|it|these|this|those|that|each|both|all of|we|he|she|then|there|here|the (?:most recent|latest"
    r"|last|next|first|previous|same|other))\b"
    r"|\b(?:it|them|their|its|this|these|those|such|that (?:is|was)|do so)\b",
    re.IGNORECASE,
)
"""What makes a sentence speak of the one before."""
T = TypeVar("T")
BlockKind = Literal["heading", "paragraph", "item", "row"]
PassageKind = Literal["badge", "title", "sentence", "item", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or table row as a reader sees it.

    `offsets` gives, for each character of `text`, where it stands in the source. `level` is a heading's (1 highest);
    a row of level 1 is the head of its table.
    """

    kind: BlockKind
    text: str
    offsets: Sequence[int]
    level: int = 0
    cells: tuple[str, ...] = ()
    group: int = 0
    """Items of one list, rows of one table share it."""
    link: str = ""
    """Where the block's first link leads, if it has one."""


@dataclass(frozen=True)
class Passage:
    """The smallest piece that can be quoted: a badge, a title, a sentence, a list item, a table row.

    `label` is what stands before a colon or above a badge's value; `heading` the nearest one above; `standing` a
    status word set beside the title (`In progress`); `before` the block's text up to this sentence.
    """

    kind: PassageKind
    text: str
    place: Place
    start: int
    end: int
    label: str = ""
    heading: str = ""
    standing: str = ""
    before: str = ""
    block: int = 0
    group: int = 0
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    link: str = ""
    part: str = ""
    """The label that holds here: the last one before in the paragraph, where there are several."""
    asserted: bool = True
    """False for what is shown as not done: it is read for its words, never held against another sentence."""
    variants: frozenset[str] = frozenset()
    """The plans, editions and modules that its page tells apart."""
    scheme: frozenset[str] = frozenset()
    """The tiers of copies that its page makes side by side."""

    def derived(self, name: str, rule: Callable[[Passage], T]) -> T:
        """What a rule reads from this passage alone, read once."""
        known: dict[str, T] = self.__dict__.setdefault("_derived", {})
        if name not in known:
            known[name] = rule(self)
        return known[name]

    @cached_property
    def context(self) -> str:
        """What the passage is about, nearest first: words, what stood before, label, heading, names of columns."""
        before = self.before if self._goes_on else ""
        parts = (self.text, before, self.label, self.about, " ".join(self.columns))
        return "\n".join(part for part in parts if part)

    @cached_property
    def _goes_on(self) -> bool:
        """Whether it speaks of the sentence before: by a pronoun, by its first word, or as a few words."""
        if self.heading.endswith("?") and _REPLY.match(self.text):
            return False
        first = _FIRST_WORD.match(self.text)
        again = first is not None and first[1].lower() in self.before.lower()
        return again or len(self.text) < _SHORT or bool(_POINTS_BACK.search(self.text))

    @cached_property
    def about(self) -> str:
        """The heading, unless it is one criterion of a standard: what stands below is not about the standard itself."""
        return "" if _CRITERION.search(self.heading) else self.heading

    @cached_property
    def planned(self) -> bool:
        """Whether it stands under a heading of what is still to come: it says nothing of today."""
        asked = self.heading.endswith("?")
        return bool((_MISSING if asked else _TO_COME).search(self.heading))

    @cached_property
    def said(self) -> str:
        """The passage with its label: `SOC 2: Type II in progress`."""
        return f"{self.label}: {self.text}" if self.label and not self.text.startswith(self.label) else self.text


@dataclass(frozen=True, slots=True)
class Page:
    """One text that was read: a page, a policy, the claims of an instance."""

    name: str
    passages: tuple[Passage, ...]
    header: tuple[Passage, ...] = field(default=())
    """The summary at the top: badges that a body must carry."""
    anchors: frozenset[str] = frozenset()
    """What links within the page can lead to: ids of HTML, headings of Markdown; empty where the format has none."""

    @property
    def body(self) -> tuple[Passage, ...]:
        """Everything that is not the summary at the top."""
        header = {passage.start for passage in self.header}
        return tuple(passage for passage in self.passages if passage.start not in header)


@dataclass(frozen=True)
class Corpus:
    """All pages that are held against each other."""

    pages: tuple[Page, ...]

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(passage for page in self.pages for passage in page.passages)

    @cached_property
    def asserted(self) -> tuple[Passage, ...]:
        """What is said, each once: the same words again in the same section of a page say nothing more."""
        said: dict[tuple[str, ...], Passage] = {}
        for one in self.passages:
            if one.asserted:
                said.setdefault((one.place.file, one.kind, one.heading, one.label, one.standing, one.text), one)
        return tuple(said.values())

    @cached_property
    def header(self) -> tuple[Passage, ...]:
        return tuple(passage for page in self.pages for passage in page.header)

    @cached_property
    def text(self) -> str:
        return "\n".join(passage.said for passage in self.passages)
