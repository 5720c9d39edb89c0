"""Skip logic: whether a question is asked after the options chosen above it (`a && (!b || c)`).

A small recursive reader over a closed grammar; nothing is evaluated as code.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from trustcenter.publish.questionnaire.forms.interface import FormError

_PIECE = re.compile(r"\s*(&&|\|\||!|\(|\)|[A-Za-z0-9_./-]+)")
_DEEPEST = 50


def holds(condition: str, chosen: Collection[str]) -> bool:
    """Whether the condition holds for the keys of the chosen options. Raises FormError for one that cannot be read."""
    pieces: list[str] = []
    at = 0
    text = condition.strip()
    while at < len(text):
        match = _PIECE.match(text, at)
        if match is None or len(pieces) > 1_000:
            raise FormError(f"the condition {condition[:80]!r} cannot be read", hint="known are &&, ||, ! and ( )")
        pieces.append(match.group(1))
        at = match.end()
    reader = _Reader(pieces, chosen, condition)
    value = reader.either(0)
    if reader.at != len(pieces):
        raise FormError(f"the condition {condition[:80]!r} cannot be read")
    return value


class _Reader:
    def __init__(self, pieces: list[str], chosen: Collection[str], condition: str) -> None:
        self.pieces, self.chosen, self.condition, self.at = pieces, chosen, condition, 0

    def _take(self) -> str:
        if self.at >= len(self.pieces):
            raise FormError(f"the condition {self.condition[:80]!r} ends early")
        self.at += 1
        return self.pieces[self.at - 1]

    def _next(self) -> str | None:
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    def either(self, depth: int) -> bool:
        value = self.both(depth)
        while self._next() == "||":
            self._take()
            value = self.both(depth) or value
        return value

    def both(self, depth: int) -> bool:
        value = self.one(depth)
        while self._next() == "&&":
            self._take()
            value = self.one(depth) and value
        return value

    def one(self, depth: int) -> bool:
        if depth > _DEEPEST:
            raise FormError("the condition is nested too deeply")
        piece = self._take()
        if piece == "!":
            return not self.one(depth + 1)
        if piece == "(":
            value = self.either(depth + 1)
            if self._take() != ")":
                raise FormError(f"the condition {self.condition[:80]!r} lacks a bracket")
            return value
        if piece in ("&&", "||", ")"):
            raise FormError(f"the condition {self.condition[:80]!r} cannot be read")
        name, _, wanted = piece.partition("/")
        return (name in self.chosen) != (wanted == "no")
