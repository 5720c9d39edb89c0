"""A finding: two places of a page that do not go together, or one that says what nobody could hold."""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.model.place import Place
from trustcenter.publish.lint.page import Passage

FAMILIES: dict[str, str] = {
    "status": "status",
    "value": "value",
    "scope": "scope",
    "legal": "legal",
    "unsupported": "unsupported header",
    "capability": "capability",
    "optionality": "optionality",
    "governance": "governance",
    "absolute": "absolute quantifier without population",
    "hedge": "hedge or puffery",
    "retention": "retention arithmetic",
    "ambiguity": "ambiguity",
    "gap": "gap",
    "reference": "reference",
    "staleness": "staleness",
    "term": "terminology",
}
"""Family id to its name in words."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words as they stand in the source; offsets count characters from the start of the file, end exclusive."""

    text: str
    place: Place
    start: int
    end: int

    @classmethod
    def of(cls, passage: Passage) -> Quote:
        """The passage's own words."""
        return cls(passage.text, passage.place, passage.start, passage.end)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, quoted from both places (one where a sentence fails by itself), why it matters, what to say."""

    rule: str
    family: str
    first: Quote
    why: str
    suggestion: str
    second: Quote | None = None
    likely: bool = False
    """True where no rule shows it and the pair model takes the two for contradictory."""

    @property
    def quotes(self) -> tuple[Quote, ...]:
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def key(self) -> tuple[str, str, int, str, int]:
        """Equal for findings that say the same thing twice."""
        second = self.second
        return (
            self.rule,
            self.first.place.file,
            self.first.start,
            second.place.file if second else "",
            second.start if second else -1,
        )
