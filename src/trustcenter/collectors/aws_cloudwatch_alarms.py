"""Alarms of CloudWatch: whether they tell anybody, and what they watch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = (
    "cloudwatch:DescribeAlarms",
    "logs:DescribeMetricFilters",
)


@dataclass(frozen=True, slots=True)
class CloudWatchAlarm(Located):
    """One alarm on a metric."""

    alarm: Annotated[str, Key]
    metric: str | None
    """Absent for an alarm on an expression."""
    state: str
    acts: bool
    """It is switched on and has somebody or something to tell."""
    watches: str | None
    """The filter on a log group that makes its metric; absent for metrics of other origin."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_cloudwatch_alarms(aws: Aws, run: Run) -> Population[CloudWatchAlarm]:
    """Every metric alarm in every region, with the log filter that makes its metric."""

    def read() -> Whole[CloudWatchAlarm]:
        places = aws.places()
        filters = {
            (place, made["metricNamespace"], made["metricName"]): item.get("filterPattern", "")
            for place, item in listed(aws, places, "logs", "DescribeMetricFilters", "metricFilters")
            for made in item["metricTransformations"]
        }
        facts = []
        for place, item in listed(
            aws, places, "cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmTypes=["MetricAlarm"]
        ):
            facts.append(
                CloudWatchAlarm(
                    account=place.account,
                    region=place.region,
                    alarm=item["AlarmName"],
                    metric=item.get("MetricName"),
                    state=item["StateValue"],
                    acts=bool(item["ActionsEnabled"] and item.get("AlarmActions")),
                    watches=filters.get((place, item.get("Namespace", ""), item.get("MetricName", ""))),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
