"""The vocabulary of security questionnaires: which concepts a text speaks of, and whether it says or denies them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import yaml

from trustcenter.publish.questionnaire.text import stem, stems, words

_MOST_KEPT, _LONGEST_KEPT = 8_192, 200
"""Texts whose mentions are kept, and the words of the longest of them."""


@dataclass(frozen=True)
class Phrase:
    """One way to speak of a concept. `parts` are stem sequences that must all occur; `sign` is -1 for the opposite;
    shorter phrases of the concepts in `hides` do not count inside this one."""

    concept: str
    parts: tuple[tuple[str, ...], ...]
    sign: int
    hides: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mention:
    """A concept found in a text: its sign, and the positions of the words that said it."""

    concept: str
    sign: int
    at: frozenset[int]
    hides: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)  # one for each file, and the same one: what was read with it is kept by it
class Vocabulary:
    """Phrases by their first stem, phrases to overlook, and words without a topic.

    `loose` concepts need not be covered by a claim; `guard` concepts name a danger, so refusing it affirms;
    `broad` ones name a field, so that the other words of a question decide too, even `weak` ones. A claim that speaks
    of a `narrowing` concept (backups, administrators) answers only questions that do; of a `limiting` one likewise,
    whatever its aliases say.
    """

    phrases: Mapping[str, tuple[Phrase, ...]]
    masked: Mapping[str, tuple[tuple[str, ...], ...]]
    empty: frozenset[str]
    loose: frozenset[str]
    guard: frozenset[str]
    broad: frozenset[str]
    narrowing: Mapping[str, frozenset[str]]
    limiting: frozenset[str]
    weak: frozenset[str]
    within: Mapping[str, frozenset[str]]
    labels: Mapping[str, str]
    said: Mapping[str, tuple[str, ...]]
    """Every way to speak of a concept, as it is written in the vocabulary."""

    def mask(self, tokens: Sequence[str]) -> frozenset[int]:
        """Positions of words that belong to a phrase to overlook."""
        hidden: set[int] = set()
        for index, token in enumerate(tokens):
            for phrase in self.masked.get(token, ()):
                if tuple(tokens[index : index + len(phrase)]) == phrase:
                    hidden.update(range(index, index + len(phrase)))
        return frozenset(hidden)

    def mentions(self, tokens: Sequence[str]) -> tuple[Mention, ...]:
        """The concepts of a text given as stems.

        A longer phrase for an opposite hides the shorter ones inside it: `passwords in plain text` is about hashing.
        """
        key = tuple(tokens)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._mentions(key)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            if len(key) <= _LONGEST_KEPT:
                self._kept[key] = kept
        return kept

    @cached_property
    def _kept(self) -> dict[tuple[str, ...], tuple[Mention, ...]]:
        """What was found in texts: ranking, coverage and polarity each ask for the same ones."""
        return {}

    def _mentions(self, tokens: tuple[str, ...]) -> tuple[Mention, ...]:
        hidden = self.mask(tokens)
        found: list[Mention] = []
        for index, token in enumerate(tokens):
            for phrase in self.phrases.get(token, ()):
                at = _match(phrase, tokens, index)
                if at and not at & hidden:
                    found.append(Mention(phrase.concept, phrase.sign, at, phrase.hides))
        return tuple(
            mention
            for mention in found
            if not any(
                mention.at < other.at
                and (
                    other.sign < 0
                    or mention.concept in other.hides
                    or (mention.sign < 0 and other.concept == mention.concept)
                )
                for other in found
            )
        )

    def topics(self, tokens: Sequence[str]) -> list[str]:
        """The stems that carry a topic."""
        return [token for token in tokens if token not in self.empty and len(token) > 1]


def _match(phrase: Phrase, tokens: Sequence[str], start: int) -> frozenset[int]:
    first = phrase.parts[0]
    if tuple(tokens[start : start + len(first)]) != first:
        return frozenset()
    at = set(range(start, start + len(first)))
    for part in phrase.parts[1:]:
        place = next((i for i in range(len(tokens)) if tuple(tokens[i : i + len(part)]) == part), None)
        if place is None:
            return frozenset()
        at.update(range(place, place + len(part)))
    return frozenset(at)


@lru_cache(maxsize=1)
def load() -> Vocabulary:
    """The vocabulary that ships with the package."""
    text = files("trustcenter.publish.questionnaire").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader either way
    phrases: dict[str, dict[Phrase, None]] = {}
    for concept, entry in data["concepts"].items():
        for key, sign in (("says", 1), ("denies", -1)):
            for written in entry.get(key, ()):
                parts = tuple(tuple(stems(part)) for part in written.split(" + "))
                phrases.setdefault(parts[0][0], {})[Phrase(concept, parts, sign, frozenset(entry.get("hides", ())))] = (
                    None
                )
    masked: dict[str, list[tuple[str, ...]]] = {}
    for written in data["masked"]:
        sequence = tuple(stems(written))
        masked.setdefault(sequence[0], []).append(sequence)
    return Vocabulary(
        phrases={first: tuple(found) for first, found in phrases.items()},
        masked={first: tuple(found) for first, found in masked.items()},
        empty=frozenset(stem(word) for line in data["empty"] for word in words(line)),
        loose=frozenset(data["loose"]),
        guard=frozenset(data["guard"]),
        broad=frozenset(data["broad"]),
        narrowing={one: frozenset(others) for one, others in data["narrowing"].items()},
        limiting=frozenset(data["limiting"]),
        weak=frozenset(stem(word) for line in data["weak"] for word in words(line)),
        within={concept: frozenset(others) for concept, others in data["within"].items()},
        labels={concept: entry["says"][0] for concept, entry in data["concepts"].items()},
        said={concept: tuple(entry["says"]) for concept, entry in data["concepts"].items()},
    )
