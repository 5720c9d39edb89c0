"""Certificates of ACM: expiry, renewal, use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from trustcenter.collectors._aws import Located, Whole, described, in_utc, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsPlace

CALLS = ("acm:ListCertificates", "acm:DescribeCertificate")
_KINDS = [
    "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1",
]  # fmt: skip
"""Without them ACM lists keys of RSA 1024 and 2048 only."""


@dataclass(frozen=True, slots=True)
class Certificate(Located):
    """One certificate."""

    certificate: Annotated[str, Key]
    domain: str
    status: str
    in_use: bool
    expires_at: datetime | None
    """Absent while it is not issued."""
    renews_by_itself: bool
    key: str


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_certificates(aws: Aws, run: Run) -> Population[Certificate]:
    """Every certificate in every region, and in the one that CloudFront takes its own from."""

    def read() -> Whole[Certificate]:
        places: list[AwsPlace] = list(dict.fromkeys([*aws.places(), *aws.homes()]))
        items = listed(aws, places, "acm", "ListCertificates", "CertificateSummaryList", Includes={"keyTypes": _KINDS})
        answers = described(
            aws, items, "acm", "DescribeCertificate", lambda item: {"CertificateArn": item["CertificateArn"]}
        )
        facts = []
        for (place, item), answer in zip(items, answers, strict=True):
            said = (answer or {})["Certificate"]
            until = said.get("NotAfter")
            facts.append(
                Certificate(
                    account=place.account,
                    region=place.region,
                    certificate=item["CertificateArn"].rpartition("/")[2],
                    domain=said["DomainName"],
                    status=said.get("Status", ""),
                    in_use=bool(said.get("InUseBy")),
                    expires_at=in_utc(until) if said.get("Status") != "PENDING_VALIDATION" else None,
                    renews_by_itself=said.get("RenewalEligibility") == "ELIGIBLE",
                    key=said.get("KeyAlgorithm", ""),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)
