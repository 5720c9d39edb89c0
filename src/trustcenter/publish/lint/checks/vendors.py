"""Companies that a page says receive data, against its list of subprocessors (rules/vendors.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.places import areas
from trustcenter.publish.lint.rule_files import data
from trustcenter.publish.lint.words import pattern

_LISTED = re.compile(r"sub-?processor|sub-?contractor|third[- ]part(?:y|ies)|service providers|vendors", re.IGNORECASE)
_BASIS = re.compile(r"transfer|safeguard|legal basis|mechanism", re.IGNORECASE)
_NOTHING = re.compile(r"^\W*(?:TBD|tbc|pending|open|unknown|to be \w+|n/?a)?\W*$", re.IGNORECASE)
_HOME = {"EU", "UK", "CH"}


@cache
def _words() -> tuple[dict[str, re.Pattern[str]], re.Pattern[str], re.Pattern[str]]:
    rules = data("vendors")
    names = {name: re.compile(text) for name, text in rules["names"].items()}
    return names, pattern(rules["receives"]), pattern(rules["apart"])


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a company that is named and not listed; one a transfer without a basis where each shall have one."""
    for page in corpus.pages:
        rows = _rows(page)
        if len(rows) >= 2:
            yield from _unlisted(page, rows)
        for row in rows:
            yield from _without_basis(row)


def _rows(page: Page) -> list[Passage]:
    return [
        one
        for one in page.passages
        if one.asserted
        and (one.cells or one.kind == "item")
        and _LISTED.search(f"{one.heading} {' '.join(one.columns)}")
        and one.text.count(" ") < 25
    ]


def _unlisted(page: Page, rows: Sequence[Passage]) -> Iterator[Finding]:
    names, receives, apart = _words()
    starts = {row.start for row in rows}
    listed = "\n".join(f"{row.label} {row.text}" for row in rows)
    for name, words in names.items():
        if words.search(listed):
            continue
        for one in page.passages:
            if one.start in starts or not one.asserted or one.kind == "title" or not words.search(one.text):
                continue
            around = " ".join(other.text for other in page.passages if other.block == one.block)
            if receives.search(one.said) and not apart.search(around):
                why = f"{name} receives data by this sentence, and the list of subprocessors does not name it."
                instead = "Keep one register, and let every sentence that names a recipient be checked against it."
                yield Finding("scope.unlisted-vendor", "scope", quote(one), why, instead, quote(rows[0]))
                break


def _without_basis(row: Passage) -> Iterator[Finding]:
    at = next((number for number, name in enumerate(row.columns) if _BASIS.search(name)), -1)
    if at < 0 or not areas(row.text) or areas(row.text) & _HOME:
        return
    short = len(row.cells) < len(row.columns) and at == len(row.columns) - 1
    if short or (at < len(row.cells) and _NOTHING.match(row.cells[at])):
        why = f"`{row.columns[at]}` is empty for a company outside the EU: the transfer has no basis on this page."
        instead = "Name the adequacy decision or the clauses for each such company, with their date."
        yield Finding("gap.transfer-basis", "gap", quote(row), why, instead)
