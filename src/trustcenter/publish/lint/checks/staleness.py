"""Dates that have passed: missed targets, tests older than their interval, a page older than its news."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from trustcenter.model.amount import counted
from trustcenter.publish.lint.dates import MONTH_NAMES, dates, starts
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import one_part
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import Quantity, frequencies

_FUTURE = re.compile(
    r"\b(expect\w*|planned|plans to|we plan|scheduled|target\w*|will|due|by (the )?(end|Q\d|early|late|mid)"
    r"|coming|upcoming|aim\w*|roadmap|anticipat\w*|estimated|begins?|starts?)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(took place|missed|was|were|has been|completed|finished|ended|since|until then|issued|signed|began|started"
    r"|announced|agreement of|effective)\b",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(last (updated|verified|checked|reviewed|modified|revised)|(updated|reviewed|revised|approved)( on)?:?"
    r"|effective date|as of)\b",
    re.IGNORECASE,
)
_STAMPED = re.compile(
    r"(?:(?:page|document|version \S+),? )?(?:last )?"
    r"(?:updated|reviewed|revised|modified|approved|verified|checked)(?: on)?\b",
    re.IGNORECASE,
)
_THIS_PAGE = re.compile(
    r"\b(?:this|the) (?:page|document|statement|annex|policy|version|overview|paper|notice|sheet)\b"
    r"|^(?:version\b.{0,20})?.{0,12}\b(?:re-?approved|re-?viewed|updated|revised|verified)\b",
    re.IGNORECASE,
)
_VALID = re.compile(
    r"\b(?:valid(?:ity)?|expir(?:es?|y|ation))(?: date)?(?: until| through| to| on| at"
    r"| in)?[ :|(]{0,4}(?:the )?(?:end of )?$",
    re.IGNORECASE,
)
_VALID_COLUMN = re.compile(r"\b(?:valid (?:until|through|to)|expires?|expiry|expiration)\b", re.IGNORECASE)
_LAST = re.compile(
    r"\b(last|latest|most recent|previous)\b.{0,60}\b(test|audit|review|assessment|exercise|drill"
    r"|pentest|scan|training|report|rehearsal|restore|polic(?:y|ies)|approv\w+|updated|rotat\w+|conducted|performed"
    r"|carried out|held|\w+ed\b)|\b(test|audit|review|assessment|exercise|drill"
    r"|pentest|training|restore|polic(?:y|ies)|keys?)\w*\b.{0,30}\blast\b",
    re.IGNORECASE,
)

_CLAUSE_END = re.compile(r"[;:(]\s?|,\s|\s(?:and|but|while|then)\s|\s\|\s")
_MONTH_ALONE = re.compile(rf"\b(?:{MONTH_NAMES})\b(?!\.? (?:\d{{1,2}},? )?20\d\d| to | and | ?[–-])", re.IGNORECASE)

_DOCUMENT = re.compile(
    r"\b(?:polic(?:y|ies)|notice|statement|plan|terms|procedures?|handbook)\b.{0,30}\blast (?:\w+ )?(?:updated"
    r"|reviewed"
    r"|revised|changed|approved)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:road|route) ?map\b|\bplans ahead\b|\b(?:target|planned|due|expected|upcoming|coming)\b", re.IGNORECASE
)
_OPEN = re.compile(
    r"\b(?:in progress|under way|planned|not (?:yet )?(?:started|done|begun)|started|ongoing|in (?:design|build"
    r"|development)|design|build|idea|scheduled|to ?do|open|pending)\b",
    re.IGNORECASE,
)
"""A row of what is to come, and words that say it is not done."""
_HALF = re.compile(r"\D")
"""A year by itself in a cell heads a column; a quarter, a month or a day is a date."""
_OLD_DOCUMENT = 2 * 365
_OLD_PAGE = 400
"""Days after which a page that says when it was reviewed is out of date: a year and a month."""


def check(corpus: Corpus, today: date) -> Iterator[Finding]:
    """Findings that only a calendar can see; `today` is given."""
    for page in corpus.pages:
        yield from _page(page, today)


def _page(page: Page, today: date) -> Iterator[Finding]:
    reviewed = [(one, end) for one in page.passages if _stamp(one) for end, _ in dates(one.text)]
    for one, end in reviewed[:1]:
        if (today - end).days > _OLD_PAGE:
            why = (
                f"The page was last reviewed {(today - end).days // 30} months ago; what it states may have "
                f"changed since."
            )
            yield Finding(
                "staleness.page",
                "staleness",
                quote(one),
                why,
                "Generate the date from the newest evidence behind the page.",
            )
    for one, end in reviewed[:1]:
        yield from _not_kept(page, one, (today - end).days)
    for one in page.passages:
        told = list(dates(one.text))
        if not told or not one.asserted or _stamp(one):
            continue
        latest, written = max(told)
        to_do = bool(one.cells) and _PLAN.search(f"{one.heading} {' '.join(one.columns)}") and _OPEN.search(one.text)
        future = bool(to_do) or (written not in one.cells and _to_come(one.text, written))
        future = future or (_HALF.search(written) is not None and _to_come(one.text, written))
        pending = re.search(r"progress|planned|scheduled|pending|roadmap|soon", one.standing, re.IGNORECASE)
        if (future or (pending and not _PAST.search(one.text))) and latest < today:
            why = f"{written} has passed, and the text still speaks of it as to come."
            yield Finding(
                "staleness.target",
                "staleness",
                quote(one),
                why,
                "Say what happened, or give the new date and why it moved.",
            )
        elif _ends(one, written) and latest < today:
            why = f"What is shown as valid ended on {latest}."
            yield Finding("staleness.expired", "staleness", quote(one), why, "Show the current one, or take it away.")
        elif _LAST.search(one.said) and (overdue := _overdue(page, one, (today - latest).days)) is not None:
            promise, days = overdue
            why = f"Promised every {days} days, last done {counted((today - latest).days, 'day')} ago."
            yield Finding(
                "staleness.interval",
                "staleness",
                quote(one),
                why,
                "Do it, or state the interval that is kept.",
                quote(promise) if promise.start != one.start else None,
            )
        elif _DOCUMENT.search(one.text) and (today - latest).days > _OLD_DOCUMENT:
            why = f"A document that was last updated {(today - latest).days // 365} years ago tells what was done then."
            yield Finding("staleness.document", "staleness", quote(one), why, "Review it, and print the date of that.")
        if (
            reviewed
            and latest > reviewed[0][1]
            and not to_do
            and not _FUTURE.search(one.text)
            and _PAST.search(one.text)
        ):
            first = min(starts(one.text))
            if first > reviewed[0][1]:
                why = f"The page says it was last reviewed on {reviewed[0][1]}, yet tells of {written}."
                yield Finding(
                    "staleness.stamp",
                    "staleness",
                    quote(reviewed[0][0]),
                    why,
                    "Generate the date of review.",
                    quote(one),
                )


def _not_kept(page: Page, stamp: Passage, days: int) -> Iterator[Finding]:
    """`We review this page every quarter`, under a date of review that is older."""
    for one in page.passages:
        if one.start == stamp.start or not one.asserted or not _THIS_PAGE.search(one.text):
            continue
        for found in frequencies(one.text):
            if found.low > 24 and days > found.high / 24 * 1.1 + 10:
                why = f"Promised every {round(found.high / 24)} days, last done {counted(days, 'day')} ago."
                instead = "Do it, or state the interval that is kept."
                yield Finding("staleness.interval", "staleness", quote(stamp), why, instead, quote(one))
                return


def _to_come(text: str, written: str) -> bool:
    """Whether the clause of this date speaks of the future: `due in December` says nothing of an earlier date."""
    at = text.index(written)
    left = max((mark.end() for mark in _CLAUSE_END.finditer(text) if mark.end() <= at), default=0)
    right = min(
        (mark.start() for mark in _CLAUSE_END.finditer(text) if mark.start() >= at + len(written)), default=len(text)
    )
    own = text[left:right]
    if _PAST.search(text) and not _FUTURE.search(own):
        return False
    if _MONTH_ALONE.search(text[right:]):
        return False
    if _DONE_AT.search(own[: own.index(written)]):
        return False
    return bool(_FUTURE.search(own) or (own != text and _FRAGMENT.match(own) and _FUTURE.search(text))) and not (
        _PAST.search(own)
    )


_DONE_AT = re.compile(
    r"\b(?:(?!expected|planned|scheduled|targeted|anticipated|estimated|needed|speed)\w{3,}ed|came|went|got|took|made|won"
    r"|left|held|sent|began|became) (?:[\w -]{1,30} )?(?:in|on|since|by)? ?$"
)
"""A verb of the past, with the date as its time."""
_FRAGMENT = re.compile(
    r"\W*(?:[A-Za-z]+ ){0,3}(?:Q[1-4]|H[12]|20\d\d|\d)|\W*(?:in|by|for|from|on|until|early|late|mid|end)\b",
    re.IGNORECASE,
)
"""A clause that is only a date belongs to what stands before it."""


def _ends(one: Passage, written: str) -> bool:
    """Whether the date is the one until which something is valid: beside the word for it, or under a column of it."""
    before = one.text[: one.text.index(written)]
    if _VALID.search(before):
        return True
    cell = next((number for number, cell in enumerate(one.cells) if written in cell), -1)
    offset = len(one.columns) - len(one.cells)
    at = cell + offset if one.cells and cell >= 0 else -1
    return 0 <= at < len(one.columns) and bool(_VALID_COLUMN.search(one.columns[at]))


def _stamp(one: Passage) -> bool:
    return (
        bool(_UPDATED.search(one.said))
        and len(one.text) < 60
        and bool(re.search(r"last|updated|reviewed|revised|approved|verified|checked", one.said, re.IGNORECASE))
        and (not _LAST.search(one.text) or bool(_STAMPED.match(one.text)))
        and not _BY_OTHERS.search(one.said)
    )


_BY_OTHERS = re.compile(
    r"\b(?:updated|reviewed|revised|approved|verified|checked) (?:(?:twice|once) )?by (?!us\b)", re.IGNORECASE
)
"""What somebody from outside has reviewed is no page."""


def _overdue(page: Page, one: Passage, days: int) -> tuple[Passage, int] | None:
    """The sentence that promises an interval, in days, which has passed since; a tenth and ten days are forgiven."""
    for other in [one, *page.passages]:
        if other.start != one.start and not (_same_thing(one, other) and one_part(one, other)):
            continue
        found_all = list(frequencies(other.text))
        own = [found for found in found_all if _of_same_thing(one, other, found)]
        for found in own or found_all:
            if found.low > 24 and days > found.high / 24 * 1.1 + 10:
                return other, round(found.high / 24)
    return None


_THINGS = re.compile(
    r"penetration|pentest|audit|access review|exercise|drill|training|risk assessment|restore|polic(?:y|ies)|keys?\b",
    re.IGNORECASE,
)


def _of_same_thing(one: Passage, other: Passage, found: Quantity) -> bool:
    """Whether the clause of a frequency names what was done last: one of `restored monthly, exercised yearly`."""
    left = max((mark.end() for mark in _CLAUSE_END.finditer(other.text) if mark.end() <= found.start), default=0)
    clause = other.text[left : found.end + 40]
    return bool(
        {_singular(name) for name in _THINGS.findall(one.said)} & {_singular(n) for n in _THINGS.findall(clause)}
    )


_LAST_OF_IT = re.compile(
    r"(?:the |we )?(?:last|latest|most recent|previous)\b|(?:it|they|this|these|that)\b.{0,30}\blast\b", re.IGNORECASE
)
"""What points back to the sentence before, instead of naming a thing of its own."""


def _same_thing(one: Passage, other: Passage) -> bool:
    named = {_singular(found) for found in _THINGS.findall(one.said)}
    if not named and one.before and one.before.endswith(other.text) and _LAST_OF_IT.match(one.text):
        # `An outside firm tests us once a year. The last test was in May.`
        return True
    return bool(named & {_singular(found) for found in _THINGS.findall(other.said)})


def _singular(word: str) -> str:
    return re.sub(r"(?:ies|y|s)$", "", word.lower())
