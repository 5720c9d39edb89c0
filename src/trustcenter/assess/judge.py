"""The judge: every declared test has exactly one conclusion per source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from trustcenter.assess.examine import examine
from trustcenter.assess.plan import Examination, Plan, plan
from trustcenter.assess.waivers import concerning, findings, in_force
from trustcenter.model.assessment import Assessment, TestConclusion
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.population import RecordedPopulation

JUDGE_VERSION = "2"
"""Changes with every change that could give another assessment for the same inputs: replay names it."""


def judge(
    catalogue: Catalogue,
    collectors: Mapping[str, CollectorDescription],
    populations: Mapping[str, RecordedPopulation],
    *,
    as_of: datetime,
    planned: Plan | None = None,
    each: Callable[[Callable[[Examination], TestConclusion], Sequence[Examination]], Iterable[TestConclusion]] = map,
) -> Assessment:
    """Judge every declared test on what was recorded, as of a time.

    `populations` is by `FetchKey.digest`; `planned` is the plan of the same catalogue, where the caller has it;
    `each` does with every examination what it is given to do, in order. The same inputs give the same assessment, byte
    for byte. Raises ConfigurationError only where the catalogue cannot be
    planned (`assess.plan`).
    """
    waivers = in_force(catalogue, as_of)
    examinations = (planned or plan(catalogue, collectors)).examinations
    conclusions = tuple(each(lambda one: examine(one, populations, concerning(one, waivers), as_of), examinations))
    return Assessment(
        as_of=as_of,
        judge=JUDGE_VERSION,
        catalogue=catalogue.digest,
        conclusions=conclusions,
        findings=findings(catalogue, conclusions, as_of),
    )
