"""Documents offered before they are approved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote

_DOCUMENT = re.compile(
    r"\b(DPA|BAA|data processing (agreement|addendum)|business associate agreement|agreement|polic(y"
    r"|ies)|report|template|contract|terms|addendum|"
    r"plan|whitepaper|certificate|SCCs|questionnaire|CAIQ|SIG|penetration test (report|summary))\b",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(
    r"\b(in (legal |internal |management )?review|under (legal |internal |management )?review"
    r"|draft(ed|ing)?|not (yet )?(been )?(approved|final\w*|signed|completed|published|issued)|"
    r"being (written|drafted|prepared|finali[sz]ed|reviewed)|pending (approval|review|legal)"
    r"|awaiting (approval|review|signature)|unapproved|work in progress)\b",
    re.IGNORECASE,
)
_OFFERED = re.compile(
    r"\b(available|provided|offered|download\w*|sent|shared|can be (signed|requested|obtained)|(on"
    r"|upon|by) request|(?:please )?sign (?:it|our|the|this)|signed? (?:in|through|via|online)|can be used)\b",
    re.IGNORECASE,
)
_LATER = re.compile(r"\b(will be|once|when|after|not (yet )?available|as soon as|until)\b", re.IGNORECASE)
_KIND = re.compile(
    r"\b(DPA|data processing|BAA|business associate|SOC 2|penetration|pentest|privacy policy|incident"
    r"|continuity|CAIQ|SIG)\b",
    re.IGNORECASE,
)
_SAME = {"data processing": "dpa", "business associate": "baa", "pentest": "penetration"}


def check(corpus: Corpus) -> Iterator[Finding]:
    """An unfinished document and the offer of it, in one entry or by the same name."""
    for first in corpus.asserted:
        if not _UNFINISHED.search(first.text) or not _DOCUMENT.search(f"{first.text} {first.heading} {first.label}"):
            continue
        for second in corpus.asserted:
            if second.start == first.start or not _OFFERED.search(second.text) or _LATER.search(second.text):
                continue
            if _UNFINISHED.search(second.text) or second.kind == "title":
                continue
            if _continues(first, second) or _kinds(first) & _kinds(second):
                yield Finding(
                    "legal.unapproved-document",
                    "legal",
                    quote(first),
                    "A document that nobody has approved is offered to be used or signed: its terms may still change.",
                    "Offer it once it is approved, with its version and date; until then say when it will be.",
                    quote(second),
                )
                break


def _continues(first: Passage, second: Passage) -> bool:
    """The next sentence of the same entry that speaks of nothing else."""
    return (
        first.place.file == second.place.file
        and second.start > first.start
        and (second.block == first.block or (second.heading == first.heading and second.block == first.block + 1))
        and not (_kinds(second) - _kinds(first))
        and (first.block == second.block or not _DOCUMENT.search(second.text))
    )


def _kinds(one: Passage) -> frozenset[str]:
    named = one.text if _KIND.search(one.text) else f"{one.label} {one.heading}"
    found = {match[1].lower() for match in _KIND.finditer(named)}
    return frozenset(_SAME.get(name, name) for name in found)
