"""The whole line for CI: collect, judge, compare with the last signed run, sign, say how it ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from trustcenter.assess.drift import compare
from trustcenter.assess.plan import plan
from trustcenter.assess.verdict import Verdict, verdict
from trustcenter.ledger.verify import verify
from trustcenter.model.assessment import Assessment
from trustcenter.model.change import Change
from trustcenter.model.source import FetchKey
from trustcenter.pipeline import judging
from trustcenter.pipeline.collecting import Progress, collect, fetches
from trustcenter.pipeline.line import Line
from trustcenter.pipeline.recalling import newest


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
    if line.ledger.size:
        verify(line.ledger.path, key=line.pinned(), now=line.now())
    wanted = fetches(line)
    stale = [] if offline else [key for key in wanted if not (reuse_fresh and _fresh(line, key))]
    if stale:
        collect(line, stale, progress)
    before = judging.last(line)
    judged = judging.assess(line)
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
    return Checked(
        assessment=judged.assessment,
        changes=changes,
        verdict=verdict(judged.assessment, changes, line.now()),
        warnings=judged.warnings,
        fetched=len(stale),
        reused=len(wanted) - len(stale),
        signed=judged.receipt.digests[-1] if judged.receipt else None,
    )


def _fresh(line: Line, key: FetchKey) -> bool:
    """Whether evidence of this fetch has not expired for any test that reads it, and could be told."""
    shortest = min(examination.test.every for examination in plan(line.catalogue, line.collectors).needs(key))
    found, _ = newest(line, [key.digest], {key.digest: timedelta()}, line.now())
    one = found.get(key.digest)
    return one is not None and one.statement.cause is None and line.now() - one.statement.observed < shortest


def changed_since(line: Line, back: int = 1) -> tuple[Change, ...]:
    """Drift between the newest signed assessment and the one `back` runs before it; empty where there is none."""
    runs = []
    for signed in judging.history(line):
        runs.append(signed)
        if len(runs) > back:
            break
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
