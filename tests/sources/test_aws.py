"""The AWS source: one fetch for all who need it, several accounts, budgets, credentials, cancellation."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from aws_fixtures import Account
from aws_front import Raw
from runs import collect, run_of

from trustcenter.collectors.interface import Run
from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell
from trustcenter.sources import aws
from trustcenter.sources.aws import from_source
from trustcenter.sources.interface import AwsCall
from trustcenter.sources.shared import Shared

pytestmark = [pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]


def run_on(account: Account, shared: Shared | None = None, seconds: float = 60, **settings: Any) -> Run:
    return replace(run_of(account.settings(**settings), kind="aws", seconds=seconds), shared=shared)


def cause_of(account: Account, name: str = "aws_iam_password_policy", **settings: Any) -> str:
    with pytest.raises(CouldNotTell) as caught:
        collect(find(name), run_on(account, **settings))
    return caught.value.cause


def test_one_listing_serves_every_collector_of_a_run(account: Account) -> None:
    """Side by side, as the pipeline runs them: each call is made once."""
    names = (
        "aws_rds_instances",
        "aws_database_exposure",
        "aws_security_groups",
        "aws_iam_users",
        "aws_iam_access_keys",
    )
    with Shared() as shared:
        threads = [threading.Thread(target=collect, args=(find(name), run_on(account, shared))) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for call in (
        "rds:DescribeDBInstances",
        "ec2:DescribeSecurityGroups",
        "iam:GetCredentialReport",
        "sts:GetCallerIdentity",
    ):
        assert account.front.asked[call] == 1, call


def test_every_region_and_every_account_is_read(account: Account) -> None:
    """Two regions and two assumed roles: four places, and the account that each role leads to."""
    roles = [f"arn:aws:iam::{number}:role/reader" for number in ("111111111111", "222222222222")]
    population = collect(
        find("aws_guardduty_detectors"), run_on(account, regions=["eu-west-1", "us-east-1"], accounts=roles)
    )
    assert {(fact.account, fact.region) for fact in population.facts} == {
        (number, region) for number in ("111111111111", "222222222222") for region in ("eu-west-1", "us-east-1")
    }
    assert population.completeness.expected == 4
    assert not any(fact.enabled for fact in population.facts)
    assert "111111111111" in (population.actor or "")


def test_a_role_that_leads_to_another_account_is_contradicted(account: Account) -> None:
    answer = b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>333333333333</Account><Arn>a</Arn>"
    answer += b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
    with account.front.answering("sts:GetCallerIdentity", lambda _: Raw(200, answer)):
        assert cause_of(account, accounts=["arn:aws:iam::111111111111:role/reader"]) == "contradicted"


def test_a_source_without_regions_says_what_to_add(account: Account) -> None:
    with pytest.raises(CouldNotTell) as caught:
        collect(find("aws_iam_password_policy"), run_on(account, regions=[]))
    assert caught.value.cause == "unsupported"
    assert "`regions`" in str(caught.value)


def test_without_credentials_nothing_is_told(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert cause_of(account) == "denied"


def test_nobody_there_is_unreachable(account: Account) -> None:
    assert cause_of(account, endpoint_url="http://127.0.0.1:9") == "unreachable"


def test_the_endpoint_of_the_environment_is_honoured(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.front.url)
    assert collect(find("aws_iam_password_policy"), run_on(account, endpoint_url=None)).facts


def test_the_request_budget_ends_a_run(account: Account) -> None:
    assert cause_of(account, "aws_s3_buckets", requests=5) == "incomplete"


def test_the_deadline_ends_a_wait(account: Account) -> None:
    """A service that does not answer in the collector's time: timed out, without waiting for it."""
    waiting = threading.Event()

    def slow(asked: Any, answer: Raw) -> Raw:
        waiting.wait(20)
        return answer

    with account.front.breaking("kms:ListKeys", slow):
        run = run_on(account, seconds=3)
        with pytest.raises(CouldNotTell) as caught:
            collect(find("aws_kms_keys"), run)
        waiting.set()
    assert caught.value.cause == "timed_out"


def test_the_time_of_a_collector_grows_with_what_it_asks_and_it_says_how_far_it_is(account: Account) -> None:
    """A deadline that has come: calls bring their own time, within a bound, and one call does not bring much."""
    said: list[str] = []
    run = replace(run_on(account), timer=lambda: 1000.0, deadline=900.0, say=said.append)
    many = from_source(run.source, run)
    few = aws.AwsReader(many._calls, run, own=False)
    try:
        place = many.places()[0]
        asked = AwsCall("kms", "ListKeys", place)
        assert all(many.calls([asked] * aws.MANY))
        with pytest.raises(CouldNotTell, match="used up") as caught:
            few.calls([asked])
        many.calls([asked] * 8 * aws.MANY)
        assert many._added == aws.LONGEST_SECONDS
    finally:
        many.close()
    assert caught.value.cause == "timed_out"
    assert said[:2] == [
        "1000 calls to make, for which 250 s are added to its time",
        "1000 of 1000 answers",
    ]


def test_what_is_cancelled_sends_nothing_more(account: Account) -> None:
    with Shared() as shared:
        reader = from_source(run_on(account, shared).source, run_on(account, shared))
        place = reader.places()[0]
        asked = AwsCall("kms", "ListKeys", place)
    with pytest.raises(CouldNotTell, match="cancelled"):
        reader.calls([asked])
    assert account.front.asked["kms:ListKeys"] == 0


def test_secrets_are_in_no_message(account: Account) -> None:
    """What botocore would say names accounts and roles; ours does not."""
    broken = account.front.breaking("iam:GetAccountPasswordPolicy", lambda asked, _: _leaking())
    with broken, pytest.raises(CouldNotTell) as caught:
        collect(find("aws_iam_password_policy"), run_on(account))
    assert "s3kr1t" not in str(caught.value)


def _leaking() -> Raw:
    said = "<Code>AccessDenied</Code><Message>User arn:s3kr1t is not</Message>"
    text = f"<ErrorResponse><Error>{said}</Error></ErrorResponse>"
    return Raw(403, text.encode())
