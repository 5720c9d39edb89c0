"""Cases of controls: what the judge concludes of rows written by hand, held against what must be concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trustcenter.assess.judge import judge
from trustcenter.assess.plan import Examination, plan
from trustcenter.model.assessment import TestConclusion
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.collector import CollectorDescription
from trustcenter.model.control import Case, Control, TestOfControl
from trustcenter.model.population import Completeness, RecordedPopulation

METHOD = "written in the case"

KINDS = ("pass", "fail", "denied")
"""What every test of an automatic control that can deviate must be shown to conclude."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case and what the judge made of it."""

    control: str
    case: Case
    found: TestConclusion | None
    """None where the test cannot take place on any source."""

    @property
    def holds(self) -> bool:
        """The conclusion is the one that the case demands; and so is the cause, where a collector could not tell."""
        if self.found is None or self.found.conclusion != self.case.conclusion:
            return False
        return self.case.cause is None or self.found.cause == self.case.cause

    @property
    def words(self) -> str:
        """What was found instead, in one line."""
        if self.found is None:
            return "the test takes place on no source"
        cause = f" ({self.found.cause})" if self.found.cause else ""
        failed = "; ".join(text for one in self.found.deviations[:1] for text in one.failed)
        why = self.found.reason or (f"expected: {failed}" if failed else "")
        return self.found.conclusion.replace("_", " ") + cause + (f": {why}" if why else "")


def run_cases(
    catalogue: Catalogue, collectors: Mapping[str, CollectorDescription], control: Control
) -> tuple[CaseResult, ...]:
    """Judge every case of one control with the judge that signs assessments. Waivers are left out: they are no rule."""
    alone = replace(catalogue, controls=(control,), waivers=())
    examinations = plan(alone, collectors).examinations
    found: list[CaseResult] = []
    for case in control.cases:
        examination = next((one for one in examinations if one.test.id == case.test and one.parts), None)
        if examination is None:
            found.append(CaseResult(control.id, case, None))
            continue
        populations = {one.fetch: one for one in _populations(examination, case)}
        conclusions = judge(alone, collectors, populations, as_of=case.as_of).of(control.id, case.test)
        found.append(CaseResult(control.id, case, next(one for one in conclusions if one.source == examination.source)))
    return tuple(found)


def _populations(examination: Examination, case: Case) -> list[RecordedPopulation]:
    """What evidence would have held: the rows of each side, whole by a count of its own unless the case says not."""
    found = []
    for at, part in enumerate(examination.parts):
        rows = case.sides[at] if at < len(case.sides) else ()
        expected = len(rows) if case.expected is None else case.expected
        complete = Completeness(METHOD, expected, len(rows), case.independent)
        found.append(
            RecordedPopulation(
                evidence=f"case of {part.collector.id}",
                fetch=part.key.digest,
                collector=part.collector.id,
                source=part.key.source,
                environment=part.environment,
                schema=part.schema,
                rows=() if case.cause else rows,
                observed_at=case.as_of,
                completeness=None if case.cause else complete,
                cause=case.cause,
                reason=f"{part.collector.id} could not tell" if case.cause else None,
            )
        )
    return found


def in_force(control: Control) -> bool:
    """An automatic control that is in place: its tests are to be shown to work."""
    return control.nature == "automated" and control.progress is None and control.not_applicable is None


def can_deviate(test: TestOfControl) -> bool:
    """A test without expectation and count is one side of a join: it lists and demands nothing."""
    return bool(test.expect or test.count or test.reconcile is not None)


def lacking(control: Control) -> tuple[tuple[TestOfControl, str], ...]:
    """The tests of an automatic control that no case shows to pass, to fail, or to be inconclusive where blind."""
    if not in_force(control):
        return ()
    return tuple(
        (test, kind)
        for test in control.tests
        if can_deviate(test)
        for kind in KINDS
        if not _shown(kind, [case for case in control.cases if case.test == test.id])
    )


def _shown(kind: str, cases: Sequence[Case]) -> bool:
    if kind == "denied":
        return any(case.cause == "denied" and case.conclusion == "inconclusive" for case in cases)
    wanted = "no_deviations" if kind == "pass" else "deviations"
    return any(case.conclusion == wanted for case in cases)
