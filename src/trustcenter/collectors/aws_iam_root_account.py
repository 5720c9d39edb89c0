"""The root user of each account: second factor, keys, last use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors._aws_iam import GLOBAL, REPORT_CALLS, ROOT, reports, summaries, when
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws

CALLS = (*REPORT_CALLS, "iam:ListVirtualMFADevices")


@dataclass(frozen=True, slots=True)
class RootAccount(Located):
    """The root user of one account."""

    second_factor: Literal["none", "virtual", "hardware"]
    access_keys: int
    signing_certificates: int
    last_used: datetime | None
    """The last sign-in with the password; absent where there was none, or the report has no row for root."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_iam_root_account(aws: Aws, run: Run) -> Population[RootAccount]:
    """The root user of every account, as IAM's summary counts its second factor and keys."""

    def read() -> Whole[RootAccount]:
        used = {
            report.account: when(row.get("password_last_used"))
            for report in reports(aws)
            for row in report.rows
            if row["user"] == ROOT
        }
        virtual = {
            place.account
            for place, device in listed(aws, aws.homes(), "iam", "ListVirtualMFADevices", "VirtualMFADevices")
            if str(device.get("User", {}).get("Arn", "")).endswith(":root")
            or str(device.get("SerialNumber", "")).endswith(":mfa/root-account-mfa-device")
        }
        counts = summaries(aws)
        facts = [
            RootAccount(
                account=account,
                region=GLOBAL,
                second_factor=("virtual" if account in virtual else "hardware")
                if said["AccountMFAEnabled"]
                else "none",
                access_keys=said["AccountAccessKeysPresent"],
                signing_certificates=said.get("AccountSigningCertificatesPresent", 0),
                last_used=used.get(account),
            )
            for account, said in counts.items()
        ]
        return Whole(facts, len(aws.homes()), method="one row for each account that the source names")

    return population(aws, run, read, CALLS)
