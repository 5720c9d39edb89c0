"""Deletion promised sooner than the last copy is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.apart import set_apart
from trustcenter.publish.lint.checks.values import Fact, subjects
from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.likeness import other_things
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote
from trustcenter.publish.lint.quantities import durations

_GONE = re.compile(
    r"\b(permanent(ly)?|irrevocabl\w+|irreversibl\w+|completely|all (customer |personal |your "
    r"|of your |tenant )?(data|copies|records|content)|"
    r"entirely|fully|everything|for good|wiped|irretrievabl\w+"
    r"|all (?:of )?(?:our |the )?(?:systems|servers|storage|copies))\b",
    re.IGNORECASE,
)
DELETION = re.compile(r"\b(delet\w+|remov\w+|eras\w+|purg\w+|destroy\w+|wiped|gone)\b", re.IGNORECASE)
_LAG = re.compile(
    r"back[- ]?ups?\b.{0,140}\b(expire|expired|age out|aged out|roll(ed|s)? (off|out|over)|purged"
    r"|deleted|overwritten|rotat\w+|gone|leav\w*|remain|persist|excluded|end|cycle)"
    r"|\b(leaves?|remain\w*|persist\w*|purged|removed|deleted|rolls? off|expires?|gone|erased"
    r"|excluding|except|apart from)\b.{0,60}\bback[- ]?ups?",
    re.IGNORECASE,
)


_INCLUDED = re.compile(
    r"back[- ]?ups?,? (included|as well|too|alike)|including (all |any |our )?back[- ]?ups?"
    r"|\b(and|from) (all )?back[- ]?ups?\b.{0,30}\b(within|immediately|at once|permanently)",
    re.IGNORECASE,
)
_EVERY_COPY = re.compile(
    r"\b(?:no (?:copy|copies|trace)|nothing)\b.{0,60}\b(?:remains?|left|survives?|exists?)\b"
    r"|\b(?:(?:back[- ]?ups?|snapshots?)(?: copies)?,? (?:included|as well|too|alike)|in back[- ]?ups,? too"
    r"|including (?:all |any |our |the )?(?:back[- ]?ups?"
    r"|snapshots?))\b.{0,60}\b(?:delet\w+|eras\w+|gone|purg\w+|destroy\w+|remov\w+|wiped|clear\w*|within)\b"
    r"|\b(?:delet\w+|eras\w+|gone|purg\w+|destroy\w+|remov\w+|wiped|clear\w*)\b.{0,90}\b(?:(?:back[- ]?ups?"
    r"|snapshots?)"
    r"(?: copies)?,? (?:included|as well|too|alike)|including (?:all |any |our |the )?(?:back[- ]?ups?|snapshots?)"
    r"|all systems and back[- ]?ups?)\b",
    re.IGNORECASE,
)
"""What is said to be gone from backups too, or in every copy."""
_STILL = re.compile(
    r"\b(grace period|(is|are|be|remains?|stays?) (kept|retained|stored|available|restor\w+|recoverable|accessible)"
    r"|(keep|retain|store)s?|(?:can|may) (still )?(be )?(restor\w+|recover\w*|reactivat\w+|export\w*"
    r"|retriev\w+|download\w*))\b",
    re.IGNORECASE,
)
_END = re.compile(
    r"\b(after|following|from|of|upon)\b.{0,40}\b(clos\w+|terminat\w+|cancel\w+|contract|end(s|ed)?|expir\w+|leav\w+"
    r"|delet\w+ your account|account)\b",
    re.IGNORECASE,
)
_OTHER_DATA = re.compile(
    r"\b(back[- ]?ups?|logs?|invoices?|billing|tax|anonymi\w+|aggregat\w+|legal|law|metadata|e-?mails?|cookies?"
    r"|unless"
    r"|except|required|statutor\w+|accounting)\b",
    re.IGNORECASE,
)


def check(corpus: Corpus) -> Iterator[Finding]:
    """Permanent deletion after a time, where backups live longer and no sentence says so."""
    yield from _objective(corpus)
    yield from _kept_longer(corpus)
    promises = [one for one in corpus.asserted if _promise(one)]
    if not promises:
        return
    backup = next(subject for subject in subjects() if subject.id == "value.backup-retention")
    kept = [(one, fact) for one in corpus.asserted for fact in backup.facts(one)]
    lag = [
        one
        for one in corpus.asserted
        if _LAG.search(one.text) and not _INCLUDED.search(one.text) and one.kind != "badge"
    ]
    told = set()
    for promise in promises:
        grace = max(durations(promise.text), key=lambda found: found.high, default=None)
        for one, fact in kept:
            if one.start == promise.start or promise.start in told:
                continue
            # What is said of backups too is not excused by a sentence that tells how long they live.
            if not _EVERY_COPY.search(promise.text) and any(_explains(other, one) for other in lag):
                continue
            if fact.quantity.low <= max(24, grace.high if grace else 0):
                continue
            told.add(promise.start)
            days = round(fact.quantity.low / 24)
            after = round(grace.high / 24) if grace else 0
            why = (
                f"Backups are kept for {days} days, so a copy of the data lives until day {after + days}, "
                f"while deletion is called permanent {'at day ' + str(after) if grace else 'at once'}."
            )
            suggest = (
                f"Say both: removed from the live database after {after} days, and gone from the last backup "
                f"after {after + days}."
            )
            yield Finding("retention.backups", "retention", quote(promise), why, suggest, quote(one))
    # `After 60 days nothing is left` in backups deletes no logs and no records.
    deleting = [one for one in promises if _GONE.search(one.text) and DELETION.search(one.text)]
    yield from _logs(corpus, deleting)
    yield from _records(corpus, deleting)


def _kept_longer(corpus: Corpus) -> Iterator[Finding]:
    """Data that is there, or can be had back, longer after the end than its deletion is promised."""
    ends = [one for one in corpus.asserted if _END.search(one.text) and not _OTHER_DATA.search(one.text)]
    gone = [
        (one, max(durations(one.text), key=lambda found: found.high, default=None))
        for one in ends
        if DELETION.search(one.text)
        and re.search(r"\bdata\b|\beverything\b", one.text, re.IGNORECASE)
        and not re.search(r"\bgrace\b|\bkept\b|\bretain", one.text, re.IGNORECASE)
    ]
    there = [
        (one, max(durations(one.text), key=lambda found: found.high, default=None))
        for one in ends
        if _STILL.search(one.text)
        and not re.search(r"\bnot\b|\bno longer\b", one.text, re.IGNORECASE)
        and not re.search(r"\bdelet\w+ (within|after|in)\b", one.text, re.IGNORECASE)
    ]
    for first, limit in gone:
        for second, kept in there:
            if limit is None or kept is None or kept.low <= limit.high + 24 or first.start == second.start:
                continue
            part = not re.search(
                r"\b(?:all|every|everything|any)\b|^(?:(?:your|the|personal|customers?.?) )*data\b",
                first.text,
                re.IGNORECASE,
            )
            if set_apart(first, second) or (part and other_things(first, second, opening_only=True)):
                continue
            why = (
                f"Deleted after {round(limit.high / 24)} days here, still there after {round(kept.low / 24)} there: "
                "the customer's own deletion duty cannot rest on both."
            )
            suggest = (
                "State one time line: until when data can be had back, when it is deleted, when the last copy goes."
            )
            yield Finding("retention.kept-longer", "retention", quote(first), why, suggest, quote(second))
            return


def _promise(one: Passage) -> bool:
    if one.kind == "title" or re.search(
        r"\bback[- ]?ups? (?:follow|later|are|expire|roll|age)\b", one.text, re.IGNORECASE
    ):
        return False
    said = bool(_GONE.search(one.text) and DELETION.search(one.text)) or bool(_EVERY_COPY.search(one.text))
    if not said or re.search(r"\b(employees?|access|laptops?|media|devices?|unless|old)\b", one.text, re.IGNORECASE):
        return False
    return bool(
        any(True for _ in durations(one.text))
        or re.search(r"immediate|instant|at once|right away", one.text, re.IGNORECASE)
    )


def _explains(other: Passage, kept: Passage) -> bool:
    """Whether a sentence says what deletion means for backups; a bare retention badge does not."""
    return other.start != kept.start or bool(DELETION.search(other.text))


def _logs(corpus: Corpus, promises: list[Passage]) -> Iterator[Finding]:
    """All data deleted after a time, where logs with personal data are kept longer."""
    logs = next(subject for subject in subjects() if subject.id == "value.log-retention")
    for promise in promises:
        limit = max(durations(promise.text), key=lambda found: found.high, default=None)
        if limit is None or not _WHOLE.search(promise.text):
            continue
        for one in corpus.asserted:
            for fact in logs.facts(one):
                if (
                    one.start == promise.start
                    or fact.quantity.low <= limit.high
                    or re.search(r"\b(except|apart from|other than)\b", promise.text)
                ):
                    continue
                why = (
                    f"All data is said to be gone after {round(limit.high / 24)} days, while logs are kept for "
                    f"{round(fact.quantity.low / 24)}."
                )
                yield Finding(
                    "retention.logs",
                    "retention",
                    quote(promise),
                    why,
                    "Say what stays longer, for how long, and why.",
                    quote(one),
                )
                return


_WHOLE = re.compile(
    r"\b(?:everything|nothing|(?:all|every|any) (?:of )?(?:\w+ ){0,2}(?:data|records?|information|content)"
    r"|all of it)\b",
    re.IGNORECASE,
)
"""All data, and not only all copies of some."""
_RECORDS = re.compile(
    r"\b(?:records?|invoices?|transactions?|documents?|copies|data|contracts?|correspondence|recordings?|reports?)\b"
    r".{0,40}\b(?:retain\w*|kept|keep|stor\w+|held|archiv\w+|preserved)\b",
    re.IGNORECASE,
)


def _records(corpus: Corpus, promises: list[Passage]) -> Iterator[Finding]:
    """All data deleted after a time, where records are kept for years and the promise leaves none out."""
    for promise in promises:
        limit = max(durations(promise.text), key=lambda found: found.high, default=None)
        if limit is None or not re.search(
            r"\b(all|everything|every|nothing|completely|entire\w*)\b", promise.text, re.IGNORECASE
        ):
            continue
        if _OTHER_DATA.search(promise.text):
            continue
        for one in corpus.asserted:
            kept = max(durations(one.text), key=lambda found: found.low, default=None)
            if one.start == promise.start or kept is None or kept.low < max(limit.high, 360 * 24):
                continue
            if not _RECORDS.search(one.text) or re.search(
                r"\b(?:back[- ]?ups?|logs?|not|never|employees?)\b", one.text
            ):
                continue
            why = (
                f"All data is said to be gone after {round(limit.high / 24)} days, while this is kept for "
                f"{round(kept.low / 24 / 365, 1):g} years."
            )
            suggest = "Say what stays longer, for how long, and under which law, where deletion is promised."
            yield Finding("retention.records", "retention", quote(promise), why, suggest, quote(one))
            return


CONTINUOUS = re.compile(
    r"\b(point-in-time|PITR|write-ahead|WAL|transaction[- ]logs?|binary logs?|continuous(ly)?"
    r"|(database|standby|synchronous|read)[- ]replica\w*|streaming|as it is written"
    r"|logs? (?:of the database )?(?:is|are) (?:copied|shipped|sent)"
    r"|incremental\w*|log (is )?archiv\w*)\b",
    re.IGNORECASE,
)


def _high(pair: tuple[Passage, Fact]) -> float:
    return pair[1].quantity.high


def _objective(corpus: Corpus) -> Iterator[Finding]:
    """An objective for lost data that the interval between backups cannot keep, with nothing written in between."""
    if any(CONTINUOUS.search(one.text) for one in corpus.asserted):
        return
    by_id = {subject.id: subject for subject in subjects()}
    objectives = [(one, fact) for one in corpus.asserted for fact in by_id["value.recovery-point"].facts(one)]
    intervals = [(one, fact) for one in corpus.asserted for fact in by_id["value.backup-frequency"].facts(one)]
    if not objectives or not intervals:
        return
    # A row of several plans, a sentence on several stores: the loosest of its values is the one that holds for all.
    loosest = {one.start: max((two for two in objectives if two[0] is one), key=_high) for one, _ in objectives}
    wanted, limit = min(loosest.values(), key=_high)
    made, often = min(intervals, key=lambda pair: pair[1].quantity.low)
    if often.quantity.low > limit.quantity.high:
        hours = f"{often.quantity.low:g} hours apart, while at most {limit.quantity.high:g} may be lost"
        yield Finding(
            "retention.objective",
            "retention",
            quote(wanted),
            f"Backups are {hours}: what was written since the last one is gone with the database.",
            "State the objective that the interval can keep, or archive the log in between and say so.",
            quote(made) if made.start != wanted.start else None,
        )
