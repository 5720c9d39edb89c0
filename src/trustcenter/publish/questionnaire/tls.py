"""Versions of TLS that a text accepts or refuses, and what that says to a question about them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trustcenter.publish.questionnaire.text import fold

_CLAUSE = re.compile(
    r"[;!?]|\.(?!\d)|,? and (?=refus|reject|disabl|block)|, (?=tls|ssl|old|earlier|while|but|version)| while | but "
)
_VERSION = re.compile(
    r"\b(?:(?:tls|ssl)(?: versions?)? ?v?)?(?<![\d.])([0-3]\.[0-3]|(?<=ssl )[23]|(?<=sslv)[23])(?![\d.]*\d)"
)
_NAMED = re.compile(r"\b(tls|ssl)")
_REFUSED = re.compile(
    r"\b(refus\w*|reject\w*|disabl\w*|block\w*|not|never|no|deprecat\w*|prohibit\w*|removed|without"
    r"|(?:turned|switched) off|phased out|retired)\b"
)
_AND_NEWER = re.compile(
    r"\b(or|and) (higher|above|newer|later|greater|better|up)\b|\bat least\b|\bminimum\b|\d\+|\bmin\b"
)
_AND_OLDER = re.compile(
    r"\b(or|and) (lower|below|older|earlier)\b"
    r"|\b(below|older than|earlier than|lower than|prior to|before|less than|under)\b"
)
_ORDER = (0.2, 0.3, 1.0, 1.1, 1.2, 1.3)


@dataclass(frozen=True)
class Versions:
    """Accepted and refused versions; `least` is the lowest accepted one where everything below is excluded."""

    accepted: frozenset[float]
    refused: frozenset[float]
    least: float | None

    def accepts(self, version: float) -> bool | None:
        """Whether this version is accepted; None where the text does not say."""
        if version in self.refused or (self.least is not None and version < self.least):
            return False
        return True if version in self.accepted else None


def versions(text: str) -> Versions | None:
    """The versions that a text speaks of; None when it names none."""
    plain = fold(text)
    if not _NAMED.search(plain):
        return None
    accepted: set[float] = set()
    refused: set[float] = set()
    least: float | None = None
    for clause in _CLAUSE.split(plain):
        found = {_version(match.group(0)) for match in _VERSION.finditer(clause)}
        if not found:
            continue
        if _REFUSED.search(clause):
            older = (
                {version for version in _ORDER if 1.0 <= version < min(found)} if _AND_OLDER.search(clause) else set()
            )
            exclusive = re.search(
                r"\b(below|older than|earlier than|lower than|prior to|before|less than|under)\b", clause
            )
            refused |= older if exclusive else found | older
        else:
            accepted |= found
            if _AND_NEWER.search(clause) or re.search(r"\bonly\b", clause):
                least = min(found)
    return Versions(frozenset(accepted), frozenset(refused - accepted), least) if accepted or refused else None


def _version(text: str) -> float:
    number = float(re.search(r"[\d.]+$", text).group(0))  # type: ignore[union-attr]
    return number / 10 if "ssl" in text or number >= 2 else number


def compare(question: str, claim: str) -> int | None:
    """1 for Yes, -1 for No, 0 when the claim does not say; None when the question names no version."""
    asked = versions(question)
    if asked is None:
        return None
    held = versions(claim)
    if held is None:
        return 0
    if asked.refused and not asked.accepted:
        return _all([_flip(held.accepts(version)) for version in asked.refused])
    plain = fold(question)
    if _AND_OLDER.search(plain):  # "Are versions below 1.2 accepted?"
        limit = min(asked.accepted)
        return _all([held.accepts(version) for version in _ORDER if 1.0 <= version < limit], either=True)
    if asked.least is not None and _AND_NEWER.search(plain):
        below = [held.accepts(version) for version in _ORDER if 1.0 <= version < asked.least]
        if any(answer is True for answer in below):
            return -1
        stated = held.least is not None or held.accepted or all(answer is False for answer in below)
        return 1 if stated and all(answer is not True for answer in below) and _floor(held, asked.least) else 0
    if len(asked.accepted) == 1 and re.search(r"\b(requir\w*|mandat\w*|enforc\w*|only)\b", plain):
        below = [held.accepts(version) for version in _ORDER if 1.0 <= version < min(asked.accepted)]
        return -1 if True in below else 1 if _floor(held, min(asked.accepted)) else 0
    answers = [held.accepts(version) for version in asked.accepted]
    if asked.refused:
        answers += [_flip(held.accepts(version)) for version in asked.refused]
    return _all(answers, either=" or " in plain)


def _floor(held: Versions, least: float) -> bool:
    """The claim speaks of this version or a newer one as its own lowest, or refuses all that are older."""
    if all(version in held.refused for version in _ORDER if 1.0 <= version < least):
        return True
    lowest = held.least if held.least is not None else min(held.accepted, default=None)
    return (lowest is not None and lowest >= least) or (
        any(version < least for version in held.refused) and bool(held.accepted)
    )


def _flip(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _all(answers: list[bool | None], *, either: bool = False) -> int:
    if not answers or (None in answers and not (either and True in answers)):
        return -1 if False in answers and not either else 0
    return 1 if (any(answers) if either else all(answers)) else -1
