"""What the bundled fonts can print: nothing is drawn with a font of the machine."""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache

_INSTEAD = {"®": "(R)", "™": "(TM)", "→": "->", "≥": ">=", "≤": "<=", "ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O"}


@lru_cache(maxsize=8)
def coverage(font: bytes) -> frozenset[int]:
    """The code points that a font has."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped,unused-ignore]

    return frozenset(TTFont(io.BytesIO(font), lazy=True).getBestCmap())


def printable(text: str, known: frozenset[int]) -> str:
    """The text in letters that are there: an accent that is missing is dropped, any other unknown becomes `?`."""
    return "".join(char if ord(char) in known or char == "\n" else _instead(char, known) for char in text)


def _instead(char: str, known: frozenset[int]) -> str:
    candidates = (
        _INSTEAD.get(char, ""),
        "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c)),
    )
    for candidate in candidates:
        if candidate and all(ord(c) in known for c in candidate):
            return candidate
    return "" if unicodedata.combining(char) else "?"
