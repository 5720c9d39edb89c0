"""Words of a text: folded, split and reduced to stems, so that `encrypted` and `encryption` meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_CONTRACTIONS = (
    ("can't", "can not"),
    ("won't", "will not"),
    ("n't", " not"),
    ("cannot", "can not"),
    ("e-mail", "email"),
    ("centre", "center"),
)
_VOWEL = re.compile(r"[aeiouy]")


@lru_cache(maxsize=8_192)
def fold(text: str) -> str:
    """The text in lower case without accents, typographic quotes and invisible characters."""
    text = unicodedata.normalize("NFKD", text).casefold().replace("’", "'").replace("‘", "'")
    if not text.isascii():
        text = "".join(char for char in text if not unicodedata.combining(char) and unicodedata.category(char) != "Cf")
    for short, long in _CONTRACTIONS:
        text = text.replace(short, long)
    return text


def words(text: str) -> list[str]:
    """Lower-case words; hyphens and slashes separate, a possessive `'s` is dropped."""
    return [word.split("'")[0] if word.endswith("'s") else word.replace("'", "") for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its commonest English endings; a light version of Porter's algorithm (1980)."""
    if len(word) <= 3 or any(char.isdigit() for char in word):
        return word
    if word.endswith("ies") and len(word) > 4:
        word = f"{word[:-3]}y"
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending, least in (
        ("ization", 4),
        ("isation", 4),
        ("ations", 4),
        ("ation", 4),
        ("ing", 3),
        ("ed", 3),
        ("ion", 4),
        ("ment", 5),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= least and _VOWEL.search(word[: -len(ending)]):
            word = word[: -len(ending)]
            if ending in ("ing", "ed") and len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    for ending in ("ize", "ise", "at", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def stems(text: str) -> list[str]:
    """The stems of all words, in order."""
    return list(_stems(text))


@lru_cache(maxsize=8_192)
def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words(text))
