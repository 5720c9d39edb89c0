"""`trustcenter ledger`: which place is meant, which key, and what is printed."""

from __future__ import annotations

import subprocess

import pytest
import small_instance
from small_instance import document, run

from trustcenter.errors import ConfigurationError
from trustcenter.instance import load
from trustcenter.ledger.remote.branch import BranchRemote
from trustcenter.ledger.remote.bucket import BucketRemote
from trustcenter.pipeline.remote import open_exchange


@pytest.fixture
def root(tmp_path):
    return small_instance.write(tmp_path / "instance")


def opened(root, target, *, endpoint=None, key=None):
    return open_exchange(load(root, {}), target, endpoint=endpoint, key=key, told=lambda *_: None)


def test_a_bucket_and_a_branch_are_told_apart(root, monkeypatch):
    pytest.importorskip("boto3", reason="boto3 is not installed")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    remote = opened(root, "s3://acme-evidence/a/b/", endpoint="http://127.0.0.1:9").remote
    assert isinstance(remote, BucketRemote)
    assert remote.name == "s3://acme-evidence/a/b"
    assert remote.objects.client.meta.endpoint_url == "http://127.0.0.1:9"
    remote = opened(root, "git:git@git.example.test:acme/trust.git/ledger").remote
    assert isinstance(remote, BranchRemote)
    assert (remote.at, remote.branch) == ("git@git.example.test:acme/trust.git", "ledger")


@pytest.mark.parametrize(
    "target", ["", "evidence", "s3://", "s3://UPPER/x", "s3://a-bucket/x?y", "git:ledger", "git:--upload-pack=x/ledger",
               "git:origin/--force", "git:origin/", "https://example.test/x"],
)  # fmt: skip
def test_what_is_no_place_is_refused_before_anything_runs(root, target):
    with pytest.raises(ConfigurationError, match=r"no place") as caught:
        opened(root, target or None)
    assert "s3://BUCKET/PREFIX" in caught.value.hint


def test_an_endpoint_belongs_to_a_bucket(root):
    with pytest.raises(ConfigurationError, match="belongs to a bucket"):
        opened(root, "git:origin/ledger", endpoint="http://127.0.0.1:9")


def test_without_a_key_to_verify_with_nothing_is_pulled(tmp_path):
    root = small_instance.write(tmp_path / "keyless", key=False)
    with pytest.raises(ConfigurationError, match="no key to verify with"):
        opened(root, "git:origin/ledger")


def test_push_and_pull_say_what_they_did(root, tmp_path):
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(origin)], check=True)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    target = f"git:{origin}/ledger"
    assert "nothing lies there yet" in run(root, "ledger", "pull", target).stdout
    refused = run(root, "ledger", "push", target)
    assert (refused.returncode, "trustcenter check" in refused.stderr) == (2, True)
    assert run(root, "check").returncode == 0
    pushed = document(run(root, "ledger", "push", target, "--json"))
    assert (pushed["action"], pushed["target"], pushed["before"]) == ("push", target, 0)
    pulled = run(root, "ledger", "pull", target)
    assert f"{pushed['size']} entries hold (0 new, 0 files fetched)" in pulled.stdout
