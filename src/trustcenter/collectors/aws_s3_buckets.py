"""S3 buckets: encryption, who may read them, transport, versions, object lock, logging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from trustcenter.collectors._aws import Located, Whole, described, listed, population, principals, statements, texts
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsCall, AwsPlace

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_NONE = "NoSuchPublicAccessBlockConfiguration"
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "GetBucketEncryption": ("ServerSideEncryptionConfigurationNotFoundError",),
    "GetPublicAccessBlock": (_NONE,),
    "GetBucketPolicyStatus": ("NoSuchBucketPolicy",),
    "GetBucketPolicy": ("NoSuchBucketPolicy",),
    "GetBucketAcl": (),
    "GetBucketVersioning": (),
    "GetObjectLockConfiguration": ("ObjectLockConfigurationNotFoundError",),
    "GetBucketLogging": (),
}
CALLS = ("s3:ListBuckets", "s3:GetBucketLocation", *(f"s3:{name}" for name in _ABOUT), "s3control:GetPublicAccessBlock")
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
    """Every bucket of every account, in all regions: S3 lists them together."""

    def read() -> Whole[S3Bucket]:
        named = listed(aws, aws.homes(), "s3", "ListBuckets", "Buckets")
        places = described(aws, named, "s3", "GetBucketLocation", lambda item: {"Bucket": item["Name"]})
        buckets = [
            (AwsPlace(home.account, _region(said)), item) for (home, item), said in zip(named, places, strict=True)
        ]
        answers = {
            name: described(aws, buckets, "s3", name, lambda item: {"Bucket": item["Name"]}, *absent)
            for name, absent in _ABOUT.items()
        }
        homes = aws.homes()
        blocks = aws.calls(
            [
                AwsCall("s3control", "GetPublicAccessBlock", home, {"AccountId": home.account}, (_NONE,))
                for home in homes
            ]
        )
        accounts = {home.account: _block(answer) for home, answer in zip(homes, blocks, strict=True)}
        return Whole([
            _fact(place, item["Name"], {name: said[row] for name, said in answers.items()}, accounts[place.account])
            for row, (place, item) in enumerate(buckets)
        ])  # fmt: skip

    return population(aws, run, read, CALLS)


def _region(said: Mapping[str, Any] | None) -> str:
    """GetBucketLocation names the oldest two regions in ways of its own."""
    place = (said or {}).get("LocationConstraint")
    return {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(place, str(place))


def _block(answer: Mapping[str, Any] | None) -> Mapping[str, bool]:
    """All four switches, each of which AWS answers; all off where there is no configuration."""
    return {switch: answer is not None and answer["PublicAccessBlockConfiguration"][switch] for switch in BLOCKS}


def _fact(place: AwsPlace, name: str, said: Mapping[str, Any], account: Mapping[str, bool]) -> S3Bucket:
    own = _block(said["GetPublicAccessBlock"])
    on = {switch: own[switch] or account[switch] for switch in BLOCKS}
    encryption, locked = said["GetBucketEncryption"], said["GetObjectLockConfiguration"]
    rules = encryption["ServerSideEncryptionConfiguration"]["Rules"] if encryption is not None else []
    algorithm: Any = rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] if rules else "none"
    policy = bool(said["GetBucketPolicyStatus"] and said["GetBucketPolicyStatus"]["PolicyStatus"]["IsPublic"])
    grants = any(
        str(grant.get("Grantee", {}).get("URI", "")).endswith(_EVERYBODY) for grant in said["GetBucketAcl"]["Grants"]
    )
    versions = said["GetBucketVersioning"]
    lock: Mapping[str, Any] = locked["ObjectLockConfiguration"] if locked is not None else {"ObjectLockEnabled": None}
    kept = lock.get("Rule", {}).get("DefaultRetention", {})
    years, days = kept.get("Years"), kept.get("Days")
    document = said["GetBucketPolicy"]["Policy"] if said["GetBucketPolicy"] else None
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
        said = {key.lower(): value for key, value in statement.get("Condition", {}).get("Bool", {}).items()}
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
