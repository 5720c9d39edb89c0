"""Patterns of the rules, with classes of words: `{staff}` stands for everybody who works there (rules/words.yaml)."""

from __future__ import annotations

import re

from trustcenter.publish.lint.rule_files import data

_CLASS = re.compile(r"\{([a-z_]+)\}")


def expand(text: str) -> str:
    """A pattern with its classes written out; raises KeyError for a class that does not exist."""
    return _CLASS.sub(lambda found: f"(?:{expand(data('words')['classes'][found[1]])})", text)


def pattern(text: str) -> re.Pattern[str]:
    """A pattern of a rule, compiled; letter case does not matter."""
    return re.compile(expand(text), re.IGNORECASE)
