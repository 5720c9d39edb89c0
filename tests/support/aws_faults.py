"""What can go wrong on the way from AWS, in AWS's own forms, and the causes that each may end with."""

from __future__ import annotations

import aws_front
from aws_front import Fault, Raw
from aws_models import Asked

FAULTS: dict[str, tuple[Fault, set[str]]] = {
    "denied": (aws_front.denied, {"denied"}),
    "expired": (aws_front.expired, {"denied"}),
    "region disabled": (aws_front.region_disabled, {"unsupported"}),
    "throttled": (aws_front.throttled, {"timed_out"}),
    "500": (aws_front.broken, {"unreachable"}),
    "half a page": (aws_front.half, {"malformed", "unreachable"}),
    "torn": (aws_front.torn, {"incomplete", "unreachable", "malformed"}),
    "a page for people": (aws_front.page_for_people, {"malformed"}),
    "led elsewhere": (aws_front.led_elsewhere, {"malformed", "unsupported", "unreachable"}),
    "an empty answer": (aws_front.empty_object, {"malformed", "denied"}),
    "another clock": (aws_front.other_clock, {"contradicted"}),
    "a signature of another clock": (aws_front.signature_expired, {"contradicted"}),
}
NOTHING_IS_AN_ANSWER = {
    "iam:GenerateCredentialReport", "s3:ListObjectsV2", "sqs:ListQueues", "s3:GetBucketVersioning",
    "s3:GetBucketLogging", "s3:GetBucketLocation", "cloudfront:ListDistributions",
}  # fmt: skip
"""Calls whose true answer may be empty: never versioned, not logged, the oldest region, no queues."""
NOT_THERE_IS_AN_ANSWER = {
    "account:GetAlternateContact": "no security contact",
    "iam:GetAccountPasswordPolicy": "no policy was ever written",
    "lambda:GetPolicy": "nobody else may call the function",
    "securityhub:DescribeHub": "not subscribed",
}
"""Calls that AWS answers with the same code where there is none and where what was listed is gone."""
_GONE = {
    "iam": "NoSuchEntity",
    "s3": "NoSuchBucket",
    "s3control": "NoSuchBucket",
    "kms": "NotFoundException",
    "rds": "DBInstanceNotFound",
    "ec2": "InvalidSnapshot.NotFound",
    "elbv2": "LoadBalancerNotFound",
    "sqs": "AWS.SimpleQueueService.NonExistentQueue",
    "sns": "NotFound",
    "ecr": "RepositoryNotFoundException",
    "cloudtrail": "TrailNotFoundException",
    "cloudfront": "NoSuchDistribution",
    "wafv2": "WAFNonexistentItemException",
    "config": "NoSuchConfigurationRecorderException",
}
"""What each service says of something that is not there (its API reference); the others: ResourceNotFoundException."""


def gone(asked: Asked, answer: Raw) -> Raw:
    """What was listed is not there any more."""
    return aws_front.error(asked, 404, _GONE.get(asked.service, "ResourceNotFoundException"))
