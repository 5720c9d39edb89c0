"""Criteria ranked for a question: several views of the same texts, added up with few weights that ship as data.

The views: all words of a criterion (BM25), its single phrases (BM25), runs of letters (for other endings and typing
errors), and, where the optional model is asked for, meaning. A criterion counts by its three best phrases, so that
one that speaks of many things is not at a loss against one that speaks of a single one.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from trustcenter.publish.questionnaire.model import CriterionText
from trustcenter.publish.questionnaire.ranking import Document, Ranker, Weights, criterion_phrases
from trustcenter.publish.questionnaire.sense import Sense
from trustcenter.publish.questionnaire.text import words
from trustcenter.publish.questionnaire.vocabulary import Vocabulary

BEST = (1.0, 0.3, 0.15)  # what a criterion's best phrase counts, its second, its third
LETTERS = 4  # the length of a run
COMMON = 0.08  # runs in a larger share of the phrases tell nothing


@dataclass(frozen=True)
class Fusion:
    """What each view counts."""

    document: float
    phrases: float
    letters: float
    meaning: float = 0.0


@dataclass(frozen=True)
class Ranking:
    """Criteria with scores between 0 and 1, best first.

    `margin` is the best one's lead over the second, as a share of its score; `agreement` the share of views that put
    the same criterion first; `held` how many telling words and concepts of the question the best one's texts hold.
    """

    criteria: tuple[tuple[str, float], ...]
    margin: float
    agreement: float
    held: int = 0


@lru_cache(maxsize=1)
def settings() -> Mapping[str, Any]:
    """The weights, likelihoods and bands that ship with the package: `matching.yaml`."""
    text = files("trustcenter.publish.questionnaire").joinpath("matching.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


class LetterIndex:
    """Short texts by their runs of letters, weighted by how rare they are (TF-IDF, cosine)."""

    def __init__(self, texts: Sequence[str]) -> None:
        runs = [_runs(text) for text in texts]
        holding = Counter(run for found in runs for run in found)
        self._total = len(texts)
        self._rare = {
            run: math.log(1 + self._total / (1 + count))
            for run, count in holding.items()
            if count <= max(3, COMMON * self._total)
        }
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, found in enumerate(runs):
            weighted = {run: (1 + math.log(n)) * self._rare[run] for run, n in found.items() if run in self._rare}
            length = math.sqrt(sum(weight * weight for weight in weighted.values())) or 1.0
            for run, weight in weighted.items():
                self._postings[run].append((number, weight / length))

    def scores(self, text: str) -> dict[int, float]:
        """Numbers of texts with their cosine."""
        unknown = math.log(1 + self._total)
        weighted = {run: (1 + math.log(n)) * self._rare.get(run, unknown) for run, n in _runs(text).items()}
        length = math.sqrt(sum(weight * weight for weight in weighted.values())) or 1.0
        found: dict[int, float] = defaultdict(float)
        for run, weight in weighted.items():
            for number, other in self._postings.get(run, ()):
                found[number] += weight * other / length
        return found


def _runs(text: str) -> Counter[str]:
    line = f" {' '.join(words(text))} "
    return Counter(line[start : start + LETTERS] for start in range(len(line) - LETTERS + 1))


class CriteriaRanker:
    """The criteria of one framework, indexed once for many questions."""

    def __init__(
        self,
        criteria: Iterable[CriterionText],
        vocabulary: Vocabulary,
        sense: Sense | None = None,
        fusion: Fusion | None = None,
        phrases: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        criteria = tuple(criteria)
        phrases = criterion_phrases() if phrases is None else phrases
        self._ids = [criterion.id for criterion in criteria]
        self._sense = sense
        self._fusion = fusion or Fusion(**settings()["with_meaning" if sense else "without_meaning"])
        own = [phrases.get(criterion.id.rpartition(":")[2], ()) for criterion in criteria]
        self._documents = Ranker(
            [
                Document(one.id, ((2.0, one.title), (1.0, one.note), *((1.0, phrase) for phrase in mine)))
                for one, mine in zip(criteria, own, strict=True)
            ],
            vocabulary,
        )
        self._passages: list[str] = []
        self._owner: list[int] = []
        for number, (criterion, mine) in enumerate(zip(criteria, own, strict=True)):
            for text in (criterion.title, *criterion.note.rstrip(".").split(","), *mine):
                if text.strip():
                    self._passages.append(text.strip())
                    self._owner.append(number)
        self._phrases = Ranker(
            [Document(str(number), ((1.0, text),)) for number, text in enumerate(self._passages)],
            vocabulary,
            Weights(length=0.3),
        )
        self._letters = LetterIndex(self._passages)

    def rank(self, question: str) -> Ranking:
        """All criteria that any view finds. The same input gives the same ranking."""
        found = self.fuse(self.views(question), self._fusion)
        return replace(found, held=self._documents.held(found.criteria[0][0], question)) if found.criteria else found

    def fuse(self, views: Sequence[Mapping[int, float]], fusion: Fusion) -> Ranking:
        """The views added up with these weights; a view that found nothing does not count."""
        total: dict[int, float] = defaultdict(float)
        weights = (fusion.document, fusion.phrases, fusion.letters, fusion.meaning)
        counted = [(view, weight) for view, weight in zip(views, weights, strict=True) if weight and view]
        for view, weight in counted:
            for number, score in view.items():
                total[number] += weight * score
        order = sorted(total, key=lambda number: (-total[number], number))
        if not order:
            return Ranking((), 0.0, 0.0)
        # A view's highest possible score: 1, or for meaning what three equal phrases would give.
        whole = sum(weight * (sum(BEST) if view is views[3] else 1.0) for view, weight in counted)
        best = total[order[0]]
        second = total[order[1]] if len(order) > 1 else 0.0
        heads = [max(view, key=lambda number: (view[number], -number)) for view, _ in counted]
        return Ranking(
            criteria=tuple((self._ids[number], round(max(0.0, total[number] / whole), 4)) for number in order),
            margin=round(1 - second / best, 4) if best > 0 else 0.0,
            agreement=round(sum(head == order[0] for head in heads) / len(heads), 4),
        )

    def views(self, question: str) -> tuple[dict[int, float], ...]:
        """Each view's scores by the criterion's number, the best of a view being 1 (meaning: the cosine itself)."""
        place = {identifier: number for number, identifier in enumerate(self._ids)}
        document = {place[identifier]: score for identifier, score in self._documents.rank(question)}
        phrases = self._best({int(number): score for number, score in self._phrases.rank(question)})
        letters = self._best(self._letters.scores(question))
        views = [_to_one(document), _to_one(phrases), _to_one(letters)]
        if self._sense is None:
            return (*views, {})
        meaning = self._best(dict(enumerate(self._sense.compare(question, self._passages))))
        return (*views, meaning)

    def _best(self, scores: Mapping[int, float]) -> dict[int, float]:
        found: dict[int, list[float]] = defaultdict(list)
        for number, score in scores.items():
            found[self._owner[number]].append(score)
        return {
            owner: sum(share * score for share, score in zip(BEST, sorted(own, reverse=True), strict=False))
            for owner, own in found.items()
        }


def _to_one(scores: dict[int, float]) -> dict[int, float]:
    highest = max(scores.values(), default=0.0) or 1.0
    return {number: score / highest for number, score in scores.items()}
