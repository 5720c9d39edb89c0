"""Deletion of all within a time, and a kind that by another sentence or row stays longer, or waits for a batch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trustcenter.publish.lint.checks.retention import DELETION
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import same_part, same_section, stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import durations

_ALL = re.compile(
    r"\b(?:all|every|everything|any|complete(?:ly)?|entire(?:ly)?|whole|nothing|no (?:copy|copies|data|trace\w*))\b",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"\b(?:everything but|all but|except\w*|unless|apart from|other than|excluding|subject to|save for|required by"
    r"|where (?:the )?law"
    r"|as set out"
    r"|back[- ]?ups?|live|production systems?|our own use|we still|employees?|laptops?|devices?|old|expired|unused)\b",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"\b(?:everything|(?:all|any|every|complete|entire) (?:of )?(?:the |your |its |their |customer.s? |client.s? "
    r"|personal"
    r" |member.s? |user.s? |\w+ )?(?:data|information|content|records?|files))\b",
    re.IGNORECASE,
)
_STAYS = re.compile(
    r"\b(?:kept|keep|keeps|held|hold|holds|retain(?:s|ed)?|stor(?:ed|es)|archiv(?:ed|es)|preserv(?:ed|es)|stays?"
    r"|remains?)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:after (?:you|the|it|a|they|closure|termination|leaving|the end|that|the last|exit|cancel\w+|deletion)|leave"
    r"|clos(?:e|ed|ure)|terminat\w+|past (?:\w+s)|former|ended|end of|legal|law|laws|statut\w*|tax|IRS|HMRC|rules"
    r"|regulat\w+|audit(?:ors?)?|accounting|disputes?|permanently|indefinite\w*|for ever|forever|even after"
    r"|thereafter)\b",
    re.IGNORECASE,
)
_ENDLESS = re.compile(
    r"\b(?:permanently|indefinite(?:ly)?|for ever|forever|without (?:a |any )?limit)\b", re.IGNORECASE
)
_BATCH = re.compile(
    r"\bbatch(?:es|ed)?\b|\b(?:each|every|once a|at the end of (?:the|each)) (?:January|February|March|April|May"
    r"|June|July"
    r"|August|September|October|November|December|spring|summer|autumn|winter|year|quarter|(?:calendar|school|financial"
    r"|academic|fiscal|half) ?-?year)\b|\b(?:yearly|annual(?:ly)?|quarterly|twice a year)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:invoices?|billing|bookkeeping|suppression|opt-?out list|marketing|back[- ]?ups?|anonymi[sz]\w+|aggregate\w*"
    r"|employee (?:files?|records?)|training records?|contracts?|policies|certificate|while you are)\b",
    re.IGNORECASE,
)
_SUGGEST = "Say what stays longer, for how long and under which law, in the sentence that promises deletion."


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a promise: what keeps longest what it says to delete, or loses soonest what it says to keep."""
    yield from _lost_sooner(corpus)
    whole = [one for one in corpus.asserted if _promise(one)]
    promises = [*whole, *(one for one in corpus.asserted if one not in whole and _plain(one))]
    if not promises:
        return
    kept = [(one, hours) for one in corpus.asserted if (hours := _kept(one)) > 0]
    for promise in promises:
        limit = max((found.high for found in durations(promise.text)), default=24.0)
        for one, hours in sorted(kept, key=lambda pair: -pair[1]):
            if one.start == promise.start or hours <= max(limit * 1.5, limit + 24) or not _covers(promise, one):
                continue
            if not same_part(promise.said, one.said):
                continue
            if promise not in whole and not _of_the_same(promise, one):
                continue
            if not _AFTER.search(f"{one.said} {' '.join(one.columns)}") and not (
                same_section(promise, one) and hours > limit * 3
            ):
                continue
            after = f"after {limit / 24:.0f} days" if limit > 24 else "at once"
            stays = "without an end" if hours > 1e6 else f"up to {hours / 24:.0f} days"
            why = f"All of it is said to be gone {after}, while this stays {stays}."
            yield Finding("retention.leftover", "retention", quote(promise), why, _SUGGEST, quote(one))
            break


def _plain(one: Passage) -> bool:
    """`Reports are deleted two months after the case was closed`: without a word for all."""
    return (
        one.kind != "title"
        and not one.cells
        and bool(
            re.search(r"\b(?:is|are) (?:then )?(?:deleted|erased|destroyed|removed|wiped)\b", one.text, re.IGNORECASE)
        )
        and not _LIMITED.search(one.text)
        and not re.search(r"\b(?:not|never|logs?|request\w*|if|may|can)\b", one.text, re.IGNORECASE)
        and next(durations(one.text), None) is not None
    )


