"""Two sentences about the same thing, whatever it is, that say opposite things of it (rules/opposites.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from trustcenter.publish.lint.apart import set_apart, stated_exception
from trustcenter.publish.lint.checks.doers import denied_place
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import alike, other_things, same_section, shared, stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data

_NEGATED = re.compile(
    r"\b(?:is|are|was|were|has|have|do|does|did|can|may|will)(?: not|n.t)\b"
    r"(?: (?:yet|been|be|currently|always|have|had|a|an|any|the|run|offer|operate|use|employ|appoint\w*|provide|sign))*"
    r"\s+(?P<said>[\w-]{3,}(?: (?!for\b|at\b|in\b|of\b|and\b|with\b|from\b|yet\b)[\w-]{3,}){0,2})"
    r"|\bnever (?:be |been )?(?P<never>[\w-]{3,})"
    r"|\b(?:is|are|stays?|remains?) (?P<without>un[a-z]+ed)\b",
    re.IGNORECASE,
)
_USED = re.compile(r"\buse\b", re.IGNORECASE)
_PURPOSE = re.compile(r"^(?: \w+)? ?(?:to|for)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|without|cannot|neither|un\w+ed|\w+n.t|refus\w+|reject\w*|prevent\w*)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:except|unless|until|if|when|once|before|other than|apart from|only|instead|rather|longer|more than|beyond"
    r"|planned|while|as long as"
    r"|by (?:itself|ourselves|themselves)|will|would|could|should|optional|by default|whether|what|right to|where|than"
    r"|from \w+ day)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\b(?:who|which|that|where|whose|such) ?(?:[\w-]+ ?){0,2}$", re.IGNORECASE)
"""What is denied of some only: `such visits`, `persons who do not consent`."""
_SAYS = re.compile(
    r"^[^.]*\b(?:is|are|was|were|be|been|has|have|had|do|does|can|may|will|must|shall|we|\w{3,}ed|\w{3,}[^su\W]s)\b[^.]",
    re.IGNORECASE,
)
"""A sentence with a verb that says something; `3.2 SOC 2.` and `Press Delete` affirm nothing."""
_SUGGEST = "Say one of them, with the part it holds for; where both hold, name the parts and count them."


@dataclass(frozen=True, slots=True)
class Opposition:
    """Words that cannot both be said of the same thing in the same respect."""

    id: str
    family: str
    one: re.Pattern[str]
    other: re.Pattern[str]
    about: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    kinds: tuple[re.Pattern[str], ...]
    """Where given, both must be about one of these."""
    near: bool
    """Whether both must stand under one heading."""
    least: int
    """How many subjects both must have in common, beyond the words of the opposition."""
    why: str
    suggestion: str
    found: tuple[str, ...]
    silent: tuple[str, ...]


@cache
def oppositions() -> tuple[Opposition, ...]:
    """All oppositions, compiled."""

    def pattern(text: str | None) -> re.Pattern[str] | None:
        return re.compile(text, re.IGNORECASE) if text else None

    return tuple(
        Opposition(
            entry["id"],
            entry["family"],
            re.compile(entry["one"], re.IGNORECASE),
            re.compile(entry["other"], re.IGNORECASE),
            pattern(entry.get("about")),
            pattern(entry.get("unless")),
            tuple(re.compile(text, re.IGNORECASE) for text in entry.get("kinds", ())),
            entry.get("near", False),
            entry.get("least", 1),
            entry["why"],
            entry["suggestion"],
            tuple(entry["found"]),
            tuple(entry["silent"]),
        )
        for entry in data("opposites")["oppositions"]
    )


def check(corpus: Corpus) -> Iterator[Finding]:
    """Opposite words about one subject, then a sentence and its plain denial."""
    said = [one for one in corpus.asserted if one.kind != "title" and not one.text.endswith("?")]
    for opposition in oppositions():
        yield from opposed(opposition, said)
    yield from _denied(said)


def opposed(opposition: Opposition, said: Sequence[Passage]) -> Iterator[Finding]:
    """The pairs of one opposition, each passage in one at most."""
    told: set[tuple[str, int]] = set()
    firsts = [one for one in said if _says(opposition, opposition.one, one)]
    seconds = [one for one in said if _says(opposition, opposition.other, one)]
    for first in firsts:
        for second in seconds:
            keys = {(first.place.file, first.start), (second.place.file, second.start)}
            if keys & told or (opposition.near and not same_section(first, second)):
                continue
            if stated_exception(first, second):
                continue
            if opposition.kinds and not any(
                kind.search(first.context) and kind.search(second.context) for kind in opposition.kinds
            ):
                continue
            own = stems(" ".join(found[0] for found in _both(opposition, first, second)))
            least = opposition.least if opposition.about is None else 0
            if not (alike(first, second, own) if opposition.about is None else not set_apart(first, second)):
                continue
            if len(shared(first, second, own)) < least or len(keys) == 1:
                continue
            told |= keys
            yield Finding(
                f"{opposition.family}.{opposition.id}",
                opposition.family,
                quote(first),
                opposition.why,
                opposition.suggestion,
                quote(second),
            )
            break


def _both(opposition: Opposition, first: Passage, second: Passage) -> list[re.Match[str]]:
    return [*opposition.one.finditer(first.text), *opposition.other.finditer(second.text)]


def _says(opposition: Opposition, words: re.Pattern[str], one: Passage) -> bool:
    answered = one.heading.endswith("?") and len(one.text) < 45
    if not words.search(one.text) and not (answered and words.search(f"{one.heading} {one.text}")):
        return False
    if opposition.unless is not None and opposition.unless.search(one.text):
        return False
    return opposition.about is None or bool(opposition.about.search(one.context))


def _denied(said: Sequence[Passage]) -> Iterator[Finding]:
    """`Backups are tested`, and elsewhere `backups are not tested`: the denied words, and what they are denied of."""
    told: set[tuple[str, int]] = set()
    for second in said:
        denial = _NEGATED.search(second.text)
        if denial is None or (not denial["without"] and _CONDITION.search(second.text)):
            continue
        if _PURPOSE.match(second.text[denial.end() :]) and _USED.search(denial[0]):
            # `We do not use parcels to train`: only the purpose is denied.
            continue
        if _PART.search(second.text[: denial.start()]):
            continue
        verb = stems(denial["said"] or denial["never"] or denial["without"])
        before = stems(second.text[: denial.start()])
        for first in said:
            if first.planned or (first.kind == "sentence" and not _SAYS.search(first.text)):
                continue
            if _NEGATION.search(first.text) or _CONDITION.search(first.text) or (first.place.file, first.start) in told:
                continue
            # `Covers A and does not cover B` denies nothing of what it affirms.
            if not verb or verb & before or not verb <= stems(first.text) or not alike(first, second):
                continue
            common = shared(first, second)
            if not (common & before) and not (
                len(verb) >= 1 and re.search(r"\b(?:we|it) $", second.text[: denial.start()], re.IGNORECASE)
            ):
                continue
            if other_things(first, second):
                continue
            place = denied_place(second.text[denial.end() :])
            if place and not place & stems(first.text):
                continue
            told.add((first.place.file, first.start))
            # What is denied of a part only makes the sentence without that part too wide.
            wide = bool(before - stems(first.text) or denial["without"] or denial["never"])
            able = re.match(r"can", denial[0], re.IGNORECASE) and second.kind != "badge"
            family = "capability" if able else "absolute" if wide else "status"
            why = "One sentence says it, another denies it of the same thing: a reader cannot tell which holds."
            yield Finding(f"{family}.denied", family, quote(first), why, _SUGGEST, quote(second))
            break
