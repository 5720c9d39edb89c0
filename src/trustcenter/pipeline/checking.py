"""The whole line for CI: collect, judge, compare with the last signed run, sign, say how it ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from trustcenter.assess.drift import compare
from trustcenter.assess.verdict import Verdict, verdict
from trustcenter.ledger.verify import verify
from trustcenter.model.assessment import Assessment
from trustcenter.model.change import Change
from trustcenter.model.source import FetchKey
from trustcenter.pipeline import judging
from trustcenter.pipeline.beside import Beside
from trustcenter.pipeline.collecting import Progress, collect, fetches
from trustcenter.pipeline.line import Line
from trustcenter.pipeline.recalling import newest

MANY = 500
"""So many entries of a ledger take longer to verify than a process takes to start."""


@dataclass(frozen=True)
class Checked:
    """What a check found: conclusions, drift since the last signed assessment, and the verdict."""

    assessment: Assessment
    changes: tuple[Change, ...]
    verdict: Verdict
    warnings: tuple[str, ...]
    fetched: int
    reused: int
    signed: str | None


def check(line: Line, *, reuse_fresh: bool = False, offline: bool = False, progress: Progress | None = None) -> Checked:
    """Check everything. `offline` looks at nothing and writes nothing: it judges what the ledger holds.

    Raises TamperedError before anything else where the ledger is not what was signed; KeyMissingError, before anything
    is fetched, where a run that writes has no key.
    """
    if not offline:
        line.signing()
    verified = Beside(lambda: _verified(line), worthwhile=offline and line.ledger.size > MANY)
    if not offline:
        verified.result()
    wanted = fetches(line)
    fresh = _fresh(line, wanted) if reuse_fresh and not offline else frozenset()
    stale = [] if offline else [key for key in wanted if key not in fresh]
    if stale:
        collect(line, stale, progress)
    try:
        before = judging.last(line)
        judged = judging.assess(line)
    finally:
        if offline:
            verified.result()  # what it says of the ledger comes before whatever judging stumbled over
    changes: tuple[Change, ...] = ()
    if before is not None:
        changes = compare(
            before.assessment,
            judging.catalogue_of(line, before.assessment.catalogue),
            judged.assessment,
            line.catalogue,
            collectors=line.collectors,
        )
    if not offline:
        judged = judging.sign(line, judged)
    untimed = judged.receipt.timestamp_problem if judged.receipt is not None else None
    return Checked(
        assessment=judged.assessment,
        changes=changes,
        verdict=verdict(judged.assessment, changes, line.now()),
        warnings=(*judged.warnings, *((f"the checkpoint has no timestamp: {untimed}",) if untimed else ())),
        fetched=len(stale),
        reused=len(wanted) - len(stale),
        signed=judged.receipt.digests[-1] if judged.receipt else None,
    )


def _verified(line: Line) -> None:
    """Raises TamperedError where the ledger is not what was signed; an empty one has nothing to verify."""
    if line.ledger.size:
        verify(line.ledger.path, key=line.pinned(), now=line.now())


def _fresh(line: Line, wanted: Collection[FetchKey]) -> frozenset[FetchKey]:
    """The fetches whose evidence could be told and has not expired for any test that reads it."""
    shortest: dict[FetchKey, timedelta] = {}
    for examination in line.plan.examinations:
        for part in examination.parts:
            every = examination.test.every
            shortest[part.key] = min(every, shortest.get(part.key, every))
    now = line.now()
    found, _ = newest(line, [key.digest for key in wanted], {key.digest: timedelta() for key in wanted}, now)
    return frozenset(
        key
        for key in wanted
        if (one := found.get(key.digest)) is not None
        and one.statement.cause is None
        and now - one.statement.observed < shortest[key]
    )


def changed_since(line: Line, back: int = 1) -> tuple[Change, ...]:
    """Drift between the newest signed assessment and the one `back` runs before it; empty where there is none."""
    runs = judging.recent(line, back + 1)
    if len(runs) <= back:
        return ()
    after, before = runs[0], runs[back]
    return compare(
        before.assessment,
        judging.catalogue_of(line, before.assessment.catalogue),
        after.assessment,
        judging.catalogue_of(line, after.assessment.catalogue),
        collectors=line.collectors,
    )


def affected(changes: Collection[Change], line: Line) -> tuple[str, ...]:
    """The claims, as `control/claim`, that rest on what changed."""
    subjects = {change.subject for change in changes if change.weakens}
    controls = {subject.partition("/")[0] for subject in subjects}
    found = []
    for control, claim in line.catalogue.claims():
        if control.id not in controls:
            continue
        tests = claim.tests or tuple(test.id for test in control.tests)
        named = {f"{control.id}/{test}" for test in tests} | {control.id, f"{control.id}/{claim.id}"}
        if named & subjects:
            found.append(f"{control.id}/{claim.id}")
    return tuple(found)
