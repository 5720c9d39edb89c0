"""Mutants of the infrastructure code: one resource of the Terraform folder is written otherwise."""

from __future__ import annotations

import re

from mutations.mutant import Broken, Change, mutant

SCAN = "change.infrastructure-scan/scanned"
REST = "data.encryption-at-rest-code"
EXPOSURE = "platform.infrastructure-exposure"


def written(file: str, before: str, after: str) -> Change:
    return lambda world, stack: stack.enter_context(world.instance(f"infrastructure/{file}", before, after))


def reads(pattern: str) -> Broken:
    """Whether some file of the folder says this, spaces apart, comments left out."""

    def broken(scene) -> bool:
        texts = [path.read_text() for path in (scene.root / "infrastructure").glob("*.tf")]
        return any(re.search(pattern, re.sub(r"[ \t]+", " ", text)) for text in texts)

    return broken


def code(name: str, says: str, falls: str, file: str, before: str, after: str, pattern: str | None = None):
    spaced = r"\s+".join(re.escape(word) for word in after.split())
    return mutant(
        name, says, f"{SCAN} {falls}", "infrastructure_code", written(file, before, after), reads(pattern or spaced)
    )


MUTANTS = (
    code("check-silenced", "a comment tells the scanner to look away", "", "network.tf",
         'resource "aws_lb" "edge" {', 'resource "aws_lb" "edge" {\n  # checkov:skip=CKV_AWS_150:in the way'),
    code("load-balancer-deletable", "a load balancer can be deleted by mistake", "", "network.tf",
         "enable_deletion_protection = true", "enable_deletion_protection = false"),
    code("database-unencrypted", "the database's storage is not encrypted", f"{REST}/storage", "database.tf",
         "storage_encrypted           = true", "storage_encrypted           = false"),
    code("log-group-unencrypted", "a log group is not encrypted with our key", f"{REST}/storage", "logging.tf",
         "  retention_in_days = 400\n  kms_key_id        = aws_kms_key.data.arn", "  retention_in_days = 400",
         r"retention_in_days = 400\n}"),
    code("key-never-rotated", "the encryption key is never rotated", f"{REST}/keys", "encryption.tf",
         "enable_key_rotation     = true", "enable_key_rotation     = false"),
    code("trail-of-one-region", "the administration log covers one region", "platform.administration-log-code/trail",
         "logging.tf", "is_multi_region_trail         = true", "is_multi_region_trail         = false"),
    code("log-kept-a-month", "the administration log is kept for a month", "platform.administration-log-code/trail",
         "logging.tf", "retention_in_days = 400", "retention_in_days = 30"),
    code("ssh-from-anywhere", "an administration port is open to the internet", f"{EXPOSURE}/network", "network.tf",
         'description = "https"\n    from_port   = 443\n    to_port     = 443',
         'description = "ssh"\n    from_port   = 22\n    to_port     = 22'),
    code("database-public", "the database has a public address", f"{EXPOSURE}/network", "database.tf",
         "publicly_accessible         = false", "publicly_accessible         = true"),
    code("bucket-public", "a bucket may be made public", f"{EXPOSURE}/buckets", "logging.tf",
         "block_public_policy     = true", "block_public_policy     = false"),
)  # fmt: skip
