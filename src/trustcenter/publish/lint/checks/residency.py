"""Where data is said to be, against where hosting and subprocessors are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trustcenter.publish.lint.checks.data_kinds import BESIDE, ONLY, REACHED, kinds_of, of_kinds, one_matter
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.places import areas, countries, mislabelled, places

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
    r"\b(no|never|not)\b.{0,40}\b(leav\w*|transferr?ed|sent|moved|processed|stored|exported)\b.{0,20}"
    r"\b(outside|out of|beyond|leaves?)\b|\bnever leaves?\b"
    r"|\b(?:not|never) leaves?\b"
    r"|\b(?:no|never|not)\b.{0,40}\b(?:shar\w*|disclos\w*|giv\w*|pass\w*|transfer\w*)\b.{0,40}"
    r"\boutside (?:of )?the\b",
    re.IGNORECASE,
)
_TRANSFER = re.compile(
    r"\b(standard contractual clauses|SCCs?|adequacy|Data Privacy Framework|DPF|transfer (mechanism|basis|impact)"
    r"|binding corporate rules|outside (of )?the (EU|EEA|European)|transferred to"
    r"|transfers?\b.{0,40}\b(basis|safeguard|clauses))",
    re.IGNORECASE,
)
_SKIP = re.compile(
    r"\b(polic(y|ies)|law|laws|authorit\w+|adequacy|transferr\w*|transfers?|residents?|customers? in"
    r"|citizens|consumers|employees|team|office|"
    r"staff|headquarter\w*|incorporated|representative|regulat\w+|can choose|choose|choice|select"
    r"|option\w*|unless|except|may be|GDPR|CCPA|per region|in all regions|every region|each region)\b",
    re.IGNORECASE,
)

_COMPANY = re.compile(
    r"\b(?:Inc|LLC|Ltd|Limited|GmbH|PBC|ApS|A/S|AS|SAS|SA|BV|B\.V\.|AB|Oy|plc|Pty|Corp|AG|SE|KG|SpA|Srl)\b\.?"
)
"""How the name of a company ends, in the first cell of a row."""

_SUGGEST = (
    "Let the header, the hosting section and the register of subprocessors render one list of "
    "regions, as the provider reports it."
)


def check(corpus: Corpus) -> Iterator[Finding]:
    """Regions that differ, places filed under the wrong area, subprocessors outside the promised area."""
    hosted = [one for one in corpus.asserted if _says_where(one)]
    top = {(one.place.file, one.start) for one in corpus.header}
    promised = [one for one in corpus.asserted if _promises(one, (one.place.file, one.start) in top)]
    rows = list(_vendor_rows(corpus))
    told: set[int] = set()
    for promise in promised:
        statements = [one for one in hosted if not _same_words(one, promise)]
        yield from _against_hosting(promise, statements, told)
    for first, second in _pairs(hosted):
        if second.start not in told and first.start not in told:
            yield from _two_hosts(first, second, told)
    for row in rows:
        yield from _same_provider(row, [one for one in hosted if one.start != row.start])
    for promise in promised:
        yield from _against_vendors(corpus, promise, rows)
    for one in corpus.asserted:
        wrong = mislabelled(one.text)
        if wrong and one.start not in {row.start for row in rows if _provider_named(row, hosted)}:
            why = (
                f"{wrong[1]} is not in {wrong[0]}: a reader who needs data to stay in one of them cannot tell "
                f"where it is."
            )
            yield Finding("value.mislabelled-region", "value", quote(one), why, _SUGGEST)


def _says_where(one: Passage) -> bool:
    if one.planned:
        return False
    if one.kind not in ("row", "title") and areas(one.text) and REACHED.search(one.text):
        return not re.search(r"\b(not|never|no|cannot)\b", one.text)
    if one.kind == "row" or not areas(one.text) or _SKIP.search(one.text) or _NEVER_OUT.search(one.text):
        return False
    return bool(_HOSTED.search(f"{one.label} {one.text}")) and one.kind != "title"


def _promises(one: Passage, on_top: bool) -> bool:
    """A badge on residency, or a sentence that says all data stays somewhere."""
    if one.kind in ("row", "title") or not areas(one.text) or one.planned:
        return False
    if _never_out(one):
        return True
    if _SKIP.search(one.text):
        return False
    if one.kind == "badge" or on_top:
        named = f"{one.label} {one.text}" if on_top else one.label
        return bool(
            re.search(r"resid|region|data location|hosting|location|\bdata (?:stays )?in\b", named, re.IGNORECASE)
        )
    said = f"{one.heading} {one.text}" if one.heading.endswith("?") else one.text
    return bool(ONLY.search(one.text) and (_STAYS.search(one.text) or _HOSTED.search(said)))


def _never_out(one: Passage) -> bool:
    return bool(_NEVER_OUT.search(one.text)) and not re.search(
        r"\b(unless|except|without|other than|choose|customer.s instruction)\b", one.text, re.IGNORECASE
    )


def _same_words(one: Passage, other: Passage) -> bool:
    return one.start == other.start and one.place.file == other.place.file


_STRICT = re.compile(r"\b(?:only|exclusively|nowhere|solely)\b", re.IGNORECASE)


def _against_hosting(promise: Passage, statements: Sequence[Passage], told: set[int]) -> Iterator[Finding]:
    said = areas(promise.text)
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
                f"The regions differ: {_listed(said)} here, {_listed(here)} there. "
                "Where data lies decides which law and which contract apply."
            )
            yield Finding("value.residency", "value", quote(promise), why, _SUGGEST, quote(one))
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
    if not one_matter(first, second):
        return
    told |= {first.start, second.start}
    why = f"Hosting is in {_listed(areas(first.text))} in one place and in {_listed(areas(second.text))} in another."
    yield Finding("value.hosting-region", "value", quote(first), why, _SUGGEST, quote(second))


def _vendor_rows(corpus: Corpus) -> Iterator[Passage]:
    for one in corpus.asserted:
        listed = one.kind in ("row", "item") or (one.kind == "badge" and one.cells)
        about = f"{one.heading} {' '.join(one.columns)}"
        if (
            listed
            and areas(one.text)
            and (
                re.search(r"sub-?processor|vendor|provider|third[- ]part|supplier", about, re.IGNORECASE)
                or (len(one.cells) > 1 and _COMPANY.search(one.cells[0]))
            )
        ):
            yield one


def _provider_named(row: Passage, hosted: Sequence[Passage]) -> Passage | None:
    for one in hosted:
        for name in re.findall(r"\b[A-Z][A-Za-z0-9]{2,}(?: [A-Z][A-Za-z]+)?", one.text):
            if f"{name} ".startswith(f"{one.label} ") or areas(name):
                continue
            if row.text.startswith(name) or (row.cells and row.cells[0].startswith(name)):
                return one
    return None


def _same_provider(row: Passage, hosted: Sequence[Passage]) -> Iterator[Finding]:
    """The provider that hosts, with other places in the list of subprocessors."""
    one = _provider_named(row, hosted)
    if one is None or _OPENLY.search(one.text):
        return
    listed, said = places(row.text), places(one.text)
    extra = {
        place
        for place in listed - said
        if len(place.split(" ", 1)[1]) > 3 or place.split(" ")[0] not in areas(one.text)
    }
    if extra:
        wrong = mislabelled(row.text)
        more = f" {wrong[1]} is not in {wrong[0]} either." if wrong else ""
        why = (
            f"The same provider is listed with {_listed({place.split(' ', 1)[1] for place in extra})}, which "
            f"the hosting section does not name.{more}"
        )
        yield Finding("value.provider-region", "value", quote(one), why, _SUGGEST, quote(row))


def _against_vendors(corpus: Corpus, promise: Passage, rows: Sequence[Passage]) -> Iterator[Finding]:
    said = areas(promise.text)
    if not _never_out(promise):
        # Companies outside take nothing back from an offer of the United States, but from a promise never to leave.
        said &= {"EU", "UK", "CH", "CA", "AU"}
    explained = bool(_TRANSFER.search(corpus.text)) and not ONLY.search(promise.text)
    kinds = kinds_of(promise)
    outside = [
        row
        for row in rows
        if said
        and not areas(row.text) & said
        and not _TRANSFER.search(row.text)
        and of_kinds(kinds, row)
        and not _told_of(corpus, row)
    ]
    if not outside or explained:
        return
    names = ", ".join(_name(row) for row in outside[:6])
    first = next((row for row in outside if not re.search(r"\b(AI|host)", row.text)), outside[0])
    why = (
        f"{_listed(said)} is offered for data, yet {len(outside)} listed companies work elsewhere only ({names}), "
        "with no basis for the transfer named."
    )
    suggest = (
        "Name for each subprocessor the region and the basis of transfers, or say which data the residency covers."
    )
    yield Finding("scope.residency", "scope", quote(promise), why, suggest, quote(first))


_OPENLY = re.compile(
    r"\b(?:outside (?:of )?(?:the |our )?[A-Z]\w+|exceptions?|except\w*|abroad|pass(?:es)? through"
    r"|are requested from|elsewhere)\b"
)
"""What says openly that something goes elsewhere."""


def _told_of(corpus: Corpus, row: Passage) -> bool:
    """Whether a sentence says openly that this company, by its name, works where its row says."""
    names = [name for name in re.split(r"[,/&] ?|\s", _name(row)) if len(name) > 2 and name[0].isupper()]
    return any(
        _OPENLY.search(one.text) and any(re.search(rf"\b{re.escape(name)}\b", one.text) for name in names)
        for one in corpus.asserted
        if one.kind == "sentence"
    )


def _name(row: Passage) -> str:
    if len(row.cells) > 1:
        return row.cells[0]
    glued = re.match(r"[A-Z]+[a-z]*(?:[A-Z](?=[a-z]*[A-Z][a-z]))?[a-z]*", row.text)
    return (glued[0] if glued else row.text.split(" ")[0])[:24]


def _listed(names: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names))
