"""S3 buckets: encryption, who may read them, transport, versions, object lock, logging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from trustcenter.collectors._aws import Located, Whole, listed, population, principals, statements, texts
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall, AwsPlace

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_NONE = "NoSuchPublicAccessBlockConfiguration"
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "GetBucketEncryption": ("ServerSideEncryptionConfigurationNotFoundError",),
    "GetPublicAccessBlock": (_NONE,),
    "GetBucketPolicy": ("NoSuchBucketPolicy",),
    "GetBucketAcl": (),
    "GetBucketVersioning": (),
    "GetBucketLogging": (),
}
_STATUS, _LOCK = "GetBucketPolicyStatus", "GetObjectLockConfiguration"
_LOCK_NONE = "ObjectLockConfigurationNotFoundError"
_A_PAGE = 1000
CALLS = (
    "s3:ListBuckets", "s3:GetBucketLocation", *(f"s3:{name}" for name in (*_ABOUT, _STATUS, _LOCK)),
    "s3control:GetPublicAccessBlock",
)  # fmt: skip
_Said = dict[tuple[AwsPlace, str], dict[str, Mapping[str, Any] | None]]
"""Bucket to call to answer; None where there is none."""
_EVERYBODY = ("/global/AllUsers", "/global/AuthenticatedUsers")


@dataclass(frozen=True, slots=True)
class S3Bucket(Located):
    """One bucket."""

    bucket: Annotated[str, Key]
    encryption: Literal["none", "AES256", "aws:kms", "aws:kms:dsse"]
    public_access_blocked: bool
    """All four switches, counting those of the account."""
    policy_public: bool
    """AWS calls its policy public."""
    grants_public: bool
    """Its access control list names everybody, or every AWS account."""
    public: bool
    """Everybody gets in by policy or list, and no switch stops it."""
    tls_only: bool
    """Its policy refuses whatever comes without TLS."""
    versioning: bool
    delete_needs_second_factor: bool
    object_lock: Literal["none", "enabled", "governance", "compliance"]
    lock_days: int | None
    logging: bool


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_s3_buckets(aws: Aws, run: Run) -> Population[S3Bucket]:
    """Every bucket of every account, in all regions: S3 lists them together.

    Asked is only what can be there: a policy's status where there is a policy, a lock where versions are kept, without
    which S3 locks nothing and which it then does not let anybody end (S3 User Guide, Object Lock considerations).
    """

    def read() -> Whole[S3Bucket]:
        buckets = _located(aws)
        # Bucket by bucket: botocore works an address out once for calls about the same one that follow each other.
        wanted = [_about(place, name, call, *none) for place, name in buckets for call, none in _ABOUT.items()]
        answers = iter(aws.calls(wanted))
        said = {bucket: {call: next(answers) for call in _ABOUT} for bucket in buckets}
        _add(aws, said, _STATUS, [bucket for bucket in buckets if _has_policy(said[bucket]["GetBucketPolicy"])])
        versions = [bucket for bucket in buckets if (said[bucket]["GetBucketVersioning"] or {}).get("Status")]
        _add(aws, said, _LOCK, versions, _LOCK_NONE)
        homes = aws.homes()
        blocks = aws.calls(
            [
                AwsCall("s3control", "GetPublicAccessBlock", home, {"AccountId": home.account}, (_NONE,))
                for home in homes
            ]
        )
        accounts = {home.account: _block(answer) for home, answer in zip(homes, blocks, strict=True)}
        return Whole([_fact(*bucket, said[bucket], accounts[bucket[0].account]) for bucket in buckets])

    return population(aws, run, read, CALLS)


def _located(aws: Aws) -> list[tuple[AwsPlace, str]]:
    """Every bucket with its region, which the listing mostly says itself."""
    named = listed(aws, aws.homes(), "s3", "ListBuckets", "Buckets", MaxBuckets=_A_PAGE)
    silent = [(home, item["Name"]) for home, item in named if not item.get("BucketRegion")]
    asked = aws.calls([_about(home, name, "GetBucketLocation") for home, name in silent])
    regions = {bucket: _region(answer) for bucket, answer in zip(silent, asked, strict=True)}
    return [
        (AwsPlace(home.account, item.get("BucketRegion") or regions[home, item["Name"]]), item["Name"])
        for home, item in named
    ]


def _about(place: AwsPlace, bucket: str, call: str, *absent: str) -> AwsCall:
    return AwsCall("s3", call, place, {"Bucket": bucket}, absent)


def _add(aws: Aws, said: _Said, call: str, buckets: Sequence[tuple[AwsPlace, str]], *absent: str) -> None:
    """What one more call says of some of the buckets."""
    answers = aws.calls([_about(*bucket, call, *absent) for bucket in buckets])
    for bucket, answer in zip(buckets, answers, strict=True):
        said[bucket][call] = answer


def _region(said: Mapping[str, Any] | None) -> str:
    """GetBucketLocation names the oldest two regions in ways of its own."""
    place = (said or {}).get("LocationConstraint")
    return {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(place, str(place))


def _has_policy(answer: Mapping[str, Any] | None) -> bool:
    """Raises CouldNotTell for what is no policy, before anything is asked because of it."""
    if answer is not None:
        statements(answer["Policy"])
    return answer is not None


def _block(answer: Mapping[str, Any] | None) -> Mapping[str, bool]:
    """All four switches, each of which AWS answers; all off where there is no configuration."""
    return {switch: answer is not None and answer["PublicAccessBlockConfiguration"][switch] for switch in BLOCKS}


def _fact(place: AwsPlace, name: str, said: Mapping[str, Any], account: Mapping[str, bool]) -> S3Bucket:
    own = _block(said["GetPublicAccessBlock"])
    on = {switch: own[switch] or account[switch] for switch in BLOCKS}
    encryption, locked = said["GetBucketEncryption"], said.get(_LOCK)
    rules = encryption["ServerSideEncryptionConfiguration"]["Rules"] if encryption is not None else []
    algorithm: Any = rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] if rules else "none"
    policy = _STATUS in said and said[_STATUS]["PolicyStatus"]["IsPublic"]
    grants = any(
        str(grant.get("Grantee", {}).get("URI", "")).endswith(_EVERYBODY) for grant in said["GetBucketAcl"]["Grants"]
    )
    versions = said["GetBucketVersioning"]
    lock: Mapping[str, Any] = locked["ObjectLockConfiguration"] if locked is not None else {"ObjectLockEnabled": None}
    kept = lock.get("Rule", {}).get("DefaultRetention", {})
    years, days = kept.get("Years"), kept.get("Days")
    document = said["GetBucketPolicy"]["Policy"] if said["GetBucketPolicy"] is not None else None
    return S3Bucket(
        account=place.account,
        region=place.region,
        bucket=name,
        encryption=algorithm,
        public_access_blocked=all(on.values()),
        policy_public=policy,
        grants_public=grants,
        public=(policy and not on["RestrictPublicBuckets"]) or (grants and not on["IgnorePublicAcls"]),
        tls_only=document is not None and _refuses_plain(document, name),
        versioning=versions.get("Status") == "Enabled",
        delete_needs_second_factor=versions.get("MFADelete") == "Enabled",
        object_lock=kept["Mode"].lower() if kept else "enabled" if lock["ObjectLockEnabled"] == "Enabled" else "none",
        lock_days=years * 365 if years else days,
        logging="LoggingEnabled" in said["GetBucketLogging"],
    )


def _refuses_plain(document: str, bucket: str) -> bool:
    """A statement that denies everybody every action on all objects where `aws:SecureTransport` is false."""
    for statement in statements(document):
        said = {key.lower(): value for key, value in (statement.get("Condition") or {}).get("Bool", {}).items()}
        covered = [resource.rpartition(":::")[2] for resource in texts(statement.get("Resource"))]
        if (
            statement.get("Effect") == "Deny"
            and "*" in principals(statement)
            and any(action in ("s3:*", "*") for action in texts(statement.get("Action")))
            and any(one in ("*", f"{bucket}/*", f"{bucket}*") for one in covered)
            and str(texts(said.get("aws:securetransport"))).lower() == "['false']"
        ):
            return True
    return False
