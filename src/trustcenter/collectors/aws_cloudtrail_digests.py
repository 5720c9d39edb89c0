"""The signed digests beside CloudTrail's logs: signatures, the chain, and every log file that they name.

Rule: "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file integrity validation" in the
AWS CloudTrail user guide: RSA PKCS #1 v1.5 with SHA-256 over end time, location, SHA-256 and the previous signature.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.aws_cloudtrail_trails import trails
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.collector import Parameter
from trustcenter.model.fact import Field, Key
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.interface import Aws, AwsCall, AwsPlace

CALLS = ("cloudtrail:DescribeTrails", "cloudtrail:ListPublicKeys", "s3:ListObjectsV2", "s3:GetObject")
HOURS = 24
_GONE = ("NoSuchKey",)


@dataclass(frozen=True, slots=True)
class CloudTrailDigest(Located):
    """One digest: about an hour of one trail in one region."""

    trail: Annotated[str, Key]
    ended_at: Annotated[datetime, Key]
    newest: bool
    signed: bool
    """CloudTrail's own key made its signature, over these very bytes in this very place."""
    chained: bool
    """It names the digest before it, which is there with that hash; true for the first of the period."""
    logs: int
    logs_altered: int
    logs_missing: int

    @property
    def intact(self) -> bool:
        """Signed, chained, and no log file changed or gone."""
        return self.signed and self.chained and not self.logs_altered and not self.logs_missing


@collector(
    method="inspection",
    kinds=("aws",),
    calls=CALLS,
    parameters={"hours": Parameter(Field("hours", "integer"), HOURS, doc="how far back to look")},
)
def aws_cloudtrail_digests(aws: Aws, run: Run) -> Population[CloudTrailDigest]:
    """Every digest of the last hours of every trail that writes them, checked with CloudTrail's public keys."""
    since = run.now() - timedelta(hours=int(run.parameters.get("hours", HOURS)))

    def read() -> Whole[CloudTrailDigest]:
        facts: list[CloudTrailDigest] = []
        for home, trail in trails(aws):
            if not trail.get("LogFileValidationEnabled"):
                continue
            own = [place for place in aws.places() if place.account == home.account]
            for place in own if trail["IsMultiRegionTrail"] else [home]:
                facts += _of_region(aws, home, place, trail, since, run.now())
        return Whole(facts, method="each digest names the one before it, and none of these is missing")

    return population(aws, run, read, CALLS)


def _of_region(
    aws: Aws, home: AwsPlace, place: AwsPlace, trail: Mapping[str, Any], since: datetime, now: datetime
) -> list[CloudTrailDigest]:
    bucket, stem = trail["S3BucketName"], trail.get("S3KeyPrefix")
    days = sorted({since.date() + timedelta(days=step) for step in range((now.date() - since.date()).days + 1)})
    folder = f"{stem}/" if stem else ""
    middle = f"_CloudTrail-Digest_{place.region}_{trail['Name']}_{home.region}_"
    names = []
    for day in days:
        prefix = f"{folder}AWSLogs/{place.account}/CloudTrail-Digest/{place.region}/{day:%Y/%m/%d}/"
        items = aws.listings([AwsCall("s3", "ListObjectsV2", home, {"Bucket": bucket, "Prefix": prefix})], "Contents")[
            0
        ]
        names += [item["Key"] for item in items if middle in item["Key"]]
    answers = aws.calls([AwsCall("s3", "GetObject", home, {"Bucket": bucket, "Key": name}) for name in sorted(names)])
    digests = [
        (name, _plain((answer or {})["Body"]), (answer or {}).get("Metadata", {}))
        for name, answer in zip(sorted(names), answers, strict=True)
    ]
    keys = _keys(aws, place, since, now)
    facts: list[CloudTrailDigest] = []
    before: tuple[str, bytes] | None = None
    for number, (name, body, metadata) in enumerate(digests):
        said = _read(body)
        ended = datetime.fromisoformat(said["digestEndTime"].replace("Z", "+00:00")).astimezone(UTC)
        if ended >= since:
            logs = _logs(aws, home, said)
            facts.append(
                CloudTrailDigest(
                    account=place.account,
                    region=place.region,
                    trail=trail["Name"],
                    ended_at=ended,
                    newest=number == len(digests) - 1,
                    signed=_signed(said, name, bucket, body, str(metadata.get("signature", "")), keys),
                    chained=before is None or _follows(said, before),
                    logs=len(logs),
                    logs_altered=logs.count("altered"),
                    logs_missing=logs.count("missing"),
                )
            )
        before = (name, body)
    return facts


def _plain(data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError) as error:
        raise CouldNotTell("malformed", "a file of CloudTrail's cannot be unpacked") from error


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
        assert isinstance(said["digestEndTime"], str)
        assert isinstance(said["logFiles"], list)
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise CouldNotTell("malformed", "a digest of CloudTrail's cannot be read") from error
    return said  # type: ignore[no-any-return]


def _keys(aws: Aws, place: AwsPlace, since: datetime, now: datetime) -> Mapping[str, bytes]:
    """CloudTrail's public keys of the period and the day before it, by fingerprint."""
    window = {"StartTime": since - timedelta(days=1), "EndTime": now}
    items = listed(aws, [place], "cloudtrail", "ListPublicKeys", "PublicKeyList", **window)
    return {item["Fingerprint"]: bytes(item["Value"]) for _, item in items}


def _signed(
    said: Mapping[str, Any], name: str, bucket: str, body: bytes, signature: str, keys: Mapping[str, bytes]
) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    public = keys.get(str(said.get("digestPublicKeyFingerprint")))
    if public is None or (said.get("digestS3Bucket"), said.get("digestS3Object")) != (bucket, name):
        return False
    before = said.get("previousDigestSignature") or "null"
    text = "\n".join((said["digestEndTime"], f"{bucket}/{name}", hashlib.sha256(body).hexdigest(), before))
    try:
        key = load_der_public_key(public)
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(bytes.fromhex(signature), text.encode(), padding.PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, AssertionError):
        return False
    return True


def _follows(said: Mapping[str, Any], before: tuple[str, bytes]) -> bool:
    name, body = before
    return (said.get("previousDigestS3Object"), said.get("previousDigestHashValue")) == (
        name,
        hashlib.sha256(body).hexdigest(),
    )


def _logs(aws: Aws, home: AwsPlace, said: Mapping[str, Any]) -> Sequence[str]:
    """For each log file that a digest names: whole, altered or missing."""
    files = said["logFiles"]
    answers = aws.calls(
        [AwsCall("s3", "GetObject", home, {"Bucket": one["s3Bucket"], "Key": one["s3Object"]}, _GONE) for one in files]
    )
    found = []
    for one, answer in zip(files, answers, strict=True):
        if answer is None:
            found.append("missing")
            continue
        try:
            same = hashlib.sha256(gzip.decompress(answer["Body"])).hexdigest() == one["hashValue"]
        except (OSError, EOFError):
            same = False
        found.append("whole" if same else "altered")
    return found
