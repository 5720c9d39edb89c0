"""Repositories of ECR: scanning, immutable tags, encryption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall

CALLS = (
    "ecr:DescribeRepositories",
    "ecr:GetRegistryScanningConfiguration",
)


@dataclass(frozen=True, slots=True)
class EcrRepository(Located):
    """One repository."""

    repository: Annotated[str, Key]
    scanned: bool
    """On push, or continuously by the registry's own rules."""
    immutable_tags: bool
    own_key: bool


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_ecr_repositories(aws: Aws, run: Run) -> Population[EcrRepository]:
    """Every repository in every region, with the scanning that its registry adds."""

    def read() -> Whole[EcrRepository]:
        items = listed(aws, aws.places(), "ecr", "DescribeRepositories", "repositories")
        places = sorted({place for place, _ in items}, key=lambda place: (place.account, place.region))
        answers = aws.calls([AwsCall("ecr", "GetRegistryScanningConfiguration", place) for place in places])
        rules = {
            place: (answer or {})["scanningConfiguration"].get("rules", ())
            for place, answer in zip(places, answers, strict=True)
        }
        return Whole(
            [
                EcrRepository(
                    account=place.account,
                    region=place.region,
                    repository=item["repositoryName"],
                    scanned=item.get("imageScanningConfiguration", {}).get("scanOnPush", False)
                    or _scanned(item["repositoryName"], rules[place]),
                    immutable_tags=item["imageTagMutability"] == "IMMUTABLE",
                    own_key=item.get("encryptionConfiguration", {}).get("encryptionType", "AES256") != "AES256",
                )
                for place, item in items
            ]
        )

    return population(aws, run, read, CALLS)


def _scanned(name: str, rules: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a rule of the registry scans the repository without being asked (wildcards are shell-like)."""
    return any(
        rule["scanFrequency"] in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
        and any(fnmatchcase(name, one["filter"]) for one in rule["repositoryFilters"])
        for rule in rules
    )
