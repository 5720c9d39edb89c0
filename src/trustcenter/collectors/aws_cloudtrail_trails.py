"""Trails of CloudTrail: what they record, where they deliver, whether they are running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, described, in_utc, listed, population, told
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsPlace

CALLS = ("cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors")


@dataclass(frozen=True, slots=True)
class CloudTrailTrail(Located):
    """One trail, in its home region."""

    trail: Annotated[str, Key]
    bucket: str
    logging: bool
    every_region: bool
    global_services: bool
    validated: bool
    """Signed digests are written beside the logs, so that a changed or missing log is found."""
    encrypted: bool
    """With a key of the organisation's own."""
    to_log_group: bool
    """Delivered to CloudWatch Logs too, where alarms can watch."""
    management_events: bool
    """Reads and writes of management events are recorded."""
    delivered_at: datetime | None
    delivery_failing: bool


def trails(aws: Aws) -> list[tuple[AwsPlace, Mapping[str, Any]]]:
    """Every trail once, in its home region, with the account that asked; a trail of the organisation's among them."""
    places = aws.places()
    items = listed(aws, places, "cloudtrail", "DescribeTrails", "trailList")
    found = {
        (place.account, str(item["TrailARN"])): (AwsPlace(place.account, item["HomeRegion"]), item)
        for place, item in items
    }
    return [found[key] for key in sorted(found)]


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_cloudtrail_trails(aws: Aws, run: Run) -> Population[CloudTrailTrail]:
    """Every trail that records any of the regions, once, with its state and what it selects."""

    def read() -> Whole[CloudTrailTrail]:
        items = trails(aws)
        states = described(aws, items, "cloudtrail", "GetTrailStatus", lambda item: {"Name": item["TrailARN"]})
        selected = described(
            aws, items, "cloudtrail", "GetEventSelectors", lambda item: {"TrailName": item["TrailARN"]}
        )
        return Whole([
            _fact(place, item, state or {}, selectors or {})
            for (place, item), state, selectors in zip(items, states, selected, strict=True)
        ])  # fmt: skip

    return population(aws, run, read, CALLS)


def _fact(
    place: AwsPlace, item: Mapping[str, Any], state: Mapping[str, Any], said: Mapping[str, Any]
) -> CloudTrailTrail:
    return CloudTrailTrail(
        account=place.account,
        region=place.region,
        trail=item["Name"],
        bucket=item["S3BucketName"],
        logging=state["IsLogging"],
        every_region=item["IsMultiRegionTrail"],
        global_services=item.get("IncludeGlobalServiceEvents", False),
        validated=item.get("LogFileValidationEnabled", False),
        encrypted=bool(item.get("KmsKeyId")),
        to_log_group=bool(item.get("CloudWatchLogsLogGroupArn")),
        management_events=_management(said),
        delivered_at=in_utc(state.get("LatestDeliveryTime")),
        delivery_failing=bool(state.get("LatestDeliveryError")),
    )


def _management(said: Mapping[str, Any]) -> bool:
    """A trail's own selectors: basic ones say it outright, advanced ones select the category without a read filter."""
    told(said.get("TrailARN"), "TrailARN")
    if any(
        one.get("IncludeManagementEvents") and one.get("ReadWriteType") == "All"
        for one in said.get("EventSelectors") or ()
    ):
        return True
    for one in said.get("AdvancedEventSelectors") or ():
        fields = {field["Field"]: field for field in one.get("FieldSelectors", ())}
        category = fields.get("eventCategory", {}).get("Equals", [])
        if "Management" in category and "readOnly" not in fields:
            return True
    return False
