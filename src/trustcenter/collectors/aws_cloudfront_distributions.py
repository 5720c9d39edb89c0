"""Distributions of CloudFront: TLS towards readers and origins, logging, web firewall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, described, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsPlace

CALLS = ("cloudfront:ListDistributions", "cloudfront:GetDistributionConfig")


@dataclass(frozen=True, slots=True)
class CloudFrontDistribution(Located):
    """One distribution."""

    distribution: Annotated[str, Key]
    enabled: bool
    https_only: bool
    """Every behaviour refuses plain HTTP or redirects it."""
    oldest_tls: str | None
    """The security policy towards readers; absent for AWS's own certificate, whose policy cannot be chosen."""
    own_certificate: bool
    origins_encrypted: bool
    """No origin is fetched in the clear."""
    logging: bool
    web_firewall: bool


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_cloudfront_distributions(aws: Aws, run: Run) -> Population[CloudFrontDistribution]:
    """Every distribution of every account."""

    def read() -> Whole[CloudFrontDistribution]:
        items = listed(aws, aws.homes(), "cloudfront", "ListDistributions", "DistributionList.Items")
        answers = described(aws, items, "cloudfront", "GetDistributionConfig", lambda item: {"Id": item["Id"]})
        return Whole([
            _fact(place, item["Id"], (answer or {})["DistributionConfig"])
            for (place, item), answer in zip(items, answers, strict=True)
        ])  # fmt: skip

    return population(aws, run, read, CALLS)


def _fact(place: AwsPlace, identifier: str, said: Mapping[str, Any]) -> CloudFrontDistribution:
    behaviours = [said["DefaultCacheBehavior"], *(said.get("CacheBehaviors") or {}).get("Items", ())]
    certificate = said.get("ViewerCertificate") or {}
    own = not certificate.get("CloudFrontDefaultCertificate", False)
    origins = (said.get("Origins") or {}).get("Items", ())
    return CloudFrontDistribution(
        account=place.account,
        region="global",
        distribution=identifier,
        enabled=said["Enabled"],
        https_only=all(one["ViewerProtocolPolicy"] in ("https-only", "redirect-to-https") for one in behaviours),
        oldest_tls=certificate.get("MinimumProtocolVersion") if own else None,
        own_certificate=own,
        origins_encrypted=all(_encrypted(origin) for origin in origins),
        logging=bool((said.get("Logging") or {}).get("Enabled")),
        web_firewall=bool(said.get("WebACLId")),
    )


def _encrypted(origin: Mapping[str, Any]) -> bool:
    """An origin in S3 is fetched as the reader came; any other as it says."""
    custom = origin.get("CustomOriginConfig")
    return custom is None or custom["OriginProtocolPolicy"] == "https-only"
