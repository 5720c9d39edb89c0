"""Whether two times of an answer are of the same reports: one kind of report, or one address to write to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trustcenter.publish.lint.page import Corpus, Passage

if TYPE_CHECKING:
    from trustcenter.publish.lint.checks.values import Fact

_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w")


def same_channel(corpus: Corpus, first: Sequence[Fact], second: Sequence[Fact]) -> bool:
    """Whether both answer the same reports: the same kind of report, or the same address to write to."""
    kinds = [_kind(facts[0].passage) for facts in (first, second)]
    if kinds[0] == kinds[1]:
        return kinds[0] != "other"
    if "support" in kinds:
        return False
    mails = [_mails(corpus, facts[0].passage) for facts in (first, second)]
    return bool(mails[0] & mails[1])


def _kind(passage: Passage) -> str:
    own, about = f"{passage.text} {passage.label}".lower(), f"{passage.text} {passage.label} {passage.heading}".lower()
    if re.search(r"vulnerab|researcher|security (?:report|issue)", own):
        return "report"
    for name, words in (
        ("support", r"support|ticket|customer success|help ?desk"),
        ("report", r"vulnerab|researcher|disclos|report|security issues?"),
        ("incident", r"incident|security"),
    ):
        if re.search(words, about):
            return name
    return "other"


def _mails(corpus: Corpus, passage: Passage) -> set[str]:
    return {
        mail
        for other in corpus.passages
        if other.place.file == passage.place.file and other.heading == passage.heading
        for mail in _MAIL.findall(other.text)
    }
