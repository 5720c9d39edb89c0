"""Snapshots of RDS instances and clusters: encryption, age, who may restore them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from trustcenter.collectors._aws import Located, Whole, described, in_utc, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = (
    "rds:DescribeDBSnapshots",
    "rds:DescribeDBSnapshotAttributes",
    "rds:DescribeDBClusterSnapshots",
    "rds:DescribeDBClusterSnapshotAttributes",
)


@dataclass(frozen=True, slots=True)
class RdsSnapshot(Located):
    """One snapshot. AWS never shares an automated one, so only manual ones are asked who may restore them."""

    snapshot: Annotated[str, Key]
    of: Literal["instance", "cluster"]
    source: str
    kind: str
    encrypted: bool
    public: bool
    shared_with: tuple[str, ...]
    """Other accounts that may restore it."""
    taken_at: datetime | None


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_rds_snapshots(aws: Aws, run: Run) -> Population[RdsSnapshot]:
    """Every snapshot of every instance and cluster in every region."""

    def read() -> Whole[RdsSnapshot]:
        return Whole([*_read(aws, "instance", ""), *_read(aws, "cluster", "Cluster")])

    return population(aws, run, read, CALLS)


def _read(aws: Aws, of: Literal["instance", "cluster"], word: str) -> list[RdsSnapshot]:
    name = f"DB{word}SnapshotIdentifier"
    items = listed(aws, aws.places(), "rds", f"DescribeDB{word}Snapshots", f"DB{word}Snapshots")
    manual = [(place, item) for place, item in items if item.get("SnapshotType") == "manual"]
    answers = described(aws, manual, "rds", f"DescribeDB{word}SnapshotAttributes", lambda item: {name: item[name]})
    allowed = {
        (place, item[name]): _restorers((answer or {})[f"DB{word}SnapshotAttributesResult"], word)
        for (place, item), answer in zip(manual, answers, strict=True)
    }
    facts = []
    for place, item in items:
        restorers = allowed.get((place, item[name]), ())
        facts.append(
            RdsSnapshot(
                account=place.account,
                region=place.region,
                snapshot=item[name],
                of=of,
                source=item[f"DB{word or 'Instance'}Identifier"],
                kind=item.get("SnapshotType", ""),
                encrypted=item.get("StorageEncrypted" if word else "Encrypted", False),
                public="all" in restorers,
                shared_with=tuple(sorted(set(restorers) - {"all"})),
                taken_at=in_utc(item.get("SnapshotCreateTime")),
            )
        )
    return facts


def _restorers(said: Mapping[str, Any], word: str) -> list[str]:
    return [
        value
        for attribute in said.get(f"DB{word}SnapshotAttributes", ())
        if attribute["AttributeName"] == "restore"
        for value in attribute.get("AttributeValues", ())
    ]
