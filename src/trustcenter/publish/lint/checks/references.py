"""Pointers that lead nowhere, or to a place that fails together with what it reports on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding, Quote
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote, words_of

_STATUS_PATH = re.compile(r"(?<![\w./-])/(?:status|incidents?|uptime)\b(?!\.\w)", re.IGNORECASE)
_STATUS_WORDS = re.compile(r"\b(status|incidents?|uptime|outage)\b", re.IGNORECASE)
_SECTION = re.compile(
    r"\b(?i:see|refer to|described in|listed in|as per)\s+(?:the "
    r"|our )?[“\"]?([A-Z][\w &/-]{2,40}?)[”\"]? (?:section|chapter|appendix)\b"
)
_QUOTED = re.compile(r"\b(?i:section|chapter) [“\"‘']([A-Z][\w &/-]{2,40}?)[”\"’']")
_PART = re.compile(
    r"\b(?i:see|in|per|under) ((?:Appendix|Annex|Exhibit|Schedule) [A-Z0-9]{1,3})\b"
    r"(?!(?:, \w+ [\dIVX()a-z]+)? (?:of|to|to the|of the) )"
)
_BELOW = re.compile(
    r"\b(?i:see|refer to|find in|listed in|in)\s+(?:the |our )([A-Z][\w&/-]+(?: [A-Z&][\w&/-]*){0,3}),?"
    r" (?:below|above)\b"
)
_SECTION_NUMBER = re.compile(
    r"\b(?i:see|in|per|under|refer to|described in|details in) (?:the )?((?:[Ss]ection|[Cc]hapter|[Cc]lause|Part)"
    r" (\d{1,2}(?:\.\d{1,2})*))\b(?! (?:of|in) (?!this (?:statement|policy|notice|document|page|agreement)))"
)
_SECTION_SAYS = re.compile(
    r"\b((?:Section|Chapter|Clause) (\d{1,2}(?:\.\d{1,2})*)) (?:describes?|explains?|lists?|says|names?|sets out"
    r"|contains?"
    r"|shows?|gives?|covers?|defines?|applies)\b"
)
_SAME_PLACE = re.compile(
    r"\bstatus\b.{0,70}\b(?:runs?|running|hosted|served|lives?|deployed|resides?|sits?|built) (?:on|in|from"
    r"|inside|within|by)"
    r" (?:the )?(?:same|our own|our production)\b(?: [\w-]+){0,4}? (?:project|cluster|infrastructure"
    r"|accounts?|region|servers?|hosts?"
    r"|platform|machines?|provider|network|data cent\w+|environment|stack|cloud)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:full |complete |current |up-to-date )?(?:list|table|overview) of (?:all |our |the"
    r" )?(?P<what>sub-?processors?|vendors?|providers?"
    r"|certifications?|policies|certificates?|data categories)\b.{0,50}\b(?:on this page|below|in the"
    r" (?:following )?table|here below)\b",
    re.IGNORECASE,
)
_REPORT_TO = re.compile(
    r"\b(?:vulnerabilit\w+|security (?:issues?|reports?|bugs?|concerns?|problems?)|disclos\w+|researchers?)\b",
    re.IGNORECASE,
)
_OTHER_MAIL = re.compile(
    r"\b(?:privacy|DPO|data protection|support questions?|sales|legal|press|billing|abuse|PGP|or)\b", re.IGNORECASE
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBERED = re.compile(r"\b(?:see|refer to|answer to|as in)\b.{0,20}\bquestion (\d{1,3})\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\[(?:insert [^\]]*|(?:your |the )?(?:company|customer|vendor|date|name|region|product"
    r"|link)(?: name| here)?|tbd|xx+)\]"
    r"|\((?:link|document|details|more) (?:coming soon|to follow|to come)\)|\b(?:link|page|document) coming soon\b"
    r"|\bTODO\b|\bTBD\b|\blorem ipsum\b|\bXX+ (?:days|hours|months)\b|\{\{.*?\}\}|<(?:insert|company)[^>]*>",
    re.IGNORECASE,
)
_HIDDEN_MAIL = re.compile(r"\[email\s?protected\]", re.IGNORECASE)


def _finding(kind: str, one: Passage, why: str, instead: str, second: Quote | None = None) -> Finding:
    return Finding(f"reference.{kind}", "reference", quote(one), why, instead, second)


def check(corpus: Corpus) -> Iterator[Finding]:
    """Status pages on the host they report on, sections that do not exist, placeholders, unreadable addresses."""
    headings = {one.text.lower() for page in corpus.pages for one in page.passages if one.kind == "title"}
    headings |= {one.label.lower() for one in corpus.passages if one.label}
    for page in corpus.pages:
        for one in page.passages:
            yield from _passage(one, page, headings)
            yield from _elsewhere(one, page)
        yield from _addresses(page)
        yield from _at_the_end(page)


def _passage(one: Passage, page: Page, headings: set[str]) -> Iterator[Finding]:
    path = _STATUS_PATH.search(one.text)
    relative = (
        one.link.startswith("/")
        and not one.link.startswith("//")
        and re.search(r"status|uptime", one.link, re.IGNORECASE)
    )
    if one.asserted and (path or relative) and _STATUS_WORDS.search(f"{one.text} {one.label}") and one.kind != "title":
        yield _finding(
            "status-page",
            one,
            "The status page is a path on the service's own host: when the host is down, nobody can read that it is.",
            "Publish status on infrastructure of its own, and give the full address.",
        )
    if one.link.startswith("#") and len(one.link) > 1 and page.anchors and one.link[1:] not in page.anchors:
        yield _finding(
            "anchor",
            one,
            f"The link leads to `{one.link}`, which is nowhere on this page.",
            "Point to a heading that exists, or write the section.",
        )
    asked = _NUMBERED.search(one.text)
    if asked and int(asked[1]) > sum(other.kind == "title" and other.text.endswith("?") for other in page.passages):
        yield _finding(
            "question",
            one,
            f"There is no question {asked[1]} on this page.",
            "Answer it here, or point to a question that exists.",
        )
    section = _SECTION.search(one.text) or _BELOW.search(one.text) or _QUOTED.search(one.text)
    part = _PART.search(one.text)
    missing_part = part is not None and not any(
        re.search(rf"\b{re.escape(part[1])}\b", h, re.IGNORECASE) for h in headings
    )
    section = part if missing_part else section
    if section and (missing_part or not any(_same(section[1], heading) for heading in headings)):
        yield _finding(
            "section",
            one,
            f"There is no section `{section[1]}` on this page.",
            "Point to a section that exists, or write it.",
        )
    if _PLACEHOLDER.search(one.text):
        yield _finding(
            "placeholder",
            one,
            "A placeholder was published: the sentence was never finished.",
            "Fill it in, or take the sentence away.",
        )
    if _HIDDEN_MAIL.search(one.text):
        yield _finding(
            "address",
            one,
            "The address to write to is hidden from readers without scripts, and from every tool that reads the page.",
            "Print the address in plain text, and in security.txt.",
        )


def _elsewhere(one: Passage, page: Page) -> Iterator[Finding]:
    """A numbered section, a list and a status page that are not where the sentence says."""
    if one.kind == "title" or not one.asserted:
        return
    numbered = _SECTION_NUMBER.search(one.text) or _SECTION_SAYS.search(one.text)
    if numbered and not _has_section(page, numbered[2], one):
        yield _finding(
            "section",
            one,
            f"There is no `{numbered[1]}` on this page.",
            "Point to a section that exists, or write it.",
        )
    if _SAME_PLACE.search(one.text):
        yield _finding(
            "status-page",
            one,
            "The status page stands where the service stands: when that fails, nobody can read that it did.",
            "Publish status on infrastructure of its own, and give the full address.",
        )
    listed = _LIST.search(one.text)
    if listed and not _is_listed(page, one, listed["what"]):
        yield _finding(
            "list",
            one,
            f"The page says that it lists its {listed['what']}, and has no such list.",
            "Print the list, or link to where it is.",
        )


def _has_section(page: Page, number: str, asking: Passage) -> bool:
    start = re.compile(rf"(?:section |chapter |clause |part |§ ?)?{re.escape(number)}(?:[.:) ]|$)", re.IGNORECASE)
    return any(
        start.match(other.text)
        for other in page.passages
        if other.start != asking.start and other.kind in ("title", "item", "sentence", "badge")
    )


def _is_listed(page: Page, one: Passage, what: str) -> bool:
    if one.link and not one.link.startswith("#"):
        return True
    stem = re.compile(re.sub(r"(?:ies|y|s)$", "", what.lower()).replace("-", "-?"), re.IGNORECASE)
    return any(
        stem.search(f"{other.heading} {' '.join(other.columns)}")
        and (other.cells or other.kind in ("item", "badge", "row"))
        and other.start != one.start
        for other in page.passages
    )


_AT_END = re.compile(
    r"\b(?:address|e-?mail|contacts?(?: details)?|telephone|phone|number)\b[^.;]{0,40}\b(?:at the (?:end|bottom|foot)"
    r" of (?:this|the) (?:page|document|statement|notice|policy)|in the footer)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+|\+\d[\d ()-]{7,}|\b\d{4,5} [A-Z]|\b(?:street|road|avenue|lane|square|P\.?O\.? box|contact form)\b"
    r"|\b(?:[A-Z][\w-]*(?:straat|weg|stra(?:ss|ß)e|gatan|vej|laan|kade)|[Rr]ue|[Vv]ia|[Cc]alle) ",
    re.IGNORECASE,
)
_LAST_LINES = 4


def _at_the_end(page: Page) -> Iterator[Finding]:
    """An address promised for the end of the page, which ends without one."""
    for one in page.passages:
        if not one.asserted or not _AT_END.search(one.text):
            continue
        last = [other for other in page.passages[-_LAST_LINES:] if other.start != one.start]
        if not any(_ADDRESS.search(other.said) or "mailto:" in other.link for other in last):
            why = "The page says that the address stands at its end, and no address stands there."
            yield Finding("gap.address-at-end", "gap", quote(one), why, "Print the address here, in plain text.")


def _addresses(page: Page) -> Iterator[Finding]:
    """Two addresses for reports of vulnerabilities: one of them is read by nobody, or by whom nobody knows."""
    told = [
        (one, set(_MAIL.findall(one.text)))
        for one in page.passages
        if one.asserted
        and one.kind != "title"
        and _MAIL.search(one.text)
        and _REPORT_TO.search(f"{one.text} {one.heading} {one.label}")
        and not _OTHER_MAIL.search(one.text)
    ]
    for number, (first, mails) in enumerate(told):
        for second, others in told[number + 1 :]:
            if not mails & others and any(_REPORT_TO.search(f"{one.text} {one.label}") for one in (first, second)):
                yield _finding(
                    "address",
                    first,
                    "Two addresses are given for reports of vulnerabilities; one of them may be read by nobody.",
                    "Give one address, the one in security.txt, and try it.",
                    quote(second),
                )
                return


def _same(name: str, heading: str) -> bool:
    return (
        name.lower() in heading
        or heading in name.lower()
        or bool(words_of(name) and words_of(name) <= words_of(heading))
    )
