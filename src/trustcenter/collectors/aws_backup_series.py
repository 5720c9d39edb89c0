"""Cadence and retention of AWS Backup, computed from the recovery points that exist; each gap is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors._aws import Whole, listed, population
from trustcenter.collectors._aws_series import COUNTED, POINTS, UNDER_WAY, Kept, Series, recovery_points, series
from trustcenter.collectors._cadence import PARAMETERS
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsPlace

CALLS = (*POINTS, "backup:ListProtectedResources")
_RESTORABLE = {"COMPLETED", "AVAILABLE"}


@dataclass(frozen=True, slots=True)
class BackupSeries(Series):
    """All recovery points of one resource in one account and region, whichever vault holds them."""

    resource: Annotated[str, Key]
    resource_type: str
    vaults: tuple[str, ...]


@collector(method="inspection", kinds=("aws",), calls=CALLS, parameters=PARAMETERS)
def aws_backup_series(aws: Aws, run: Run) -> Population[BackupSeries]:
    """Every resource under backup, with the gaps in its recovery points; one whose points are all gone is one gap.

    How old a resource is, AWS Backup does not say: one that is under backup for less than `keep` has a gap at the
    beginning. A continuous recovery point counts once, when it was begun.
    """

    def read() -> Whole[BackupSeries]:
        points, expected = recovery_points(aws)
        held: dict[tuple[AwsPlace, str], list[Kept]] = {}
        types: dict[tuple[AwsPlace, str], str] = {}
        vaults: dict[tuple[AwsPlace, str], set[str]] = {}
        for place, item in listed(aws, aws.places(), "backup", "ListProtectedResources", "Results"):
            held[place, item["ResourceArn"]] = []
            types[place, item["ResourceArn"]] = item.get("ResourceType", "")
        for place, vault, point in points:
            key = (place, point["ResourceArn"])
            types.setdefault(key, point.get("ResourceType", ""))
            vaults.setdefault(key, set()).add(vault)
            kept = held.setdefault(key, [])
            if point["Status"] not in UNDER_WAY:
                usable, encrypted = point["Status"] in _RESTORABLE, point.get("IsEncrypted", False)
                kept.append(Kept(point["CreationDate"], usable, encrypted))
        facts = [
            BackupSeries(
                account=place.account,
                region=place.region,
                resource=resource,
                resource_type=types[place, resource],
                vaults=tuple(sorted(vaults.get((place, resource), ()))),
                **series(kept, run),
            )
            for (place, resource), kept in held.items()
        ]
        without = len(held.keys() - vaults.keys())
        return Whole(facts, expected + without, got=len(points) + without, method=COUNTED)

    return population(aws, run, read, CALLS)
