"""`Objects` over boto3: conditional writes, and each refusal by its name with the next step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trustcenter.errors import TrustCenterError
from trustcenter.ledger.remote.refusals import Conflict, Denied, NoPlace, Unreachable

_CONDITION = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_DENIED = frozenset({
    "AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken",
    "RequestTimeTooSkewed", "AllAccessDisabled", "AccountProblem", "401",
})  # fmt: skip
_TYPES = {".json": "application/json", "checkpoint": "text/plain; charset=utf-8", ".note": "text/plain; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class S3Objects:
    """A bucket and a prefix in it, and a boto3 S3 client."""

    client: Any
    bucket: str
    prefix: str = ""

    @property
    def name(self) -> str:
        return f"s3://{self.bucket}/{self.prefix.strip('/')}".rstrip("/")

    def tags(self) -> dict[str, str]:
        """Every key below the prefix with its entity tag."""
        start = len(self._key(""))
        found: dict[str, str] = {}
        token: dict[str, str] = {}
        while True:
            page = self._call(self.client.list_objects_v2, None, Prefix=self._key(""), **token)
            for one in page.get("Contents", ()):
                found[str(one["Key"])[start:]] = str(one["ETag"]).strip('"')
            if not page.get("IsTruncated"):
                return found
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def get(self, key: str) -> tuple[bytes, str] | None:
        """An object and its entity tag, or None when there is none."""
        try:
            found = self._call(self.client.get_object, key)
            data: bytes = self._call(lambda **_: found["Body"].read(), key)
        except _Missing:
            return None
        return data, str(found["ETag"]).strip('"')

    def put(self, key: str, data: bytes, *, tag: str | None) -> None:
        """Write on the condition that the object with this tag lies there, or none. Raises Conflict."""
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": f'"{tag}"'}
        kind = next((kind for end, kind in _TYPES.items() if key.endswith(end)), "application/octet-stream")
        try:
            self._call(self.client.put_object, key, Body=data, ContentType=kind, **condition)
        except _Missing as error:
            raise Conflict("the object is gone", where=self._where(key)) from error

    def _key(self, key: str) -> str:
        return f"{self.prefix.strip('/')}/{key}".lstrip("/")

    def _where(self, key: str | None) -> str:
        return f"s3://{self.bucket}/{self._key(key or '')}"

    def _call(self, operation: Callable[..., Any], key: str | None, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
        from botocore.exceptions import ConnectionError as NoConnection

        try:
            named = {} if key is None else {"Key": self._key(key)}
            return operation(Bucket=self.bucket, **named, **arguments)
        except ClientError as error:
            raise self._refused(error, key) from error
        except (HTTPClientError, NoConnection, OSError) as error:
            raise self._silent(type(error).__name__, key) from error
        except BotoCoreError as error:
            if "Credential" in type(error).__name__ or "Token" in type(error).__name__:
                hint = "Give them as the AWS tools take them (AWS_PROFILE, a role, variables)."
                raise Denied(f"there are no usable credentials: {error}", where=self._where(key), hint=hint) from error
            if "Incomplete" in type(error).__name__ or "Streaming" in type(error).__name__:
                raise self._silent(type(error).__name__, key) from error
            raise NoPlace(f"the bucket cannot be asked: {error}", where=self._where(key)) from error

    def _refused(self, error: Any, key: str | None) -> TrustCenterError:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        where = self._where(key)
        if code in _CONDITION or status in (409, 412):
            return Conflict(f"the condition of the write did not hold: {code}", where=where)
        if code == "NoSuchBucket":
            return NoPlace(f"there is no bucket `{self.bucket}`", where=where, hint="make it, or correct its name")
        if code in ("NoSuchKey", "404") or status == 404:
            return _Missing("there is no such object", where=where)
        if code in _DENIED or status in (401, 403):
            return Denied(
                f"the bucket refused: {code}", where=where,
                hint="The role needs s3:ListBucket on the bucket, s3:GetObject and s3:PutObject below the prefix, and "
                "no right to delete; a missing ListBucket looks like this too. Nothing is lost: run it again.",
            )  # fmt: skip
        if status >= 500 or code in ("SlowDown", "RequestTimeout", "Throttling", "InternalError") or status == 429:
            return self._silent(f"{code} ({status})", key)
        return NoPlace(f"the bucket refused: {code or status}", where=where, hint="check its name, region and endpoint")

    def _silent(self, what: str, key: str | None) -> Unreachable:
        return Unreachable(
            f"the bucket did not answer: {what}", where=self._where(key),
            hint="Nothing is lost, and whatever was written counts: run the same command again.",
        )  # fmt: skip


class _Missing(TrustCenterError):
    """There is no such object."""


def client(endpoint: str | None) -> Any:
    """A boto3 client that tries again within a budget (5 attempts, 10 s to connect, 60 s to read)."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise NoPlace("boto3 is not installed", hint="pip install 'trustcenter[aws]'") from error
    from botocore.exceptions import BotoCoreError

    config = Config(retries={"max_attempts": 5, "mode": "standard"}, connect_timeout=10, read_timeout=60)
    try:
        return boto3.client("s3", endpoint_url=endpoint, config=config)
    except (BotoCoreError, ValueError) as error:
        raise NoPlace(f"no client can be made: {error}", hint="AWS_REGION, AWS_PROFILE, --endpoint-url") from error
