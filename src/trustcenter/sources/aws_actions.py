"""IAM's name for a call, where it is not simply the service and the operation (AWS Service Authorization Reference)."""

from __future__ import annotations

_PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "elbv2": "elasticloadbalancing",
}
_ACTIONS = {
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
}
FREE = frozenset({"sts:GetCallerIdentity"})
"""Calls that need no permission."""


def action_of(service: str, operation: str) -> str:
    """The IAM action that permits a call, as a policy names it: `rds:DescribeDBInstances`."""
    call = f"{service}:{operation}"
    return _ACTIONS.get(call, f"{_PREFIXES.get(service, service)}:{operation}")
