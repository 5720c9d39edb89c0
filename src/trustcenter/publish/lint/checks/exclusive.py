"""One member of a set named as the only one, and another named elsewhere (rules/exclusive.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data

_SUGGEST = "Name all of them with what each does, or keep the word for the part that it is true of."


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Members of which a page may use one exclusively; `alone` finds that it says so of a member."""

    name: str
    members: dict[str, re.Pattern[str]]
    alone: dict[str, re.Pattern[str]]
    found: tuple[str, ...]
    silent: tuple[str, ...]

    def named(self, one: Passage) -> frozenset[str]:
        """The members that a passage names."""
        return frozenset(name for name, pattern in self.members.items() if pattern.search(one.text))


@cache
def sets() -> tuple[Alternatives, ...]:
    """All sets, compiled."""
    only = data("exclusive")["only"]
    return tuple(
        Alternatives(
            entry["name"],
            {name: re.compile(text) for name, text in entry["members"].items()},
            {
                name: re.compile(only.replace("MEMBER", f"(?-i:{text})"), re.IGNORECASE)
                for name, text in entry["members"].items()
            },
            tuple(entry["found"]),
            tuple(entry["silent"]),
        )
        for entry in data("exclusive")["sets"]
    )


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding for each sentence that says only, with the first place that names another member."""
    apart = re.compile(data("exclusive")["apart"], re.IGNORECASE)
    said = [one for one in corpus.asserted if one.kind != "title"]
    for alternatives in sets():
        for first in said:
            if not any(pattern.search(first.text) for pattern in alternatives.alone.values()):
                continue
            allowed = alternatives.named(first)
            for second in said:
                others = alternatives.named(second) - allowed
                if others and not apart.search(second.text):
                    yield Finding(
                        "scope.exclusive",
                        "scope",
                        quote(first),
                        f"{', '.join(sorted(allowed))} is named as the only one; as {alternatives.name}, "
                        f"{', '.join(sorted(others))} is named too.",
                        _SUGGEST,
                        quote(second),
                    )
                    break
