"""What a question and a claim's words speak of, compared as sets: how much of the question is said, and how exactly.

A claim's own words are its sentence and its control's title. Each alias widens them by itself only: words of two
aliases never add up to something that neither says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from trustcenter.publish.questionnaire import audience, polarity, quantity
from trustcenter.publish.questionnaire.form import form
from trustcenter.publish.questionnaire.model import Answerable
from trustcenter.publish.questionnaire.text import fold, stems
from trustcenter.publish.questionnaire.vocabulary import Vocabulary

_DOCUMENT = re.compile(
    r"^(?:written (?:rules|policies|procedures)|an? (?:[\w-]+ ){0,5}?(?:policy|plan|notice|agreement|record)\b)"
)
_OTHERS_ACT = re.compile(
    r"^(?:do|does|are|is|have|has|must|will|can)(?: (?:all|any|each|every|your|the|our|critical|key))*"
    r" (?:sub-?processors?|vendors|suppliers?|subcontractors?|third parties|service providers)\b"
    r"(?! (?:assess|review|vet|evaluat|approv|monitor|list|announc|publish|disclos))"
)
_BEFORE = re.compile(r"\b(before|prior to|ahead of|in advance|pre)\b")
_PLAINLY = 3
"""Words that name a broad concept so plainly that a sentence with all of them is about it."""
_ASKS_DOCUMENT = re.compile(
    r"\b(polic(?:y|ies)|plans?|procedures?|processe?s?|documented|written|rules?|program(?:me)?s?|formal(?:ly|ised|ized)?"
    r"|agreements?|notices?|statements?|records?|register|map|inventory|addendum|dpa|ropa|bcp|drp|framework|defined)\b"
)


@dataclass(frozen=True)
class Terms:
    """What a text speaks of: concepts, those that must be covered, those implied by others, free words, and words that
    say something only where the concepts are broad (`access to backups`)."""

    concepts: frozenset[str]
    critical: frozenset[str]
    implied: frozenset[str]
    free: frozenset[str]
    weak: frozenset[str]
    named: frozenset[str] = frozenset()
    """The words by which the concepts are named."""

    @cached_property
    def essence(self) -> frozenset[str]:
        """Concepts, as in an index (`§backup`), and free words; nothing that is implied."""
        return frozenset(f"§{concept}" for concept in self.concepts - self.implied) | self.free

    def vague(self, words: Vocabulary) -> bool:
        """Whether a single broad concept is all that it names, so that even weak words decide."""
        return self.concepts <= words.broad and len(self.concepts - self.implied - words.loose) <= 1


@dataclass(frozen=True)
class Cover:
    """How much of a question a claim says.

    `phrase` is 1 or -1 where an alias or an opposite says all of it, `words` are then that phrase's. `strict` is true
    when nothing is left open; `beside` says why a claim that seems to cover it is about something narrower.
    """

    share: float
    uncovered: tuple[str, ...]
    open: bool
    strict: bool
    phrase: int
    words: str
    beside: str


@lru_cache(maxsize=8_192)
def read(text: str, words: Vocabulary) -> Terms:
    """What a text speaks of."""
    tokens = stems(text)
    mentions = words.mentions(tokens)
    concepts = frozenset(mention.concept for mention in mentions)
    implied = frozenset(one for one in concepts if words.within.get(one, frozenset()) & concepts)
    spoken = frozenset().union(*(mention.at for mention in mentions)) | words.mask(tokens)
    # Bare numbers are compared as quantities, not as words.
    rest = [
        token
        for index, token in enumerate(tokens)
        if index not in spoken and not token.isdigit() and token not in polarity.TURNS
    ]
    critical = ((concepts - words.loose) or concepts) - implied
    weak = frozenset(token for token in rest if token in words.weak)
    named = frozenset(tokens[index] for mention in mentions for index in mention.at)
    return Terms(concepts, critical, implied, frozenset(words.topics(rest)), weak, named)


class Spoken:
    """One claim's words, read once for many questions."""

    def __init__(self, claim: Answerable, words: Vocabulary) -> None:
        self._words = words
        self._said = claim.sentence
        self._sentence = read(claim.sentence, words)
        own = f"{claim.sentence} . {claim.title}"
        self._own = _all(own, words)
        self._aliases = [(read(alias, words).concepts, _all(alias, words)) for alias in claim.aliases]
        self._phrases = [
            (sign, text, read(text, words), polarity.speech(text, words))
            for sign, texts in ((1, claim.aliases), (-1, claim.opposites))
            for text in texts
        ]
        self._order = bool(_BEFORE.search(fold(" . ".join((claim.sentence, *claim.aliases)))))
        self._title = read(claim.title, words).concepts
        self._document = bool(_DOCUMENT.match(fold(claim.sentence)))

    def cover(self, question: str, asked: Terms, speech: polarity.Speech) -> Cover:
        """How the claim covers a question."""
        phrase, said = self._phrase(question, asked, speech)
        words = self._words
        usable = [
            self._own | alias for concepts, alias in self._aliases if not self._narrower(concepts, asked, lifted=False)
        ]
        held = min((self._own, *usable), key=lambda one: (len(asked.essence - one), len(asked.weak - one)))
        missing = sorted(concept for concept in asked.concepts - asked.implied if f"§{concept}" not in held)
        unsaid = sorted(asked.free - held)
        total = 3.0 * len(asked.concepts) + 1.6 * len(asked.free)
        share = 1 - (3.0 * len(missing) + 1.6 * len(unsaid)) / total if total else 0.0
        labels = tuple(words.labels[concept] for concept in missing)
        open_concepts = (
            bool(set(missing) & asked.critical)
            or (not asked.concepts and len(asked.free) - len(unsaid) < 2)
            or (asked.concepts <= words.broad and bool(unsaid))
            or (asked.concepts <= words.loose and len(asked.free) == len(unsaid))
            # "Do you have a password policy?": no sentence about passwords answers that, only a phrase that says so
            or (
                asked.vague(words)
                and len(asked.free) == len(unsaid)
                and not asked.weak & held
                and not _precise(question)
                and not (len(asked.named) >= _PLAINLY and asked.named <= held)
            )
        )
        vague = asked.vague(words) and bool(asked.weak - held)
        beside = self._beside(question, asked, lifted=bool(phrase))
        if phrase and not beside:
            return Cover(1.0, (), False, True, phrase, said, "")
        strict = not beside and not (open_concepts or unsaid or vague)
        near = beside if phrase or not (open_concepts or unsaid or vague) else ""
        uncovered = (*labels, *unsaid) or tuple(sorted(asked.weak - held))
        return Cover(share, uncovered, open_concepts, strict, 0, "", near)

    def _beside(self, question: str, asked: Terms, *, lifted: bool) -> str:
        """Why the claim is about something narrower than the question, or empty."""
        if fewer := audience.narrower(question, self._said):
            return fewer
        if limits := self._narrower(self._sentence.concepts, asked, lifted=lifted):
            return f"speaks only of {self._words.labels[limits[0]]}"
        plain = fold(question)
        if self._document and not _ASKS_DOCUMENT.search(plain):
            return "says only what a document holds"
        if _OTHERS_ACT.match(plain) and "vendor" in asked.concepts and "vendor" not in self._title:
            return "is not about what others do"
        if _BEFORE.search(plain) and not self._order:
            return "does not say what comes before what"
        return ""

    def states(self, asked: Terms) -> bool:
        """Whether the sentence itself, not only a topic given to it, names what the question is about."""
        return asked.critical <= self._sentence.concepts

    def _narrower(self, concepts: frozenset[str], asked: Terms, *, lifted: bool) -> list[str]:
        """Concepts that make a text narrower than the question."""
        names = set(concepts & self._words.limiting)
        if not lifted:
            names |= {one for one in concepts if one in self._words.narrowing}
        return sorted(
            one for one in names if not ({one} | self._words.narrowing.get(one, frozenset())) & asked.concepts
        )

    def _phrase(self, question: str, asked: Terms, speech: polarity.Speech) -> tuple[int, str]:
        """1 when an alias says the whole question, -1 when an opposite does; turned where one of both denies."""
        found: dict[int, str] = {}
        loose = frozenset(f"§{concept}" for concept in self._words.loose)
        for sign, text, terms, said in self._phrases:
            if terms.concepts <= self._words.loose and not terms.free:
                continue
            if (sign < 0 or said.hard) and terms.vague(self._words) and not self._named(text) <= set(stems(question)):
                continue  # a field alone (`own data centre`) rules nothing out: it takes all its words
            if not terms.essence <= asked.essence | self._implied(asked):
                continue
            if asked.essence - terms.essence - self._own - loose:
                continue
            if asked.vague(self._words) and (asked.weak - terms.weak - self._own or terms.weak - asked.weak):
                continue
            if speech.turns - said.turns or not _same_words(speech, said):
                continue
            turned = (speech.hard ^ said.hard) ^ (speech.soft ^ said.soft)
            if not found.get(-sign if turned else sign) or quantity.quantities(text):  # one with a figure says more
                found[-sign if turned else sign] = text
        return found.popitem() if len(found) == 1 else (0, "")

    @staticmethod
    def _named(phrase: str) -> set[str]:
        return {token for token in stems(phrase) if len(token) > 2}

    @staticmethod
    def _implied(asked: Terms) -> frozenset[str]:
        return frozenset(f"§{concept}" for concept in asked.implied)


def _precise(question: str) -> bool:
    """Whether a figure or a kind of answer decides, where the words alone would be too few."""
    return bool(quantity.quantities(question)) or form(question).needs in ("place", "time", "version")


def _same_words(question: polarity.Speech, phrase: polarity.Speech) -> bool:
    """Whether what both name is said, or denied, in the same kind of words (`encrypted`, `in plain text`)."""
    return all(
        {stance.opposite for stance in stances} == {stance.opposite for stance in phrase.stances[concept]}
        for concept, stances in question.stances.items()
        if concept in phrase.stances
    )


def _all(text: str, words: Vocabulary) -> frozenset[str]:
    terms = read(text, words)
    return terms.essence | frozenset(f"§{one}" for one in terms.implied) | terms.weak | frozenset(stems(text))
