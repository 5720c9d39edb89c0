"""When each deviation opened and closed: a pure walk over the runs, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from trustcenter.model.fact import Row
from trustcenter.publish.auditor.inputs import AuditedRun

_SEEN = ("no_deviations", "deviations", "waived", "no_occurrences")


@dataclass(frozen=True, slots=True)
class DeviationSpan:
    """One item that failed one test on one source, from the run that first saw it to the run that saw it gone.

    `closed` is None while it stands. A run that could not tell closes nothing. The same item may deviate again later:
    that is another span.
    """

    control: str
    test: str
    source: str
    key: str
    failed: tuple[str, ...]
    row: Row
    opened: datetime
    closed: datetime | None
    waiver: str | None


def deviation_spans(runs: Sequence[AuditedRun]) -> tuple[DeviationSpan, ...]:
    """All spans in the order in which they opened. Runs without their private part name no item and are passed over."""
    open_: dict[tuple[str, str, str, str], DeviationSpan] = {}
    done: list[DeviationSpan] = []
    for run in runs:
        if not run.full:
            continue
        for conclusion in run.assessment.conclusions:
            if conclusion.conclusion not in _SEEN:
                continue
            place = (conclusion.control, conclusion.test, conclusion.source)
            now = {deviation.key: deviation for deviation in conclusion.deviations}
            for identity in [identity for identity in open_ if identity[:3] == place and identity[3] not in now]:
                done.append(replace(open_.pop(identity), closed=run.assessment.as_of))
            for key, deviation in now.items():
                known = open_.get((*place, key))
                open_[*place, key] = DeviationSpan(
                    *place,
                    key,
                    deviation.failed,
                    deviation.row,
                    known.opened if known else run.assessment.as_of,
                    None,
                    deviation.waiver,
                )
    return tuple(sorted([*done, *open_.values()], key=lambda s: (s.opened, s.control, s.test, s.source, s.key)))
