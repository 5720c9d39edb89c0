"""What a page says of examinations and laws: how far each passage says we are (rules/standards.yaml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.rule_files import data

Stage = Literal["achieved", "progress", "unsaid"]

_TYPE = re.compile(r"\bType[ -]?(III|II|I|1|2)\b", re.IGNORECASE)
_NOT_HELD = re.compile(
    r"\b(?:is|are) not (?:yet |currently |ourselves )?(?:certified|accredited|attested) (?:to|against|for|under)\b"
    r"|\bno (?:certificate|accreditation) (?:exists|is held|has been)\b"
    r"|\b(?:do|does) not (?:yet |currently )?(?:have|hold) (?:an? |any )?[\w ]{0,20}(?:certificat\w+|accreditation)\b",
    re.IGNORECASE,
)
_KIND = re.compile(r"(examination|engagement|type|kind|planned|target|goal|scope)\b", re.IGNORECASE)
"""Labels of a field that says which examination is meant, not how far it is."""
_TYPES = {"i": "1", "ii": "2", "1": "1", "2": "2"}
_NOT_WE = re.compile(r"[;,:] (?:and |but )?we (?:are|do|have|hold)(?: not|n.t)\b", re.IGNORECASE)
"""`It is certified; we are not`: somebody else is."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage about one standard: how far it says we are, and for which type of report."""

    standard: str
    passage: Passage
    stage: Stage
    type: str
    early: bool
    duty: bool
    top: bool
    """In the summary at the top."""


@cache
def words_of() -> dict[str, re.Pattern[str]]:
    """The words of stages, by name."""
    return {name: re.compile(text, re.IGNORECASE) for name, text in data("standards").items() if isinstance(text, str)}


@cache
def all_standards() -> dict[str, tuple[str, re.Pattern[str], re.Pattern[str] | None, bool]]:
    """Each standard: its name, what is about it, its duties, and whether it is a law."""

    def compiled(entry: dict[str, Any]) -> tuple[str, re.Pattern[str], re.Pattern[str] | None, bool]:
        duties = re.compile(entry["duties"], re.IGNORECASE) if "duties" in entry else None
        return entry["name"], re.compile(entry["about"], re.IGNORECASE), duties, entry["law"]

    return {name: compiled(entry) for name, entry in data("standards")["standards"].items()}


def _named(text: str) -> bool:
    """Whether a text names any standard."""
    return any(about.search(text) for _, about, _, _ in all_standards().values())


def mentions(corpus: Corpus) -> list[Mention]:
    """Every passage that says something of our own about a standard."""
    found = []
    top = {(passage.place.file, passage.start) for passage in corpus.header}
    for passage in corpus.asserted:
        if passage.kind == "title" and passage.text.endswith("?"):
            # A question asserts nothing.
            continue
        badge = passage.kind == "badge" or (passage.place.file, passage.start) in top or _bare(passage)
        for standard, (_, about, duties, _law) in all_standards().items():
            own = bool(about.search(passage.text) or about.search(passage.label) or about.search(passage.before))
            titled = bool(about.search(passage.about))
            duty = bool(duties and duties.search(passage.text)) and (
                titled or not _named(f"{passage.said} {passage.heading}")
            )
            if own or titled or duty:
                mention = _mention(standard, passage, own=own, duty=duty, badge=badge)
                found += [mention] if mention else []
    return found


def _bare(passage: Passage) -> bool:
    """A name in a line of names, `SOC 1 Type 2 · ISO 27001`: it claims as a badge does, unless its heading plans."""
    return (
        passage.kind == "item"
        and passage.text.count(" ") < 5
        and not passage.text.endswith((".", ":"))
        and not words_of()["progress"].search(passage.heading)
    )


def _mention(standard: str, passage: Passage, *, own: bool, duty: bool, badge: bool) -> Mention | None:
    words = words_of()
    said = f"{passage.label} {passage.text}"
    # `We are not certified to ISO 27001` is said of the standard itself, and contradicts a badge that claims it.
    open_here = own and _NOT_HELD.search(passage.text) is not None
    denied = words["denied"].search(said) and not open_here
    if denied or words["conditional"].search(said) or words["disclaimer"].search(said):
        return None
    # A contract with a provider is our duty; a provider's report is not ours.
    theirs = words["others"].search(passage.text) or _NOT_WE.search(passage.text)
    if theirs and duty and words["progress"].search(passage.text):
        theirs = None
    if theirs and passage.kind != "badge":
        return None
    stage: Stage = "unsaid"
    if open_here or words["progress"].search(passage.text):
        stage = "progress"
    elif words["achieved"].search(passage.text):
        stage = "achieved"
    elif words["progress"].search(passage.standing):
        stage = "progress"
    elif words["achieved"].search(passage.standing) or (
        own and badge and _TYPE.search(passage.text) and not _KIND.match(passage.label)
    ):
        stage = "achieved"
    if duty and not own and stage != "progress":
        return None
    kind = _TYPE.search(said) or _TYPE.search(passage.heading)
    early = bool(words["early"].search(passage.text))
    return Mention(
        standard, passage, stage, _TYPES.get(kind[1].lower(), "") if kind else "", early, duty and not own, badge
    )
