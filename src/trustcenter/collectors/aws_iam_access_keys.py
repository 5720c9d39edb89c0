"""The access keys of IAM users: in use, how old, when last used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, population
from trustcenter.collectors._aws_iam import GLOBAL, REPORT_CALLS, counted, reports, when
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, Subject
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws


@dataclass(frozen=True, slots=True)
class IamAccessKey(Located):
    """One of the two keys that a user may have, where it exists. The key's own id is not read."""

    user: Annotated[str, Subject]
    number: Annotated[int, Key]
    active: bool
    rotated_at: datetime | None
    last_used: datetime | None

    @property
    def last_active(self) -> datetime | None:
        """The last use, or the last rotation of a key that was never used."""
        return self.last_used or self.rotated_at


@collector(method="inspection", kinds=("aws",), calls=REPORT_CALLS)
def aws_iam_access_keys(aws: Aws, run: Run) -> Population[IamAccessKey]:
    """Every access key of every user of IAM, from the credential report, whose users are compared with IAM's count."""

    def read() -> Whole[IamAccessKey]:
        found = reports(aws)
        facts = [
            IamAccessKey(
                account=report.account,
                region=GLOBAL,
                user=row["user"],
                number=number,
                active=row[f"access_key_{number}_active"].lower() == "true",
                rotated_at=when(row.get(f"access_key_{number}_last_rotated")),
                last_used=when(row.get(f"access_key_{number}_last_used_date")),
            )
            for report in found
            for row in report.users
            for number in (1, 2)
            if row[f"access_key_{number}_active"].lower() == "true"
            or when(row.get(f"access_key_{number}_last_rotated"))
        ]
        users = sum(len(report.users) for report in found)
        method = "users in the credential report, against IAM's own count of users"
        generated = min(report.generated_at for report in found)
        return Whole(facts, counted(aws, "Users"), users, method, observed_at=generated)

    return population(aws, run, read, REPORT_CALLS)
