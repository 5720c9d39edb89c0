"""What a page counts or promises for every plan, against what it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Page, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import EXTRACTORS

_NUMBER = r"(?P<n>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,3})"
_THING = (
    r"(?P<thing>(?:cloud |availability |data |service |third-party |AI |carefully chosen |chosen |vetted |trusted )?"
    r"(?:regions?|zones?|locations?|countries|cent(?:er|re)s|sub-?processors?|providers?|vendors?|third"
    r" parties|auditors?"
    r"|frameworks?|standards?|certifications?|certificates?|roles?|categories|plans?|environments?|principles?|layers?))"
)
_COUNTED = re.compile(rf"(?<![\d.])\b{_NUMBER} (?:\w+ ){{0,2}}?{_THING}\b", re.IGNORECASE)
_NAMED = re.compile(r"^\W{0,3}(?::| ?[—–(]|, namely|, which are|: namely)\s*(?P<names>[^.;)]+)", re.IGNORECASE)
_VAGUE = re.compile(r"\b(?:at least|more than|over|up to|about|most of|one of|any of|other|further|additional|new)\b")
_WHOLE = re.compile(
    r"(?:^|\b(?:use|uses|have|has|engage|engages|employ|with|on|of|to|all|our|these|following|the)) ?$", re.IGNORECASE
)
_ENDS = re.compile(
    r"\s*(?:$|[.,;:(]|(?:listed|below|named|process|to|for|that|who|which|in total|help|support us|assist)\b)",
    re.IGNORECASE,
)
"""A number of all of them, not of those that do something."""
_SUGGEST_COUNT = "Count the list by a tool, and print the number from it."


def check(corpus: Corpus) -> Iterator[Finding]:
    """Numbers against the names that follow, numbers against tables, `every plan` against the plans."""
    for page in corpus.pages:
        for one in page.passages:
            if one.asserted and one.kind != "title":
                yield from _counted(one, page)
        yield from _every_plan(page)


def _counted(one: Passage, page: Page) -> Iterator[Finding]:
    for found in _COUNTED.finditer(one.text):
        if _VAGUE.search(one.text[max(0, found.start() - 14) : found.end()]):
            continue
        number = next((round(q.low) for q in EXTRACTORS["count"](found["n"])), 0)
        listed = _NAMED.match(one.text[found.end() :])
        if listed:
            names = [name for name in re.split(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*", listed["names"]) if name.strip()]
            if len(names) >= 2 and len(names) != number and all(name.count(" ") < 4 for name in names):
                why = f"`{found[0]}`, and {len(names)} are named behind it."
                yield Finding("value.counted", "value", quote(one, *found.span()), why, _SUGGEST_COUNT)
            continue
        if not _WHOLE.search(one.text[: found.start()]) or not _ENDS.match(one.text[found.end() :]):
            continue
        rows = _rows(page, found["thing"].lower().rsplit(" ", 1)[-1])
        if rows and len(rows) != number:
            why = f"`{found[0]}`, and {len(rows)} are listed."
            yield Finding(
                "value.counted",
                "value",
                quote(one, *found.span()),
                why,
                _SUGGEST_COUNT,
                quote(rows[min(number, len(rows) - 1)]),
            )
            return


def _rows(page: Page, thing: str) -> Sequence[Passage]:
    """The rows of the one table that lists such things, by its heading; empty where there is none or several."""
    stem = re.sub(r"(?:ies|y|s)$", "", thing)
    tables = [
        list(rows)
        for _, rows in groupby(
            (one for one in page.passages if one.cells and one.kind in ("row", "badge") and one.asserted),
            key=lambda one: one.group,
        )
    ]
    fitting = [rows for rows in tables if len(rows) >= 2 and re.search(stem, rows[0].heading, re.IGNORECASE)]
    if not fitting:
        # A table whose first column names companies, under a heading of another subject.
        fitting = [rows for rows in tables if len(rows) >= 2 and _of_companies(rows[0])]
    return fitting[0] if len(fitting) == 1 and "ubproc" in stem.replace("-", "") else []


_COMPANIES = re.compile(
    r"\W*(?:compan(?:y|ies)|providers?|partners?|vendors?|suppliers?|recipients?|sub-?processors?)\W*$", re.IGNORECASE
)


def _of_companies(row: Passage) -> bool:
    return bool(row.columns and _COMPANIES.match(row.columns[0]))


_EVERY = re.compile(
    r"\b(?:all|every|each|any) (?:\w+ )?(?:plans?|tiers?|subscriptions?|editions?|packages?)\b|\bat no extra"
    r" (?:cost|charge)"
    r"|\bregardless of (?:the |your )?(?:plan|tier)|\bon every (?:plan|tier)",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"^(?:the )?(?:free|starter|start|basic|essentials?|hobby|developer|personal|solo|team|teams|standard|plus|pro"
    r"|professional|growth?|grow|scale|business|premium|advanced|ultimate|enterprise|unlimited|corporate|bronze|silver|gold"
    r"|platinum|community)(?: (?:plan|tier|edition))?\b",
    re.IGNORECASE,
)
_SOME = re.compile(
    r"\b(?:on|in|for|with|needs?|requires?|of|from|to) (?:the |our )?(?:[A-Z]\w+, )*[A-Z]\w+(?: (?:and|or)"
    r" [A-Z]\w+)? (?:plans?|tiers?|editions?)\b"
)
_INHERITS = re.compile(r"\b(?:everything|all (?:of|features)|same as|plus all)\b", re.IGNORECASE)
_ABSENT = re.compile(
    r"^\W*(?:no|not (?:included|available)|none|n/a|add-on|optional|–|—|-|✗|✕|✘|×|❌)?\W*$", re.IGNORECASE
)
_FEATURES = {
    "single sign-on": re.compile(r"\b(?:SSO|SAML|single sign[- ]?on)\b", re.IGNORECASE),
    "SCIM": re.compile(r"\bSCIM\b"),
    "audit log": re.compile(r"\baudit (?:logs?|trail)\b", re.IGNORECASE),
    "a second factor": re.compile(r"\b(?:2FA|MFA|(?:two|multi)[- ]factor|second factor)\b", re.IGNORECASE),
    "a service level": re.compile(r"\b(?:SLA|service level)\b", re.IGNORECASE),
    "phone support": re.compile(r"\b(?:phone|24/7) support\b", re.IGNORECASE),
    "choice of region": re.compile(r"\b(?:data residency|choice of region|EU (?:hosting|region))\b", re.IGNORECASE),
    "own keys": re.compile(r"\b(?:BYOK|customer[- ]managed keys|own keys)\b", re.IGNORECASE),
    "role-based access": re.compile(r"\b(?:RBAC|role[- ]based|custom roles)\b", re.IGNORECASE),
    "backups": re.compile(r"\bback[- ]?ups?\b", re.IGNORECASE),
    "IP allow-list": re.compile(r"\bIP (?:allow|white)[- ]?list\w*\b", re.IGNORECASE),
    "export": re.compile(r"\b(?:data )?export\b", re.IGNORECASE),
    "a data processing agreement": re.compile(r"\b(?:DPA|data processing (?:agreement|addendum))\b", re.IGNORECASE),
    "a business associate agreement": re.compile(r"\b(?:BAAs?|business associate agreement)\b", re.IGNORECASE),
}  # fmt: skip
_REACH = (
    "Whoever buys the smaller plan for this sentence does not get what it says.",
    "Name the plans that have it, from the same table that the product is configured by.",
)


def _every_plan(page: Page) -> Iterator[Finding]:
    """A feature in every plan, and a list of plans of which some name it and some do not."""
    promised = [one for one in page.passages if one.asserted and one.kind != "title" and _EVERY.search(one.said)]
    if not promised:
        return
    plans = [
        one for one in page.passages if one.asserted and _PLAN.match(one.label or one.text) and one.kind != "title"
    ]
    for one in promised:
        for name, feature in _FEATURES.items():
            if not feature.search(f"{one.heading} {one.said}" if one.heading.endswith("?") else one.said):
                continue
            some = next(
                (other for other in page.passages if _some_plans(other, feature) and other.start != one.start), None
            )
            lacking = some or _without(name, [plan for plan in plans if plan.start != one.start], page, one)
            if lacking is not None:
                why = f"`{name}` is said to be in every plan; the list of plans does not give it to all. {_REACH[0]}"
                yield Finding("scope.every-plan", "scope", quote(one), why, _REACH[1], quote(lacking))
                break


def _some_plans(one: Passage, feature: re.Pattern[str]) -> bool:
    """`SSO is part of the Team and Scale plans`; the words that rules/scope.yaml knows are left to it."""
    return (
        one.asserted
        and one.kind == "sentence"
        and bool(feature.search(one.text) and _SOME.search(one.text))
        and not _EVERY.search(one.text)
        and not re.search(r"\b(?:Enterprise|Business|Premium|Pro|paid|higher|top|not|additional|own)\b", one.text)
    )


def _without(name: str, plans: Sequence[Passage], page: Page, promise: Passage) -> Passage | None:
    """The first place that gives the feature to some plans only: a row of plans by feature, then features by plan."""
    feature = _FEATURES[name]
    for row in page.passages:
        if not row.cells or row.start == promise.start or not feature.search(row.label):
            continue
        # A head that names plans is read as a row like the others.
        heads = [row.columns, *(other.cells for other in page.passages if other.cells and other.group == row.group)]
        columns = next((head for head in heads if sum(bool(_PLAN.match(name)) for name in head) >= 2), ())
        if columns and (any(_ABSENT.match(cell) for cell in row.cells[1:]) or len(row.cells) < len(columns)):
            return row
    if any(_EVERY.search(plan.said) or _INHERITS.search(plan.text) for plan in plans):
        return None
    with_it = [plan for plan in plans if feature.search(plan.said)]
    if not with_it or len({plan.label or plan.text for plan in plans}) < 2:
        return None
    labels = {plan.label.lower() for plan in with_it}
    lacking = [plan for plan in plans if plan not in with_it and plan.label.lower() not in labels]
    return with_it[0] if lacking else None
