"""Whether two values are of one thing: what each sentence names, its plan, tier, client, or step of a course."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trustcenter.publish.lint.apart import different_years, set_apart, stated_exception
from trustcenter.publish.lint.clients import clients, other_clients
from trustcenter.publish.lint.courses import other_branches, other_stages, other_tiers, tiers
from trustcenter.publish.lint.likeness import other_things, other_triggers, stems
from trustcenter.publish.lint.page import Passage

if TYPE_CHECKING:
    from trustcenter.publish.lint.checks.values import Fact, Subject


def of_other_things(subject: Subject, first: Passage, second: Passage) -> bool:
    """Whether what each value is of is named, and differs: the thing that is deleted, the label, the plan, the year."""
    if other_branches(first, second) or other_tiers(first, second):
        return True
    if subject.quantity == "frequency" and "backup" in subject.id and _in_scheme(first) and _in_scheme(second):
        return True
    if _rows_apart(subject, first, second):
        return True
    if set_apart(first, second) or stated_exception(first, second) or different_years(first.text, second.text):
        return True
    labels = [one.label for one in (first, second)]
    beside = first.place.file == second.place.file and first.heading == second.heading and first.block == second.block
    if all(labels) and (beside or not any(subject.about.search(label) for label in labels)):
        words = [stems(label) for label in labels]
        if all(words) and not words[0] & words[1]:
            return True
    if subject.id == "value.deletion-period" and (_row_of(first, second) or _row_of(second, first)):
        return True
    if subject.id == "value.deletion-period" and other_stages(first.said, second.said):
        return True
    if subject.id == "value.deletion-period" and other_triggers(first, second):
        return True
    if subject.quantity == "tls":
        if other_clients(first.said, second.said):
            return True
        return other_things(first, second, opening_only=True, without=_CONNECTIONS)
    if subject.id == "value.uptime":
        return other_things(first, second, opening_only=True, without=_PROMISED)
    return subject.id in _OF_A_THING and other_things(first, second, opening_only=True)


def several_tiers(first: Passage, second: Passage) -> bool:
    """Whether one sentence tells of several tiers, of which the other names one: which value is whose is a guess."""
    one, other = tiers(first.said), tiers(second.said)
    return bool(one & other) and max(len(one), len(other)) > 1


def any_agrees(first: Sequence[Fact], second: Sequence[Fact]) -> bool:
    """Whether a sentence on several tiers has the value of the other among its own."""
    return any(a.quantity.agrees(b.quantity) for a in first for b in second)


def _row_of(row: Passage, other: Passage) -> bool:
    """Whether a row is of some kind of record that the other says no word of."""
    if not row.cells or not row.label or _ANY_DATA.search(row.label):
        return False
    return not stems(row.label) & stems(f"{other.said} {other.heading}")


_ANY_DATA = re.compile(
    r"\b(?:data|content|information|account|customers?|everything|delet\w*|eras\w*|retention)\b", re.IGNORECASE
)


def _in_scheme(one: Passage) -> bool:
    """Whether a passage names tiers that the page makes side by side: `daily` is the name of one."""
    return bool(tiers(one.said) & one.scheme)


def _rows_apart(subject: Subject, first: Passage, second: Passage) -> bool:
    """Rows of one table, labelled items of one list are each of what they name first: another quarter, another kind."""
    listed = bool(first.cells and second.cells) or (
        subject.id == "value.deletion-period" and first.block != second.block and bool(first.label and second.label)
    )
    rows = listed and bool(first.group) and first.group == second.group and first.place.file == second.place.file
    labels = [one.label or " ".join(one.cells[:1]) for one in (first, second)] if rows else ["", ""]
    one, other = (stems(label) for label in labels)
    return labels[0] != labels[1] and not (one and one <= other) and not (other and other <= one)


def stricter_client(first: Sequence[Fact], second: Sequence[Fact]) -> bool:
    """Whether one of them names a client and is the stricter: what our app refuses, a minimum for all may allow."""
    (one, own), (other, least) = (
        (clients(facts[0].passage.said), min(fact.quantity.low for fact in facts)) for facts in (first, second)
    )
    return bool(one and not other and own > least) or bool(other and not one and least > own)


_CONNECTIONS = stems(
    "connections traffic transit endpoints encryption encrypted TLS SSL transport network links versions minimum"
    " clients browsers public external everything requests"
)
"""What is said of every connection."""
_PROMISED = stems(
    "uptime availability available SLA service level agreement commitment promise guarantee target platform system"
    " month monthly objective measured status customer plan"
)
"""What is said of every promise of availability."""
_OF_A_THING = {"value.deletion-period", "value.key-rotation", "value.key-length"}
"""Quantities that each store, key or record has its own of."""
