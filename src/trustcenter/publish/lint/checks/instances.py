"""An act that one sentence rules out for a kind of thing, and another does to one of that kind (rules/instances.yaml).

Unlike checks/acts.py, which needs words in common, the kinds are named: `health information` rules out what a sentence
about chemotherapy shows, wherever on the pages it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from trustcenter.publish.lint.apart import set_apart
from trustcenter.publish.lint.checks.doers import denied_doer
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import same_section, stems
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.rule_files import data
from trustcenter.publish.lint.verbs import verbs

_CLAUSES = re.compile(r"[;:]\s+|\s[—–]\s|,\s+(?=(?:and|but|while|so|which|who)\b)|,?\s+\bbut\b\s+")
_DENIES = re.compile(
    r"\b(?:never|not|no(?!-)|nobody|no one|none|nothing|neither|nor|cannot|\w+n['’]t|zero)\b", re.IGNORECASE
)
_OF_VERB = re.compile(
    r"(?:(?:do|does|did|will|would|shall|may|can|could) (?:not|never)|cannot|\w+n['’]t|never|not)", re.IGNORECASE
)
"""A denial of the verb behind it; the others deny whoever does it."""
_COORDINATED = re.compile(r"^(?: [\w'’-]+){0,3} ?$|^[^.;]{0,70}(?:,| or| nor| and) (?:[\w'’-]+ ){0,2}$", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?) (?:\w+ ){0,3}$", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|when|to)\b", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"\b(?:never|no|nobody|no one|none|nothing|anyone|anybody|any|ever|all|zero|under no circumstances|at all)\b",
    re.IGNORECASE,
)
_BOUNDED = re.compile(
    r"\b(?:unless|except\w*|apart from|other than|until|if|beyond|(?:longer|older|younger|later) than|in which case"
    r"|(?:can|may) choose|who do not|more than|before|by default|only"
    r"|without (?:your|the|their|a|an|prior|explicit|his|her)|yet|in plain|in clear|unencrypted|raw|readable|while"
    r"|during|in case"
    r"|outside (?:of )?(?:the )?(?:EU|EEA|UK|United|Europe\w*|Canada|Australia|Switzerland|country|province|states?)\b"
    r"|abroad|in full|unmasked|permanently|at present"
    r"|right to|you (?:do|should|must|may|can) not|(?:do|must|should|may) not (?:share|send|upload|enter|disclose)"
    r" (?:your|their))\b",
    re.IGNORECASE,
)
"""What limits a denial, so that an instance of it contradicts nothing."""
_ALLOWED = re.compile(
    r"\b(?:only (?:when|if|with|after|where|on|once)|unless|if (?:you|they|the (?:customer|owner|user|patient|member))"
    r"|bought|purchased|licen[cs]ed|paid for|acted|consent\w*|permission|opt(?:s|ed)?[- ]?in|agree[sd]?"
    r"|at (?:your|their) request|on (?:your|their) (?:request"
    r"|instruction)|you (?:ask|choose|enable|invite|decide)|anonymi[sz]\w+|aggregate\w*|synthetic|masked|redacted"
    r"|whether|(?<!is )(?<!are )(?<!be )used to|malware|virus(?:es)?|spam|no longer|until 20\d\d"
    r"|formerly|not|never|cannot|nobody|nothing|no one|none|neither|stolen|lost"
    r"|\w+n['’]t|without|may ask|for example by you|removed|instead of|asks? us"
    r"|(?:customer|clinic|owner|patient|user|client|member|practice|school|tenant|district)s? (?:\w+ )?(?:approv\w+"
    r"|agree\w*|consent\w*|asks?|requests?|invites?))\b",
    re.IGNORECASE,
)
"""What makes an instance one that the denial allows."""
_CONSENT_GOT = re.compile(r"\b(?:gets?|obtains?|collects?|seeks?) (?:\w+ ){0,3}consent\b", re.IGNORECASE)
_OWN = re.compile(
    r"\bby (?:an? |the |your |each |their )?(?:parents?|owners?|patients?|members?|users?|customers?|clients?)\b"
    r"|\byou (?:leave|move|remove|take)\b|\b(?:you|your (?:users|administrators|team|people|staff|employees)|customers?"
    r"|cardholders?|patients?|owners?|members?|users?|drivers?|residents?|donors?|candidates|voters?|students?|teachers?|parents?|families|famil\w+"
    r"|tenants?|landlords?|administrators?|practices?|clinics?|schools?|districts?|employees|the (?:customer|clinic"
    r"|school|employer|landlord|practice))\b"
    r" (?:\w+ ){0,2}?(?:can|may|sees?|views?|reads?|keeps?|holds?|sends?|shares?|controls?|have|has|changes?|deletes?"
    r"|decides?|calls?|contacts?|asks?|chooses?|writes?|uploads?|takes?|enters?|records?|opens?)\b",
    re.IGNORECASE,
)
"""What those do whose data it is, or who entrusted it, takes nothing back."""
_TRAINS = re.compile(r"\b(?:train|learn|improv|fine-?tun|teach|taught|feed|fed)\w*", re.IGNORECASE)
_THEIRS = re.compile(
    r"\b(?:by|with|at|through) (?:our|the|a|an|your) (?:[\w-]+ ){0,3}"
    r"(?:partners?|providers?|processors?|banks?|suppliers?|issuers?|carriers?|companies|company)\b"
    r"|\bon your (?:own )?(?:device|phone|computer|premises)\b|\bnot by us\b",
    re.IGNORECASE,
)
"""What another company takes and keeps is not taken here."""
_SUPPOSED = re.compile(r"\b(?:would|could|should|might) (?:\w+ ){0,2}?\w+", re.IGNORECASE)
_OCCASION = re.compile(r"^(?:When|Whenever|Each time|Every time) [^,]{4,60}, ", re.IGNORECASE)
"""An occasion is no condition: `when you call us, a specialist opens it`."""
_POINTS_BACK = re.compile(r"\b(?:them|it|they|these|those|this)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Act:
    """Verbs that come to the same thing for what they are done to."""

    id: str
    words: re.Pattern[str]
    done: re.Pattern[str] | None
    to: bool
    all: bool
    near: bool
    site: bool
    only: frozenset[str]
    why: str
    suggestion: str
    found: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a passage that denies or does an act, with the kinds of thing and the recipients that it names."""

    passage: Passage
    start: int
    end: int
    things: frozenset[str]
    recipients: frozenset[str]
    doer: frozenset[str] = frozenset()
    """Of whom alone it is denied; empty where of the company as a whole."""


