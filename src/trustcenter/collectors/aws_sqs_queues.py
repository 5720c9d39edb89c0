"""Queues of SQS: encryption, who may use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from trustcenter.collectors._aws import Located, Whole, described, listed, open_to_anyone, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = (
    "sqs:ListQueues",
    "sqs:GetQueueAttributes",
)


@dataclass(frozen=True, slots=True)
class SqsQueue(Located):
    """One queue."""

    queue: Annotated[str, Key]
    encrypted: Literal["none", "sqs", "kms"]
    public: bool
    """Its policy lets everybody send or receive."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_sqs_queues(aws: Aws, run: Run) -> Population[SqsQueue]:
    """Every queue in every region."""

    def read() -> Whole[SqsQueue]:
        items = listed(aws, aws.places(), "sqs", "ListQueues", "QueueUrls")
        answers = described(
            aws, items, "sqs", "GetQueueAttributes", lambda item: {"QueueUrl": item, "AttributeNames": ["All"]}
        )
        facts = []
        for (place, item), answer in zip(items, answers, strict=True):
            said = (answer or {})["Attributes"]
            policy = said.get("Policy")
            managed = said.get("SqsManagedSseEnabled") == "true"
            facts.append(
                SqsQueue(
                    account=place.account,
                    region=place.region,
                    queue=item.rpartition("/")[2],
                    encrypted="kms" if said.get("KmsMasterKeyId") else "sqs" if managed else "none",
                    public=bool(policy) and open_to_anyone(policy),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
