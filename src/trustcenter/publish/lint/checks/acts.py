"""An act that one sentence denies altogether and another does, whatever it is done to (rules/acts.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from trustcenter.publish.lint.checks.doers import denied_doer, denied_place
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import one_part, same_section, stems, subject
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data

_CLAUSES = re.compile(r"[;:]\s+|\s[—–]\s|,\s+(?=(?:and|but|while|so|which|or)\b)|,?\s+\bbut\b\s+")
_DENIES = re.compile(
    r"\b(?:never|not|no|nobody|no one|none|nothing|neither|nor|cannot|\w+n['’]t|zero|prohibited|forbidden|banned)\b",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"(?<!-)\b(?:only|unless|except\w*|apart from|other than|until|if|once|beyond|longer than|more than"
    r"|before|after \w+ approv\w+"
    r"|without (?:your|the|their|a|an|prior|explicit)|approv\w+|consent\w*|permission|agree[sd]?|invit\w+|request\w*"
    r"|choos\w*|choice|nothing \w+ to|opt\w*|plain ?text|in plain|clear|readable|unencrypted|unhashed|raw"
    r"|outside|for longer|by default|beforehand"
    r"|anonymi[sz]\w+|aggregat\w+|synthetic|masked|where|whether|what|ask(?:s|ed)?(?! for)|would|could|should"
    r"|next to|together with)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\bby (?:an? |the |your |each |their )?(?:parents?|owners?|patients?|members?|users?|customers?|clients?)\b"
    r"|\b(?:you|your (?:users|administrators|team|people)|customers?|cardholders?|patients?|owners?|members?|users?"
    r"|researchers?|auditors?|the clinic)\b"
    r" (?:\w+ ){0,2}(?:can|may|sees?|views?|reads?|keeps?|holds?|sends?|shares?|controls?|have|has|change|delete)\b",
    re.IGNORECASE,
)
"""What a customer does with what is theirs takes nothing back."""
_SALES = {"sell", "sells", "sold", "rent", "rents", "rented"}
_SOMEWHERE = {"see", "keep", "alter"}
"""Acts that may be done in one place and not in another; for the others the place is the point."""
_PRONOUN = re.compile(r"(?:It|They|This|These|That|Those)\b")
_ABSOLUTE = re.compile(r"\b(?:never|no|nobody|no one|none|nothing|anyone|anybody|any|ever|all|zero)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Act:
    """Verbs that come to the same thing, with the cases they are tested by."""

    id: str
    words: re.Pattern[str]
    about: re.Pattern[str] | None
    done: re.Pattern[str] | None
    why: str
    suggestion: str
    found: tuple[str, ...]
    silent: tuple[str, ...]


@cache
def acts() -> tuple[Act, ...]:
    """All acts, compiled."""
    return tuple(
        Act(
            entry["id"],
            re.compile(entry["words"], re.IGNORECASE),
            re.compile(entry["about"], re.IGNORECASE) if "about" in entry else None,
            re.compile(entry["done"], re.IGNORECASE) if "done" in entry else None,
            entry["why"],
            entry["suggestion"],
            tuple(entry["found"]),
            tuple(entry["silent"]),
        )
        for entry in data("acts")["acts"]
    )


@cache
def _kinds() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(text) for name, text in data("acts")["kinds"].items()}


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a denial and act: the first sentence that does what it denies."""
    said = [one for one in corpus.asserted if one.kind not in ("title", "row") and not one.text.endswith("?")]
    for act in acts():
        yield from _contradicted(act, said)


def _contradicted(act: Act, said: Sequence[Passage]) -> Iterator[Finding]:
    mentioned = [one for one in said if act.words.search(one.text) or act.words.search(one.heading)]
    denied = [(one, at) for one in mentioned if (at := _denied(act, one)) is not None]
    done = [(one, at) for one in mentioned if denied and (at := _done(act, one)) is not None]
    told: set[tuple[str, int]] = set()
    for first, at in denied:
        for second, to in done:
            if (second.place.file, second.start) in told or not _same(act, first, second):
                continue
            if not _of_all(act, first, at, second):
                continue
            told.add((second.place.file, second.start))
            family = "absolute" if act.id != "give" or _ABSOLUTE.search(first.text) else "scope"
            yield Finding(
                f"{family}.act-{act.id}", family, quote(first, *at), act.why, act.suggestion, quote(second, *to)
            )
            break


