"""Every collector of AWS on good and bad resources: what it sees, that it is whole, and exactly what it asked."""

from __future__ import annotations

import pytest
from aws_fixtures import COLLECTORS, Account
from aws_front import Raw
from aws_seen import ONE, SEEN

from trustcenter.collectors.registry import find
from trustcenter.model.fact import row_of

pytestmark = [pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]

ELSEWHERE = {"aws_cloudtrail_digests"}
"""Seen in a test file of its own."""


def test_every_collector_is_tried() -> None:
    assert SEEN.keys() | ELSEWHERE == set(COLLECTORS)


@pytest.mark.parametrize("name", SEEN)
def test_good_and_bad_are_told_apart_and_nothing_else_is_asked(account: Account, name: str) -> None:
    """The declared calls are those that were made, no more and no less: the policy is generated from them."""
    population = account.collect(name)
    rows = [row_of(fact) for fact in population.facts]
    key, expected = SEEN[name]
    for wanted, values in expected.items():
        found = [row for row in rows if str(row[key]) == wanted]
        assert found, (wanted, rows)
        assert {field: found[0][field] for field in values} == values
    assert population.completeness.holds
    assert population.source_clock is not None
    assert {row["account"] for row in rows} == {ONE}
    made = set(account.front.asked) - {"sts:GetCallerIdentity"}
    assert made == set(find(name).description.calls)
    assert not account.front.wrong


def test_the_same_account_gives_the_same_rows(account: Account) -> None:
    assert account.collect("aws_security_groups").facts == account.collect("aws_security_groups").facts


def test_a_bucket_is_asked_only_what_it_can_have(account: Account) -> None:
    """S3's listing names the region (where it is given a page's size); no policy, no status; no versions, no lock."""
    listing = (
        b"<ListAllMyBucketsResult><Buckets><Bucket><Name>good-data</Name><BucketRegion>eu-west-1</BucketRegion></Bucket>"
        b"<Bucket><Name>bad-public</Name><BucketRegion>eu-west-1</BucketRegion></Bucket></Buckets>"
        b"</ListAllMyBucketsResult>"
    )
    whole = account.rows("aws_s3_buckets", "bucket")
    account.front.asked.clear()
    with account.front.answering("s3:ListBuckets", lambda _: Raw(200, listing)):
        rows = account.rows("aws_s3_buckets", "bucket")
    assert rows == {name: whole[name] for name in ("bad-public", "good-data")}
    counted = {call.partition(":")[2]: times for call, times in account.front.asked.items() if call.startswith("s3:")}
    assert "GetBucketLocation" not in counted
    assert (counted["GetBucketPolicyStatus"], counted["GetObjectLockConfiguration"]) == (1, 1)
    assert counted["GetBucketAcl"] == 2
