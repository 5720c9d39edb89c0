"""Which new passwords are taken: length, not leaked, and not made of what anybody would try first.

NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5.0 V6.2: at least 12 characters, no rules of composition, a list of what is
known. What is left of a password when words that are easily guessed count as one character, and sequences and repeats
as two, is its effective length; ten are demanded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trustcenter.runtime.common_passwords import CommonPasswords

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 1024
"""Characters; a bound on work, not on strength. Nothing is cut off."""
MINIMUM_EFFECTIVE = 10
GOOD, STRONG = 14, 20
"""Effective lengths from which a password is called so."""
SHORTEST_WORD = 4
_RUN = 3

ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm",
    "zxcvbnm", "yxcvbnm", "wxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()",
)  # fmt: skip
"""Neighbours in the alphabet, in counting and on keyboards; read in both directions."""

_WORDS = """
    password passwort passphrase passcode welcome letmein admin administrator login signin secret default changeme
    change temporary test testing guest user root system server master access open iloveyou love lovely hello hola
    monkey dragon tiger panther eagle football baseball basketball soccer hockey superman batman spiderman pokemon
    starwars princess sunshine flower butterfly summer winter spring autumn january february march april june july
    august september october november december monday tuesday wednesday thursday friday saturday sunday michael
    jordan jennifer jessica charlie thomas daniel george computer internet google facebook windows samsung apple
    whatever nothing trust freedom forever shadow killer ninja money company office business
"""
WORDS = frozenset(_WORDS.split())
"""What people begin with when they must think of a password."""

_LEET = tuple(
    str.maketrans({"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "1": one})
    for one in "il"
)
_NOT_LETTERS = re.compile(r"[\W\d_]+")


class Refused(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    CONTEXT = "context"
    PATTERN = "pattern"


class Strength(StrEnum):
    """What is said of one that is taken, by its effective length."""

    FAIR = "fair"
    GOOD = "good"
    STRONG = "strong"


SAID: dict[Refused, str] = {
    Refused.SHORT: f"A password needs at least {MINIMUM_LENGTH} characters.",
    Refused.LONG: f"A password has at most {MAXIMUM_LENGTH:,} characters.",
    Refused.COMMON: "Anybody who guesses tries this password first: it is in lists of leaked ones, or nearly so.",
    Refused.CONTEXT: "Too much of this password is your name, your address, your organisation or ours.",
    Refused.PATTERN: "Too much of this password is a sequence, a row of the keyboard, a repetition or a common word.",
}
ADVICE = "Four or five words that have nothing to do with each other are strong and easy to remember."


@dataclass(frozen=True)
class Judgement:
    """The policy's answer. `effective` is the length that counts, in characters."""

    refused: Refused | None
    effective: int
    strength: Strength | None

    @property
    def said(self) -> str:
        """One or two sentences for the person."""
        if self.refused is None:
            return f"This password is {self.strength}."
        return SAID[self.refused] if self.refused is Refused.LONG else f"{SAID[self.refused]} {ADVICE}"


def context_words(*texts: str) -> frozenset[str]:
    """The words that are easily guessed for one person: of names, addresses, organisations; four letters and more."""
    parts = (part for text in texts for part in _NOT_LETTERS.split(text.casefold()))
    locals_ = [text.casefold().partition("@")[0] for text in texts]
    whole = (_NOT_LETTERS.sub("", local) for local in locals_)
    as_written = (text.casefold() for text in texts)
    return frozenset(word for word in (*parts, *whole, *locals_, *as_written) if len(word) >= SHORTEST_WORD)


@dataclass(frozen=True)
class PasswordPolicy:
    """The rules; `common` is the list of leaked passwords."""

    common: CommonPasswords
    product: tuple[str, ...] = ()
    """Names of the service, which count as context for everybody."""

    def judge(self, password: str, context: Iterable[str] = ()) -> Judgement:
        """`context` are the person's words, as of `context_words`."""
        normal = unicodedata.normalize("NFKC", password)
        length = min(len(password), len(normal))
        if length < MINIMUM_LENGTH:
            return Judgement(Refused.SHORT, length, None)
        if len(password) > MAXIMUM_LENGTH:
            return Judgement(Refused.LONG, MAXIMUM_LENGTH, None)
        folded = normal.casefold()
        own = frozenset(context) | context_words(*self.product)
        bare, known = effective_length(folded, WORDS), effective_length(folded, WORDS | own)
        effective = min(known, length)
        if password in self.common or _undressed(folded) in self.common:
            return Judgement(Refused.COMMON, effective, None)
        if effective < MINIMUM_EFFECTIVE:
            reason = Refused.CONTEXT if bare >= MINIMUM_EFFECTIVE else Refused.PATTERN
            return Judgement(reason, effective, None)
        strength = Strength.FAIR if effective < GOOD else Strength.GOOD if effective < STRONG else Strength.STRONG
        return Judgement(None, effective, strength)

    def typed_rules(self, context: Iterable[str] = ()) -> dict[str, Any]:
        """The rules that a page needs to judge a password while it is typed: all but the list of leaked ones.

        `context` is in the page's text then: give a person's words to that person only.
        """
        return {
            "least": MINIMUM_LENGTH, "most": MAXIMUM_LENGTH, "effective": MINIMUM_EFFECTIVE, "run": _RUN,
            "word": SHORTEST_WORD, "good": GOOD, "strong": STRONG, "rows": ROWS, "words": sorted(WORDS),
            "context": sorted(frozenset(context) | context_words(*self.product)),
            "said": {reason.value: said for reason, said in SAID.items()},
        }  # fmt: skip


def effective_length(folded: str, words: frozenset[str]) -> int:
    """The cheapest way to write a case-folded password: 1 for a word or a character, 2 for a sequence or a repeat."""
    period = next((p for p in range(1, len(folded) // 2 + 1) if folded == (folded[:p] * len(folded))[: len(folded)]), 0)
    if period:
        return effective_length(folded[:period], words) + 2 if period > 1 else 2
    spellings = {folded, *(folded.translate(table) for table in _LEET)} if len(folded) < 200 else {folded}
    longest = max(map(len, words), default=0)
    best = [0] * (len(folded) + 1)
    for end in range(1, len(folded) + 1):
        best[end] = best[end - 1] + 1
        for start in range(max(0, end - longest), end - SHORTEST_WORD + 1):
            if best[start] + 1 < best[end] and any(text[start:end] in words for text in spellings):
                best[end] = best[start] + 1
        for start in range(end - _RUN, -1, -1):
            if not _is_run(folded[start:end]):
                break
            best[end] = min(best[end], best[start] + 2)
    return best[-1]


def _is_run(text: str) -> bool:
    """One character repeated, or neighbours in one of the rows."""
    return len(set(text)) == 1 or any(text in row or text[::-1] in row for row in ROWS)


def _undressed(folded: str) -> str:
    """Without the digits and marks that people put before and after a common password."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
