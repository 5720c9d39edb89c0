"""An examination, whichever it is, passed in one place and still to come, or lost, in another (rules/held.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import same_part
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data

_WHY = "A certificate or report is in force, or it is not; here one place says that it is, another that it is not."
_SUGGEST = "Give body, number, scope and both dates; without one, say which step is next and when."

_LOST = re.compile(r"\b(?:lapsed|expired|suspended|ran out|revoked)\b", re.IGNORECASE)
"""What a paragraph tells after what was held before."""
_ANSWER = re.compile(r"(?:[^:.]{3,40}: )?(yes|no|not yet|planned)\b(?!\.? ?\d)", re.IGNORECASE)
_ABOUT_IT = re.compile(
    r"\b(?:share|copy|download|public\w*|without|see|get|obtain|access|read|receive|requires?|needs?|covers?|includes?)\b",
    re.IGNORECASE,
)
"""A question about the certificate, not whether there is one."""
_YEARLY = re.compile(r"\b(?:SOC|ISAE|PCI)\b", re.IGNORECASE)
_FIRST = re.compile(r"\bfirst\b", re.IGNORECASE)


@cache
def _words() -> dict[str, re.Pattern[str]]:
    rules = data("held")
    scheme = rules["scheme"]
    return {
        name: re.compile(rules[name].replace("{scheme}", f"(?:{scheme})"), re.IGNORECASE)
        for name in ("scheme", "type", "held", "open", "unless")
    }


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a scheme: the first place that has it, and the first that has not."""
    told: set[tuple[str, int]] = set()
    states = [
        (one, state, schemes) for one in corpus.asserted if (state := _state(one)) and (schemes := _schemes(one, state))
    ]
    for first, state, schemes in states:
        for second, other, others in states:
            keys = {(first.place.file, first.start), (second.place.file, second.start)}
            if state != "held" or other != "open" or keys & told or not schemes & others:
                continue
            beside = first.block == second.block and first.place.file == second.place.file
            if (beside and _LOST.search(second.text)) or not same_part(first.text, second.text):
                continue
            told |= keys
            yield Finding("status.held-or-open", "status", quote(first), _WHY, _SUGGEST, quote(second))


def _schemes(one: Passage, state: str) -> frozenset[str]:
    """The examinations that a passage has, with the type of report; the one that it has not, if it names only one."""
    words = _words()
    said = _said(one)
    found = {re.sub(r"[\W_]|IEC|DSS", "", name).upper() for name in words["scheme"].findall(said)}
    types = {match["type"].upper().replace("1", "I").replace("2", "II") for match in words["type"].finditer(said)}
    if len(types) > 1 or (state == "open" and len(found) > 1):
        return frozenset()
    return frozenset(f"{name} {' '.join(types)}" if name.startswith("SOC") else name for name in found)


def _said(one: Passage) -> str:
    return f"{one.heading}\n{one.said}" if one.heading.endswith("?") and not one.before else one.said


def _state(one: Passage) -> str:
    """`held` or `open`; empty where the passage says neither, or both."""
    words = _words()
    if one.kind == "title" or one.text.endswith("?") or words["unless"].search(one.said):
        return ""
    answer = None if one.heading.endswith("?") and _ABOUT_IT.search(one.heading) else _ANSWER.match(one.text)
    to_come = one.planned and (_FIRST.search(one.said) or not _YEARLY.search(one.said))
    is_open = words["open"].search(one.said) or (answer and answer[1].lower() != "yes")
    is_held = words["held"].search(one.said) or (answer and answer[1].lower() == "yes")
    if one.planned:
        return "open" if to_come else ""
    return "" if bool(is_open) == bool(is_held) else "open" if is_open else "held"
