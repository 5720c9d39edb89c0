"""Standards and attestations named in a text: a sentence about one says nothing of another, whatever words they share.

`ISO 27001` is not `ISO 27701`, and a bare `ISO` is neither. Numbers are not words for the matcher, so that names are
compared here, exactly.
"""

from __future__ import annotations

import re

_NAMES = (
    "pci", "hipaa", "hitrust", "fedramp", "stateramp", "tisax", "irap", "gxp", "cmmc", "ssae", "isae", "eucs", "ens",
    "secnumcloud", "cyber essentials", "csa star", "fisma", "nist", "bsi", "fips", "dora", "nis2", "cobit", "itar",
)  # fmt: skip
_STANDARD = re.compile(
    rf"\biso(?:\s*/?\s*iec)?(?:[\s-]*(?P<iso>\d{{3,5}}))?\b|\b(?P<bare>27\d{{3}})\b"
    rf"|\bsoc[\s-]*(?P<soc>[123]|i{{1,3}})?\b|\b(?P<name>{'|'.join(_NAMES)})\b",
    re.IGNORECASE,
)
_ATTESTED = re.compile(r"\b(certif|report|audit|attest|accredit|examin|agreement)", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(provider|vendor|supplier|subcontractor|contractor|sub-?processor|partner|processor|third[ -]part|hosting|host"
    r"|data ?cent|cloud|facilit|colo|parent|employee|staff|personnel|customer|client|auditor)",
    re.IGNORECASE,
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3"}


def named(text: str) -> frozenset[str]:
    """The standards that a text names, each as `iso 27001` or `soc 2`; `iso` alone where no number says which."""
    return frozenset(_name(found) for found in _STANDARD.finditer(text))


def asks_ours(text: str) -> bool:
    """Whether a text that names a standard asks for our own attestation: following one is another thing than holding
    its certificate, and a provider's certificate is not ours."""
    return bool(_ATTESTED.search(text)) and not _OTHERS.search(text)


def only(text: str, standard: str) -> str:
    """The text without the other standards that it names."""
    return _STANDARD.sub(lambda found: found.group() if _name(found) == standard else " ", text)


def _name(found: re.Match[str]) -> str:
    if name := found["name"]:
        return name.lower()
    if number := found["iso"] or found["bare"]:
        return f"iso {number}"
    if found.group().lower().startswith("soc"):
        kind = (found["soc"] or "").lower()
        return f"soc {_ROMAN.get(kind, kind)}".strip()
    return "iso"
