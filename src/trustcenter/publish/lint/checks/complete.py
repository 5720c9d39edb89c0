"""A list that calls itself complete, and something on the page that belongs on it and is not there.

Companies are known by how a sentence speaks of them (`to whom we send the audio`), kinds of data by what is done to
them (`clips are uploaded`): neither needs a list of names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trustcenter.publish.lint.apart import opening
from trustcenter.publish.lint.checks import vendors
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.places import areas

_COMPLETE = re.compile(
    r"\b(?:complete|full|whole|exhaustive|entire) (?:\w+ )?(?:list|table|register|overview)\b"
    r"|\b(?:list|table|register|overview) (?:\w+ ){0,3}(?:is|are) (?:\w+ )?(?:complete|exhaustive|full)\b"
    r"|\b(?:that(?:[’']s| is)|these are|those are|they are) (?:all|the whole list|everyone|everybody|our only)\b"
    r"|\bthese (?:\w+ )?(?:companies|providers|partners|vendors) and no others?\b|\b(?:nobody|no one) else\b"
    r"|\b(?:list|table)s? (?:below |here |above )?(?:lists|names|shows|covers|contains|has)"
    r" (?:all|every|everything|everyone)\b"
    r"|\b(?:all|every one) of (?:them|our sub-?processors) (?:are|is) (?:listed|named)\b"
    r"|\bthese (?:two|three|four|five|six|seven|eight|nine|ten) are our only\b",
    re.IGNORECASE,
)
_COLLECTED = re.compile(
    r"\beverything (?:that )?we (?:collect|store|hold|keep|gather)\b|\ball (?:the )?(?:data|information|personal data)"
    r" (?:that )?we (?:collect|store|hold|keep|gather)\b",
    re.IGNORECASE,
)
_RECIPIENTS = re.compile(
    r"sub-?processor|sub-?contractor|third[- ]part(?:y|ies)|service providers|vendors|suppliers|partners"
    r"|who else|compan(?:y|ies)|recipients|receiv\w+|helps? us|(?:nobody|no one) else",
    re.IGNORECASE,
)
_NAME = r"(?P<name>[A-Z][\w-]*[a-z][\w-]*(?: [A-Z][\w-]+){0,2})"
_GETS = (
    re.compile(
        rf"\b(?i:comes?|provided|powered|transcribed|translated|processed|hosted|delivered|handled|run|generated|scored"
        rf"|analy[sz]ed|stored|answered|operated|supplied|routed|printed) (?i:from|by|through|with|at|on) {_NAME}"
    ),
    re.compile(
        rf"\b(?i:is|are|gets?|was) (?:\w+ly )?(?!owned|founded|signed|led|headed|chaired|approved|backed|named|used"
        rf"|required|written|issued|funded|caused|offered)(?i:\w{{3,}}(?:ed|en|un|pt|nt)) by {_NAME}"
    ),
    re.compile(
        rf"\b(?i:sent|passed|handed|forwarded|streamed|goes|go|transmitted|posted|sends?|pass|forward|upload(?:ed)?"
        rf"|shared|exported|copied|synced|written) (?:[\w’'-]+ ){{0,6}}?(?i:to|with) {_NAME}"
    ),
    re.compile(rf"{_NAME},? (?i:to (?:whom|which) we (?:send|pass|hand|forward|give|stream))\b"),
    re.compile(rf"\b(?i:we use|we rely on|we work with|we pay|we employ) {_NAME} (?i:for|to)\b"),
)
_UNNAMED = re.compile(
    r"\b(?:hosted|run|operated|provided|supplied|processed|handled|made|stored|kept) by (?:an? )(?:\w+ )?"
    r"(?:third party|outside (?:\w+ )?(?:company|provider|firm|service)|external (?:\w+ )?(?:company|provider|firm"
    r"|service)|(?:partner|provider|vendor|supplier|company)\b)",
    re.IGNORECASE,
)
_ELSE = re.compile(r"\b(?:nobody|no one) else (?:receives|gets|sees|is given)\b", re.IGNORECASE)
_CHOSEN = re.compile(
    r"\b(?:if you|you (?:can|may|choose|connect|enable)|your (?:own|choice|administrator)|customers? (?:can|may|choose)"
    r"|integrations?|optional\w*|authorit\w+|regulators?|court|auditors?|tested|audit\w*|certif\w+|penetration"
    r"|researchers?|report\w*|insur\w+|no longer|until|formerly|not|never|don[’']t|own (?:app|device))\b",
    re.IGNORECASE,
)
_DONE_TO = re.compile(
    r"\b(?:is|are) (?:\w+ly |also )?(?:uploaded|collected|recorded|stored|captured|saved|gathered|logged|filmed"
    r"|photographed|kept)\b",
    re.IGNORECASE,
)
_SUGGEST = "Add the row, and keep one register from which both the list and the sentences are made."


def check(corpus: Corpus) -> Iterator[Finding]:
    """For each page whose list calls itself complete: the recipients and kinds of data that it leaves out."""
    for page in corpus.pages:
        for claim in page.passages:
            if not claim.asserted or claim.kind == "title" or not _COMPLETE.search(claim.text):
                continue
            rows = _rows(page, claim)
            if len(rows) < 2:
                # `We use A and B. The list is complete.`
                rows = [one for one in page.passages if one.block == claim.block and one is not claim]
                rows = [
                    one
                    for one in rows
                    if _ELSE.search(claim.text) or re.search(r"\w, [A-Z]|[A-Z]\w+ and [A-Z]", one.text)
                ]
            if not rows:
                continue
            if _COLLECTED.search(claim.text):
                yield from _kinds(page, claim, rows)
            elif _RECIPIENTS.search(f"{claim.heading} {claim.text} {' '.join(rows[0].columns if rows else ())}"):
                # Companies known by name have a rule of their own.
                known = {finding.first.place.line for finding in vendors.check(Corpus((page,)))}
                yield from (one for one in _companies(page, claim, rows) if one.first.place.line not in known)


def _rows(page: Page, claim: Passage) -> Sequence[Passage]:
    """The rows of the table, or the entries of the list, of the section of the claim."""
    return [
        one
        for one in page.passages
        if one.heading == claim.heading and one.asserted and (one.cells or one.kind == "item") and one is not claim
    ]


def _companies(page: Page, claim: Passage, rows: Sequence[Passage]) -> Iterator[Finding]:
    listed = "\n".join(f"{row.label} {row.text}" for row in rows).lower()
    text = "\n".join(one.text for one in page.passages)
    starts = {row.start for row in rows}
    titles = " ".join(one.text for one in page.passages[:8] if one.kind in ("title", "badge"))
    told: set[str] = set()
    for one in page.passages:
        if one.start in starts or not one.asserted or one.cells or one.kind == "title" or _CHOSEN.search(one.said):
            continue
        for name in _named(one):
            known = name.split(" ")[0].lower() in listed or name.split(" ")[0] in titles or text.count(name) > 3
            if known or name in told or areas(name):
                continue
            told.add(name)
            why = f"The list calls itself complete, and {name}, which gets data by this sentence, is not on it."
            yield Finding("gap.complete-list", "gap", quote(one), why, _SUGGEST, quote(claim))
        if _UNNAMED.search(one.text) and not _purpose(one) & stems(listed):
            why = "The list calls itself complete; the company that this sentence leaves unnamed is not on it."
            yield Finding("gap.complete-list", "gap", quote(one), why, _SUGGEST, quote(claim))


def _named(one: Passage) -> Iterator[str]:
    for pattern in _GETS:
        for found in pattern.finditer(one.text):
            yield found["name"]


def _purpose(one: Passage) -> frozenset[str]:
    """What the unnamed company is for, without the words of the hand-over itself."""
    return stems(_UNNAMED.split(one.text, maxsplit=1)[0])


def _kinds(page: Page, claim: Passage, rows: Sequence[Passage]) -> Iterator[Finding]:
    listed = stems(" ".join(f"{row.label} {row.text}" for row in rows))
    starts = {row.start for row in rows}
    for one in page.passages:
        if one.start in starts or not one.asserted or one.cells or one.kind == "title":
            continue
        done = _DONE_TO.search(one.text)
        what = stems(re.sub(r"\([^)]*\)", "", one.text[: done.start()])) if done and opening(one.text) else frozenset()
        if len(what) >= 2 and not what & listed and not re.search(r"\b(?:not|never|no)\b", one.text):
            why = "The list says that it has everything that is collected; this is collected too and has no row."
            yield Finding("gap.complete-list", "gap", quote(one), why, _SUGGEST, quote(claim))
            return
