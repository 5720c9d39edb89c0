"""Snapshots of EBS that the accounts own: encryption, age, whether everybody may restore them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, described, listed, population, told
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("ec2:DescribeSnapshots", "ec2:DescribeSnapshotAttribute")


@dataclass(frozen=True, slots=True)
class EbsSnapshot(Located):
    """One snapshot."""

    snapshot: Annotated[str, Key]
    volume: str | None
    encrypted: bool
    public: bool
    shared_with: tuple[str, ...]
    """Other accounts that may make a volume of it."""
    taken_at: datetime


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_ebs_snapshots(aws: Aws, run: Run) -> Population[EbsSnapshot]:
    """Every snapshot of the accounts' own in every region, with those who may make a volume of it."""

    def read() -> Whole[EbsSnapshot]:
        items = listed(aws, aws.places(), "ec2", "DescribeSnapshots", "Snapshots", OwnerIds=["self"])
        answers = described(
            aws,
            items,
            "ec2",
            "DescribeSnapshotAttribute",
            lambda item: {"SnapshotId": item["SnapshotId"], "Attribute": "createVolumePermission"},
        )
        facts = []
        for (place, item), answer in zip(items, answers, strict=True):
            allowed = told((answer or {}).get("CreateVolumePermissions"), "CreateVolumePermissions")
            facts.append(
                EbsSnapshot(
                    account=place.account,
                    region=place.region,
                    snapshot=item["SnapshotId"],
                    volume=item.get("VolumeId"),
                    encrypted=item["Encrypted"],
                    public=any(one.get("Group") == "all" for one in allowed),
                    shared_with=tuple(sorted(one["UserId"] for one in allowed if "UserId" in one)),
                    taken_at=item["StartTime"].astimezone(UTC),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
