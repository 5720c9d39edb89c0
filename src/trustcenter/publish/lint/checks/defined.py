"""A word that the page defines, and a use of it that the definition does not allow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote

_MEANS = re.compile(
    r"^[“\"‘'(]*(?:(?:a|an|the|each|by) )?[“\"‘']?(?P<term>[A-Za-z][\w-]*(?: [\w-]+)?)[”\"’']?,?"
    r" (?:(?:in|on|throughout) this (?:\w+ )?(?:document|page|policy|notice|statement|agreement) )?"
    r"(?:means?|refers to|stands for|is (?:the|our) (?:word|term|name) for|we mean) (?P<what>.+)$",
    re.IGNORECASE,
)
_GLOSSARY = re.compile(
    r"\b(?:words|terms|definitions?|glossary|vocabulary|what we mean|defined|meanings?)\b", re.IGNORECASE
)
_ONE_EACH = re.compile(
    r"\b(?:one|each|every|an?|any) [a-z]+"
    r" (?:has|gets|is|owns) (?:exactly |only |always )?(?:one|a single|just one) (?P<what>[a-z]+)\b",
    re.IGNORECASE,
)
_SEVERAL = (
    r"\b(?:up to |at most |as many as )?(?:two|three|four|five|six|seven|eight|nine|ten|several|many|multiple|unlimited"
    r"|\d{{1,4}}) (?:\w+ )?{0}(?:s|es)\b"
)
_IS_A = re.compile(r"^(?:It|This|That|He|She)(?:[’']s| is| was) (?:an?|one) (?P<what>[^.,;:]{3,60})")
_GENUS = re.compile(r"\b(?:that|which|who|for|of|in|on|with|from|made|run|hosted|by|to|behind|trained)\b")
_SUGGEST = "Keep the word for what the definition says, and give the other thing a word of its own."


@dataclass(frozen=True, slots=True)
class Term:
    """A word, and the passage that says what it means."""

    word: str
    what: str
    passage: Passage


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a term: counted against the definition, or said to be something else."""
    for page in corpus.pages:
        for term in _terms(page):
            yield from _several(page, term)
            yield from _something_else(page, term)


def _terms(page: Page) -> Iterator[Term]:
    for one in page.passages:
        if not one.asserted or one.kind == "title":
            continue
        found = _MEANS.match(one.text)
        if found:
            yield Term(found["term"].lower(), found["what"], one)
        elif one.label and one.label.count(" ") < 2 and _GLOSSARY.search(one.heading):
            text = one.cells[1] if len(one.cells) > 1 else one.text
            yield Term(one.label.lower().strip('“”" '), text, one)


def _several(page: Page, term: Term) -> Iterator[Finding]:
    """`One customer has one workspace`, and a plan with ten."""
    here = [one for one in page.passages if one.asserted and (one is term.passage or one.block == term.passage.block)]
    single = next((one for one in here if (m := _ONE_EACH.search(one.text)) and m["what"].lower() == term.word), None)
    if single is None:
        return
    many = re.compile(_SEVERAL.format(re.escape(term.word)), re.IGNORECASE)
    for one in page.passages:
        if one.asserted and one.block != single.block and one.kind != "title" and many.search(one.text):
            why = f"By its definition there is one {term.word} for each; here there are several."
            yield Finding("term.one-or-several", "term", quote(single), why, _SUGGEST, quote(one))
            return


def _something_else(page: Page, term: Term) -> Iterator[Finding]:
    """`Agent means the process that ...`, and `an agent reads the log. It is a language model ...`."""
    defined = stems(term.what)
    used = re.compile(rf"\b(?:an?|our|this|that|another) {re.escape(term.word)}\b", re.IGNORECASE)
    for number, one in enumerate(page.passages[:-1]):
        after = page.passages[number + 1]
        if not one.asserted or one.start == term.passage.start or after.block != one.block:
            continue
        other = _IS_A.match(after.text)
        if other is None or not used.search(one.text) or after.block == term.passage.block:
            continue
        genus = stems(_GENUS.split(other["what"], maxsplit=1)[0])
        if genus and not genus & defined:
            why = f"`{term.word}` is defined as one thing and used here of another."
            yield Finding("term.something-else", "term", quote(term.passage), why, _SUGGEST, quote(one))
            return
