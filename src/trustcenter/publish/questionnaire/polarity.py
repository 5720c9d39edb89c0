"""Whether a claim affirms or contradicts what a question asks.

Each concept gets a sign in each text: said or denied by its words, turned by a hard negation (not, no, never, without)
in the same clause. Verbs of refusal (refuse, block, disable) turn what is denied already; alone they are `soft`, since
"Do you block malware?" asks for a safeguard. Where the signs do not settle it the answer is 0, and nobody says Yes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trustcenter.publish.questionnaire.text import fold, stem, words
from trustcenter.publish.questionnaire.vocabulary import Vocabulary

_CLAUSE = re.compile(r"[.;:!?]\s+|[;!?]$|,? but |,? however |,? while |,? whereas ")
_DENYING = "not no never without nobody none nothing neither nor unable impossible lack lacks lacking"
_REFUSING = (
    "prevent prohibit prohibited forbid forbidden refuse reject block disable deny denied disallow ban banned avoid"
    " refrain shield eliminate restricted off protect"
)
_ALLOWING = "allow permit permitted support accept possible can enable able may still use used using"
_TURNING = (
    "optional bypass circumvent exempt exemption exception exclude excluded waive waived skip override missing absent"
    " fail fails failed risk weak insufficient partially sometimes occasionally"
)
_HARD = frozenset(_DENYING.split())
_TURN = frozenset(stem(word) for word in _TURNING.split())
_SOFT = frozenset(stem(word) for word in _REFUSING.split())
_PERMISSIVE = frozenset(stem(word) for word in _ALLOWING.split())
TURNS = _HARD | _SOFT
"""Stems that turn a meaning and name no topic."""


@dataclass(frozen=True)
class Stance:
    """How a text speaks of one concept: its sign, whether in the opposite's words, and how it is negated."""

    sign: int
    opposite: bool
    soft: bool
    hard: bool


@dataclass(frozen=True)
class Speech:
    """The stances of a text by concept, and whether it asks for leave (allowed, possible)."""

    stances: Mapping[str, tuple[Stance, ...]]
    permissive: bool
    hard: bool
    soft: bool
    turns: frozenset[str]  # words such as `optional` that change what the rest says


@lru_cache(maxsize=8_192)
def speech(text: str, vocabulary: Vocabulary) -> Speech:
    """Read a text's stances, clause by clause."""
    stances: dict[str, list[Stance]] = {}
    turns: set[str] = set()
    permissive = any_hard = any_soft = False
    for clause in _CLAUSE.split(fold(text)):
        plain = words(clause)
        tokens = [stem(word) for word in plain]
        hidden = vocabulary.mask(tokens)
        mentions = vocabulary.mentions(tokens)
        inside = frozenset().union(*(mention.at for mention in mentions))
        open_words = [word for index, word in enumerate(plain) if index not in hidden and index not in inside]
        hard = _denials(open_words) % 2
        against = "against" in open_words or "from" in open_words
        soft = sum(stem(word) in _SOFT and (against or not word.startswith("protect")) for word in open_words) % 2
        permissive = permissive or any(stem(word) in _PERMISSIVE for word in open_words)
        turns.update(stem(word) for word in open_words if stem(word) in _TURN)
        # to refuse a danger is the safeguard itself: "protected from tampering" says what "tamper-proof" says
        dangers = any(mention.sign > 0 and mention.concept in vocabulary.guard for mention in mentions)
        any_hard, any_soft = any_hard or bool(hard), any_soft or bool(soft and not dangers)
        for mention in mentions:
            turned = -1 if hard else 1
            settled = soft and (mention.sign < 0 or hard)
            stance = Stance(
                sign=mention.sign * turned * (-1 if settled else 1),
                opposite=mention.sign < 0,
                soft=bool(soft and not settled and mention.concept not in vocabulary.guard),
                hard=bool(hard),
            )
            stances.setdefault(mention.concept, []).append(stance)
    said = {concept: tuple(found) for concept, found in stances.items()}
    return Speech(said, permissive, any_hard, any_soft, frozenset(turns))


def _denials(plain: Sequence[str]) -> int:
    """How often a clause denies; `no X and no Y`, `neither X nor Y` deny once."""
    count = 0
    for index, word in enumerate(plain):
        joined = word == "nor" or {"and", "or", "nor"} & set(plain[max(0, index - 3) : index])
        count += word in _HARD and not (count and joined)
    return count


def relation(question: Speech, claim: Speech) -> int:
    """1 when the claim affirms what is asked, -1 when it contradicts it, 0 when the words do not settle it."""
    if question.turns - claim.turns:
        return 0
    settled: list[tuple[int, bool]] = []
    for concept, asked in question.stances.items():
        held = claim.stances.get(concept)
        if not held:
            continue
        results = {_compare(one, other, question, claim) for one in asked for other in held}
        opposite = any(stance.opposite for stance in (*asked, *held))
        clear = results - {0}  # a clause that leaves it open does not undo one that settles it
        settled.append((clear.pop() if len(clear) == 1 else 0, opposite))
    if not settled:
        return 0 if question.hard or claim.hard or question.soft != claim.soft else 1
    leading = {result for result, opposite in settled if opposite} or {result for result, _ in settled}
    return leading.pop() if len(leading) == 1 else 0


def _compare(asked: Stance, held: Stance, question: Speech, claim: Speech) -> int:
    if asked.soft == held.soft:
        return asked.sign * held.sign
    if asked.soft:  # "Are USB drives blocked?" against a plain sentence
        return 1 if held.hard and held.sign < 0 else (-1 if claim.permissive and not held.hard else 0)
    if question.permissive and asked.sign > 0:  # "Are USB drives allowed?" against "USB drives are blocked"
        return -1
    return 1 if asked.hard and asked.sign < 0 else 0
