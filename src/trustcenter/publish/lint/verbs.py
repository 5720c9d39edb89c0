"""Words that act in a sentence, told from the same words as nouns: `we record calls`, not `your record of calls`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NOUNS = re.compile(
    r"(?:records?|logs?|notes?|calls?|texts?|e-?mails?|phones?|visits?|contacts?|requests?|tracks?|holds?|measures?"
    r"|shares?|uploads?|lists?|prints?|shows?|samples?|labels?|screens?|scans?|reviews?|checks?|views?|reports?"
    r"|trades?|exchanges?|licenses?|uses?|process(?:es)?|match(?:es)?|links?|scores?|ranks?|segments?|markets?"
    r"|profiles?|targets?|benchmarks?|trains?|displays?|watch(?:es)?|rents?|transfers?|leases?|monitors?|supply"
    r"|supplies|films?|photographs?|reads?|looks?|hands?|feeds?|captures?|leaves?|invites?|stores?|saves?)",
    re.IGNORECASE,
)
"""Words that are a noun as often as a verb."""
_SUBJECT = re.compile(
    r"(?:we|they|it|who|that|which|to|also|then|may|can|will|must|might|not|never|ever|cannot|\w+n['’]t|you"
    r"|staff|team|app|apps|engineers?|agents?|systems?|reviewers?|analysts?|specialists?|operators?|moderators?"
    r"|people|technicians?|nurses?|assistants?|devices?|cameras?|readers?|service|software|platform|models?|always"
    r"|[a-z]+ly|colleagues|managers?|support|drivers?|partners?|teams|tool|tools|providers?|collars?|sensors?)",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"(?:the|a|an|your|their|his|her|its|our|each|every|all|any|one|what|who|whom|which|where|when|how|two|three|both"
    r"|some|no|this|these|those|them|it|you|back|in|into|through|at|to)",
    re.IGNORECASE,
)
_DETERMINER = re.compile(
    r"(?:a|an|the|our|your|their|its|his|her|each|every|of|this|these|those|all|any|per|no|own|same|such|new|full"
    r"|first|last|other|previous)",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"(?:is|are|was|were|be|been|being|gets?|has|have|had|and|or|we|they|never|not|also|then|ever|always|nor|\w+ly"
    r"|n['’]t|who|it|that|which|to)",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:by|to|for|in|into|with|at|on|every|the|a|an|as|from|after|until|and|or|once|each|through|within|off|over|away"
    r"|against|your|their|his|her|its|our|all|them|it)",
    re.IGNORECASE,
)
_KEEPS = re.compile(r"keeps?|kept", re.IGNORECASE)
_PARTICIPLE = re.compile(r".*(?:ed|en|sold|kept|sent|held|fed|seen|read|left|taken|given|written|shown|gave)$")


def verbs(words: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches of `words` in a text that act in it."""
    for found in words.finditer(text):
        if _is_verb(found, text):
            yield found


def _is_verb(found: re.Match[str], text: str) -> bool:
    said = found[0].split(" ")[0].strip()
    before = re.search(r"([\w'’-]+)\W*$", text[: found.start()])
    after = re.match(r"\W*([\w'’-]+)", text[found.end() :]) if " " not in found[0].strip() else None
    prior, following = before[1] if before else "", after[1] if after else ""
    if _DETERMINER.fullmatch(prior) or (_KEEPS.fullmatch(said) and following.endswith("ing")):
        # `They keep getting e-mail` holds nothing.
        return False
    if _NOUNS.fullmatch(said):
        if not prior and said.lower().endswith("s"):
            # `Calls to the hotline are kept`: a noun begins the sentence.
            return False
        # `A team in Ghent checks payslips`, but `the call recordings`.
        several = said.lower().endswith("s") and following.endswith("s") and following.islower()
        return bool(_SUBJECT.fullmatch(prior) or _OBJECT.fullmatch(following) or several or " " in found[0].strip())
    if _PARTICIPLE.match(said.lower()):
        return bool(_AUXILIARY.fullmatch(prior) or _PREPOSITION.fullmatch(following) or not following)
    return True
