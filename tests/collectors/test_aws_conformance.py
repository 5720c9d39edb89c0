"""The collectors of AWS by the conformance kit: facts, completeness, redaction, determinism, safety.

Faults are tried in `test_aws_faults.py`, where they are made in AWS's own forms.
"""

from __future__ import annotations

import pytest
from aws_fixtures import COLLECTORS, Account

from trustcenter.collectors.registry import find
from trustcenter.testing import Stage, conform

pytestmark = [pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]

_SERIES = ("longest_gap", "reaches_back", "gaps")
VOLATILE = {
    "aws_backup_series": _SERIES,
    "aws_database_backups": (*_SERIES, "restorable_until"),
    "aws_cloudtrail_trails": ["delivered_at"],
    "aws_rds_clusters": ["restorable_until"],
    "aws_rds_instances": ["restorable_until"],
}
"""The stand-in answers the present moment, and a series is measured up to it."""


def objections(account: Account, name: str) -> list[str]:
    stage = Stage(account.settings(), kind="aws", volatile=VOLATILE.get(name, ()))
    return [str(one) for one in conform(find(name), stage, faults=False)]


def test_one_of_each_way_of_counting_conforms(account: Account) -> None:
    """A count of the service's own, a row for each region, and pages to their end."""
    for name in ("aws_iam_password_policy", "aws_kms_keys"):
        assert objections(account, name) == []


@pytest.mark.deep
@pytest.mark.parametrize("name", COLLECTORS)
def test_every_collector_conforms(account: Account, name: str) -> None:
    assert objections(account, name) == []
