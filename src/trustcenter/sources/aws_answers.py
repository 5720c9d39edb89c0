"""Whether an answer is the answer to what was asked, looked at before botocore reads it.

botocore reads a body that is not JSON as an answer without members, and any well-formed XML as one without the elements
that it looks for: a maintenance page would become an empty account. Clocks are compared on the way, since evidence that
is dated by a wrong clock is worth nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.clocks import compared

_ROOTS = {
    "ListBuckets": ("ListAllMyBucketsResult", "ListBucketsOutput"),
    "ListObjectsV2": ("ListBucketResult",),
    "GetBucketLocation": ("LocationConstraint",),
    "GetBucketEncryption": ("ServerSideEncryptionConfiguration", "BucketEncryption"),
    "GetPublicAccessBlock": ("PublicAccessBlockConfiguration",),
    "GetBucketPolicyStatus": ("PolicyStatus",),
    "GetBucketAcl": ("AccessControlPolicy",),
    "GetBucketVersioning": ("VersioningConfiguration",),
    "GetObjectLockConfiguration": ("ObjectLockConfiguration",),
    "GetBucketLogging": ("BucketLoggingStatus",),
    "ListDistributions": ("DistributionList",),
    "GetDistributionConfig": ("DistributionConfig",),
}
"""The root elements of REST answers in XML that are not named after the operation."""
_ROOT = re.compile(rb"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")


def look(
    operation_model: Any,
    response_dict: Mapping[str, Any],
    now: Callable[[], datetime],
    said: Callable[[datetime], None],
) -> None:
    """Check one answer. Raises CouldNotTell: `malformed` for another document, `contradicted` for a clock far away."""
    theirs = compared(response_dict["headers"].get("date"), now(), "AWS")
    if theirs is not None:
        said(theirs)
    status, body = response_dict["status_code"], response_dict["body"]
    service, operation = operation_model.service_model, operation_model.name
    where = f"{service.service_name}:{operation}"
    if 300 <= status < 400 and body and not ((root := _ROOT.match(body)) and root[1] == b"Error"):
        raise CouldNotTell("malformed", "the answer leads to another page, as none of AWS's do", where=where)
    if status >= 300 or not isinstance(body, bytes):
        return
    protocol = service.resolved_protocol
    if protocol in ("json", "rest-json"):
        if not _is_object(body):
            raise CouldNotTell("malformed", "the answer is not a JSON object, or not all of it", where=where)
    elif protocol in ("query", "ec2", "rest-xml") and not _payload_is_text(operation_model):
        root = _ROOT.match(body)
        expected = (*_ROOTS.get(operation, ()), f"{operation}Response", f"{operation}Result")
        if root is None or root[1].decode() not in expected:
            raise CouldNotTell("malformed", "the answer is another document than the one asked for", where=where)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _payload_is_text(model: Any) -> bool:
    """An answer whose body is itself the value (a bucket's policy)."""
    shape = model.output_shape
    payload = shape.serialization.get("payload") if shape is not None else None
    return payload is not None and shape.members[payload].type_name in ("string", "blob")
