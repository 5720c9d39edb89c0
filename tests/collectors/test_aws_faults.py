"""AWS collectors that may not see, or are lied to: a typed cause each time, never an empty account."""

from __future__ import annotations

from collections.abc import Iterator

import aws_account
import aws_front
import pytest
from aws_faults import FAULTS, gone
from aws_fixtures import COLD, COLLECTORS, Account
from aws_front import front

from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.aws_actions import action_of

pytestmark = [pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]

SHAPES = ("aws_kms_keys", "aws_rds_instances", "aws_ebs_volumes", "aws_s3_buckets", "aws_lambda_functions")
"""One collector for each way in which AWS writes its answers: JSON, query, EC2's, REST with XML, REST with JSON."""


def trouble(account: Account, name: str, **settings: object) -> CouldNotTell:
    with pytest.raises(CouldNotTell) as caught:
        account.collect(name, **settings)
    return caught.value


@pytest.mark.parametrize("name", SHAPES)
def test_every_fault_has_its_cause(account: Account, name: str) -> None:
    call = find(name).description.calls[0]
    for title, (fault, causes) in FAULTS.items():
        with account.front.breaking(call, fault):
            found = trouble(account, name, **(COLD if title == "throttled" else {}))
        assert found.cause in causes, (title, str(found))
        assert found.where or found.hint, title


@pytest.mark.parametrize("name", COLLECTORS)
def test_a_denied_call_names_the_missing_action(account: Account, name: str) -> None:
    """The last of the calls that it declares: mostly one about a single item, when the listing went through."""
    calls = find(name).description.calls
    call = calls[0] if name == "aws_cloudtrail_digests" else calls[-1]
    with account.front.breaking(call, aws_front.denied):
        found = trouble(account, name)
    assert found.cause == "denied"
    assert action_of(*call.split(":", 1)) in found.what


def test_a_denial_in_the_middle_of_a_listing_is_no_shorter_listing(account: Account) -> None:
    """The second page is refused: what the first held is not passed off as everything."""
    with account.front.breaking("backup:ListRecoveryPointsByBackupVault", aws_front.nth(3, aws_front.denied)):
        assert trouble(account, "aws_recovery_points").cause == "denied"


def test_a_denial_about_one_item_of_several(account: Account) -> None:
    with account.front.breaking("s3:GetBucketPolicyStatus", aws_front.nth(2, aws_front.denied)):
        found = trouble(account, "aws_s3_buckets")
    assert (found.cause, "s3:GetBucketPolicyStatus" in found.what) == ("denied", True)


def test_what_vanishes_while_it_is_read_is_read_again_and_said(account: Account) -> None:
    """Gone once: everything is read again. Gone each time: what is listed and cannot be described is contradicted."""
    with account.front.breaking("kms:DescribeKey", aws_front.nth(1, gone)):
        population = account.collect("aws_kms_keys")
    assert "Read again" in population.notes[0]
    assert account.front.asked["kms:ListKeys"] == 2
    with account.front.breaking("kms:DescribeKey", gone):
        assert trouble(account, "aws_kms_keys").cause == "contradicted"


def test_a_busy_answer_is_tried_again_and_said(account: Account) -> None:
    with account.front.breaking("kms:ListKeys", aws_front.nth(1, aws_front.broken)):
        population = account.collect("aws_kms_keys", attempts=3)
    assert "repeated" in population.notes[0]


def test_a_vault_that_counts_more_than_it_lists_is_not_whole(account: Account) -> None:
    one = {"BackupVaultName": "good-vault", "NumberOfRecoveryPoints": 40}
    with account.front.answering("backup:ListBackupVaults", {"BackupVaultList": [one]}):
        population = account.collect("aws_recovery_points")
    assert not population.completeness.holds
    assert (population.completeness.expected, population.completeness.got) == (40, 32)


def test_a_page_that_names_itself_as_the_next_one_is_incomplete(account: Account) -> None:
    endless = {"RestoreJobs": [], "NextToken": "again"}
    with account.front.answering("backup:ListRestoreJobs", endless):
        assert trouble(account, "aws_restore_jobs").cause == "incomplete"


def test_nothing_found_proves_nothing_unless_it_was_declared(account: Account) -> None:
    """An empty listing without a count is no proof; a declaration that is wrong is contradicted."""
    nothing = {"RestoreJobs": []}
    with account.front.answering("backup:ListRestoreJobs", nothing):
        assert not account.collect("aws_restore_jobs").completeness.independent
        declared = account.collect("aws_restore_jobs", {"none": True})
    assert declared.completeness.independent
    with pytest.raises(CouldNotTell) as caught:
        account.collect("aws_restore_jobs", {"none": True})
    assert caught.value.cause == "contradicted"


@pytest.fixture
def rightless(account: Account) -> Iterator[Account]:
    """The account with IAM enforced, nothing answered in its place, for a user without a single right."""
    with (
        pytest.MonkeyPatch.context() as patch,
        aws_account.enforcing(account.port) as (key, secret),
        front(account.port) as server,
    ):
        patch.setenv("AWS_ACCESS_KEY_ID", key)
        patch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        yield Account(account.port, server)


def test_a_role_without_rights_sees_nothing_and_says_so(rightless: Account) -> None:
    """With IAM enforced, every collector ends without a population, and most name the action that is missing."""
    named = 0
    for name in COLLECTORS:
        found = trouble(rightless, name)
        named += any(action_of(*call.split(":", 1)) in found.what for call in find(name).description.calls)
        assert found.cause != "defect", name
    assert named > len(COLLECTORS) // 2
