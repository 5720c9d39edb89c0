"""Collects what is wrong, with places, so that one pass says everything."""

from __future__ import annotations

from collections.abc import Iterable

from trustcenter.errors import ConfigurationError
from trustcenter.model.place import Place
from trustcenter.strict.document import Document, Path


class ProblemList:
    """The errors of one pass."""

    def __init__(self) -> None:
        self.found: list[ConfigurationError] = []

    def add(self, place: Place, what: str, hint: str | None = None) -> None:
        self.found.append(ConfigurationError(what, where=str(place), hint=hint))

    def extend(self, problems: Iterable[ConfigurationError]) -> None:
        self.found.extend(problems)

    def __bool__(self) -> bool:
        return bool(self.found)


class Part:
    """A part of a document, and the list where its problems go."""

    def __init__(self, document: Document, path: Path, problems: ProblemList) -> None:
        self.document = document
        self.path = tuple(path)
        self.problems = problems

    def below(self, *steps: str | int) -> Part:
        return Part(self.document, (*self.path, *steps), self.problems)

    @property
    def place(self) -> Place:
        return self.document.place(self.path)

    @property
    def key_place(self) -> Place:
        return self.document.key_place(self.path)

    def problem(self, what: str, hint: str | None = None, *, key: bool = False) -> None:
        """Something wrong with the value here, or with its `key`."""
        self.problems.add(self.key_place if key else self.place, what, hint)
