"""Amazon Inspector in each region: which kinds of resource it scans."""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.collectors._aws import EACH_PLACE, Located, Whole, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.interface import Aws, AwsCall

CALLS = ("inspector2:BatchGetAccountStatus",)


@dataclass(frozen=True, slots=True)
class Inspector(Located):
    """Inspector in one region of one account."""

    enabled: bool
    scans: tuple[str, ...]
    """The kinds of resource that are scanned: ec2, ecr, lambda, lambdaCode."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_inspector(aws: Aws, run: Run) -> Population[Inspector]:
    """One row for each account and region, also where Inspector was never switched on."""

    def read() -> Whole[Inspector]:
        places = aws.places()
        answers = aws.calls(
            [AwsCall("inspector2", "BatchGetAccountStatus", place, {"accountIds": [place.account]}) for place in places]
        )
        facts = []
        for place, answer in zip(places, answers, strict=True):
            if answer is None or answer.get("failedAccounts") or not answer.get("accounts"):
                raise CouldNotTell(
                    "denied", f"Inspector does not tell its state in {place.region}",
                    hint="ask Inspector's delegated administrator to let members see it",
                )  # fmt: skip
            resources = answer["accounts"][0]["resourceState"]
            scans = tuple(sorted(name for name, said in resources.items() if said.get("status") == "ENABLED"))
            facts.append(Inspector(place.account, place.region, bool(scans), scans))
        return Whole(facts, len(places), method=EACH_PLACE)

    return population(aws, run, read, CALLS)
