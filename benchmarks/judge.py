"""Judging 1,000 controls over 1,000,000 facts, paired with a bare Python loop over the same rows.

Run: `python benchmarks/judge.py [CONTROLS] [FACTS]`. The loop does what the judge must at least do to each row: one
`where`, two expectations, the smallest value of one field. Each side runs in turn three times; the fastest counts.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from trustcenter.assess.judge import judge
from trustcenter.assess.plan import plan
from trustcenter.model.catalogue import Catalogue, Organisation
from trustcenter.model.collector import CollectorDescription, Parameter
from trustcenter.model.condition import Condition
from trustcenter.model.control import Claim, Control, TestOfControl
from trustcenter.model.fact import FactSchema, Field, Row
from trustcenter.model.place import Place
from trustcenter.model.population import Completeness, RecordedPopulation
from trustcenter.model.source import Source

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PLACE = Place("controls/access/item.yaml")
SCHEMA = FactSchema(
    "Account",
    (
        Field("account", "text", key=True, personal=True),
        Field("role", "choice", choices=("owner", "member")),
        Field("cost", "integer"),
        Field("last_seen", "moment"),
    ),
)
FRESH = "2026-11-20T11:00:00.000000Z"
LIMIT = "2026-08-22T12:00:00.000000Z"


def catalogue_of(number: int) -> tuple[Catalogue, dict[str, CollectorDescription]]:
    """So many controls, each with a test and a claim of its own, each asking for its own population."""
    controls = tuple(
        Control(
            id=f"access.control-{index}",
            title="Accounts",
            owner="security",
            nature="automated",
            frequency="continuous",
            criteria=(),
            place=PLACE,
            digest="sha256:00",
            tests=(
                TestOfControl(
                    id="accounts",
                    every=timedelta(hours=24),
                    place=PLACE,
                    collector="accounts",
                    parameters={"part": index},
                    where=(Condition("role", "equals", "owner"),),
                    expect=(Condition("cost", "at_least", 12), Condition("last_seen", "within", 90 * 86400)),
                ),
            ),
            claims=(Claim("hashes", "Hashed at cost {accounts.min.cost} or more.", PLACE),),
        )
        for index in range(number)
    )
    description = CollectorDescription(
        "accounts", "1", ("platform",), "inspection", "tested", "passive", SCHEMA, "Accounts.",
        parameters={"part": Parameter(Field("part", "integer"))},
    )  # fmt: skip
    organisation = Organisation("Sample", "https://sample.example", "The service")
    source = Source("portal", "platform", "demo")
    return Catalogue(organisation, controls, (source,), "sha256:cc"), {"accounts": description}


def rows_of(start: int, number: int) -> tuple[Row, ...]:
    return tuple(
        {
            "account": f"account-{start + index}",
            "role": "owner" if index % 4 else "member",
            "cost": 12 + index % 3,
            "last_seen": FRESH,
        }
        for index in range(number)
    )


def bare(populations: dict[str, RecordedPopulation]) -> tuple[int, int]:
    """The least that could be done: a loop with the conditions written out."""
    examined = passed = 0
    for population in populations.values():
        lowest = None
        for row in population.rows:
            if row["role"] != "owner":
                continue
            examined += 1
            cost = row["cost"]
            if lowest is None or cost < lowest:  # type: ignore[operator]
                lowest = cost
            if cost >= 12 and row["last_seen"] >= LIMIT:  # type: ignore[operator]
                passed += 1
    return examined, passed


def fastest(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(controls: int = 1_000, facts: int = 1_000_000) -> None:
    catalogue, collectors = catalogue_of(controls)
    each = facts // controls
    populations = {
        key.digest: RecordedPopulation(
            evidence=f"sha256:{index:064x}",
            fetch=key.digest,
            collector=key.collector,
            source=key.source,
            environment="demo",
            schema=SCHEMA,
            rows=rows_of(index * each, each),
            observed_at=NOW - timedelta(hours=1),
            completeness=Completeness("count", each, each, independent=True),
        )
        for index, key in enumerate(plan(catalogue, collectors).fetches)
    }
    held = _megabytes()
    assessment = judge(catalogue, collectors, populations, as_of=NOW)
    assert all(one.conclusion == "no_deviations" for one in assessment.conclusions)
    examined, passed = bare(populations)
    assert examined == passed == sum(one.passed for one in assessment.conclusions)
    pairs = [
        (fastest(lambda: judge(catalogue, collectors, populations, as_of=NOW)), fastest(lambda: bare(populations)))
        for _ in range(3)
    ]
    ours, loop = min(one for one, _ in pairs), min(other for _, other in pairs)
    print(f"{controls} controls, {controls * each} facts")
    print(f"judge      {ours:6.2f} s   {controls * each / ours / 1e6:.2f}M facts/s")
    print(f"bare loop  {loop:6.2f} s   ratio {ours / loop:.2f}")
    print(f"memory     {held:6.0f} MB for the rows, {_megabytes() - held:.0f} MB more at the peak of judging")


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
