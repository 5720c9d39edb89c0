"""Keys of KMS that the organisation manages: rotation, state, who may use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, described, listed, open_to_anyone, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key, unit
from trustcenter.model.population import Population
from trustcenter.sources.interface import Aws, AwsPlace

CALLS = ("kms:ListKeys", "kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:GetKeyPolicy")


@dataclass(frozen=True, slots=True)
class KmsKey(Located):
    """One customer-managed key."""

    key: Annotated[str, Key]
    state: str
    usage: str
    spec: str
    origin: str
    rotatable: bool
    """KMS can rotate it: symmetric, with material of its own."""
    rotation: bool
    rotation_period: Annotated[int | None, unit("days")]
    public: bool
    """Its policy lets everybody use it."""

    @property
    def leaving(self) -> bool:
        """It waits for its deletion, or is already out of use."""
        return self.state in ("PendingDeletion", "PendingReplicaDeletion", "Disabled")


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_kms_keys(aws: Aws, run: Run) -> Population[KmsKey]:
    """Every key that the accounts manage themselves; those that AWS manages are listed, counted and left out."""

    def read() -> Whole[KmsKey]:
        items = listed(aws, aws.places(), "kms", "ListKeys", "Keys")
        about = described(aws, items, "kms", "DescribeKey", lambda item: {"KeyId": item["KeyId"]})
        own = [
            (place, answer["KeyMetadata"])
            for (place, _), answer in zip(items, about, strict=True)
            if answer is not None and answer["KeyMetadata"].get("KeyManager", "CUSTOMER") == "CUSTOMER"
        ]
        rotating = [(place, key) for place, key in own if _rotatable(key)]
        answers = described(aws, rotating, "kms", "GetKeyRotationStatus", lambda key: {"KeyId": key["KeyId"]})
        rotation = {(place, key["KeyId"]): said for (place, key), said in zip(rotating, answers, strict=True)}
        policies = described(
            aws, own, "kms", "GetKeyPolicy", lambda key: {"KeyId": key["KeyId"], "PolicyName": "default"}
        )
        facts = [
            _fact(place, key, rotation.get((place, key["KeyId"])) or {}, (policy or {})["Policy"])
            for (place, key), policy in zip(own, policies, strict=True)
        ]
        return Whole(facts, notes=(f"{len(items) - len(own)} of {len(items)} keys are managed by AWS",))

    return population(aws, run, read, CALLS)


def _rotatable(key: Mapping[str, Any]) -> bool:
    spec = key.get("KeySpec") or key.get("CustomerMasterKeySpec")
    return spec == "SYMMETRIC_DEFAULT" and key.get("Origin") == "AWS_KMS" and key["KeyState"] in ("Enabled", "Disabled")


def _fact(place: AwsPlace, key: Mapping[str, Any], rotation: Mapping[str, Any], policy: str) -> KmsKey:
    return KmsKey(
        account=place.account,
        region=place.region,
        key=key["KeyId"],
        state=key["KeyState"],
        usage=key.get("KeyUsage", ""),
        spec=key.get("KeySpec") or key.get("CustomerMasterKeySpec", ""),
        origin=key.get("Origin", ""),
        rotatable=_rotatable(key),
        rotation=_rotatable(key) and rotation["KeyRotationEnabled"],
        rotation_period=rotation.get("RotationPeriodInDays"),
        public=open_to_anyone(policy),
    )
