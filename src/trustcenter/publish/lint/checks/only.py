"""Only some may, says one sentence, and another lets somebody else: roles by the words before the verb or the row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trustcenter.publish.lint.checks.instances import things
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote

_ONLY = re.compile(
    r"\b(?:only|nobody but|no one but|none but) (?!on |in |for |with |from |at |by |after |when |to |as |if "
    r"|once )(?:the |a |an |our |your )?(?P<who>[\w ,'’-]{3,70}?) "
    r"(?:can|may|has|have|is able to|are able to|sees?|reads?|views?|opens?|holds?|approves?|changes?|handles?|knows?) "
    r"(?P<what>[^.;:]{3,90})",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"(?P<what>[\w ,'’-]{3,70}?) (?:is|are|can be|may be) (?:\w+ )?(?:limited|restricted|confined|visible|available"
    r"|open"
    r"|accessible|known|shown|given|granted|seen|read|opened|handled)(?: only| solely| exclusively)? (?:only |solely )?"
    r"(?:to|by) (?:the |a |an |our |your )?(?P<who>[\w ,'’-]{3,70}?)(?P<alone> alone| only"
    r"| and nobody else)?(?=[.;,]|$)",
    re.IGNORECASE,
)
_DOES = re.compile(
    r"^(?P<who>[\w ,'’-]{3,60}?) (?:(?:can|may|could|also|still|have|has|is able to|are able to|will|regularly"
    r"|sometimes"
    r"|routinely|occasionally) )+(?P<what>[^.;:]{3,90})|^(?P<who2>[\w'’ -]{3,40}?) (?:sees?|reads?|views?|opens?"
    r"|looks? (?:at"
    r"|up)|works? with|uses?|downloads?|handles?|receives?|approves?|changes?|holds?) (?P<what2>[^.;:]{3,90})",
    re.IGNORECASE,
)
_ROLES = re.compile(
    r"\b(?:employees?|staff|engineers?|developers?|administrators?|admins?|managers?|agents?|teams?|support|sales"
    r"|marketing"
    r"|service|clinicians?|doctors?|nurses?|scientists?|physicians?|teachers?|parents?|owners?|operators?|contractors?"
    r"|partners?|auditors?|accountants?|officers?|founders?|directors?|interns?|volunteers?|drivers?|couriers?"
    r"|reception\w*"
    r"|technicians?|analysts?|moderators?|reviewers?|consultants?|specialists?|providers?|vendors?|customers?"
    r"|members?|users?"
    r"|dispatchers?|landlords?|agencies|lawyers?|paralegals?|clerks?|tellers?|advisers?|advisors?|dealers?|pharmacists?"
    r"|librarians?|trainers?|coaches|coach|insurers?|everyone|everybody|colleagues|people|finance|HR"
    r"|human resources)\b",
    re.IGNORECASE,
)
_SIGHT = re.compile(
    r"\b(?:access|see|sees|seen|view|views|read|reads|open|opens|look|visible|results?|data|records?)\b", re.IGNORECASE
)
_GRANTS = re.compile(r"^\W*(?:all|full|yes|read|every|complete|any|both|✓|✔)\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"\b(?:not|never|no|cannot|nobody|nor|only|unless|except\w*|without|if|with (?:your|the) (?:consent"
    r"|approval)|after"
    r"|on request|their own|his or her own|own)\b|n['’]t\b",
    re.IGNORECASE,
)
_WHY = "Only some may, by one sentence; another names somebody else who does."
_SUGGEST = "Name all roles that may, as the permissions show them, in both places."


@dataclass(frozen=True, slots=True)
class Right:
    """Who may do something, and to what."""

    passage: Passage
    who: frozenset[str]
    what: frozenset[str]


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a sentence that says only: the first other role that does the same to the same thing."""
    said = [one for one in corpus.asserted if one.kind != "title" and not one.text.endswith("?") and not one.planned]
    rights = [right for one in said if (right := _right(one)) is not None]
    for one in said:
        only = _only(one)
        if only is None:
            continue
        for right in rights:
            other = right.passage
            if other.start == one.start or right.who & only.who:
                continue
            kinds = things(one.text) & things(other.text)
            if not kinds and len(right.what & only.what) < min(2, len(only.what)):
                continue
            yield Finding("absolute.only", "absolute", quote(one), _WHY, _SUGGEST, quote(other))
            break


def _only(one: Passage) -> Right | None:
    if one.cells or re.search(
        r"\b(?:unless|except|apart from|other than|by default|if|when)\b", one.text, re.IGNORECASE
    ):
        return None
    found = _ONLY.search(one.text)
    if found is None:
        limited = _LIMITED.search(one.text)
        strict = r"\b(?:only|solely|exclusively|limited|restricted|confined|alone|nobody else)\b"
        if limited is None or not re.search(strict, limited[0]):
            return None
        found = limited
    who = stems(found["who"])
    if not who or not _ROLES.search(found["who"]):
        return None
    what = _objects(f"{found['what']}")
    return Right(one, who, what) if what else None


def _right(one: Passage) -> Right | None:
    if one.cells:
        return _row(one)
    if _TAKEN_BACK.search(one.text):
        return None
    found = _DOES.search(one.text)
    if found is None:
        return None
    who, what = found["who"] or found["who2"], found["what"] or found["what2"]
    if not _ROLES.search(who):
        return None
    return Right(one, stems(who), _objects(what))


def _row(one: Passage) -> Right | None:
    """A row of a table of roles: the label is who, a cell that grants is what its column names."""
    if not _ROLES.search(one.label):
        return None
    columns = one.columns if len(one.columns) == len(one.cells) else ("",) * len(one.cells)
    granted = [
        f"{column} {cell}"
        for column, cell in zip(columns[1:], one.cells[1:], strict=True)
        if _GRANTS.match(cell) and _SIGHT.search(f"{column} {cell}")
    ]
    what = frozenset().union(*(_objects(text) for text in granted)) if granted else frozenset()
    return Right(one, stems(one.label), what) if what else None


def _objects(text: str) -> frozenset[str]:
    return stems(text) - stems("access accesses accessible see view read open approve change handle full all every")
