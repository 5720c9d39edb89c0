"""Which deviations are accepted, until when, and what is wrong with the waivers themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from trustcenter.assess.plan import Examination
from trustcenter.model.assessment import Deviation, Finding, FindingKind, TestConclusion
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.condition import duration_text
from trustcenter.model.fact import moment
from trustcenter.model.records import Waiver


def fault(waiver: Waiver, catalogue: Catalogue, as_of: datetime) -> tuple[FindingKind, str] | None:
    """Why a waiver accepts nothing at this time: what is wrong with it, or None where it is in force.

    In force from `approved` (inclusive) to `expires` (exclusive); its approver is not its owner; it is no longer
    than the organisation's longest waiver; its control and test exist.
    """
    if not any(control.id == waiver.control and test.id == waiver.test for control, test in catalogue.tests()):
        return "waiver_unknown", f"waiver {waiver.id} names a test that does not exist"
    if _person(waiver.approver) == _person(waiver.owner):
        return "waiver_self_approved", f"waiver {waiver.id} was approved by its own owner"
    longest = catalogue.organisation.longest_waiver
    if waiver.expires - waiver.approved > longest:
        allowed = duration_text(longest.total_seconds())
        return "waiver_too_long", f"waiver {waiver.id} runs longer than the {allowed} that are allowed"
    if as_of >= waiver.expires:
        return "waiver_expired", f"waiver {waiver.id} expired at {moment(waiver.expires)}"
    if as_of < waiver.approved:
        return "waiver_not_yet", f"waiver {waiver.id} is approved only from {moment(waiver.approved)}"
    return None


def _person(name: str) -> str:
    return " ".join(name.split()).casefold()


def in_force(catalogue: Catalogue, as_of: datetime) -> tuple[Waiver, ...]:
    """The waivers that may accept deviations at this time."""
    return tuple(waiver for waiver in catalogue.waivers if fault(waiver, catalogue, as_of) is None)


def concerning(examination: Examination, waivers: Sequence[Waiver]) -> list[Waiver]:
    """Those of the waivers that are for this test and source."""
    return [
        waiver
        for waiver in waivers
        if (waiver.control, waiver.test) == (examination.control.id, examination.test.id)
        and (waiver.source is None or waiver.source in (examination.source, *examination.sources))
    ]


def accept(deviations: Sequence[Deviation], waivers: Sequence[Waiver]) -> tuple[tuple[Deviation, ...], datetime | None]:
    """The deviations with the waiver that accepts each, and the earliest expiry among the waivers used.

    Of several waivers the one that lasts longest accepts; of those the first by name.
    """
    ordered = sorted(waivers, key=lambda waiver: (-waiver.expires.timestamp(), waiver.id))
    found: list[Deviation] = []
    expiries: list[datetime] = []
    for deviation in deviations:
        waiver = next((one for one in ordered if covers(one, deviation.row)), None)
        if waiver is not None:
            expiries.append(waiver.expires)
        found.append(replace(deviation, waiver=waiver.id) if waiver is not None else deviation)
    return tuple(found), min(expiries, default=None)


def covers(waiver: Waiver, row: Mapping[str, Any]) -> bool:
    """Whether each field of the scope equals one of its values. A null or absent field is never covered."""
    return all(
        row.get(name) is not None and _text(row[name]) in {_text(value) for value in values}
        for name, values in waiver.scope.items()
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def findings(catalogue: Catalogue, conclusions: Sequence[TestConclusion], as_of: datetime) -> tuple[Finding, ...]:
    """What is wrong with the waivers, in their order.

    A waiver is unused where it accepts no deviation while all of its test's conclusions are known: as long as one is
    inconclusive, nobody can tell.
    """
    found: list[Finding] = []
    for waiver in catalogue.waivers:
        subject = f"{waiver.control}/{waiver.test}"
        wrong = fault(waiver, catalogue, as_of)
        if wrong is not None:
            found.append(Finding(wrong[0], subject, wrong[1], waiver.place))
            continue
        own = [
            conclusion
            for conclusion in conclusions
            if (conclusion.control, conclusion.test) == (waiver.control, waiver.test)
            and (waiver.source is None or waiver.source in (conclusion.source, *conclusion.source.split("+")))
        ]
        used = any(deviation.waiver == waiver.id for conclusion in own for deviation in conclusion.deviations)
        if not used and not any(conclusion.conclusion == "inconclusive" for conclusion in own):
            found.append(Finding("waiver_unused", subject, f"waiver {waiver.id} accepts nothing now", waiver.place))
    return tuple(found)
