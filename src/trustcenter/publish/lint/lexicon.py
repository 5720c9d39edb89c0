"""The words that structure is recognised by: topics of labels, status words beside a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from trustcenter.publish.lint.rule_files import data

STANDING = re.compile(
    r"^[\W_]*(in[ -]progress|active|live|planned|complete[d]?|done|achieved|available|coming soon|not started|ongoing"
    r"|under ?way|in place|implemented|pending|on hold|in review|draft|certified|compliant|roadmap|scheduled"
    r"|on the roadmap|exploring|(?:q[1-4]|h[12]) ?20\d\d)[\W_]*$",
    re.IGNORECASE,
)
"""A block that says where the thing beside it stands, and nothing else."""


@cache
def topics() -> dict[str, re.Pattern[str]]:
    """Topic to the pattern that recognises it."""
    return {name: re.compile(topic["about"], re.IGNORECASE) for name, topic in data("topics")["topics"].items()}


def topics_in(text: str) -> frozenset[str]:
    """The topics that a text names."""
    return frozenset(name for name, pattern in topics().items() if pattern.search(text))


def names_columns(cells: Sequence[str]) -> bool:
    """Whether the head of a table names its columns: a few words each, no figure, no plan to compare."""
    return len(cells) > 1 and all(
        cell.count(" ") < 4 and not re.search(r"\d|\bplan\b", cell) and not topics_in(cell) for cell in cells
    )
