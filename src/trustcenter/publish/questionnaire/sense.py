"""Comparing texts by meaning: passages of ours encoded once and kept, questions encoded in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from trustcenter.publish import meaning


class Sense:
    """Vectors of passages and questions. Raises `MeaningUnavailable` where the model is not installed.

    `kept` is a folder for the passages' vectors; without it they are encoded anew in each process.
    """

    def __init__(self, kept: Path | None = None) -> None:
        self._encoder = meaning.load()
        self._kept = kept
        self._passages: dict[tuple[str, ...], Any] = {}
        self._questions: dict[str, Any] = {}

    def prepare(self, questions: Iterable[str]) -> None:
        """Encode many questions at once, which is several times faster than one by one."""
        new = [text for text in dict.fromkeys(questions) if text not in self._questions]
        if new:
            self._questions.update(zip(new, self._encoder.encode(new), strict=True))

    def compare(self, question: str, passages: Sequence[str]) -> list[float]:
        """The cosine of a question with each passage."""
        key = tuple(passages)
        if key not in self._passages:
            self._passages[key] = meaning.encode_kept(key, self._kept)
        self.prepare((question,))
        found: list[float] = (self._passages[key] @ self._questions[question]).tolist()
        return found
