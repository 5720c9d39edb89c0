"""GuardDuty in each region: whether it watches, and what."""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.collectors._aws import EACH_PLACE, Located, Whole, described, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("guardduty:ListDetectors", "guardduty:GetDetector")


@dataclass(frozen=True, slots=True)
class GuardDutyDetector(Located):
    """GuardDuty in one region of one account."""

    present: bool
    enabled: bool
    features: tuple[str, ...]
    """What it watches beyond its foundation, as far as switched on."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_guardduty_detectors(aws: Aws, run: Run) -> Population[GuardDutyDetector]:
    """One row for each account and region, also where GuardDuty was never switched on."""

    def read() -> Whole[GuardDutyDetector]:
        places = aws.places()
        items = listed(aws, places, "guardduty", "ListDetectors", "DetectorIds")
        answers = described(aws, items, "guardduty", "GetDetector", lambda item: {"DetectorId": item})
        known = {place: answer or {} for (place, _), answer in zip(items, answers, strict=True)}
        facts = [
            GuardDutyDetector(
                account=place.account,
                region=place.region,
                present=place in known,
                enabled=place in known and known[place]["Status"] == "ENABLED",
                features=tuple(
                    sorted(
                        feature["Name"]
                        for feature in known.get(place, {}).get("Features", ())
                        if feature.get("Status") == "ENABLED"
                    )
                ),
            )
            for place in places
        ]
        return Whole(facts, len(places), method=EACH_PLACE)

    return population(aws, run, read, CALLS)
