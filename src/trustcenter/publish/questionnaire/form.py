"""The form of a question: yes or no, open, a follow-up; and its parts when it asks two things at once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trustcenter.publish.questionnaire.clauses import clauses
from trustcenter.publish.questionnaire.text import fold, stems, words
from trustcenter.publish.questionnaire.vocabulary import Mention, Vocabulary

LONGEST = 4_000
"""Characters of one question that are read; a longer text is no question, and would cost more time than it is worth."""
MOST_PARTS = 12
"""Single questions inside one text; a text of more is left to a person."""

_CLOSED = re.compile(
    r"^(?:(?:so|and|also|currently) |(?:please )?(?:confirm|state|indicate) (?:whether|if|that) )?"
    r"(do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|may|must)\b"
)
_CONFIRM = re.compile(r"^(?:please )?(?:confirm|state whether|indicate whether|confirm whether)\b")
_OPEN = re.compile(
    r"^(how|what|which|who|whom|whose|when|where|why|describe|provide|list|explain|specify|give|outline|detail|name|state|tell)\b"
)
_FOLLOW = re.compile(
    r"^(if|where) (yes|so|no|not|applicable|the answer|you answered|you responded|affirmative|partially)\b"
)
_IF_NOT = re.compile(r"^(if|where) (no|not)\b")
_NUMBERING = re.compile(r"^(?:[A-Z]{0,4}[-.]?\d+(?:[.-]\d+)*[.):]?|[-•*])\s+")
_PRINTED_OPTIONS = re.compile(r"[(\[]\s*(?:y|yes|ja)\s*[/,|].{0,40}?[)\]]", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\(([^()]{1,60})\)")
_SENTENCE = re.compile(r"(?<=[?])\s+")
_TIME = re.compile(r"\bhow (often|long|quickly|soon|fast|frequently)\b|\bfrequency\b")
_PERSON = re.compile(r"^(who|whom|whose)\b")
_BACKWARD = re.compile(r"\b(this|these|those|the same|such(?! as))\b")
_ALSO = re.compile(r",? and (?=(?:is|are|do|does|can|will|has|have|how|when|who|which|what|where|if so)\b)")
_WHOLE = re.compile(r"(?:is|are|do|does|can|will|has|have) \w+ \w+", re.IGNORECASE)
_LINKING_WORDS = "in on for of at a an the your our both to with"
_LINKING = frozenset(_LINKING_WORDS.split())
_PLACE = re.compile(
    r"^where\b(?! (?:applicable|possible|appropriate|required|relevant))"
    r"|\b(?:which|what) (?:\w+ ){0,2}?(?:country|countries|regions?|locations?|jurisdictions?)\b"
    r"|\b(?:name|list|give|state|specify|describe|provide) (?:\w+ ){0,3}?"
    r"(?:country|countries|regions?|locations?|address)\b"
)
_VERSION = re.compile(r"\b(?:which|what) (?:\w+ ){0,3}?versions?\b")
_NUMBER = re.compile(r"\bhow (many|much)\b|^when\b|\bwhat (date|year|percentage)\b|\bnumber of\b")


@dataclass(frozen=True)
class Asked:
    """`kind` is closed, open, follow or statement; `needs` what alone would answer: time, place,
    version, number, person."""

    kind: str
    needs: str = ""
    negated_condition: bool = False


def form(text: str) -> Asked:
    """The form of a question's text."""
    plain = " ".join(fold(text[:LONGEST]).split()).lstrip("-•*0123456789.) ")
    if _FOLLOW.match(plain):
        return Asked("follow", negated_condition=bool(_IF_NOT.match(plain)))
    if len(plain) < 120 and _BACKWARD.search(" ".join(plain.split()[:12])):
        return Asked("follow")
    needs = (
        "person"
        if _PERSON.match(plain)
        else "time"
        if _TIME.search(plain)
        else "place"
        if _PLACE.search(plain)
        else "version"
        if _VERSION.search(plain)
        else "number"
        if _NUMBER.search(plain)
        else ""
    )
    asking = [sentence for sentence in re.split(r"(?<=[.!?:])\s+", plain) if sentence.endswith("?")] or [plain]
    sentence = asking[0].removeprefix("please ")
    if needs and not _CLOSED.match(sentence):
        return Asked("open", needs)
    if _CLOSED.match(sentence) or _CONFIRM.match(sentence):
        return Asked("closed", needs)
    if _OPEN.match(sentence):
        return Asked("open", needs)
    if sentence.endswith("?"):
        inner = re.search(r",\s*(do|does|is|are|has|have|can|will|would|how|what|which|who|where|when)\b", sentence)
        return Asked(
            "open" if inner and inner.group(1) in ("how", "what", "which", "who", "where", "when") else "closed", needs
        )
    return Asked("statement", needs)


