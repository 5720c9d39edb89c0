"""Which clients or which versions of one a sentence on connections speaks of: each may have a minimum of its own."""

from __future__ import annotations

import re
from functools import lru_cache

_CLIENT = re.compile(
    r"\b(?P<app>apps?"
    r"|browsers?|API|agents?|SDKs?|extensions?|plug-?ins?|connectors?|gateways?|sensors?|devices?|firmware|terminals?"
    r"|printers?"
    r"|mail(?: servers?)?|e-?mails?|SMTP|SFTP|webhooks?|portal|website|booking pages?|scanners?|partners?"
    r"|replication|points?|series|databases?|internal(?:ly)?"
    r"|load balancers?|banks?)\b(?: from)?(?: (?P<version>version \d+))?",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all|every|any|each) (?:\w+ ){0,2}(?:connections?|traffic|clients?"
    r"|endpoints?|data)\b|\beverywhere\b|^(?:all )?traffic\b"
    r"|\b(?:connections|traffic|data) (?:is|are|use)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def clients(text: str) -> frozenset[str]:
    """The clients that a text names, each with its version; none where it speaks of all connections."""
    if _ALL.search(text):
        return frozenset()
    return frozenset(
        f"{m['app'].lower().rstrip('s').rsplit(' ', 1)[-1]} {(m['version'] or '').lower()}".strip()
        for m in _CLIENT.finditer(text)
    )


def other_clients(first: str, second: str) -> bool:
    """`1.3 for the app from version 8`, and `1.2 for browsers and for version 7 of the app`."""
    series, others = set(_SERIES.findall(first)), set(_SERIES.findall(second))
    if series and others and not series & others:
        return True
    one, other = clients(first), clients(second)
    if not one or not other:
        return False
    return not one & other or bool(_VERSIONS.search(first) and _VERSIONS.search(second))


_SERIES = re.compile(r"\b[A-Z]\d\b")
"""`G1 and G2 points`, and `points of the G3 series`."""
_VERSIONS = re.compile(r"\b(?:version|release|firmware|generation) v?\d", re.IGNORECASE)