@cache
def acts() -> tuple[Act, ...]:
    """All acts, compiled."""
    return tuple(
        Act(
            entry["id"],
            re.compile(entry["words"], re.IGNORECASE),
            re.compile(entry["done"], re.IGNORECASE) if "done" in entry else None,
            entry.get("to", False),
            entry.get("all", False),
            entry.get("near", False),
            entry.get("site", False),
            frozenset(entry.get("only", ())),
            entry["why"],
            entry["suggestion"],
            tuple(entry["found"]),
            tuple(entry["silent"]),
        )
        for entry in data("instances")["acts"]
    )


@cache
def _named(key: str) -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(text, re.IGNORECASE) for name, text in data("instances")[key].items()}


@cache
def _word(key: str) -> re.Pattern[str]:
    return re.compile(data("instances")[key], re.IGNORECASE)


def _names(key: str, text: str) -> frozenset[str]:
    return frozenset(name for name, words in _named(key).items() if words.search(text))


def things(text: str) -> frozenset[str]:
    """The kinds of thing that a text names."""
    return _names("things", text)


def check(corpus: Corpus) -> Iterator[Finding]:
    """One finding a denial and act: the first sentence that does what it rules out."""
    said = [one for one in corpus.asserted if one.kind != "title" and not one.text.endswith("?")]
    for act in acts():
        denied = [clause for one in said for clause in _denials(act, one)]
        if denied:
            yield from _contradicted(act, denied, [clause for one in said for clause in _instances(act, one)])


def _contradicted(act: Act, denied: Sequence[Clause], done: Sequence[Clause]) -> Iterator[Finding]:
    told: set[tuple[str, int]] = set()
    for first in denied:
        for second in done:
            key = (second.passage.place.file, second.passage.start)
            if key in told or not _same(act, first, second):
                continue
            told.add(key)
            one = first.passage
            family = "absolute" if _ABSOLUTE.search(one.text) else "capability" if act.id == "look" else "scope"
            yield Finding(
                f"{family}.instance-{act.id}",
                family,
                quote(one, first.start, first.end),
                act.why,
                act.suggestion,
                quote(second.passage, second.start, second.end),
            )
            break


def _parts(one: Passage) -> Iterator[tuple[int, int, str]]:
    at = 0
    for mark in [*_CLAUSES.finditer(one.text), None]:
        end = mark.start() if mark else len(one.text)
        yield at, end, one.text[at:end]
        at = mark.end() if mark else end


