"""The version and date by which a document names itself, where it names itself twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote

_VERSION = re.compile(
    r"\b(?:version|v\.?|revision|rev\.?|edition|issue):? ?(?:no\.? ?)?(?P<n>\d+(?:\.\d+)*)\b", re.IGNORECASE
)
_ITSELF = re.compile(
    r"\bthis (?:\w+ ){0,3}(?:polic(?:y|ies)|notice|statement|document|page|agreement|addendum|terms|overview|schedule"
    r"|annex|whitepaper|paper|manual|handbook|standard|description|report)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:TLS|SSL|API|app|iOS|Android|browser|replac\w+|supersed\w+|previous|prior|earlier|former|was|were|until"
    r"|chang\w+|since|histor\w+|history|upgrad\w+|ISO|PCI|NIST|template|clauses|SCCs|SDK|OneRoster|FHIR|HTTP|protocol"
    r"|software|firmware|release|library|OWASP|CVSS|SOC|agreement|DPA|addendum|schedule|annex|form|model)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?P<what>last (?:updated|revised|reviewed|changed|modified)|effective(?: date| from| as of)?"
    r"|in force (?:from|since)"
    r"|valid from|updated|revised)\W{1,3}(?:on |in )?(?P<date>(?:\d{1,2} )?(?:January|February|March|April|May|June"
    r"|July"
    r"|August|September|October|November|December) (?:\d{1,2}, )?20\d\d|20\d\d-\d\d-\d\d)",
    re.IGNORECASE,
)
_EDGE = 12
"""Passages at the top and the bottom of a page where it names itself."""
_WHY = "The page names two versions of itself: a reader cannot tell which one is in force, nor cite it."
_SUGGEST = "Print version and date from one place, at the top and at the bottom alike."


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a page: two versions, or two dates of the same kind, by which it names itself."""
    for page in corpus.pages:
        named = [one for one in page.passages if one.asserted and _names_itself(one, page)]
        yield from _differing(named)
        yield from _other_documents(page)


_CURRENT = re.compile(r"\b(?:current(?:ly)?|latest|newest|in force|applies|valid|now)\b", re.IGNORECASE)
_REPLACED = re.compile(
    r"\b(?:replac\w+|supersed\w+|previous|prior|earlier|former\w*|was|were|until|no longer|old|expired|signed before"
    r"|draft|next|will)\b",
    re.IGNORECASE,
)
_KINDS = {
    "data processing agreement": re.compile(
        r"\b(?:data processing (?:agreement|addendum|terms)|DPAs?)\b", re.IGNORECASE
    ),
    "business associate agreement": re.compile(r"\b(?:business associate agreement|BAAs?)\b", re.IGNORECASE),
    "terms": re.compile(r"\bterms of (?:service|use)\b|\b(?:service|customer) agreement\b", re.IGNORECASE),
    "privacy policy": re.compile(r"\bprivacy (?:policy|notice|statement)\b", re.IGNORECASE),
    "security policy": re.compile(r"\b(?:information )?security policy\b", re.IGNORECASE),
    "service levels": re.compile(r"\b(?:service[- ]level agreement|SLA)\b", re.IGNORECASE),
    "code of conduct": re.compile(r"\bcode of conduct\b", re.IGNORECASE),
}


def _other_documents(page: Page) -> Iterator[Finding]:
    """A document of which two versions are each called the current one."""
    named = [
        (one, found["n"])
        for one in page.passages
        if one.asserted
        and (found := _VERSION.search(one.text))
        and _CURRENT.search(one.text)
        and not _REPLACED.search(one.text)
    ]
    for (first, ours), (second, theirs) in combinations(named, 2):
        same = any(kind.search(first.said) and kind.search(second.said) for kind in _KINDS.values())
        if same and ours != theirs:
            why = "Two versions of one document are each called the current one: a reader cannot tell which binds."
            instead = "Print the number of the version from one place wherever the document is named."
            yield Finding("reference.document-version", "reference", quote(first), why, instead, quote(second))
            return


def _names_itself(one: Passage, page: Page) -> bool:
    if one.cells or len(one.text) > 400:
        return False
    said = [other.start for other in page.passages]
    at = said.index(one.start)
    edge = at < _EDGE or at >= len(said) - 5
    titles = [other.text for other in page.passages[:6] if other.kind == "title"]
    titled = any(len(title) > 8 and title.lower() in one.text.lower() for title in titles)
    return edge and (bool(_ITSELF.search(one.text)) or titled or len(one.text) < 90)


def _differing(named: list[Passage]) -> Iterator[Finding]:
    for first, second in combinations(named, 2):
        pairs = ((_versions(first), _versions(second)), (_dates(first), _dates(second)))
        for ours, theirs in pairs:
            same = ours.keys() & theirs.keys()
            if same and all(ours[what] != theirs[what] for what in same):
                yield Finding("reference.version", "reference", quote(first), _WHY, _SUGGEST, quote(second))
                return


def _versions(one: Passage) -> dict[str, str]:
    found = _VERSION.search(one.text)
    if found is None:
        return {}
    around = one.text[max(0, found.start() - 40) : found.start()] + one.text[found.end() : found.end() + 15]
    return {} if _OTHER.search(_ITSELF.sub("", around)) else {"version": found["n"]}


def _dates(one: Passage) -> dict[str, str]:
    kinds = {"effective": "effective", "in force": "effective", "valid": "effective", "last": "updated",
             "updated": "updated", "revised": "updated"}  # fmt: skip
    dates: dict[str, str] = {}
    for found in _DATED.finditer(one.said):
        around = one.said[max(0, found.start() - 40) : found.start()]
        if not re.search(
            r"\b(?:replac\w+|previous|prior|template|agreement|list|table|DPA|addendum)\b", around, re.IGNORECASE
        ):
            kind = next(value for key, value in kinds.items() if found["what"].lower().startswith(key))
            dates.setdefault(kind if "review" not in found["what"].lower() else "reviewed", found["date"])
    return dates
