"""Settings of whole accounts and regions: encryption of new volumes, S3's public access block, the security contact."""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.collectors._aws import EACH_PLACE, Located, Whole, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall

CALLS = ("ec2:GetEbsEncryptionByDefault", "s3control:GetPublicAccessBlock", "account:GetAlternateContact")
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True, slots=True)
class AccountSettings(Located):
    """What holds for everything in one region of one account; the account's own settings stand in each row."""

    volumes_encrypted_by_default: bool
    buckets_blocked: bool
    """The account refuses public buckets altogether: all four switches."""
    security_contact: bool
    """AWS knows whom to tell about security, besides the root user's address."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_account_settings(aws: Aws, run: Run) -> Population[AccountSettings]:
    """One row for each account and region."""

    def read() -> Whole[AccountSettings]:
        places, homes = aws.places(), aws.homes()
        volumes = aws.calls([AwsCall("ec2", "GetEbsEncryptionByDefault", place) for place in places])
        blocks = aws.calls([
            AwsCall("s3control", "GetPublicAccessBlock", home, {"AccountId": home.account},
                    ("NoSuchPublicAccessBlockConfiguration",))
            for home in homes
        ])  # fmt: skip
        contacts = aws.calls([
            AwsCall("account", "GetAlternateContact", home, {"AlternateContactType": "SECURITY"},
                    ("ResourceNotFoundException",))
            for home in homes
        ])  # fmt: skip
        blocked = {
            home.account: answer is not None and all(answer["PublicAccessBlockConfiguration"][one] for one in _BLOCKS)
            for home, answer in zip(homes, blocks, strict=True)
        }
        known = {
            home.account: answer is not None and bool(answer["AlternateContact"])
            for home, answer in zip(homes, contacts, strict=True)
        }
        facts = [
            AccountSettings(
                account=place.account,
                region=place.region,
                volumes_encrypted_by_default=bool(answer and answer["EbsEncryptionByDefault"]),
                buckets_blocked=blocked[place.account],
                security_contact=known[place.account],
            )
            for place, answer in zip(places, volumes, strict=True)
        ]
        return Whole(facts, len(places), method=EACH_PLACE)

    return population(aws, run, read, CALLS)
