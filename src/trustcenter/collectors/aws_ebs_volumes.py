"""Volumes of EBS: encryption, use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("ec2:DescribeVolumes",)


@dataclass(frozen=True, slots=True)
class EbsVolume(Located):
    """One volume."""

    volume: Annotated[str, Key]
    encrypted: bool
    attached: bool
    size: Annotated[int, unit("GiB")]


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_ebs_volumes(aws: Aws, run: Run) -> Population[EbsVolume]:
    """Every volume in every region."""

    def read() -> Whole[EbsVolume]:
        return Whole([
            EbsVolume(place.account, place.region, item["VolumeId"], item["Encrypted"],
                      bool(item.get("Attachments")), item["Size"])
            for place, item in listed(aws, aws.places(), "ec2", "DescribeVolumes", "Volumes")
        ])  # fmt: skip

    return population(aws, run, read, CALLS)