def _denials(act: Act, one: Passage) -> Iterator[Clause]:
    if one.cells or not _DENIES.search(one.text) or _BOUNDED.search(one.text):
        return
    for start, end, text in _parts(one):
        word = next((found for found in verbs(act.words, text) if _denied(found, text)), None)
        if word is None:
            continue
        about = f"{text} {one.before[-160:]}" if _POINTS_BACK.search(text[word.start() :]) else text
        if next(_DENIES.finditer(text[: word.start()]), None) is None:
            about = text[word.end() : word.end() + 70]
        passive = re.search(r"(?:\S+ ){0,4}\S+ (?:is|are|was|were) (?:not|never) \w+ed\b", text)
        things = _names("things", passive[0] if passive else about)
        if passive is None and act.all and not things and _word("every").search(text):
            things = frozenset(_named("things"))
        recipients = _names("recipients", text)
        if act.to and not recipients and _word("others").search(text):
            recipients = frozenset(_named("recipients"))
        yield Clause(one, start, end, things, recipients, denied_doer(one, start, start + word.start()))


def _denied(word: re.Match[str], text: str) -> bool:
    """Whether the verb, or whoever does it, is denied: `never scan or read`, `nobody at Acme can see`."""
    negations = list(_DENIES.finditer(text[: word.start()]))
    if not negations:
        # `Envelopes show no account numbers`.
        return bool(re.match(r"\W*(?:no|none of|nothing about)\b", text[word.end() :], re.IGNORECASE))
    negation = negations[-1]
    between = text[negation.end() : word.start()]
    if not _OF_VERB.fullmatch(negation[0]):
        whose = re.match(r"(?:nothing|nobody|no one|none)$", negation[0], re.IGNORECASE)
        return len(between) < 60 and "," not in between and (bool(whose) or not _RELATIVE.search(between))
    helped = re.search(r"\b(?:do|does|did|will|shall|may|can|could) (?:not|never) *$|(?:cannot|n['’]t) *$",
                       text[: negation.end()], re.IGNORECASE)  # fmt: skip
    if helped and re.search(r"(?:s|ed)$", word[0].strip()) and not re.search(r"\b(?:be|been)\b", between):
        # `Do not collect face scans`: what is denied is the bare verb.
        return False
    if re.search(r"\b(?:that|which|who) (?:\w+ )?$", text[: negation.start()]) and _PASSIVE.search(between):
        # `Applications that did not succeed are held`.
        return False
    return bool(_COORDINATED.match(between)) and not _RELATIVE.search(between)


def _instances(act: Act, one: Passage) -> Iterator[Clause]:
    allowed = _CONSENT_GOT.sub("", one.text) if act.id == "reach-out" else one.text
    allowed = _OCCASION.sub("", allowed)
    if _ALLOWED.search(allowed) or _OWN.search(allowed):
        return
    for start, end, text in _parts(one) if not act.near else [(0, len(one.text), one.text)]:
        text = _SUPPOSED.sub("", text)
        word = next(verbs(act.words, text), None)
        other = act.done.search(text) if act.done else None
        if word is None and other is None:
            continue
        if act.id == "gather" and _THEIRS.search(text):
            continue
        done_to = text if word is None or other is not None or act.to or act.near else _done_to(word, text)
        about = f"{done_to} {one.before[-160:]}" if re.match(r"(?:They|It|These|This|Those)\b", text) else done_to
        yield Clause(one, start, end, _names("things", f"{one.label} {about}"), _names("recipients", text))


def _done_to(word: re.Match[str], text: str) -> str:
    """The words that can name what a verb is done to: those before a passive, those after it otherwise."""
    if _PASSIVE.search(text[: word.start()]) or re.match(
        r"\W*(?:$|and\b|or\b|for\b|in\b|by\b|to\b|on\b)", text[word.end() :]
    ):
        return text
    return text[word.start() :].split(", ")[0]


def _same(act: Act, first: Clause, second: Clause) -> bool:
    one, other = first.passage, second.passage
    if one.start == other.start and one.place.file == other.place.file:
        return False
    if set_apart(one, other) or (first.doer and not act.near and not first.doer & stems(other.said)):
        return False
    things = first.things & second.things
    if act.only:
        things &= act.only
    if not things or (act.near and not (same_section(one, other) and one.heading)):
        return False
    if act.id == "use-for" and _TRAINS.search(one.text) and not _TRAINS.search(other.text):
        # Text that a model works on is not what it learnt from.
        return False
    if act.site and _site(one.text) & _site(other.text):
        return False
    return not act.to or bool(first.recipients & second.recipients)


def _site(text: str) -> frozenset[str]:
    """The places by which a thing is said to stay somewhere: `the freezer of the laboratory` is in the laboratory."""
    return frozenset(
        found.lower().rstrip("s")
        for found in re.findall(
            r"\b(building|premises|site|laborator\w+|office|ship|campus|clinic|hospital|branch|vault)\b",
            re.sub(r"\boff-?site\b", "", text, flags=re.IGNORECASE),
            re.IGNORECASE,
        )
    )
