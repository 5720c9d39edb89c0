"""Topics of SNS: encryption, who may use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, described, listed, open_to_anyone, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = (
    "sns:ListTopics",
    "sns:GetTopicAttributes",
)


@dataclass(frozen=True, slots=True)
class SnsTopic(Located):
    """One topic."""

    topic: Annotated[str, Key]
    encrypted: bool
    public: bool
    """Its policy lets everybody publish or subscribe."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_sns_topics(aws: Aws, run: Run) -> Population[SnsTopic]:
    """Every topic in every region."""

    def read() -> Whole[SnsTopic]:
        items = listed(aws, aws.places(), "sns", "ListTopics", "Topics")
        answers = described(aws, items, "sns", "GetTopicAttributes", lambda item: {"TopicArn": item["TopicArn"]})
        facts = []
        for (place, item), answer in zip(items, answers, strict=True):
            said = (answer or {})["Attributes"]
            policy = said.get("Policy")
            facts.append(
                SnsTopic(
                    account=place.account,
                    region=place.region,
                    topic=item["TopicArn"].rpartition(":")[2],
                    encrypted=bool(said.get("KmsMasterKeyId")),
                    public=bool(policy) and open_to_anyone(policy),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
