"""`trustcenter check` on an AWS account: the whole line, from the account to exit code and sentence."""

from __future__ import annotations

from pathlib import Path

import aws_front
import aws_instance
import pytest
from aws_faults import FAULTS
from aws_fixtures import Account

from trustcenter.cli import main
from trustcenter.model.claim_state import HOLDING, state_of
from trustcenter.pipeline.judging import assess
from trustcenter.pipeline.line import open_line

pytestmark = [pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]

CODE = """
resource "aws_s3_bucket" "data" {
  bucket = "good-data"
}
resource "aws_s3_bucket" "forgotten" {
  bucket = "bad-public"
}
resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "forgotten" {
  bucket = aws_s3_bucket.forgotten.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_db_instance" "orders" {
  identifier          = "good-database"
  storage_encrypted   = true
  publicly_accessible = false
  deletion_protection = true
}
resource "aws_db_instance" "never_applied" {
  identifier          = "nowhere"
  deletion_protection = true
}
"""
TERRAFORM = """
[sources.terraform]
kind = "terraform"
environment = "staging"
path = "infrastructure"
checkov = "{program}"
"""
CONTROLS = ("threat-detection", "security-findings", "password-policy", "configuration-recorded", "outside-access")
"""They hold on the seeded account."""


def checked(root: Path) -> tuple[int, dict[str, str]]:
    assert main(["keys", "init", "--instance", str(root), "-q"]) == 0
    code = main(["check", "--instance", str(root), "-q"])
    found = assess(open_line(root, {})).assessment.conclusions
    return code, {f"{one.control}/{one.test}": f"{one.conclusion}:{one.cause or ''}" for one in found}


def test_the_library_judges_the_seeded_account(account: Account, tmp_path: Path) -> None:
    """Good and bad resources: what holds holds, what deviates is named, exit code 1."""
    code, found = checked(aws_instance.write(tmp_path, account.front.url))
    assert code == 1
    for name in CONTROLS:
        assert {text for key, text in found.items() if key.startswith(f"aws.{name}/")} == {"no_deviations:"}, name
    for name in ("buckets-closed", "user-second-factor", "policies", "network-rules", "edge-tls", "recovery-points"):
        assert any(text == "deviations:" for key, text in found.items() if key.startswith(f"aws.{name}/")), name
    assert found["aws.trail-unchanged/intact"] == "inconclusive:incomplete"
    assert not [key for key, text in found.items() if "defect" in text]


def test_a_role_without_rights_gives_nothing_green(account: Account, tmp_path: Path) -> None:
    """Everything denied: no test holds, no test deviates, no claim stands, exit code 3."""
    with account.front.breaking("*", aws_front.denied):
        code, found = checked(aws_instance.write(tmp_path, account.front.url))
    assert code == 3
    assert set(found.values()) == {"inconclusive:denied"}
    line = open_line(tmp_path, {})
    judged, own = assess(line).assessment.conclusions, [one for one in line.catalogue.controls if one.claims]
    states = {
        claim.id: state_of(control, claim, judged, line.now()).state for control in own for claim in control.claims
    }
    assert len(states) > 20
    assert not HOLDING.intersection(states.values())


@pytest.mark.deep
@pytest.mark.parametrize("title", FAULTS.keys() - {"an empty answer"})
def test_an_account_that_answers_who_we_are_and_nothing_more_gives_nothing_green(
    account: Account, tmp_path: Path, title: str
) -> None:
    """Every way in which all other answers can fail, through the whole line."""
    fault, causes = FAULTS[title]
    with account.front.breaking("*", lambda asked, said: said if asked.service == "sts" else fault(asked, said)):
        code, found = checked(aws_instance.write(tmp_path, account.front.url))
    assert code == 3
    assert set(found.values()) <= {f"inconclusive:{cause}" for cause in causes}


def test_what_the_code_encrypts_and_the_account_does_not_is_found(
    account: Account, tmp_path: Path, repository: Path
) -> None:
    """Code and account are both read: a bucket that was never encrypted, a database that was never made."""
    program = repository / ".tools" / "checkov" / "bin" / "checkov"
    if not program.is_file():
        pytest.skip("checkov is not installed: `make tools` puts it into an environment of its own")
    (tmp_path / "infrastructure").mkdir()
    (tmp_path / "infrastructure" / "main.tf").write_text(CODE)
    root = aws_instance.write(
        tmp_path, account.front.url, controls=("code-against-live",), libraries=("aws", "terraform"),
        more=TERRAFORM.format(program=program),
    )  # fmt: skip
    code, found = checked(root)
    assert code == 1
    judged = {one.test: one for one in assess(open_line(root, {})).assessment.conclusions}
    deviating = {name: [item.key for item in one.deviations] for name, one in judged.items() if one.deviations}
    assert {name: len(keys) for name, keys in deviating.items()} == {
        "bucket-keys": 1, "database-deletion": 1, "database-addresses": 1
    }  # fmt: skip
    assert "bad-public" in str(deviating["bucket-keys"])
    assert "nowhere" in str(deviating["database-deletion"])
    for name in ("bucket-versions", "database-encryption"):
        assert found[f"terraform.code-against-live/{name}"] == "no_deviations:", name
    assert found["terraform.code-against-live/bucket-blocks"] == "inconclusive:incomplete", "the code closes no bucket"
