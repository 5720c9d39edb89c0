"""Articles of the GDPR cited for what another article says (rules/articles.yaml)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data

_CITED = re.compile(r"\bArt(?:icle|icles|s?\.)? ?(\d{1,2})\b", re.IGNORECASE)
_OWN_TITLE = re.compile(r"\W*Art(?:icle|\.)? ?\d{1,2}\b(?!\s*(?:of (?:the )?)?GDPR)", re.IGNORECASE)
_NEAR = 45
"""Characters between an article's number and the topic that it is cited for."""
_OTHER_LAW = re.compile(r"\b(?:AI Act|NIS ?2|DORA|Data Act|ePrivacy|Swiss|FADP|LGPD|constitution)\b", re.IGNORECASE)


@cache
def _topics() -> dict[str, tuple[re.Pattern[str], tuple[int, ...]]]:
    return {
        name: (re.compile(entry["about"], re.IGNORECASE), tuple(entry["articles"]))
        for name, entry in data("articles")["topics"].items()
    }


def _numbered(corpus: Corpus) -> frozenset[str]:
    """The pages whose own headings are articles: `Article 7` is one of theirs."""
    titles = Counter(one.place.file for one in corpus.passages if one.kind == "title" and _OWN_TITLE.match(one.text))
    return frozenset(name for name, count in titles.items() if count > 2)


def check(corpus: Corpus) -> Iterator[Finding]:
    """A sentence with one article, near one topic that this article does not treat."""
    own = _numbered(corpus)
    for one in corpus.passages:
        if one.place.file in own and "GDPR" not in one.text:
            continue
        cited = list(_CITED.finditer(one.text))
        if len(cited) != 1 or _OTHER_LAW.search(one.text):
            continue
        number = int(cited[0][1])
        around = one.text[max(0, cited[0].start() - _NEAR) : cited[0].end() + _NEAR]
        near = [(name, articles) for name, (about, articles) in _topics().items() if about.search(around)]
        if not near or any(number in articles for _, articles in near):
            continue
        name, articles = near[0]
        yield Finding(
            "legal.article-mismatch",
            "legal",
            quote(one, *cited[0].span()),
            f"Article {number} of the GDPR does not treat {name}; Article {articles[0]} does.",
            "Cite the article that says it, with its paragraph.",
        )