def clean(text: str) -> str:
    """The question without its number, its printed options ("(Yes/No)") and a short remark behind the question mark."""
    text = _NUMBERING.sub("", text.strip())
    text = _PRINTED_OPTIONS.sub(" ", text)
    head, mark, tail = text.rpartition("?")
    return f"{head}?" if mark and head and len(tail.strip()) < 20 else text


def parts(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The single questions inside one text; the text itself when it asks one thing.

    Split are several sentences with a question mark, a second question behind `and`, and two
    concepts joined by `and` ("at rest and in transit").
    """
    if apart := _apart(text, vocabulary):
        return apart
    sentences = [sentence for sentence in _SENTENCE.split(text.strip()) if sentence.endswith("?")]
    if len(sentences) > 1 and all(form(sentence).kind == "closed" for sentence in sentences):
        return tuple(part for sentence in sentences for part in parts(sentence, vocabulary))
    joined = _ALSO.split(text.strip())
    if len(joined) > 1:
        first = joined[0].rstrip("?,. ")
        return tuple(
            part
            for piece in (
                f"{first}?",
                *(
                    piece if len(piece.split()) > 3 or _WHOLE.match(piece) else f"{piece.rstrip('? ')} {first}?"
                    for piece in joined[1:]
                ),
            )
            for part in parts(piece, vocabulary)
        )
    halves = clauses(text)
    if len(halves) > 1:
        return tuple(part for half in halves for part in parts(half, vocabulary))
    text = _listed(text)
    plain, tokens = words(text), stems(text)
    mentions = vocabulary.mentions(tokens)
    for index, word in enumerate(plain):
        if word != "and":
            continue
        ahead = next((at for at in range(index + 1, len(plain)) if plain[at] not in _LINKING), index + 1)
        left = _longest(mentions, index - 1, at_end=True)
        right = _longest(mentions, index + 1, at_end=False) or _longest(mentions, ahead, at_end=False)
        if left and right and not ({m.concept for m in left} & {m.concept for m in right}):
            before, after = left[0].at, right[0].at
            one = " ".join(plain[i] for i in range(len(plain)) if i != index and i not in after)
            two = " ".join(plain[i] for i in range(len(plain)) if i != index and i not in before)
            return (f"{one}?", *parts(f"{two}?", vocabulary))
    return (text,)


def _apart(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The parts of a question that are known without its asides (`in transit (TLS 1.2) and at rest (AES-256)`), each
    aside with the part whose words it stands behind; nothing where there is no aside, or its part is not clear."""
    asides = list(_ASIDE.finditer(text))
    if not 0 < len(asides) <= MOST_PARTS:
        return ()
    found = [part.rstrip("? ") for part in parts(_ASIDE.sub("", text), vocabulary)]
    for aside in asides if len(found) > 1 else ():
        behind = f" {' '.join(words(_ASIDE.sub('', text[: aside.start()]))[-2:])} "
        mine = [number for number, part in enumerate(found) if behind in f" {' '.join(words(_ASIDE.sub('', part)))} "]
        if len(mine) != 1:
            return ()
        found[mine[0]] += f" ({aside.group(1)})"
    return tuple(f"{part}?" for part in found) if len(found) > 1 else ()


def _listed(text: str) -> str:
    """`A, B and C` with `and` between all of them; other commas stay."""
    if not re.search(r",[^,?]{2,40},? and ", text):
        return text
    return re.sub(r",(?: and)? (?=[^,?]{2,40}(?:,|$| and ))", " and ", text)


def _longest(mentions: tuple[Mention, ...], position: int, *, at_end: bool) -> list[Mention]:
    """The concepts whose phrase ends (or begins) at a position, those with the longest phrase."""
    found = [mention for mention in mentions if (max(mention.at) if at_end else min(mention.at)) == position]
    size = max((len(mention.at) for mention in found), default=0)
    return [mention for mention in found if len(mention.at) == size]
