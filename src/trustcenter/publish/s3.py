"""A built page in an S3 bucket: data before the pages that name it, the entry last, what went removed at the end.

The bucket's release record says which checkpoint is published. An older or forked log is refused, and two writers
cannot both switch: the record is written under the condition that it is still the one that was read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from trustcenter.errors import TrustCenterError
from trustcenter.publish.content_types import cache_control, content_type

RELEASE = ".trustcenter-release.json"
_NO_CONTENT = "NoSuchKey"


class UploadError(TrustCenterError):
    """The bucket refused, or holds a page that must not be replaced by this one."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the page goes: a bucket and a prefix in it, and a boto3 S3 client."""

    client: Any
    name: str
    prefix: str = ""

    def key(self, path: str) -> str:
        return f"{self.prefix.strip('/')}/{path}".lstrip("/")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What an upload did: how many files were written, left as they were, removed."""

    written: int
    kept: int
    removed: int


@dataclass(frozen=True, slots=True)
class _Release:
    size: int
    root: str
    files: Mapping[str, str]
    etag: str | None


def upload(
    site: Path, bucket: Bucket, *, size: int, root: str, told: Callable[[str], None] = lambda _: None
) -> Uploaded:
    """Upload a built site that quotes the log at `size` entries with this `root`.

    Raises UploadError where the bucket holds a page of a longer log, of another log of the same length, or where
    somebody else published meanwhile.
    """
    former = _release(bucket)
    if former is not None and former.size > size:
        raise UploadError(
            f"the bucket holds the page of checkpoint {former.size}; this one is of {size}",
            where=f"s3://{bucket.name}/{bucket.key(RELEASE)}",
            hint="publish from the ledger that is ahead; a page never goes back",
        )
    if former is not None and former.size == size and former.root != root:
        raise UploadError(
            f"the bucket holds a page of another log of {size} entries: the ledger was forked",
            where=f"s3://{bucket.name}/{bucket.key(RELEASE)}",
            hint="find out which of the two has the signed checkpoint that readers hold",
        )
    files = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*")) if path.is_file()}
    digests = {path: hashlib.sha256(file.read_bytes()).hexdigest() for path, file in files.items()}
    known = dict(former.files) if former is not None else {}
    for path in _touched(bucket, known, files):
        known[path] = ""
    changed = [path for path in sorted(files, key=_order) if known.get(path) != digests[path]]
    early = [path for path in changed if _order(path)[0] < _PAGE]
    late = [path for path in changed if _order(path)[0] >= _PAGE]
    for path in early:
        _put(bucket, path, files[path])
        told(path)
    # from here on pages change: an interrupted run leaves a record that makes the next one write everything again
    unfinished = dict.fromkeys({*known, *digests}, "")
    etag = _write(bucket, size, root, unfinished, former.etag if former is not None else None)
    for path in late:
        _put(bucket, path, files[path])
        told(path)
    gone = sorted(set(known) - set(digests))
    for path in gone:
        _call(bucket.client.delete_object, bucket, path)
    _write(bucket, size, root, digests, etag)
    return Uploaded(len(changed), len(files) - len(changed), len(gone))


_PAGE = 2


def _order(path: str) -> tuple[int, str]:
    """What pages name comes before the pages; the entry comes last."""
    if path == "index.html":
        return 3, path
    if path.endswith((".html", "sitemap.xml", "sitemap.xml.gz", "search_index.json")):
        return _PAGE, path
    return (1 if PurePosixPath(path).name in ("checkpoint", "trust.json") else 0), path


def _touched(bucket: Bucket, known: Mapping[str, str], files: Mapping[str, Path]) -> list[str]:
    """Files of the former release that are gone from the bucket, or hold other bytes than ours, by their entity tags.

    A tag that is no MD5 (another encryption, many parts) tells nothing and counts as another. Raises UploadError
    where the bucket may not be listed: what cannot be looked at is not left standing.
    """
    if not known:
        return []
    start = len(bucket.key("x")) - 1
    tags: dict[str, str] = {}
    token: dict[str, str] = {}
    while True:
        found = _call(bucket.client.list_objects_v2, bucket, None, Prefix=bucket.key("x")[:-1], **token)
        tags |= {str(one["Key"])[start:]: str(one["ETag"]).strip('"') for one in found.get("Contents", ())}
        if not found.get("IsTruncated"):
            break
        token = {"ContinuationToken": found["NextContinuationToken"]}
    return [
        path
        for path in known
        if path in files and tags.get(path) != hashlib.md5(files[path].read_bytes(), usedforsecurity=False).hexdigest()
    ]


def _release(bucket: Bucket) -> _Release | None:
    from botocore.exceptions import ClientError

    try:
        found = bucket.client.get_object(Bucket=bucket.name, Key=bucket.key(RELEASE))
    except ClientError as error:
        if error.response["Error"]["Code"] == _NO_CONTENT:
            return None
        raise _refused(error, bucket, RELEASE) from error
    try:
        value = json.loads(found["Body"].read())
        files = {str(path): str(digest) for path, digest in value["files"].items()}
        return _Release(int(value["size"]), str(value["root"]), files, found["ETag"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UploadError("the bucket's release record is no such record", where=bucket.key(RELEASE)) from error


def _write(bucket: Bucket, size: int, root: str, files: Mapping[str, str], etag: str | None) -> str:
    body = json.dumps({"size": size, "root": root, "files": dict(sorted(files.items()))}, indent=0).encode()
    condition = {"IfMatch": etag} if etag is not None else {"IfNoneMatch": "*"}
    written = _call(
        bucket.client.put_object, bucket, RELEASE, Body=body, ContentType="application/json", CacheControl="no-store",
        **condition,
    )  # fmt: skip
    return str(written["ETag"])


def _put(bucket: Bucket, path: str, file: Path) -> None:
    _call(
        bucket.client.put_object, bucket, path, Body=file.read_bytes(), ContentType=content_type(path),
        CacheControl=cache_control(path),
    )  # fmt: skip


def _call(operation: Callable[..., Any], bucket: Bucket, path: str | None, **arguments: Any) -> Any:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        named = {} if path is None else {"Key": bucket.key(path)}
        return operation(Bucket=bucket.name, **named, **arguments)
    except (ClientError, BotoCoreError) as error:
        raise _refused(error, bucket, path or "") from error


def _refused(error: Exception, bucket: Bucket, path: str) -> UploadError:
    response = getattr(error, "response", {})
    code = response.get("Error", {}).get("Code", type(error).__name__)
    if code in ("PreconditionFailed", "ConditionalRequestConflict", "412"):
        return UploadError(
            "somebody else published to this bucket meanwhile",
            where=f"s3://{bucket.name}/{bucket.key(path)}",
            hint="look which run it was, and publish again",
        )
    return UploadError(
        f"the bucket refused: {code}", where=f"s3://{bucket.name}/{bucket.key(path)}",
        hint="check the bucket's name, the region and the rights (ListBucket, GetObject, PutObject, DeleteObject)",
    )  # fmt: skip
