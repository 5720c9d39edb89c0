"""Which claims may answer a question: lexical retrieval, then how much of the question each claim covers.

A claim is only a candidate for an answer when it speaks of every concept the question asks about; sharing many words is
not enough ("Are backups encrypted?" is not answered by "Backups are made daily").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trustcenter.publish.questionnaire import polarity, vocabulary
from trustcenter.publish.questionnaire.model import HELD, Answerable, Candidate, CriterionText
from trustcenter.publish.questionnaire.ranking import Document, Ranker, criteria_ranker, terms
from trustcenter.publish.questionnaire.text import stems

CANDIDATES = 8
WORD_WEIGHT = 1.6
CONCEPT_WEIGHT = 3.0


@dataclass(frozen=True)
class Match:
    """A candidate with its claim. `covers` is true when no concept of the question is left open."""

    candidate: Candidate
    claim: Answerable
    covers: bool


@dataclass(frozen=True)
class _Read:
    """What a question speaks of: concepts, those that a claim must cover, those implied by others, and free words."""

    concepts: frozenset[str]
    critical: frozenset[str]
    implied: frozenset[str]
    free: frozenset[str]


class Matcher:
    """Claims and criteria, indexed once for many questions. The same input gives the same ranking."""

    def __init__(self, answerables: Sequence[Answerable], criteria: Sequence[CriterionText]) -> None:
        self.words = vocabulary.load()
        self._claims = {claim.claim: claim for claim in answerables}
        notes = {criterion.id: f"{criterion.title} {criterion.note}" for criterion in criteria}
        self._ranker = Ranker([_document(claim, notes) for claim in answerables], self.words)
        self._criteria = criteria_ranker(criteria, self.words)
        # Coverage counts only what the claim itself says, never what its criteria are about.
        self._terms = {claim.claim: frozenset(terms(_own_text(claim), self.words)) for claim in answerables}
        self._speech = {claim.claim: self._speak(claim) for claim in answerables}
        self._heads = {claim.claim: self._head(claim.title) for claim in answerables}
        self._about = {
            claim.claim: frozenset(polarity.speech(claim.sentence, self.words).stances) - self.words.loose
            for claim in answerables
        }

    def criteria(self, question: str, count: int = 5) -> tuple[tuple[str, float], ...]:
        """Criteria with scores, best first."""
        return tuple(self._criteria.rank(question)[:count])

    def matches(self, question: str) -> tuple[Match, ...]:
        """Claims for a question, the best first: by retrieval score times coverage."""
        asked = polarity.speech(question, self.words)
        read = self._read(question)
        found = []
        for identifier, score in self._ranker.rank(question)[: 3 * CANDIDATES]:
            claim = self._claims[identifier]
            coverage, missing, open_concepts = self._coverage(read, identifier)
            candidate = Candidate(
                claim=identifier,
                score=round(
                    score * (0.3 + 0.7 * coverage) * self._focus(asked, identifier) * (0.5 if open_concepts else 1.0), 4
                ),
                coverage=round(coverage, 3),
                relation=self._relation(asked, identifier),
                state=claim.state,
                uncovered=missing,
            )
            head = self._heads[identifier]
            beside = claim.state not in HELD and head is not None and head not in asked.stances
            found.append(Match(candidate, claim, not open_concepts and not beside))
        found.sort(key=lambda match: (-match.candidate.score, match.candidate.claim))
        return tuple(found[:CANDIDATES])

    def _head(self, title: str) -> str | None:
        """The concept that a title names first: what a claim that is not held must be asked about by name."""
        mentions = [mention for mention in self.words.mentions(stems(title)) if mention.concept not in self.words.loose]
        if not mentions:
            return None
        return min(mentions, key=lambda mention: (min(mention.at), -len(mention.at))).concept

    def _relation(self, asked: polarity.Speech, identifier: str) -> int:
        """As the words say; open where a narrow denial meets a wider question ("Do you use AI?")."""
        relation = polarity.relation(asked, self._speech[identifier])
        narrower = self._speech[identifier].hard and self._about[identifier] - set(asked.stances)
        return 0 if relation < 0 and narrower else relation

    def _focus(self, asked: polarity.Speech, identifier: str) -> float:
        """Lower for a claim that is mainly about something else: restoring a backup is not making one."""
        held = self._about[identifier]
        return 0.5 + 0.5 * len(held & set(asked.stances)) / len(held) if held else 1.0

    def _read(self, question: str) -> _Read:
        """A question's concepts and its other words that carry a topic."""
        tokens = stems(question)
        mentions = self.words.mentions(tokens)
        concepts = frozenset(mention.concept for mention in mentions)
        implied = frozenset(one for one in concepts if self.words.within.get(one, frozenset()) & concepts)
        spoken = frozenset().union(*(mention.at for mention in mentions)) | self.words.mask(tokens)
        # Bare numbers are compared as quantities, not as words.
        open_words = [token for i, token in enumerate(tokens) if i not in spoken and not token.isdigit()]
        critical = ((concepts - self.words.loose) or concepts) - implied
        return _Read(concepts, critical, implied, frozenset(self.words.topics(open_words)))

    def _coverage(self, read: _Read, identifier: str) -> tuple[float, tuple[str, ...], bool]:
        """The covered share of a question, what is not covered, and whether a concept that matters is among it."""
        held = self._terms[identifier]
        missing = sorted(concept for concept in read.concepts - read.implied if f"§{concept}" not in held)
        total = CONCEPT_WEIGHT * len(read.concepts) + WORD_WEIGHT * len(read.free)
        unsaid = sorted(token for token in read.free if token not in held)
        if not total:
            return 0.0, (), True
        lost = CONCEPT_WEIGHT * len(missing) + WORD_WEIGHT * len(unsaid)
        labels = tuple(self.words.labels[concept] for concept in missing)
        open_concepts = (
            bool(set(missing) & read.critical)
            or (not read.concepts and len(read.free) - len(unsaid) < 2)
            or (read.concepts <= self.words.broad and bool(unsaid))
            or (read.concepts <= self.words.loose and len(read.free) == len(unsaid))
        )
        return 1 - lost / total, (*labels, *unsaid), open_concepts

    def _speak(self, claim: Answerable) -> polarity.Speech:
        """The claim's stances: from its sentence; what only its title or aliases name is taken as held."""
        said = polarity.speech(claim.sentence, self.words)
        stances = dict(said.stances)
        for text in (claim.title, *claim.aliases):
            for mention in self.words.mentions(stems(text)):
                stances.setdefault(mention.concept, (polarity.Stance(1, mention.sign < 0, False, False),))
        return polarity.Speech(stances, said.permissive, said.hard, said.soft, said.turns)


def _own_text(claim: Answerable) -> str:
    return " . ".join((claim.sentence, claim.title, *claim.aliases))


def _document(claim: Answerable, notes: dict[str, str]) -> Document:
    criteria = tuple((0.15, notes[identifier]) for identifier in claim.criteria if identifier in notes)
    aliases = tuple((1.5, alias) for alias in claim.aliases)
    return Document(claim.claim, ((1.0, claim.sentence), (1.5, claim.title), *aliases, *criteria))
