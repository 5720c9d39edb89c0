"""Reads the catalogues and resolves citations (`CC6.1`, `32(1)(b)`, `1798.100(e)`, `11 CCR 7123`)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from trustcenter.errors import ConfigurationError, Problems
from trustcenter.frameworks.framework import Criterion, Framework, Reference
from trustcenter.strict.yaml_reader import read

KNOWN = ("soc2", "gdpr", "ccpa")


@cache
def framework(identifier: str) -> Framework:
    """One framework. Raises ConfigurationError for an id that is not among KNOWN."""
    if identifier not in KNOWN:
        raise ConfigurationError(f"there is no framework `{identifier}`", hint=f"known: {', '.join(KNOWN)}")
    name = f"{identifier}.yaml"
    document, problems = read(files(__package__).joinpath(name).read_bytes(), name)
    if document is None or problems:
        raise Problems(problems)
    value = document.value
    criteria = tuple(
        Criterion(
            id=item["id"],
            title=item["title"],
            note=item["note"],
            category=item["category"],
            obligation=item["obligation"],
            conditional=item["conditional"],
            on=tuple(item["on"]),
            source=item.get("source", ""),
        )
        for item in value["criteria"]
    )
    if len(criteria) != value["count"]:
        raise ConfigurationError(f"{len(criteria)} criteria where {value['count']} are counted", where=name)
    return Framework(
        id=value["framework"],
        title=value["title"],
        version=value["version"],
        publisher=value["publisher"],
        criteria=criteria,
        roles=tuple(value["roles"]),
        categories=tuple(value["categories"]),
    )


_POINT = r"((?:\([0-9a-zA-Z]{1,5}\))*)"
_PATTERNS: dict[str, tuple[tuple[re.Pattern[str], str, str], ...]] = {
    # citation, id of the criterion, pinpoint; \1 is the number and \2 what stands in brackets behind it
    "soc2": ((re.compile(r"((?:CC|A|C|PI|P)[0-9]\.[0-9]{1,2})()", re.IGNORECASE), r"\1", r"\1"),),
    "gdpr": ((re.compile(rf"(?:Art(?:icle|\.)?\s*)?([1-9][0-9]?){_POINT}", re.IGNORECASE), r"Art. \1", r"\1\2"),),
    "ccpa": (
        (re.compile(rf"(?:Cal\. Civ\. Code\s*)?(?:§\s*)?(1798(?:\.[0-9]{{1,3}}){{1,2}}){_POINT}"), r"\1", r"\1\2"),
        (re.compile(rf"(?:11 CCR\s*)?(?:§\s*)?(7[0-9]{{3}}){_POINT}"), r"11 CCR \1", r"11 CCR \1\2"),
    ),
}
_EXAMPLES = {"soc2": "CC6.1", "gdpr": "32(1)(b)", "ccpa": "1798.100(e) or 11 CCR 7022"}


@cache
def resolve(identifier: str, text: str) -> Reference:
    """The criterion that a citation means. Raises ConfigurationError with what is nearest."""
    catalogue = framework(identifier)
    for pattern, criterion, pinpoint in _PATTERNS[identifier]:
        found = pattern.fullmatch(text.strip())
        if found:
            name = found.expand(criterion)
            name = name.upper() if identifier == "soc2" else name
            if catalogue.get(name) is None:
                near = _nearest(catalogue, name)
                raise ConfigurationError(f"{catalogue.title} has no `{name}`", hint=f"did you mean `{near}`?")
            cited = found.expand(pinpoint)
            return Reference(name, cited.upper() if identifier == "soc2" else cited)
    raise ConfigurationError(
        f"`{text}` cites nothing in {catalogue.title}", hint=f"write it like {_EXAMPLES[identifier]}"
    )


def _nearest(catalogue: Framework, name: str) -> str:
    def distance(other: str) -> tuple[int, int, str]:
        shared = next((n for n in range(len(name), 0, -1) if other.startswith(name[:n])), 0)
        return (-shared, abs(len(other) - len(name)), other)

    return min((criterion.id for criterion in catalogue.criteria), key=distance)