def _promise(one: Passage) -> bool:
    if one.kind == "title" or one.cells or not _ALL.search(one.text) or not DELETION.search(one.text):
        return False
    if _LIMITED.search(one.text) or re.search(r"\b(?:on request|logs?)\b", one.text, re.IGNORECASE):
        return False
    if re.search(r"\b(?:not|never|cannot) (?:\w+ )?(?:delet|eras|remov|purg|destr|wip)", one.text, re.IGNORECASE):
        return False
    soon = re.search(
        r"\b(?:immediately|at once|instantly|on the (?:same )?day|straight away)\b", one.text, re.IGNORECASE
    )
    found: Sequence[object] = list(durations(one.text))
    return bool(found or soon)


def _kept(one: Passage) -> float:
    """The hours that a passage keeps something after the end; zero where it keeps nothing."""
    if one.kind == "title" or one.text.endswith("?") or _OTHERS.search(one.said):
        return 0
    row = bool(one.cells)
    about = f"{one.said} {' '.join(one.columns)}"
    longest = max((found.low for found in durations(one.text)), default=0.0)
    if DELETION.search(one.text) or re.search(r"\bclear(?:s|ed)\b", one.text, re.IGNORECASE):
        # Deleted in batches waits up to the interval; deleted after a time is kept as long.
        if _BATCH.search(one.text) and re.search(
            r"\b(?:past|former|old|ended|left|closed|expired)\b", about, re.IGNORECASE
        ):
            return 24.0 * 365 if not re.search(r"quarter", one.text, re.IGNORECASE) else 24.0 * 91
        return 0
    if not (_STAYS.search(one.text) or (row and _AFTER.search(about))):
        return 0
    if re.search(r"\b(?:not|never|no longer)\b", one.text, re.IGNORECASE):
        return 0
    return 1e9 if _ENDLESS.search(one.text) and _STAYS.search(one.text) else longest


def _of_the_same(promise: Passage, kept: Passage) -> bool:
    """Whether a sentence keeps what a promise without `all` deletes: two words in common within one section."""
    return same_section(promise, kept) and not kept.cells and len(stems(promise.text) & stems(kept.text)) >= 2


def _covers(promise: Passage, kept: Passage) -> bool:
    """Whether what is kept is among all that the promise deletes."""
    if _GENERAL.search(promise.text):
        return True
    return bool(stems(promise.text) & stems(f"{kept.label} {kept.text}"))


_REACHES = re.compile(
    r"\boverwrit\w+\b|\b(?:reach(?:es)?|go(?:es)?|date(?:s)?) back\b|\broll(?:s|ing)? over\b"
    r"|\bonly (?:the )?(?:last|most recent|latest|newest)\b|\b(?:oldest|older) (?:\w+ )?(?:are|is) (?:dropped"
    r"|discarded|lost)\b"
    r"|\bfixed[- ]size\b|\bring buffer\b|\bcovers? the last\b",
    re.IGNORECASE,
)
_KEEPS = re.compile(
    r"\b(?:kept|keep|keeps|held|hold|holds|retain(?:s|ed)?|stor(?:e|ed|es)|archiv(?:e|ed|es)|preserv\w+)\b",
    re.IGNORECASE,
)
_OBJECTS = (
    re.compile(
        r"\b(?:access|audit|activity|event|security|sign-in)? ?(?:logs?|trail)\b|\brecords? of (?:who|each|every)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:recordings?|calls?|audio)\b", re.IGNORECASE),
    re.compile(r"\b(?:footage|video|CCTV|cameras?|images?)\b", re.IGNORECASE),
    re.compile(r"\b(?:messages?|chats?|conversations?)\b", re.IGNORECASE),
    re.compile(r"\b(?:locations?|positions?|trips?|routes?|tracks?)\b", re.IGNORECASE),
    re.compile(r"\b(?:readings?|measurements?|sensor|telemetry|temperature)\b", re.IGNORECASE),
    re.compile(r"\b(?:versions?|revisions?|history)\b", re.IGNORECASE),
)


def _lost_sooner(corpus: Corpus) -> Iterator[Finding]:
    """Kept for years in one sentence, and in another overwritten after months."""
    said = [one for one in corpus.asserted if one.kind != "title" and not one.text.endswith("?")]
    lost = [one for one in said if _REACHES.search(one.text) and next(durations(one.text), None)]
    for second in lost:
        reach = max(found.high for found in durations(second.text))
        for first in said:
            if first.start == second.start or not _KEEPS.search(first.text) or _REACHES.search(first.text):
                continue
            kept = min((found.low for found in durations(first.text)), default=0.0)
            if kept > reach * 1.1 and any(one.search(first.text) and one.search(second.said) for one in _OBJECTS):
                why = f"Kept for {kept / 24:.0f} days by one sentence, gone after {reach / 24:.0f} by the other."
                yield Finding("retention.lost-sooner", "retention", quote(first), why, _SUGGEST_KEPT, quote(second))
                break


_SUGGEST_KEPT = (
    "State the age of the oldest entry that is really there, and give the store the room that the promise needs."
)
