"""Answers that the next sentences take back: `Do you have a policy? Yes. It is in draft.`"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data
from trustcenter.publish.lint.words import pattern

_WHY = "The answer is yes or no in its first word, and the next sentence takes it back."
_SUGGEST = "Answer with the state as it is today, and give the date of what is to come."
_LETTERS = 5
"""How many letters make two words one: `registered` and `registration`."""


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding an answer: the first sentence of the same answer that takes it back."""
    words = {name: pattern(text) for name, text in data("replies").items() if isinstance(text, str)}
    for page in corpus.pages:
        answers: dict[tuple[str, int], list[Passage]] = {}
        for one in page.passages:
            if one.asserted and one.kind != "title" and one.heading.endswith("?"):
                answers.setdefault((one.heading, one.block), []).append(one)
        for (question, _), (first, *rest) in answers.items():
            yes, no = words["affirmed"].match(first.text), words["denied"].match(first.text)
            for other in rest:
                if words["apart"].search(other.text):
                    continue
                back = yes and words["open"].search(other.text) and _shares(question, other.text)
                passed = no and words["others"].search(question) and words["given"].search(other.text)
                if back or passed:
                    yield Finding("status.answer-taken-back", "status", quote(first), _WHY, _SUGGEST, quote(other))
                    break


def _shares(question: str, text: str) -> bool:
    """Whether a sentence speaks of what was asked, by a word or by a pronoun."""
    if re.match(r"(?:it|they|this|these)\b", text, re.IGNORECASE):
        return True
    one, other = ({stem[:_LETTERS] for stem in stems(words)} for words in (question, text))
    return bool(one & other)
