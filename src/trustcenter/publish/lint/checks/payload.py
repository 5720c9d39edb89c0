"""What is said to be sent to a model or third party, what is said never to be, and what the filter really covers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from trustcenter.publish.lint.finding import Finding
from trustcenter.publish.lint.page import Corpus, Passage
from trustcenter.publish.lint.passages import quote, words_of
from trustcenter.publish.lint.rule_files import data

_VERB = (
    r"(?:send|sent|share[ds]?|transmit(?:ted|s)?|pass(?:ed)?|forward(?:ed)?|see[sn]?|receive[sd]?"
    r"|disclose[ds]?|leave[s]?)"
)
_SENT = re.compile(rf"\bwhat\b.{{0,30}}\b{_VERB}\b|\bdata (?:we )?(?:{_VERB})\b|\b{_VERB} to\b", re.IGNORECASE)
_KEPT = re.compile(
    rf"\b(?:not|never|don.t|doesn.t|no)\b.{{0,20}}\b{_VERB}\b|\bnever {_VERB}"
    rf"|\b{_VERB}.{{0,10}}\bnever\b|\bwithheld\b|\bkept back\b|\bnot shared\b",
    re.IGNORECASE,
)
_FILTER = re.compile(
    r"\b(replac\w+|redact\w*|mask\w*|strip(ped|s)?|scrub\w*|tokeni[sz]ed|filter\w*|removed|detect\w*)\b", re.IGNORECASE
)
_FILTER_CLAIM = re.compile(r"\b(filter|strip\w*|redact\w*|scrub\w*|mask\w*)\b", re.IGNORECASE)
_EXCEPTION = re.compile(
    r"\b(?:only|except|other than|apart from|unless|besides)\b\s*(.{3,60}?)(?:[).;]|$)", re.IGNORECASE
)
_IMPLIED = re.compile(
    r"\b(?:before|prior to|when|once|after) (?:being |it is |they are |is )?(?:sent|shared|passed"
    r"|submitted|transmitted|forwarded|sending|sharing|passing)\b"
    r".{0,30}\b(?:AI|model|LLM|provider|OpenAI|Anthropic|third|vendor)",
    re.IGNORECASE,
)
_METADATA = re.compile(
    r"\b(no raw|metadata|titles?|categor\w+|counts?|labels?|only|no content|aggregat\w+|identifiers?)\b", re.IGNORECASE
)
_NO_CONTENT = re.compile(r"\b(no|not|without|only)\b", re.IGNORECASE)
_CONTENT = re.compile(
    r"\b(messages?|text|notes?|bodies|conversations?|content|prompts?|documents?|transcripts?|reasons?|comments?|attachments?|tickets?|files?|e-?mails?)\b",
    re.IGNORECASE,
)

_SENT_SUGGEST = (
    "List what is sent from the recorded payload itself, excerpts and filtered text included, and "
    "keep both lists from that one source."
)
_FILTER_SUGGEST = (
    "Promise only the classes that the filter is tested for, or extend the filter and show its recall for each class."
)


@cache
def _classes() -> dict[str, tuple[re.Pattern[str], re.Pattern[str] | None, str]]:
    return {
        name: (
            re.compile(entry["about"], re.IGNORECASE),
            re.compile(entry["not"], re.IGNORECASE) if "not" in entry else None,
            entry["word"],
        )
        for name, entry in data("payload")["classes"].items()
    }


@lru_cache(maxsize=8192)
def classes(text: str) -> frozenset[str]:
    """The classes of personal or secret data that a text names."""
    return frozenset(
        name for name, (about, other, _) in _classes().items() if about.search(other.sub(" ", text) if other else text)
    )


def check(corpus: Corpus) -> Iterator[Finding]:
    """Exceptions and filters that let through what a list does not show; promises that the filter does not cover."""
    for page in corpus.pages:
        listed = [one for one in page.passages if one.asserted and one.kind in ("item", "row", "badge") and one.heading]
        kept = [
            one for one in listed if _KEPT.search(one.heading) and not re.search(r"\bwhat\b.*\bstays?\b", one.heading)
        ]
        sent = [one for one in listed if _SENT.search(one.heading) and not _KEPT.search(one.heading)]
        sentences = [one for one in page.passages if one.asserted and one.kind != "title" and one not in kept]
        yield from _excepted(kept, sent)
        yield from _implied(sentences, sent)
        yield from _uncovered(kept, sentences)
        yield from _removed_yet_sent(sentences)


def _excepted(kept: Sequence[Passage], sent: Sequence[Passage]) -> Iterator[Finding]:
    for one in kept:
        exception = _EXCEPTION.search(one.text)
        if not exception or not sent:
            continue
        extra = words_of(exception[1])
        if any(extra & words_of(item.text) - {"anonymized", "anonymised", "redacted"} for item in sent):
            continue
        near = _nearest(re.sub(r"\([^)]*\)", " ", one.text), sent)
        why = (
            f"An exception (`{exception[1].strip()}`) says that something of this is sent, and the list of "
            f"what is sent does not show it."
        )
        yield Finding("scope.sent-list", "scope", quote(near), why, _SENT_SUGGEST, quote(one))


def _implied(sentences: Sequence[Passage], sent: Sequence[Passage]) -> Iterator[Finding]:
    items = {one.start for one in sent}
    for one in sentences:
        if one.start in items or not _IMPLIED.search(one.text) or not sent or not _CONTENT.search(one.text):
            continue
        narrow = [item for item in sent if _METADATA.search(item.text)]
        if not narrow or any(_content_listed(item) for item in sent):
            continue
        why = "Text that people write is filtered and then sent, while the list of what is sent names only metadata."
        yield Finding(
            "scope.sent-text",
            "scope",
            quote(_nearest(one.text, [item for item in narrow if _NO_CONTENT.search(item.text)] or narrow)),
            why,
            _SENT_SUGGEST,
            quote(one),
        )


def _content_listed(item: Passage) -> bool:
    plain = re.sub(r"\([^)]*\)|\b(?:no|not|without) [^,;.]*", " ", item.text)
    return bool(
        re.search(
            r"\b(messages?|text|notes?|prompts?|conversations?|transcripts?|bod(y|ies)|excerpts?|content)\b",
            plain,
            re.IGNORECASE,
        )
    )


def _uncovered(kept: Sequence[Passage], sentences: Sequence[Passage]) -> Iterator[Finding]:
    filters = [
        one
        for one in sentences
        if _FILTER.search(one.text) and len(classes(one.text)) >= 2 and not _KEPT.search(one.text)
    ]
    if not filters:
        return
    yield from _narrower(filters)
    best = max(filters, key=lambda one: len(classes(one.text)))
    covered = frozenset(name for one in filters for name in classes(one.text))
    promised = [*kept, *(one for one in sentences if _KEPT.search(one.text) and one not in filters)]
    for one in promised:
        text = re.sub(r"\b(only|except)\b[^)]*", " ", one.text)
        missing = classes(text) - covered
        if not missing or (classes(text) & covered == frozenset() and "secrets" in missing):
            continue
        if one in kept or _FILTER_CLAIM.search(one.text):
            words = ", ".join(sorted(_classes()[name][2] for name in missing))
            why = f"Promised to be held back: {words}. The filter that is described recognises no such thing."
            yield Finding("capability.filter", "capability", quote(one), why, _FILTER_SUGGEST, quote(best))


_REMOVED = re.compile(
    r"\b(remov\w+|strip\w*|redact\w*|mask\w*|scrub\w*|anonymi[sz]\w*|pseudonymi[sz]\w*"
    r"|withh\w+|never (sent|shared|passed)"
    r"|not (sent|shared|passed))\b",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"\b(AI|model|LLM|prompts?|provider|OpenAI|Anthropic|GPT\S*|Gemini|Mistral|assistant)\b", re.IGNORECASE
)
_CARRIES = re.compile(
    r"\b(prompts?|requests?|payloads?|calls?|context|we send|we pass"
    r"|(model|assistant|provider|LLM|AI) (receives?|sees?|gets?))\b"
    r".{0,40}\b(includ\w+|contain\w*|carr(y|ies)|with|has|have|receives?|sees?|gets?)?\b",
    re.IGNORECASE,
)


def _removed_yet_sent(sentences: Sequence[Passage]) -> Iterator[Finding]:
    """Classes of data that one sentence removes before a model sees the text, and another puts into the prompt."""
    removed = [
        one for one in sentences
        if _REMOVED.search(one.text) and _MODEL.search(one.context) and classes(one.text)
    ]  # fmt: skip
    for one in removed:
        for other in sentences:
            if (
                other.start == one.start
                or _REMOVED.search(other.text)
                or re.search(r"\b(no|not|never|without)\b", other.text)
            ):
                continue
            both = classes(one.text) & classes(other.text)
            if both and _CARRIES.search(other.text) and _MODEL.search(other.text):
                words = ", ".join(sorted(_classes()[name][2] for name in both))
                why = f"Removed before the model sees the text, and part of what it receives: {words}."
                yield Finding("capability.removed-yet-sent", "capability", quote(one), why, _SENT_SUGGEST, quote(other))
                return


_RECOGNISES = re.compile(r"\b(?:recogni[sz]\w*|detect\w*|patterns?|match\w*|looks? for|finds?)\b", re.IGNORECASE)


def _narrower(filters: Sequence[Passage]) -> Iterator[Finding]:
    """What the filter recognises, and more that another sentence lets it remove."""
    for narrow in filters:
        for wide in filters:
            missing = classes(wide.text) - classes(narrow.text)
            if (
                narrow.start == wide.start
                or not _RECOGNISES.search(narrow.text)
                or not classes(narrow.text) < classes(wide.text)
            ):
                continue
            words = ", ".join(sorted(_classes()[name][2] for name in missing))
            why = f"Said to be removed: {words}. The filter that is described recognises no such thing."
            yield Finding("capability.filter", "capability", quote(wide), why, _FILTER_SUGGEST, quote(narrow))
            return


def _nearest(text: str, items: Sequence[Passage]) -> Passage:
    return max(items, key=lambda item: len(words_of(item.text) & words_of(text)))
