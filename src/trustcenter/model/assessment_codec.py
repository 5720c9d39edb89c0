"""Assessments as JSON values: what is signed and published, and the whole of it for the private store.

Both forms are stable: equal assessments have equal canonical bytes (RFC 8785), and reading gives them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from trustcenter.errors import TamperedError
from trustcenter.model.assessment import Assessment, Conclusion, Deviation, Finding, FindingKind, TestConclusion
from trustcenter.model.collector import Holds, Method
from trustcenter.model.fact import moment, parse_moment
from trustcenter.model.place import Place
from trustcenter.model.population import Cause

_PUBLIC = (
    "control",
    "test",
    "source",
    "environment",
    "conclusion",
    "method",
    "holds",
    "cause",
    "size",
    "examined",
    "passed",
    "deviating",
    "accepted",
)
_COUNTS = ("size", "examined", "passed", "deviating", "accepted")
_WORDS: dict[str, tuple[Any, ...]] = {
    "conclusion": get_args(Conclusion),
    "method": get_args(Method),
    "holds": get_args(Holds),
    "cause": (None, *get_args(Cause)),
}
_TIMES = ("accepted_until", "observed_at", "expires_at")


def public_predicate(assessment: Assessment) -> dict[str, Any]:
    """The predicate of the signed statement: conclusions, causes, counts, quoted values, digests, times.

    No row, no row's key, no reason or remedy (they may name an endpoint or a role), no value that only claims of
    other tiers quote.
    """
    return {
        "as_of": moment(assessment.as_of),
        "judge": assessment.judge,
        "catalogue": assessment.catalogue,
        "conclusions": [_conclusion(conclusion) for conclusion in assessment.conclusions],
        "findings": [{"kind": finding.kind, "subject": finding.subject} for finding in assessment.findings],
    }


def private_document(assessment: Assessment) -> dict[str, Any]:
    """Everything, for the private store: the public part, and of each conclusion and finding what is held back."""
    document = public_predicate(assessment)
    for value, conclusion in zip(document["conclusions"], assessment.conclusions, strict=True):
        value["reason"] = conclusion.reason
        value["remedy"] = conclusion.remedy
        value["restricted"] = _plain(conclusion.restricted)
        value["place"] = _place(conclusion.place)
        value["deviations"] = [
            {"key": one.key, "failed": list(one.failed), "row": _plain(one.row), "waiver": one.waiver}
            for one in conclusion.deviations
        ]
    for value, finding in zip(document["findings"], assessment.findings, strict=True):
        value["what"] = finding.what
        value["place"] = _place(finding.place)
    return document


def parse_public(predicate: Mapping[str, Any], *, where: str | None = None) -> Assessment:
    """The assessment as far as a signed statement says it. Raises TamperedError for what no judge can have written."""
    return _parse(predicate, where)


def parse_private(document: Mapping[str, Any], *, where: str | None = None) -> Assessment:
    """The whole assessment. Raises TamperedError for what no judge can have written."""
    return _parse(document, where)


def _conclusion(conclusion: TestConclusion) -> dict[str, Any]:
    value: dict[str, Any] = {name: getattr(conclusion, name) for name in _PUBLIC}
    for name in _TIMES:
        at: datetime | None = getattr(conclusion, name)
        value[name] = None if at is None else moment(at)
    value["evidence"] = list(conclusion.evidence)
    value["values"] = _plain(conclusion.values)
    return value


def _plain(value: Any) -> Any:
    """A JSON value in one form: keys in order, lists for tuples, whole floats as integers."""
    if isinstance(value, Mapping):
        return {str(name): _plain(value[name]) for name in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _place(place: Place | None) -> list[Any] | None:
    return None if place is None else [place.file, place.line, place.column]


def _parse(value: Mapping[str, Any], where: str | None) -> Assessment:
    try:
        return Assessment(
            as_of=parse_moment(value["as_of"]),
            judge=value["judge"],
            catalogue=value["catalogue"],
            conclusions=tuple(_read_conclusion(one) for one in value["conclusions"]),
            findings=tuple(_read_finding(one) for one in value["findings"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TamperedError(f"not an assessment: {error!r}", where=where) from error


def _read_conclusion(value: Mapping[str, Any]) -> TestConclusion:
    for name, words in _WORDS.items():
        if value[name] not in words:
            raise ValueError(f"{name} is {value[name]!r}")
    if any(type(value[name]) is not int or value[name] < 0 for name in _COUNTS):
        raise ValueError("a count is no number of items")
    given: dict[str, Any] = {name: value[name] for name in _PUBLIC}
    given |= {name: None if value[name] is None else parse_moment(value[name]) for name in _TIMES}
    return TestConclusion(
        **given,
        evidence=tuple(value["evidence"]),
        values=dict(value["values"]),
        reason=value.get("reason", ""),
        remedy=value.get("remedy", ""),
        restricted=dict(value.get("restricted", {})),
        place=_read_place(value.get("place")),
        deviations=tuple(
            Deviation(one["key"], tuple(one["failed"]), one["row"], one["waiver"])
            for one in value.get("deviations", ())
        ),
    )


def _read_finding(value: Mapping[str, Any]) -> Finding:
    if value["kind"] not in get_args(FindingKind):
        raise ValueError(f"a finding of kind {value['kind']!r}")
    return Finding(value["kind"], value["subject"], value.get("what", ""), _read_place(value.get("place")))


def _read_place(value: Any) -> Place | None:
    return None if value is None else Place(*value)
