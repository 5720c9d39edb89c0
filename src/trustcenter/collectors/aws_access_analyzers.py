"""IAM Access Analyzer in each region: whether somebody watches what is open to the outside."""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.collectors._aws import EACH_PLACE, Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("accessanalyzer:ListAnalyzers",)


@dataclass(frozen=True, slots=True)
class AccessAnalyzer(Located):
    """The analyzers of one region of one account."""

    outside_access: bool
    """An analyzer of access from outside is active, for the account or its organisation."""
    unused_access: bool
    """An analyzer of rights that nobody uses is active."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_access_analyzers(aws: Aws, run: Run) -> Population[AccessAnalyzer]:
    """One row for each account and region, also where there is no analyzer."""

    def read() -> Whole[AccessAnalyzer]:
        places = aws.places()
        active = {
            (place, item["type"])
            for place, item in listed(aws, places, "accessanalyzer", "ListAnalyzers", "analyzers")
            if item["status"] == "ACTIVE"
        }
        facts = [
            AccessAnalyzer(
                account=place.account,
                region=place.region,
                outside_access=bool({(place, "ACCOUNT"), (place, "ORGANIZATION")} & active),
                unused_access=bool({(place, "ACCOUNT_UNUSED_ACCESS"), (place, "ORGANIZATION_UNUSED_ACCESS")} & active),
            )
            for place in places
        ]
        return Whole(facts, len(places), method=EACH_PLACE)

    return population(aws, run, read, CALLS)
