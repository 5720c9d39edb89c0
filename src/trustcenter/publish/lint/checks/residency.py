"""Where data is said to be, against where hosting and subprocessors are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trustcenter.publish.lint.checks.data_kinds import BESIDE, ONLY, REACHED, kinds_of, of_kinds, one_matter
from trustcenter.publish.lint.checks.residency_vendors import (
    COMPANY,
    SUGGEST,
    against_vendors,
    listed,
    none_outside,
    provider_named,
    same_provider,
    vendor_rows,
)
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.places import areas, countries, first_place, mislabelled, names_a_land

_STAYS = re.compile(
    r"\b(residen\w+|resides?|data (locations?|cent(er|re)s?)|regions?|where (is|your) data"
    r"|stays? (?:in|within|inside)|never leaves?|remains? (in|within)|kept (in|within)|localit\w+)\b",
    re.IGNORECASE,
)
_HOSTED = re.compile(
    r"\b(host(ed|ing|s)?|kept|held|resides?|lives? (in|on)|process(ed|es|ing)?"
    r"|cop(y|ies)|shipped|streamed|delivered|sent"
    r"|stored?|stores|located|data ?cent(er|re)s?|runs? (on|in)|deployed"
    r"|replicat\w+|replicas?|stays?|copied|servers?|infrastructure|primary region|regions?|operates? (in|from)"
    r"|provider)\b",
    re.IGNORECASE,
)
_RESIDENT = re.compile(r"\bresidency$", re.IGNORECASE)
"""A badge: `EU data residency`."""
_DATA_IN = re.compile(r"^data in\b", re.IGNORECASE)
"""A badge: `Data in Canada`."""
_BACKUP = re.compile(
    r"\b(back[- ]?ups?|replica\w*|fail-?over|disaster recovery|secondary|standby|CDN|edge)\b", re.IGNORECASE
)
_NEVER_OUT = re.compile(
    r"\b(no|never|not)\b.{0,40}\b(leav\w*|transfer\w*|sent|moved|processed|stored|exported|lies|held|kept|hosted|located|goes)\b.{0,20}"
    r"\b(outside|out of|beyond|leaves?)\b|\bnever leaves?\b"
    r"|\b(?:not|never) leaves?\b"
    r"|\b(?:no|never|not)\b.{0,40}\b(?:shar\w*|disclos\w*|giv\w*|pass\w*|transfer\w*)\b.{0,40}"
    r"\boutside (?:of )?the\b",
    re.IGNORECASE,
)
_SKIP = re.compile(
    r"\b(polic(y|ies)|law|laws|authorit\w+|adequacy|transferr\w*|transfers?|residents?|customers? in"
    r"|citizens|consumers|employees|team|office|"
    r"staff|headquarter\w*|incorporated|representative|regulat\w+|can choose|choose|choice|select"
    r"|option\w*|unless|except|may be|GDPR|CCPA|per region|in all regions|every region|each region)\b",
    re.IGNORECASE,
)


def check(corpus: Corpus) -> Iterator[Finding]:
    """Regions that differ, places filed under the wrong area, subprocessors outside the promised area."""
    hosted = [one for one in corpus.asserted if _says_where(one)]
    top = {(one.place.file, one.start) for one in corpus.header}
    promised = [one for one in corpus.asserted if _promises(one, (one.place.file, one.start) in top)]
    rows = list(vendor_rows(corpus))
    told: set[int] = set()
    for promise in promised:
        statements = [one for one in hosted if not _same_words(one, promise)]
        yield from _against_hosting(promise, statements, told)
    for first, second in _pairs(hosted):
        if second.start not in told and first.start not in told:
            yield from _two_hosts(first, second, told)
    for row in rows:
        yield from same_provider(row, [one for one in hosted if one.start != row.start])
    for promise in promised:
        yield from against_vendors(corpus, promise, rows, never_out=_never_out(promise))
    yield from none_outside([one for one in corpus.asserted if one not in promised], rows)
    for one in corpus.asserted:
        wrong = mislabelled(one.text)
        if wrong and one.start not in {row.start for row in rows if provider_named(row, hosted)}:
            why = (
                f"{wrong[1]} is not in {wrong[0]}: a reader who needs data to stay in one of them cannot tell "
                f"where it is."
            )
            yield Finding("value.mislabelled-region", "value", quote(one), why, SUGGEST)


_DENIED = re.compile(r"\b(?:no|not|never|none|nothing|neither|nor|without|cannot|\w+n[’']t)\b", re.IGNORECASE)
_NO_DATA = re.compile(
    r"\b(?:contains?|containing|holds?|holding|carr(?:y|ies)|has|have|with|sees?|gets?|receives?) no\b", re.IGNORECASE
)
"""What tells that none of the data is in it."""
_CHOICE = re.compile(r"\b(?:either|or)\b")
_ALL_DATA = re.compile(r"\b(?:everything|all|whole|every|primary|main|nowhere else)\b", re.IGNORECASE)
"""Said of where all of it is."""


def _says_where(one: Passage) -> bool:
    if one.planned or one.text.endswith("?") or _NO_DATA.search(one.text):
        return False
    if len(areas(one.text)) > 1 and _CHOICE.search(one.text):
        # Somebody chooses.
        return False
    if _DENIED.search(one.text[: first_place(one.text)]):
        return False
    if one.kind not in ("row", "title") and areas(one.text) and REACHED.search(one.text):
        return not re.search(r"\b(not|never|no|cannot)\b", one.text)
    if one.kind == "row" or not areas(one.text) or _SKIP.search(one.text) or _NEVER_OUT.search(one.text):
        return False
    return bool(_HOSTED.search(f"{one.label} {one.text}")) and one.kind != "title"


def _promises(one: Passage, on_top: bool) -> bool:
    """A badge on residency, or a sentence that says all data stays somewhere."""
    if one.kind in ("row", "title") or not areas(one.text) or one.planned or one.text.endswith("?"):
        return False
    if _never_out(one):
        return True
    if _SKIP.search(one.text):
        return False
    if one.text.count(" ") < 3 and not one.label and ONLY.search(one.text):
        # `EU only`, a line of its own.
        return True
    if one.kind == "badge" or on_top:
        named = f"{one.label} {one.text}" if on_top else one.label
        return bool(
            re.search(r"resid|region|data location|hosting|location|\bdata (?:stays )?in\b", named, re.IGNORECASE)
        )
    said = f"{one.heading} {one.text}" if one.heading.endswith("?") else one.text
    return bool(_only_there(one.text) and (_STAYS.search(one.text) or _HOSTED.search(said)))


_ADVERB = re.compile(r"\b(?:only|exclusively|solely|always)\b", re.IGNORECASE)
_NEAR = 45


def _only_there(text: str) -> bool:
    """Whether all data is said to be in a place; `only` counts beside the place, not in `for reading only`."""
    others = _ADVERB.sub(" ", text)
    if ONLY.search(others):
        return True
    return any(
        areas(text[at.end() : at.end() + _NEAR]) or areas(text[max(0, at.start() - _NEAR // 2) : at.start()])
        for at in _ADVERB.finditer(text)
        if not re.search(r"\bfor \w+ing $", text[: at.start()])
    )


def _never_out(one: Passage) -> bool:
    return bool(_NEVER_OUT.search(one.text)) and not re.search(
        r"\b(unless|except|without|other than|choose|customer.s instruction)\b", one.text, re.IGNORECASE
    )


def _same_words(one: Passage, other: Passage) -> bool:
    return one.start == other.start and one.place.file == other.place.file


_STRICT = re.compile(r"\b(?:only|exclusively|nowhere|solely)\b", re.IGNORECASE)


def _against_hosting(promise: Passage, statements: Sequence[Passage], told: set[int]) -> Iterator[Finding]:
    said = areas(promise.text)
    if promise.kind == "badge" and not names_a_land(promise.text) and not ONLY.search(promise.text):
        # A city is one site of several.
        statements = [one for one in statements if _ALL_DATA.search(one.text)]
    kinds = kinds_of(promise)
    limited = not ONLY.search(promise.text) and not _never_out(promise)
    statements = [
        one
        for one in statements
        if (of_kinds(kinds, one) or (_STRICT.search(promise.text) and not BESIDE.search(one.text)))
        and not (limited and BESIDE.search(one.text))
        and not (kinds and said <= areas(one.text))
    ]
    main = [
        one for one in statements if not _BACKUP.search(one.text) or re.search(r"\bprimary\b", one.text, re.IGNORECASE)
    ]
    narrow = countries(promise.text) if not re.search(r"\bE(?:U|EA)\b|European", promise.text) else frozenset()
    united = frozenset(area for one in main for area in areas(one.text))
    only = bool(
        ONLY.search(promise.text)
        or _RESIDENT.search(promise.text)
        or _STAYS.search(promise.label)
        or _DATA_IN.search(promise.text)
    )
    only = only or _never_out(promise)
    for one in statements:
        here = areas(one.text)
        elsewhere = here - said
        missing = said - united if one in main else frozenset()
        if narrow and only and said == frozenset({"EU"}) and one in main:
            # `Germany only`, and a place in another country of the same area.
            elsewhere |= countries(one.text) - narrow
        if (elsewhere and (only or one in main)) or (
            missing and (promise.kind == "badge" or " " not in promise.text.strip())
        ):
            if promise.start in told:
                return
            told |= {promise.start, one.start}
            why = (
                f"The regions differ: {listed(said)} here, {listed(here)} there. "
                "Where data lies decides which law and which contract apply."
            )
            yield Finding("value.residency", "value", quote(promise), why, SUGGEST, quote(one))
            return


def _pairs(hosted: Sequence[Passage]) -> Iterator[tuple[Passage, Passage]]:
    for number, first in enumerate(hosted):
        for second in hosted[number + 1 :]:
            if first.start != second.start or first.place.file != second.place.file:
                yield first, second


def _two_hosts(first: Passage, second: Passage, told: set[int]) -> Iterator[Finding]:
    if bool(_BACKUP.search(first.text)) != bool(_BACKUP.search(second.text)) or areas(first.text) & areas(second.text):
        return
    if {first.kind, second.kind} == {"item"} and first.group == second.group and first.place.file == second.place.file:
        # A list of regions, one a line.
        return
    wide = re.search(r"\b(?:everything|all|primary)\b", f"{first.text} {second.text}", re.IGNORECASE)
    if first.block == second.block and not wide and not ONLY.search(f"{first.text} {second.text}"):
        # One paragraph that names who works where.
        return
    if not one_matter(first, second) or not (_whole(first) or _whole(second) or (_of_data(first) and _of_data(second))):
        return
    if any(_OWN_AREA.search(one.text) for one in (first, second)) or any(
        BESIDE.search(one.text) for one in (first, second)
    ):
        # Customers of one area, and what a company holds beside the data.
        return
    told |= {first.start, second.start}
    why = f"Hosting is in {listed(areas(first.text))} in one place and in {listed(areas(second.text))} in another."
    yield Finding("value.hosting-region", "value", quote(first), why, SUGGEST, quote(second))


_OWN_AREA = re.compile(
    r"\bfor (?:the )?(?:[A-Z]\w+ (?:and )?)+(?:countries|customers?|clients?|users?|accounts?|tenants?)\b"
    r"|\bin (?:all but|the others?)\b|\bfor the others?\b|^(?:The |An? )?\w+ in [A-Z]\w+ (?:or|and) [A-Z]\w+\b"
    r"|\b(?:American|European|British|German|French|Canadian|Swiss|Australian|Dutch|Irish|Japanese|Indian|US|EU|UK)"
    r" (?:[a-z]+ )?(?:charit(?:y|ies)|customers?|clients?|users?|accounts?|tenants?|members?|schools?|companies|firms?"
    r"|shops?|banks?|hotels?|vaults?|workspaces?|organi[sz]ations?)\b"
)
"""Each area has its own place."""


def _whole(one: Passage) -> bool:
    """Whether a passage says where all of it is: by a word for all, or as a badge that names an area."""
    badge = (one.kind in ("badge", "item") or len(one.text) < _NEAR) and not COMPANY.search(one.text)
    return bool(_ALL_DATA.search(one.text) or _only_there(one.text) or (badge and names_a_land(one.text)))


_DATA_OR_SERVERS = re.compile(
    r"(?:(?:all|your|our|the|customers?.?) )*(?:data|content|servers?|service|platform|application|systems?|hosting"
    r"|infrastructure|data cent(?:er|re)s?) (?:is|are|runs?|lives?|resides?|stands?)\b",
    re.IGNORECASE,
)


def _of_data(one: Passage) -> bool:
    """Whether a sentence is about data or servers as such, and so about all of them."""
    return bool(_DATA_OR_SERVERS.match(one.text))
