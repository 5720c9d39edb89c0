"""`All` in one sentence and `most` in another, about the same thing (rules/universals.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from trustcenter.publish.lint.apart import set_apart
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data
from trustcenter.publish.lint.variants import named

_SUGGEST = (
    "Say the share and the population (`41 of 43 databases`), name what is left out and why, and drop the word all."
)


@cache
def _words() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], re.Pattern[str], re.Pattern[str]]:
    rules = data("universals")
    subjects = tuple((entry["id"], re.compile(entry["about"], re.IGNORECASE)) for entry in rules["subjects"])
    return subjects, re.compile(rules["all"], re.IGNORECASE), re.compile(rules["some"], re.IGNORECASE)


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a subject and passage."""
    subjects, everything, some = _words()
    for name, about in subjects:
        held = [one for one in corpus.asserted if about.search(_asked(one)) and one.kind != "title"]
        whole = [
            (one, found)
            for one in held
            if (found := _near(everything, about, one)) is not None and not some.search(one.text)
        ]
        partly = [one for one in held if some.search(_clause(about, one)) and not _double_negative(one)]
        told: set[int] = set()
        for first, at in whole:
            second = next(
                (
                    one
                    for one in partly
                    if one.start != first.start
                    and one.start not in told
                    and _alike(first, one)
                    and not set_apart(first, one)
                    and not (one.cells and named(one, " ".join(one.columns)))
                ),
                None,
            )
            if second is None:
                continue
            told.add(second.start)
            yield Finding(
                f"absolute.{name}",
                "absolute",
                quote(first, at, at + 3),
                "One sentence covers everything, another names what is left out: the first is false as written.",
                _SUGGEST,
                quote(second),
            )
            break


def _asked(one: Passage) -> str:
    """A passage with the question that it answers."""
    return f"{one.text}\n{one.heading}" if one.heading.endswith("?") and len(one.text) < 60 else one.text


def _near(everything: re.Pattern[str], about: re.Pattern[str], one: Passage) -> int | None:
    """Where `all` stands in the clause of the subject."""
    subject = about.search(one.text)
    if subject is None:
        answered = everything.search(one.text)
        return answered.start() if answered else None
    for found in everything.finditer(one.text):
        between = one.text[found.end() : subject.start()]
        if found.start() <= subject.end() and len(between) < 60 and not re.search(r"[;.:|]", between):
            return found.start()
    return None


def _clause(about: re.Pattern[str], one: Passage) -> str:
    subject = about.search(one.text)
    if subject is None:
        return one.text
    left = max((mark.end() for mark in re.finditer(r"[;.]\s", one.text) if mark.end() <= subject.start()), default=0)
    right = min(
        (mark.start() for mark in re.finditer(r"[;.]\s", one.text) if mark.start() >= subject.end()),
        default=len(one.text),
    )
    return one.text[left:right]


def _double_negative(one: Passage) -> bool:
    """`No device is exempt`, `unencrypted connections are refused`: says all again."""
    if re.search(r"\b(refus\w+|reject\w+|block\w+)\b", one.text, re.IGNORECASE):
        return True
    return bool(
        re.search(
            r"\b(no|none|never|nothing|nobody)\b.{0,40}\b(exempt\w*|excluded|unencrypted|skip\w*|bypass\w*|without)",
            one.text,
            re.IGNORECASE,
        )
    )


_SCOPES = {
    "traffic": re.compile(r"\b(connections?|traffic|transit|requests?)\b", re.IGNORECASE),
    "devices": re.compile(r"\b(devices?|laptops?|workstations?|phones?)\b", re.IGNORECASE),
    "stores": re.compile(
        r"\b(data|at rest|stored|databases?|files?|buckets?|volumes?|attachments?|back[- ]?ups?)\b", re.IGNORECASE
    ),
    "customers": re.compile(r"\b(customers?|users?|tenants?|accounts?|end users?|members?)\b", re.IGNORECASE),
    "people": re.compile(
        r"\b(employees?|staff|personnel|contractors?|engineers?|our people|workforce|administrators?|new hires)\b",
        re.IGNORECASE,
    ),
}


def _alike(first: Passage, second: Passage) -> bool:
    """Whether both speak of the same side: customers' users, or the vendor's people."""
    sides = [{name for name, words in _SCOPES.items() if words.search(one.text)} for one in (first, second)]
    return not sides[0] or not sides[1] or bool(sides[0] & sides[1])
