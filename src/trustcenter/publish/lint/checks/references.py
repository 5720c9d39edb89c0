"""Pointers that lead nowhere, or to a place that fails together with what it reports on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote, words_of

_STATUS_PATH = re.compile(r"(?<![\w./-])/(?:status|incidents?|uptime)\b(?!\.\w)", re.IGNORECASE)
_STATUS_WORDS = re.compile(r"\b(status|incidents?|uptime|outage)\b", re.IGNORECASE)
_SECTION = re.compile(
    r"\b(?i:see|refer to|described in|listed in|as per)\s+(?:the "
    r"|our )?[“\"]?([A-Z][\w &/-]{2,40}?)[”\"]? (?:section|chapter|appendix)\b"
)
_PART = re.compile(
    r"\b(?i:see|in|per|under) ((?:Appendix|Annex|Exhibit|Schedule) [A-Z0-9]{1,3})\b(?! (?:of|to|to the|of the) )"
)
_BELOW = re.compile(
    r"\b(?i:see|refer to|find in|listed in|in)\s+(?:the |our )([A-Z][\w&/-]+(?: [A-Z&][\w&/-]*){0,3}),?"
    r" (?:below|above)\b"
)
_NUMBERED = re.compile(r"\b(?:see|refer to|answer to|as in)\b.{0,20}\bquestion (\d{1,3})\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\[(?:insert [^\]]*|(?:your |the )?(?:company|customer|vendor|date|name|region|product"
    r"|link)(?: name| here)?|tbd|xx+)\]"
    r"|\bTODO\b|\bTBD\b|\blorem ipsum\b|\bXX+ (?:days|hours|months)\b|\{\{.*?\}\}|<(?:insert|company)[^>]*>",
    re.IGNORECASE,
)
_HIDDEN_MAIL = re.compile(r"\[email\s?protected\]", re.IGNORECASE)


def check(corpus: Corpus) -> Iterator[Finding]:
    """Status pages on the host they report on, sections that do not exist, placeholders, unreadable addresses."""
    headings = {one.text.lower() for page in corpus.pages for one in page.passages if one.kind == "title"}
    headings |= {one.label.lower() for one in corpus.passages if one.label}
    for page in corpus.pages:
        for one in page.passages:
            yield from _passage(one, page, headings)


def _passage(one: Passage, page: Page, headings: set[str]) -> Iterator[Finding]:
    path = _STATUS_PATH.search(one.text)
    relative = (
        one.link.startswith("/")
        and not one.link.startswith("//")
        and re.search(r"status|uptime", one.link, re.IGNORECASE)
    )
    if (path or relative) and _STATUS_WORDS.search(f"{one.text} {one.label}") and one.kind != "title":
        yield Finding(
            "reference.status-page",
            "reference",
            quote(one),
            "The status page is a path on the service's own host: when the host is down, nobody can read that it is.",
            "Publish status on infrastructure of its own, and give the full address.",
        )
    if one.link.startswith("#") and len(one.link) > 1 and page.anchors and one.link[1:] not in page.anchors:
        yield Finding(
            "reference.anchor",
            "reference",
            quote(one),
            f"The link leads to `{one.link}`, which is nowhere on this page.",
            "Point to a heading that exists, or write the section.",
        )
    asked = _NUMBERED.search(one.text)
    if asked and int(asked[1]) > sum(other.kind == "title" and other.text.endswith("?") for other in page.passages):
        yield Finding(
            "reference.question",
            "reference",
            quote(one),
            f"There is no question {asked[1]} on this page.",
            "Answer it here, or point to a question that exists.",
        )
    section = _SECTION.search(one.text) or _BELOW.search(one.text)
    part = _PART.search(one.text)
    missing_part = part is not None and not any(
        re.search(rf"\b{re.escape(part[1])}\b", h, re.IGNORECASE) for h in headings
    )
    section = part if missing_part else section
    if section and (missing_part or not any(_same(section[1], heading) for heading in headings)):
        yield Finding(
            "reference.section",
            "reference",
            quote(one),
            f"There is no section `{section[1]}` on this page.",
            "Point to a section that exists, or write it.",
        )
    if _PLACEHOLDER.search(one.text):
        yield Finding(
            "reference.placeholder",
            "reference",
            quote(one),
            "A placeholder was published: the sentence was never finished.",
            "Fill it in, or take the sentence away.",
        )
    if _HIDDEN_MAIL.search(one.text):
        yield Finding(
            "reference.address",
            "reference",
            quote(one),
            "The address to write to is hidden from readers without scripts, and from every tool that reads the page.",
            "Print the address in plain text, and in security.txt.",
        )


def _same(name: str, heading: str) -> bool:
    return (
        name.lower() in heading
        or heading in name.lower()
        or bool(words_of(name) and words_of(name) <= words_of(heading))
    )
