"""Short texts ranked for a question: BM25 over stems and concepts, with weighted fields (Robertson, Zaragoza 2009)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from trustcenter.publish.questionnaire.text import stems
from trustcenter.publish.questionnaire.vocabulary import Vocabulary


@dataclass(frozen=True)
class Weights:
    """BM25's saturation and length normalisation, and what a concept counts against a word."""

    saturation: float = 1.2
    length: float = 0.5
    concept: float = 1.5


@dataclass(frozen=True)
class Document:
    """A text to be found, in fields with weights."""

    id: str
    fields: tuple[tuple[float, str], ...]


def terms(text: str, vocabulary: Vocabulary) -> Counter[str]:
    """Stems that carry a topic, and the concepts (marked with `§`)."""
    tokens = stems(text)
    found = Counter(vocabulary.topics(tokens))
    for concept in {mention.concept for mention in vocabulary.mentions(tokens)}:
        found[f"§{concept}"] += 1
    return found


class Ranker:
    """An inverted index over some hundred documents."""

    def __init__(self, documents: Iterable[Document], vocabulary: Vocabulary, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()
        self._vocabulary = vocabulary
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._ids: list[str] = []
        self._lengths: list[float] = []
        for number, document in enumerate(documents):
            weighted: Counter[str] = Counter()
            for weight, text in document.fields:
                for term, count in terms(text, vocabulary).items():
                    weighted[term] += weight * count  # type: ignore[assignment]
            self._ids.append(document.id)
            self._lengths.append(sum(weighted.values()))
            for term, count in weighted.items():
                self._postings[term].append((number, count))
        self._mean = (sum(self._lengths) / len(self._lengths)) if self._lengths else 1.0

    def weight(self, term: str) -> float:
        """How telling a term is: high for a rare one, highest for one that no document holds."""
        total, holding = len(self._ids), len(self._postings.get(term, ()))
        return math.log(1 + (total - holding + 0.5) / (holding + 0.5))

    def held(self, identifier: str, text: str) -> int:
        """How many of a text's terms a document holds."""
        number = self._ids.index(identifier)
        return sum(
            any(other == number for other, _ in self._postings.get(term, ())) for term in terms(text, self._vocabulary)
        )

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Ids with their scores, best first; ties in the order of the documents."""
        scores: dict[int, float] = defaultdict(float)
        for term, count in terms(text, self._vocabulary).items():
            weight = self.weight(term) * min(count, 2) * (self._weights.concept if term.startswith("§") else 1.0)
            for number, frequency in self._postings.get(term, ()):
                share = self._weights.length * self._lengths[number] / (self._mean or 1.0)
                norm = self._weights.saturation * (1 - self._weights.length + share)
                scores[number] += weight * frequency * (self._weights.saturation + 1) / (frequency + norm)
        order = sorted(scores, key=lambda number: (-scores[number], number))
        return [(self._ids[number], round(scores[number], 6)) for number in order]


@lru_cache(maxsize=1)
def criterion_phrases() -> Mapping[str, Sequence[str]]:
    """How questionnaires speak of each criterion, by its id."""
    text = files("trustcenter.publish.questionnaire").joinpath("criterion_phrases.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[str]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return loaded
