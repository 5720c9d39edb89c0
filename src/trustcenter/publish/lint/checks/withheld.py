"""A document that is said to be shown, and in another sentence is shown to nobody or not written yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import one_part, same_section, stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote

_SHOWN = re.compile(
    r"\b(?:is|are|can be|may be) (?:\w+ )?(?:linked|published|downloaded|read|found|shown|shared|available|listed"
    r"|summari[sz]ed|posted|public|open)\b|\bwe (?:also )?(?:publish|share|post|show)\b|\b(?:ready for )?download\b"
    r"|\b(?:is|are) (?:on|at|in|under) (?:this|the|our|[\w.]+\.\w)\b[^.]{0,40}"
    r"\b(?:site|page|website|foot|annex|appendix|bottom|documents|console)\b"
    r"|\b(?:see|below|at the (?:foot|bottom))\b",
    re.IGNORECASE,
)
_KEPT_BACK = re.compile(
    r"\b(?:is|are|was|were|has|have) (?:strictly |still )?(?:not |never |neither )(?:yet )?(?:been )?"
    r"(?:for publication|published|public|handed out|shared|given out|available|released|shown|listed)\b"
    r"|\b(?:neither|no(?:ne)?)\b[^.;]{0,50}\b(?:has|have|is|are) (?:yet )?(?:been )?"
    r"(?:published|given out|released|handed out|available|shared)\b"
    r"|\b(?:do|does|will) not (?:yet )?(?:publish|share|release|give out|hand (?:it|them) out|leave the company"
    r"|disclose)\b"
    r"|\b(?:is|are) (?:confidential|secret|internal|(?:an? )?(?:confidential|internal) documents?)\b"
    r"|\bshown to nobody\b|\bhand(?:ed)? (?:it|them) out\b.{0,10}\bnot?\b|\bnot hand (?:it|them) out\b"
    r"|\bno [\w -]{3,40}\bexists? (?:yet)?|\bhas no (?:appendi\w+|annex\w*)\b",
    re.IGNORECASE,
)
_SELDOM = re.compile(
    r"\b(?:not|never|no|nobody|none|neither|until|unless|except|only|under (?:an? )?NDA|confidential|on request"
    r"|ask|asked|after signing|if)\b|n[’']t\b",
    re.IGNORECASE,
)
"""Shown with a condition: to some, or some of it."""
_KINDS = {
    "list": re.compile(r"\b(?:lists?|names?)\b", re.IGNORECASE),
    "summary": re.compile(r"\b(?:summar\w+|abstracts?)\b", re.IGNORECASE),
    "report": re.compile(r"\breports?\b", re.IGNORECASE),
    "figures": re.compile(r"\b(?:figures?|numbers|statistics|uptime)\b", re.IGNORECASE),
    "opinion": re.compile(r"\bopinions?\b", re.IGNORECASE),
    "post-mortem": re.compile(r"\bpost-?mortems?\b", re.IGNORECASE),
    "log": re.compile(r"\blogs?\b", re.IGNORECASE),
    "text": re.compile(r"\btexts?\b", re.IGNORECASE),
    "policy": re.compile(r"\bpolic(?:y|ies)\b", re.IGNORECASE),
    "certificate": re.compile(r"\bcertificates?\b", re.IGNORECASE),
    "assessment": re.compile(r"\b(?:assessments?|DPIAs?)\b", re.IGNORECASE),
    "appendix": re.compile(r"\b(?:appendi\w+|annex\w*)\b", re.IGNORECASE),
    "code": re.compile(r"\bsource code\b", re.IGNORECASE),
    "contract": re.compile(r"\b(?:agreement|DPA|contract|terms)\b"),
}
_NOT_A_TOPIC = stems(
    "list names summary report figures opinion post-mortem log text policy certificate assessment page site published"
    " publish shared share available public download internal confidential document customers company linked read full"
    " complete website see below shown console outside board copy"
)
_BY_ITSELF = {"post-mortem", "appendix"}
_WHY = "One sentence lets a reader look for it; by the other it is shown to nobody."
_SUGGEST = "Publish it and give the address, or say who may see it and how to ask."


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding for each document that is kept back: the first sentence that shows one of its kind and topic."""
    said = [one for one in corpus.asserted if one.kind != "title" and not one.planned and not one.text.endswith("?")]
    shown = [one for one in said if _SHOWN.search(one.said) and not _SELDOM.search(one.text)]
    for back in said:
        if not _KEPT_BACK.search(back.text):
            continue
        for one in shown:
            if one.start != back.start and _one_document(one, back):
                yield Finding("reference.withheld", "reference", quote(one), _WHY, _SUGGEST, quote(back))
                break


def _one_document(shown: Passage, back: Passage) -> bool:
    """Whether both name one kind of document, and a topic of it in common where both name one."""
    kinds = [{name for name, words in _KINDS.items() if words.search(one.said)} for one in (shown, back)]
    if not kinds[0] & kinds[1] or not one_part(shown, back):
        return False
    # A summary may be shown of a report that is not.
    if ("summary" in kinds[0]) != ("summary" in kinds[1]):
        return False
    first, second = (stems(one.said) - _NOT_A_TOPIC for one in (shown, back))
    if not first or not second:
        # `Neither opinion has been published`: which one, the section says.
        return same_section(shown, back) or bool(kinds[0] & kinds[1] & _BY_ITSELF)
    return bool(first & second)
