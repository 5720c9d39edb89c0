"""Secrets of Secrets Manager: rotation, last change. Their values are never read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, in_utc, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = ("secretsmanager:ListSecrets",)


@dataclass(frozen=True, slots=True)
class StoredSecret(Located):
    """One secret."""

    secret: Annotated[str, Key]
    rotation: bool
    rotation_period: Annotated[int | None, unit("days")]
    rotated_at: datetime | None
    changed_at: datetime | None
    last_used: datetime | None
    """The day of the last reading, as AWS rounds it."""
    own_key: bool
    made_by: str | None
    """The AWS service that made and rotates it, where one did."""

    @property
    def renewed_at(self) -> datetime | None:
        """The last rotation, or the last change where it never rotated."""
        return self.rotated_at or self.changed_at


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_secrets(aws: Aws, run: Run) -> Population[StoredSecret]:
    """Every secret in every region that is not being deleted."""

    def read() -> Whole[StoredSecret]:
        facts = []
        for place, item in listed(aws, aws.places(), "secretsmanager", "ListSecrets", "SecretList"):
            rules = item.get("RotationRules") or {}
            facts.append(
                StoredSecret(
                    account=place.account,
                    region=place.region,
                    secret=item["Name"],
                    rotation=item.get("RotationEnabled", False),
                    rotation_period=rules.get("AutomaticallyAfterDays"),
                    rotated_at=in_utc(item.get("LastRotatedDate")),
                    changed_at=in_utc(item.get("LastChangedDate") or item.get("CreatedDate")),
                    last_used=in_utc(item.get("LastAccessedDate")),
                    own_key=bool(item.get("KmsKeyId")),
                    made_by=item.get("OwningService"),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
