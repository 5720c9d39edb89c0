"""Where data is said to be, against where the listed companies work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trustcenter.publish.lint.checks.data_kinds import BESIDE, ONLY, kinds_of, of_kinds
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.places import areas, countries, mislabelled, places

_TRANSFER = re.compile(
    r"\b(standard contractual clauses|SCCs?|adequacy|Data Privacy Framework|DPF|transfer (mechanism|basis|impact)"
    r"|binding corporate rules|outside (of )?the (EU|EEA|European)|transferred to"
    r"|transfers?\b.{0,40}\b(basis|safeguard|clauses))",
    re.IGNORECASE,
)
COMPANY = re.compile(
    r"\b(?:Inc|LLC|Ltd|Limited|GmbH|PBC|ApS|A/S|AS|SAS|SA|BV|B\.V\.|AB|Oy|plc|Pty|Corp|AG|SE|KG|SpA|Srl)\b\.?"
)
"""How the name of a company ends, in the first cell of a row."""
_PLACE = re.compile(r"\b(?:regions?|hosting|hosted|locations?|place)\b", re.IGNORECASE)
_CONTENT = re.compile(r"\b(?:customers?|your|user) content\b", re.IGNORECASE)
"""What customers put in: codes, invoices and messages of the vendor are none of it."""
_NONE_OUTSIDE = re.compile(
    r"\b(?:no|zero|none of)\b[^.;]{0,40}\b(?:processors?|sub-?processors?|vendors?|suppliers?|providers?"
    r"|compan(?:y|ies)|transfers?)\b[^.;]{0,40}\b(?:outside (?:of )?(?:the )?|to (?:any )?third countr(?:y|ies))"
    r"|\btransferred to no third countr(?:y|ies)|\bnot transferred to (?:any )?third countr(?:y|ies)",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"\b(?:unless|except\w*|without|other than|apart from|until|if|where|only|instruct\w*)\b", re.IGNORECASE
)
_OPENLY = re.compile(
    r"\b(?:outside (?:of )?(?:the |our )?[A-Z]\w+|exceptions?|except\w*|abroad|pass(?:es)? through"
    r"|are requested from|elsewhere)\b"
)
"""What says openly that something goes elsewhere."""
SUGGEST = (
    "Let the header, the hosting section and the register of subprocessors render one list of "
    "regions, as the provider reports it."
)


def vendor_rows(corpus: Corpus) -> Iterator[Passage]:
    """The rows of companies, with the places where they work."""
    for one in corpus.asserted:
        listed = one.kind in ("row", "item") or (one.kind == "badge" and one.cells)
        about = f"{one.heading} {' '.join(one.columns)}"
        if (
            listed
            and areas(one.text)
            and (
                re.search(r"sub-?processor|vendor|provider|third[- ]part|supplier", about, re.IGNORECASE)
                or (len(one.cells) > 1 and COMPANY.search(one.cells[0]))
            )
        ):
            yield one


def provider_named(row: Passage, hosted: Sequence[Passage]) -> Passage | None:
    """The statement on hosting that names the company of the row."""
    for one in hosted:
        for name in re.findall(r"\b[A-Z][A-Za-z0-9]{2,}(?: [A-Z][A-Za-z]+)?", one.text):
            if f"{name} ".startswith(f"{one.label} ") or areas(name):
                continue
            if row.text.startswith(name) or (row.cells and row.cells[0].startswith(name)):
                return one
    return None


def same_provider(row: Passage, hosted: Sequence[Passage]) -> Iterator[Finding]:
    """The provider that hosts, with other places in the list of subprocessors."""
    one = provider_named(row, hosted)
    if one is None or _OPENLY.search(one.text):
        return
    worked_in, said = places(row.text), places(one.text)
    extra = {
        place
        for place in worked_in - said
        if not _known_country(place, one.text)
        if len(place.split(" ", 1)[1]) > 3 or place.split(" ")[0] not in areas(one.text)
    }
    if extra:
        wrong = mislabelled(row.text)
        more = f" {wrong[1]} is not in {wrong[0]} either." if wrong else ""
        why = (
            f"The same provider is listed with {listed({place.split(' ', 1)[1] for place in extra})}, which "
            f"the hosting section does not name.{more}"
        )
        yield Finding("value.provider-region", "value", quote(one), why, SUGGEST, quote(row))


def _known_country(place: str, text: str) -> bool:
    """Whether a place is the country of a city that a text names, or the other way round."""
    here = countries(place)
    return bool(here) and here <= countries(text)


def against_vendors(corpus: Corpus, promise: Passage, rows: Sequence[Passage], *, never_out: bool) -> Iterator[Finding]:
    """Companies outside the promised area, with no basis of the transfer; `never_out`: data is said never to leave."""
    said = areas(promise.text)
    if not never_out and not said & {"EU", "UK", "CH", "CA", "AU"}:
        # Companies outside take nothing back from an offer of the United States, but from a promise never to leave.
        return
    if not never_out and _PLACE.search(promise.label) and not ONLY.search(promise.said):
        # `Region: Stockholm` says where the service runs, and nothing of others.
        return
    # A basis of transfers explains them; it does not keep a promise that there are none.
    explained = bool(_TRANSFER.search(corpus.text)) and not (never_out or ONLY.search(promise.text))
    kinds = kinds_of(promise)
    outside = [
        row
        for row in rows
        if said
        and not areas(row.text) & said
        and not _TRANSFER.search(row.text)
        and of_kinds(kinds, row)
        and not _told_of(corpus, row)
        and not (_CONTENT.search(promise.text) and BESIDE.search(row.text))
    ]
    if not outside or explained:
        return
    names = ", ".join(_name(row) for row in outside[:6])
    first = next((row for row in outside if not re.search(r"\b(AI|host)", row.text)), outside[0])
    why = (
        f"{listed(said)} is offered for data, yet {len(outside)} listed companies work elsewhere only ({names}), "
        "with no basis for the transfer named."
    )
    suggest = (
        "Name for each subprocessor the region and the basis of transfers, or say which data the residency covers."
    )
    yield Finding("scope.residency", "scope", quote(promise), why, suggest, quote(first))


def none_outside(said: Sequence[Passage], rows: Sequence[Passage]) -> Iterator[Finding]:
    """`No subprocessor outside the EEA`, and one in the list that works there."""
    for one in said:
        denial = _NONE_OUTSIDE.search(one.said) if one.kind != "title" and not one.planned else None
        if denial is None or _LIMITED.search(one.said):
            continue
        inside = areas(one.said) or ({"EU"} if "third" in denial[0].lower() else frozenset())
        outside = [row for row in rows if inside and areas(row.text) and not areas(row.text) & inside]
        if outside:
            why = f"No company outside {listed(inside)} is said to be used, and the list names {_name(outside[0])}."
            suggest = "Say which companies work outside, with what they get and the basis of the transfer."
            yield Finding("scope.none-outside", "scope", quote(one), why, suggest, quote(outside[0]))


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


def listed(names: frozenset[str] | set[str]) -> str:
    """The names in order."""
    return ", ".join(sorted(names))
