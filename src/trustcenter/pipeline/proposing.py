"""A pull request: no key, no production, nothing appended. Thresholds are compared, infrastructure code is scanned."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trustcenter.assess.declared import compare_catalogues
from trustcenter.assess.judge import judge
from trustcenter.assess.verdict import Verdict, verdict
from trustcenter.catalog.loader import load as load_catalogue
from trustcenter.errors import ConfigurationError
from trustcenter.instance import parse as parse_instance
from trustcenter.model.assessment import Assessment
from trustcenter.model.catalogue import Catalogue
from trustcenter.model.change import Change
from trustcenter.model.fact import row_of
from trustcenter.model.population import RecordedPopulation
from trustcenter.pipeline.checking import affected
from trustcenter.pipeline.collecting import Seen, fetch, fetches
from trustcenter.pipeline.line import RECORDS, Line
from trustcenter.pipeline.recording import schema_of_fetch

LOCAL_KINDS = frozenset({"terraform", RECORDS})
"""Kinds of source that lie in the repository itself: read on a pull request, others are not."""


@dataclass(frozen=True)
class Sentence:
    """One sentence that would change, and why."""

    claim: str
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class Proposed:
    """What a pull request would change."""

    base: str
    changes: tuple[Change, ...]
    sentences: tuple[Sentence, ...]
    assessment: Assessment
    verdict: Verdict


def propose(line: Line, base: str) -> Proposed:
    """Compare the working tree with a git revision, and judge what the repository itself can show.

    Raises ConfigurationError where git does not know the revision; Problems where the base does not load.
    """
    before = catalogue_at(line, base)
    changes = compare_catalogues(before, line.catalogue, line.collectors)
    assessment = _judge_local(line)
    judged = {(one.control, one.test) for one in assessment.conclusions}
    fallen = {
        f"{control.id}/{claim.id}": "its test would fail"
        for control, claim in line.catalogue.claims()
        for one in assessment.conclusions
        if one.control == control.id
        and one.conclusion in ("deviations", "inconclusive")
        and one.test in (claim.tests or tuple(test.id for test in control.tests))
        and (one.control, one.test) in judged
    }
    return Proposed(
        base, changes, _sentences(before, line, changes, fallen), assessment, verdict(assessment, changes, line.now())
    )


def _sentences(
    before: Catalogue, line: Line, changes: tuple[Change, ...], fallen: dict[str, str]
) -> tuple[Sentence, ...]:
    old = {f"{control.id}/{claim.id}": claim.say for control, claim in before.claims()}
    new = {f"{control.id}/{claim.id}": claim.say for control, claim in line.catalogue.claims()}
    weakened = set(affected(changes, line))
    found = [Sentence(name, old[name], "", "it is removed") for name in old if name not in new]
    for name, say in new.items():
        if name not in old:
            found.append(Sentence(name, "", say, "it is new"))
        elif old[name] != say:
            found.append(Sentence(name, old[name], say, "it is reworded"))
        elif name in weakened:
            found.append(Sentence(name, say, say, "less is asked behind it"))
        if name in fallen:
            found.append(Sentence(name, say, "", fallen[name]))
    return tuple(found)


def _judge_local(line: Line) -> Assessment:
    """Judge the tests whose sources lie in the repository; the others take no part."""
    local = {source.name for source in line.catalogue.sources if source.kind in LOCAL_KINDS}
    populations = {key.digest: _kept(fetch(line, key)) for key in fetches(line) if key.source in local}
    whole = judge(line.catalogue, line.collectors, populations, as_of=line.now())
    kept = tuple(one for one in whole.conclusions if set(one.source.split("+")) <= local)
    return Assessment(whole.as_of, whole.judge, whole.catalogue, kept, whole.findings)


def _kept(seen: Seen) -> RecordedPopulation:
    """A population in memory, as the judge gets it; it is not evidence, and nothing is signed."""
    population, trouble = seen.population, seen.trouble
    observed: datetime = population.observed_at if population is not None else seen.finished
    return RecordedPopulation(
        evidence="",
        fetch=seen.key.digest,
        collector=seen.key.collector,
        source=seen.key.source,
        environment=seen.environment,
        schema=schema_of_fetch(seen),
        rows=() if population is None else population.rows or tuple(row_of(fact) for fact in population.facts),
        observed_at=observed,
        completeness=population.completeness if population is not None else None,
        cause=seen.cause,
        reason=trouble.what if trouble is not None else None,
        remedy=trouble.hint if trouble is not None else None,
    )


def catalogue_at(line: Line, revision: str) -> Catalogue:
    """The catalogue as a git revision has it, read without touching the working tree."""
    instance = line.instance
    root = instance.root
    prefix = _git(root, "rev-parse", "--show-prefix").decode().strip()
    controls = instance.controls.relative_to(root).as_posix()
    paths = [f"{prefix}{instance.file}", f"{prefix}{controls}"]
    listed = _git(root, "ls-tree", "-r", "-z", "--name-only", "--full-tree", revision, "--", *paths)
    names = [name for name in listed.decode().split("\0") if name.endswith((".yaml", instance.file))]
    files = {name.removeprefix(prefix): _git(root, "show", f"{revision}:{name}") for name in names}
    if instance.file not in files:
        raise ConfigurationError(
            f"{revision} has no {instance.file}", hint="name the revision to compare with: `--base origin/main`"
        )
    return load_catalogue(files, parse_instance(files[instance.file], {}, root=root), line.collectors)


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise ConfigurationError("git is not installed", hint="`check --pr` compares with a git revision") from error
    if done.returncode != 0:
        raise ConfigurationError(
            f"git could not say: {done.stderr.decode(errors='replace').strip().splitlines()[-1:]}",
            where=str(folder),
            hint="name a revision that this checkout has: `--base origin/main`; a shallow clone may lack it",
        )
    return done.stdout
