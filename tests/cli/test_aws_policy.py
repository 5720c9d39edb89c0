"""`trustcenter aws policy`: exactly what the controls of an instance need."""

from __future__ import annotations

import json
from pathlib import Path

import aws_instance
import pytest
from aws_fixtures import COLLECTORS

from trustcenter.cli import main
from trustcenter.collectors.registry import find
from trustcenter.sources.aws_actions import action_of

NOWHERE = "http://127.0.0.1:9"


def printed(capsys: pytest.CaptureFixture[str], root: Path, *more: str) -> dict:
    assert main(["aws", "policy", "--instance", str(root), *more]) == 0
    return json.loads(capsys.readouterr().out)


def test_only_what_the_controls_in_use_need(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A control less is a permission less; the names are IAM's, not the interface's."""
    root = aws_instance.write(tmp_path, NOWHERE, controls=("buckets-closed", "edge-tls"))
    policy = printed(capsys, root)
    assert policy["Version"] == "2012-10-17"
    assert [statement["Sid"] for statement in policy["Statement"]] == ["ReadElasticloadbalancing", "ReadS3"]
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert {"s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock", "s3:GetEncryptionConfiguration"} <= actions
    assert "elasticloadbalancing:DescribeListeners" in actions
    assert not any(action.startswith("iam:") for action in actions)


def test_the_whole_library_needs_what_its_collectors_declare(tmp_path: Path, capsys) -> None:
    policy = printed(capsys, aws_instance.write(tmp_path, NOWHERE))
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    declared = {action_of(*call.split(":", 1)) for name in COLLECTORS for call in find(name).description.calls}
    assert sorted(actions) == sorted(declared)
    reads = ("Get", "List", "Describe", "BatchGet", "GenerateCredentialReport")
    assert all(action.partition(":")[2].startswith(reads) for action in actions)


def test_the_policy_for_assuming_names_the_roles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    role = "arn:aws:iam::111122223333:role/reader"
    root = aws_instance.write(tmp_path, NOWHERE, controls=("keys",), more=f'accounts = ["{role}"]')
    statement = printed(capsys, root, "--assume")["Statement"]
    assert statement == [{"Sid": "Assume", "Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": [role]}]


def test_an_instance_without_aws_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = aws_instance.write(tmp_path, NOWHERE, controls=("keys",))
    (root / "controls" / "aws" / "keys.yaml").unlink()
    assert main(["aws", "policy", "--instance", str(root)]) == 2
    assert "no test of this instance reads AWS" in capsys.readouterr().err
