"""A question with two predicates as two questions: `Are backups encrypted and tested every month?`.

Each part keeps the subject; nothing of the text is dropped, so that a word that no claim says still leaves its part,
and with it the whole, open. A frequency at the end binds both predicates unless the first names a state.
"""

from __future__ import annotations

import re

from trustcenter.publish.questionnaire import quantity

_AUXILIARY = "is|are|was|were|has|have|do|does|did|can|could|will|would|must|should"
_FORM = re.compile(
    rf"^(?:please )?(?:confirm (?:that|whether) )?(?P<aux>{_AUXILIARY}) (?P<rest>.+?)\??$", re.IGNORECASE
)
_AND = re.compile(r",? and (?:also |then )?")
_OF_BEING = "is are was were has have"
_ODD_PARTICIPLES = "kept made taken held run built sent given shown done written reset"
_OF_STATES = (
    "encrypted hashed salted protected isolated separated segregated secured restricted logged documented stored"
    " required classified signed role-based enforced limited hosted"
)
_PLAIN_VERBS = (
    "provide perform carry assess maintain conduct test encrypt review retain delete notify have offer support"
    " require use hold monitor scan log keep store publish train screen check disable remove revoke restrict enforce"
    " inform report make undergo undertake document define run operate separate hash protect block apply patch collect"
    " share sell process transfer erase return export allow permit limit manage track record audit rotate verify"
    " validate back"
)
_OF_PURPOSE = "to for in as when where while within with by through"
_BEING = frozenset(_OF_BEING.split())
_IRREGULAR = frozenset(_ODD_PARTICIPLES.split())
_STATES = frozenset(_OF_STATES.split())
_VERBS = frozenset(_PLAIN_VERBS.split())
_DEEDS = _VERBS | {"use", "disclose", "rent", "access", "read", "view", "give", "exploit", "resell", "trade"}
_PURPOSE = frozenset(_OF_PURPOSE.split())
_ADVERB = re.compile(r"^(?:at least )?(?:\w+ly|once|always|also|never|not|then)$")


def clauses(text: str) -> tuple[str, ...]:
    """The two questions of a text with two predicates; the text itself where it has one."""
    found = _FORM.match(" ".join(text.split()))
    if not found:
        return (text,)
    aux, rest = found.group("aux"), found.group("rest")
    for joint in _AND.finditer(rest):
        left, right = rest[: joint.start()].split(), rest[joint.end() :].split()
        first = _predicate(left, aux, start=1)
        if first is None or len(right) < 1:
            continue
        second = _predicate(right, aux, start=0)
        if second is None:
            continue
        lead = [word for word in right[:second] if not _ADVERB.match(word)]
        if lead and (aux.lower() not in _BEING or second > 4):
            continue
        subject = [] if lead else left[:first]
        one = " ".join((aux, *left, *_shared(left[first], left, right)))
        two = " ".join((aux, *subject, *right))
        return (f"{one}?", f"{two}?")
    return (text,)


def alternatives(text: str) -> tuple[str, ...]:
    """`Do you sell or use X to train Y?` as two questions; the text itself where it names no two verbs.

    The first loses the purpose behind the object, and so asks more than was asked: a No to both is a No to the whole,
    and nothing else is.
    """
    found = _FORM.match(" ".join(text.split()))
    if not found or found.group("aux").lower() in _BEING:
        return (text,)
    words = found.group("rest").split()
    for index, word in enumerate(words[1:8], 1):
        if word.lower() == "or" and words[index - 1].lower() in _DEEDS and words[index + 1 : index + 2]:
            verb, rest = words[index + 1], words[index + 2 :]
            if verb.lower() not in _DEEDS or not rest:
                continue
            cut = next((at for at, other in enumerate(rest) if at and other.lower() in _PURPOSE), len(rest))
            aux, subject = found.group("aux"), words[: index - 1]
            one = " ".join((aux, *subject, words[index - 1], *rest[:cut]))
            return (f"{one}?", f"{' '.join((aux, *subject, verb, *rest))}?")
    return (text,)


def _predicate(words: list[str], aux: str, *, start: int) -> int | None:
    """Where the predicate stands: a participle behind a form of `be`, else a verb."""
    for index, word in enumerate(words[:12]):
        plain = word.strip(",;").lower()
        if index < start:
            continue
        if aux.lower() in _BEING:
            if (len(plain) > 4 and plain.endswith("ed")) or plain in _IRREGULAR:
                return index
        elif plain in _VERBS:
            return index
    return None


def _shared(predicate: str, left: list[str], right: list[str]) -> tuple[str, ...]:
    """The frequency or time limit at the end, where it binds the first predicate too."""
    if predicate.strip(",;").lower() in _STATES:
        return ()
    times = [one for one in quantity.quantities(" ".join(right)) if one.kind == "time"]
    own = [one for one in quantity.quantities(" ".join(left)) if one.kind == "time"]
    return (times[0].text,) if times and not own else ()
