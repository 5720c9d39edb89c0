"""Which claims may answer a question: lexical retrieval, then how much of the question each claim covers.

A claim is only a candidate for an answer when it speaks of every concept the question asks about; sharing many words is
not enough ("Are backups encrypted?" is not answered by "Backups are made daily").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from trustcenter.publish.questionnaire import polarity, standards, vocabulary
from trustcenter.publish.questionnaire.criteria import CriteriaRanker, Ranking
from trustcenter.publish.questionnaire.form import LONGEST
from trustcenter.publish.questionnaire.library import Found, Library
from trustcenter.publish.questionnaire.model import HELD, Answerable, Candidate, CriterionText
from trustcenter.publish.questionnaire.phrases import Spoken, read
from trustcenter.publish.questionnaire.ranking import Document, Ranker
from trustcenter.publish.questionnaire.sense import Sense
from trustcenter.publish.questionnaire.text import stems

CANDIDATES = 8
EXACT = 1.6  # a claim whose own phrases say the whole question goes before one that shares words with it


@dataclass(frozen=True)
class Match:
    """A candidate with its claim.

    `covers` is true when nothing that the question asks about is left open. `words` is the alias or opposite that says
    all of it, if one does; `beside` why the claim is narrower than the question; `states` is true when the sentence
    itself names what it is about.
    """

    candidate: Candidate
    claim: Answerable
    covers: bool
    words: str
    beside: str
    states: bool


class Matcher:
    """Claims and criteria, indexed once for many questions. The same input gives the same ranking.

    Criteria are ranked within one framework: SOC 2 where it is declared, the first one otherwise. With a `sense`, the
    optional model takes part in ranking criteria; which claim covers a question is decided by its words alone.
    """

    def __init__(
        self,
        answerables: Sequence[Answerable],
        criteria: Sequence[CriterionText],
        sense: Sense | None = None,
        library: Library | None = None,
        scope: Sequence[Answerable] = (),
        not_done: Sequence[Answerable] = (),
    ) -> None:
        self.words = vocabulary.load()
        self.sense = sense
        self._library = library or Library()
        self._scope = Matcher(scope, ()) if scope else None
        self._not_done = Matcher(not_done, ()) if not_done else None
        self._claims = {claim.claim: claim for claim in answerables}
        notes = {criterion.id: f"{criterion.title} {criterion.note}" for criterion in criteria}
        self._ranker = Ranker([_document(claim, notes) for claim in answerables], self.words)
        self.framework, self.titles, self._criteria = _criteria(tuple(criteria), sense)
        self._rankings: dict[str, Ranking] = {}
        # Coverage counts only what the claim itself says, never what its criteria are about.
        self._spoken = {claim.claim: Spoken(claim, self.words) for claim in answerables}
        self._speech = {claim.claim: self._speak(claim) for claim in answerables}
        self._heads = {claim.claim: self._head(claim.title) for claim in answerables}
        self._about = {
            claim.claim: frozenset(polarity.speech(claim.sentence, self.words).stances) - self.words.loose
            for claim in answerables
        }

    def criteria(self, question: str, count: int = 5) -> tuple[tuple[str, float], ...]:
        """Criteria with scores, best first."""
        return self.ranking(question).criteria[:count]

    def ranking(self, question: str) -> Ranking:
        """The whole ranking of criteria, with what tells how sure it is."""
        question = question[:LONGEST]
        if question not in self._rankings:
            self._rankings[question] = self._criteria.rank(question)
        return self._rankings[question]

    def reviewed(self, question: str, now: datetime) -> Found | None:
        """The answer that a person wrote for exactly this question, if there is one."""
        return self._library.find(question, self._claims, now)

    def outside(self, question: str) -> Match | None:
        """What was declared to be outside of the scope, where its own words say all that the question asks about."""
        if self._scope is None:
            return None
        found = self._scope.matches(question)[:1]
        exact = (match for match in found if not match.candidate.uncovered and match.states and not match.beside)
        return next(exact, None)

    def not_done(self, question: str) -> tuple[Match, ...]:
        """What is declared not to be done, where it says all that the question asks: one for each standard that it
        names, and nothing where one of them is named by no sentence."""
        if self._not_done is None:
            return ()
        asked = sorted(standards.named(question))
        if asked and not standards.asks_ours(question):
            return ()
        single = [standards.only(question, one) for one in asked] if len(asked) > 1 else [question]
        found = [self._declared(text) for text in single]
        return tuple(dict.fromkeys(one for one in found if one is not None)) if all(found) else ()

    def denied(self, question: str, match: Match) -> bool:
        """Whether a sentence of what is not done and a plain question name exactly the same, in words that the
        vocabulary does not know: then the sentence denies it by being one."""
        asked, said = polarity.speech(question, self.words), read(match.claim.sentence, self.words)
        plain = not (asked.hard or asked.soft or asked.turns or asked.stances or said.concepts)
        return plain and said.free == read(question, self.words).free

    def _declared(self, question: str) -> Match | None:
        named = standards.named(question)
        return next(
            (
                match
                for match in (self._not_done.matches(question) if self._not_done else ())
                if match.covers and not match.beside and standards.named(match.claim.sentence) == named
            ),
            None,
        )

    def claim(self, identifier: str) -> Answerable:
        """One of the claims, by its id."""
        return self._claims[identifier]

    def prepare(self, questions: Sequence[str]) -> None:
        """Let the optional model read many questions at once; without it there is nothing to do."""
        if self.sense is not None:
            self.sense.prepare(questions)

    def named(self, question: str) -> tuple[str, ...]:
        """What the question is about, in the vocabulary's words."""
        return tuple(sorted(self.words.labels[concept] for concept in read(question, self.words).critical))

    def beyond(self, question: str, above: str) -> tuple[str, ...]:
        """What a question is about and the one above it does not name, in the vocabulary's words."""
        known = read(above, self.words).concepts
        return tuple(sorted(self.words.labels[one] for one in read(question, self.words).critical if one not in known))

    def matches(self, question: str) -> tuple[Match, ...]:
        """Claims for a question, the best first: by retrieval score times coverage."""
        asked = polarity.speech(question, self.words)
        terms = read(question, self.words)
        found = []
        for identifier, score in self._ranker.rank(question)[: 3 * CANDIDATES]:
            claim = self._claims[identifier]
            cover = self._spoken[identifier].cover(question, terms, asked)
            weight = EXACT if cover.phrase else (0.5 if cover.open else 1.0) * self._focus(asked, identifier)
            candidate = Candidate(
                claim=identifier,
                score=round(score * (0.3 + 0.7 * cover.share) * weight, 4),
                coverage=round(cover.share, 3),
                relation=self._relation(asked, identifier, cover.phrase),
                state=claim.state,
                uncovered=cover.uncovered,
            )
            head = self._heads[identifier]
            beside = not cover.phrase and head is not None and head not in asked.stances
            covers = cover.strict if claim.state in HELD else not cover.open and not beside
            found.append(
                Match(candidate, claim, covers, cover.words, cover.beside, self._spoken[identifier].states(terms))
            )
        found.sort(key=lambda match: (-match.candidate.score, match.candidate.claim))
        return tuple(found[:CANDIDATES])

    def _head(self, title: str) -> str | None:
        """The concept that a title names first: what a claim that is not held must be asked about by name."""
        mentions = [mention for mention in self.words.mentions(stems(title)) if mention.concept not in self.words.loose]
        if not mentions:
            return None
        return min(mentions, key=lambda mention: (min(mention.at), -len(mention.at))).concept

    def _relation(self, asked: polarity.Speech, identifier: str, phrase: int) -> int:
        """As the words say; open where a narrow denial meets a wider question ("Do you use AI?"), or where the claim's
        sentence says otherwise than its alias."""
        relation = polarity.relation(asked, self._speech[identifier])
        if phrase < 0:
            return phrase if relation <= 0 or not self._speech[identifier].hard else 0
        if phrase > 0:
            return phrase if relation >= 0 else 0
        narrower = self._speech[identifier].hard and self._about[identifier] - set(asked.stances)
        return 0 if relation < 0 and narrower else relation

    def _focus(self, asked: polarity.Speech, identifier: str) -> float:
        """Lower for a claim that is mainly about something else: restoring a backup is not making one."""
        held = self._about[identifier]
        return 0.5 + 0.5 * len(held & set(asked.stances)) / len(held) if held else 1.0

    def _speak(self, claim: Answerable) -> polarity.Speech:
        """The claim's stances: from its sentence; what only its title or aliases name is taken as held."""
        said = polarity.speech(claim.sentence, self.words)
        stances = dict(said.stances)
        for text in (claim.title, *claim.aliases):
            own = polarity.speech(text, self.words)
            for mention in self.words.mentions(stems(text)):
                # A topic beside a denial ("We do not ...") is neither said nor denied by being named.
                taken = (polarity.Stance(0 if said.hard else 1, mention.sign < 0, False, False),)
                stances.setdefault(mention.concept, own.stances[mention.concept] if own.hard else taken)
        return polarity.Speech(stances, said.permissive, said.hard, said.soft, said.turns)


@lru_cache(maxsize=4)
def _criteria(criteria: tuple[CriterionText, ...], sense: Sense | None) -> tuple[str, dict[str, str], CriteriaRanker]:
    """The framework that questions are ranked in, its titles, and its index, which is costly and the same for all."""
    names = list(dict.fromkeys(one.id.partition(":")[0] for one in criteria if ":" in one.id))
    framework = "soc2" if "soc2" in names else (names[0] if names else "")
    own = [one for one in criteria if not framework or one.id.startswith(f"{framework}:")]
    return framework, {one.id: one.title for one in own}, CriteriaRanker(own, vocabulary.load(), sense)


def _document(claim: Answerable, notes: dict[str, str]) -> Document:
    criteria = tuple((0.15, notes[identifier]) for identifier in claim.criteria if identifier in notes)
    aliases = tuple((1.5, alias) for alias in (*claim.aliases, *claim.opposites))
    return Document(claim.claim, ((1.0, claim.sentence), (1.5, claim.title), *aliases, *criteria))
