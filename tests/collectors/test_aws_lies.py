"""An AWS that lies or gives out half-way: endless pages, others' resources, huge policies, sessions that end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import cycle
from typing import Any

import aws_front
import pytest
from aws_fixtures import Account
from aws_front import Raw, nth

from trustcenter.collectors._aws import open_to_anyone, statements
from trustcenter.model.population import CouldNotTell

pytestmark = [pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]
ROLES = ["arn:aws:iam::111111111111:role/reader", "arn:aws:iam::222222222222:role/reader"]
KEY = "11111111-2222-3333-4444-555555555555"


def trouble(account: Account, name: str, **settings: object) -> CouldNotTell:
    with pytest.raises(CouldNotTell) as caught:
        account.collect(name, **settings)
    return caught.value


def test_pages_that_lead_in_a_circle_end_at_once(account: Account) -> None:
    """Never twice the same one after the other, which is all that botocore looks for."""
    tokens = cycle(("one", "two"))
    with account.front.answering("backup:ListRestoreJobs", lambda _: {"RestoreJobs": [], "NextToken": next(tokens)}):
        found = trouble(account, "aws_restore_jobs")
    assert (found.cause, "leads back" in found.what) == ("incomplete", True)
    assert account.front.asked["backup:ListRestoreJobs"] == 3


@pytest.mark.parametrize("call", ["sts:AssumeRole", "sts:GetCallerIdentity", "kms:ListKeys"])
def test_a_chain_of_roles_that_ends_in_the_middle_is_said_so(account: Account, call: str) -> None:
    """The first account was entered or read, the second not: nothing is told of either."""
    with account.front.breaking(call, nth(2, aws_front.expired)):
        found = trouble(account, "aws_kms_keys", accounts=ROLES)
    assert (found.cause, "expired" in found.what, call in str(found)) == ("denied", True, True)
    assert "renew" in (found.hint or "")


def test_a_session_that_ends_between_a_listing_and_its_items(account: Account) -> None:
    with (
        account.front.answering("kms:ListKeys", {"Keys": [{"KeyId": KEY}]}),
        account.front.breaking("kms:DescribeKey", aws_front.expired),
    ):
        found = trouble(account, "aws_kms_keys", accounts=ROLES)
    assert (found.cause, "expired" in found.what) == ("denied", True)


@pytest.mark.parametrize(
    ("name", "call", "item"),
    [
        ("aws_kms_keys", "kms:ListKeys", {"Keys": [{"KeyId": KEY, "KeyArn": f"arn:aws:kms:eu-west-1:999:key/{KEY}"}]}),
        ("aws_sns_topics", "sns:ListTopics", {"Topics": [{"TopicArn": "arn:aws:sns:eu-west-1:999999999999:theirs"}]}),
        ("aws_secrets", "secretsmanager:ListSecrets",
         {"SecretList": [{"Name": "s", "ARN": "arn:aws:secretsmanager:eu-west-1:999999999999:secret:s"}]}),
    ],
)  # fmt: skip
def test_a_resource_of_another_account_is_not_counted_as_ours(
    account: Account, name: str, call: str, item: Mapping[str, Any]
) -> None:
    with account.front.answering(call, item):
        found = trouble(account, name)
    assert (found.cause, "another account" in found.what) == ("contradicted", True)


def test_a_policy_of_a_megabyte_is_read_and_one_without_a_floor_is_malformed(account: Account) -> None:
    deny = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::good-data/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    other = {"Effect": "Allow", "Principal": {"AWS": "1" * 12}, "Action": "s3:GetObject", "Resource": "x" * 1000}
    large = json.dumps({"Statement": [*[other] * 1000, deny]}).encode()
    assert len(large) > 1_000_000
    with account.front.breaking("s3:GetBucketPolicy", lambda _, said: said if said.status != 200 else Raw(200, large)):
        rows = account.rows("aws_s3_buckets", "bucket")
    assert (rows["good-data"]["tls_only"], rows["bad-public"]["tls_only"]) == (True, False)
    deep = b'{"Statement": ' + b"[" * 500_000
    with account.front.breaking("s3:GetBucketPolicy", lambda _, said: said if said.status != 200 else Raw(200, deep)):
        assert trouble(account, "aws_s3_buckets").cause == "malformed"
    with account.front.breaking("kms:ListKeys", lambda *_: Raw(200, b'{"Keys": ' + b"[" * 500_000, "text/json")):
        assert trouble(account, "aws_kms_keys").cause == "malformed"


@pytest.mark.parametrize(
    "statement",
    ["text", 7, [["nested"]], {"Principal": 7}, {"Condition": "text"}, {"Condition": {"Bool": "text"}}, "7"],
)
def test_a_statement_that_is_none_is_malformed(statement: Any) -> None:
    for wrong in ({"Statement": statement}, {"Statement": [statement]}):
        with pytest.raises(CouldNotTell) as caught:
            statements(wrong)
        assert caught.value.cause == "malformed"


def test_a_statement_without_principal_or_condition_is_one() -> None:
    """Identity policies name nobody; an absent condition narrows nothing."""
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    assert statements(json.dumps({"Statement": allow})) == [allow]
    assert open_to_anyone({"Statement": [{**allow, "Principal": "*", "Condition": None}]})


def test_a_region_is_named_twice_misspelt_or_not_at_all(account: Account) -> None:
    twice = account.collect("aws_kms_keys", regions=["eu-west-1", "eu-west-1"])
    assert twice.facts == account.collect("aws_kms_keys").facts
    assert trouble(account, "aws_kms_keys", regions=["eu-west-1", "../eu"]).cause == "unsupported"
    for none in ([], "", [""], None, {"eu-west-1": True}):
        assert trouble(account, "aws_kms_keys", regions=none).cause == "unsupported"
