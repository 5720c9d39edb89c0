"""What an open question asks for (a place, a time, a version), and whether a sentence states one."""

from __future__ import annotations

import re

from trustcenter.publish.questionnaire import quantity, tls
from trustcenter.publish.questionnaire.text import fold

_PLACE = re.compile(
    r"\b(european union|european economic area|eea|eu|united (?:states|kingdom)|usa|uk|north america|south america"
    r"|asia(?: pacific)?|africa|australia|new zealand|canada|brazil|mexico|india|japan|singapore|korea|switzerland"
    r"|norway|germany|france|ireland|netherlands|belgium|austria|spain|portugal|italy|poland|sweden|finland|denmark|iceland"
    r"|czechia|israel|[a-z]{2}-[a-z]+-\d)\b"
)
_OFTEN = re.compile(r"\b(how (often|frequently|regularly|many times)|frequency)\b")


def states(needs: str, question: str, sentence: str) -> bool:
    """Whether a sentence states the kind of thing that alone answers the question; persons and numbers never."""
    match needs:
        case "":
            return True
        case "place":
            return bool(_PLACE.search(fold(sentence)))
        case "version":
            return bool(tls.versions(sentence))
        case "time":
            times = [one for one in quantity.quantities(sentence) if one.kind == "time"]
            often = bool(_OFTEN.search(fold(question)))
            return any((one.bound == "interval") == often for one in times)
    return False