def _clauses(one: Passage) -> Iterator[tuple[int, str]]:
    at = 0
    for mark in [*_CLAUSES.finditer(one.text), None]:
        end = mark.start() if mark else len(one.text)
        yield at, one.text[at:end]
        at = mark.end() if mark else end


def _denied(act: Act, one: Passage) -> tuple[int, int] | None:
    """Where the act is denied of everything: a negation before it, and no part that it is limited to."""
    if _LIMITED.search(one.text) or (act.about and not act.about.search(one.text)):
        return None
    answered = one.heading.endswith("?") and re.match(r"(?:no|never|not at all)\b[,.;]?", one.text, re.IGNORECASE)
    if answered and act.words.search(one.heading) and not _LIMITED.search(one.heading):
        # `Can your staff see it? No.`
        return 0, len(one.text)
    for at, clause in _clauses(one):
        word = act.words.search(clause)
        if word is None:
            continue
        negation = _DENIES.search(clause[: word.start()])
        after = act.id == "share-identity" and _DENIES.search(clause[word.end() :])
        between = clause[negation.end() : word.start()] if negation else ","
        if re.search(r"\bwithout\b", clause[word.end() :], re.IGNORECASE):
            # `No record is stored without it`: stored it is.
            continue
        if after or ("," not in between and len(between) < 60):
            return at, at + len(clause)
        turned = re.match(r"\W*(?:nothing|no \w+)\b", clause[word.end() :], re.IGNORECASE)
        if turned:
            return at, at + len(clause)
    return None


def _done(act: Act, one: Passage) -> tuple[int, int] | None:
    """Where the act is done, by somebody else than those whose data it is, under no condition."""
    if _LIMITED.search(one.text) or _OWN.search(one.text) or (act.about and not act.about.search(one.text)):
        return None
    for at, clause in _clauses(one):
        word = act.words.search(clause)
        if word and not _DENIES.search(clause) and (act.done is None or act.done.search(clause)):
            return at, at + len(clause)
    return None


def _of_all(act: Act, first: Passage, at: tuple[int, int], second: Passage) -> bool:
    """Whether the denial holds for the other sentence: for whoever acts there, and wherever it is done."""
    word = act.words.search(first.text, at[0])
    if word is None:
        return True
    said = stems(second.said)
    doer = denied_doer(first, at[0], word.start())
    place = denied_place(first.text[word.end() : at[1]]) if act.id in _SOMEWHERE else frozenset()
    return (not doer or bool(doer & said)) and (not place or bool(place & said))


def _same(act: Act, first: Passage, second: Passage) -> bool:
    """Whether both are about one thing: a kind of data that both name, or words in common besides the act."""
    if first.start == second.start or (first.cells and second.cells and first.group == second.group):
        return False
    if not one_part(first, second):
        return False
    if act.id == "contain" and not (
        _kinds()["personal"].search(first.said) and _kinds()["personal"].search(second.said)
    ):
        return False
    kinds = {name for name, words in _kinds().items() if words.search(first.said) and words.search(second.said)}
    verbs = stems(" ".join(found[0] for one in (first, second) for found in act.words.finditer(one.text)))
    common = (subject(first) & subject(second)) - verbs
    if first.block == second.block and first.place.file == second.place.file and not first.heading.endswith("?"):
        # `Staff can see labels. They cannot see payments`: a pronoun makes no object the same.
        common &= stems(first.text) & stems(second.text)
        if not common and not kinds:
            return False
    if _PRONOUN.match(first.text) and first.before:
        # `It is not sent to us`: what is denied is of the thing that the sentence before speaks of.
        meant = stems(list(re.split(r"(?<=[.!?])\s+", first.before))[-1]) - verbs
        if len(meant & stems(second.text)) < min(2, len(meant)):
            return False
    smaller = min(len(subject(first) - verbs), len(subject(second) - verbs))
    near = same_section(first, second) and bool(first.heading)
    if act.id == "give":
        receivers = {name for name in ("money", "model") if _kinds()[name].search(first.said)}
        sold = {word.lower() for word in act.words.findall(first.text)} <= _SALES
        if not (kinds & {"money", "model"}) and (receivers or sold or not near):
            return False
    if kinds - {"money", "model"}:
        return near or len(common) >= 2
    if act.id == "share-identity":
        return True
    return (near and len(common) >= 1) or (len(common) >= 2 and len(common) * 2 >= smaller)
