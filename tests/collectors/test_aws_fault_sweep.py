"""Every AWS collector, every call that it makes, everything that can go wrong: never a population that looks whole."""

from __future__ import annotations

from collections.abc import Iterator

import aws_front
import pytest
from aws_faults import FAULTS, NOT_THERE_IS_AN_ANSWER, NOTHING_IS_AN_ANSWER, gone
from aws_fixtures import COLD, COLLECTORS, Account
from aws_front import nth

from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell, Population

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("aws"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module", autouse=True)
def remembered(seeded: Account) -> Iterator[None]:
    """Nothing is written here, so moto need not say the same thing hundreds of times."""
    with seeded.front.remembering():
        yield


@pytest.fixture
def calls(account: Account, name: str) -> dict[str, int]:
    """The calls that the collector makes on the seeded account, and how often."""
    if name == "aws_cloudtrail_digests":
        # Without digests it does not come so far as to read one; what it does with them has tests of its own.
        return {call: 1 for call in find(name).description.calls if call not in ("s3:GetObject", PUBLIC_KEYS)}
    account.collect(name)
    return {call: account.front.asked[call] for call in find(name).description.calls}


PUBLIC_KEYS = "cloudtrail:ListPublicKeys"


@pytest.mark.parametrize("title", FAULTS)
@pytest.mark.parametrize("name", COLLECTORS)
def test_every_fault_on_every_call(account: Account, calls: dict[str, int], name: str, title: str) -> None:
    """On all answers of a call, and on the last of several: the listing before it went through."""
    fault, causes = FAULTS[title]
    settings = COLD if title == "throttled" else {}
    for call, times in calls.items():
        if title == "an empty answer" and call in NOTHING_IS_AN_ANSWER:
            continue
        for broken in (fault, nth(times, fault)) if times > 1 else (fault,):
            with account.front.breaking(call, broken):
                found = account.outcome(name, **settings)
            assert isinstance(found, CouldNotTell), (call, found.notes)
            assert found.cause in causes, (call, str(found))
            assert found.hint or found.where, call


@pytest.mark.parametrize("name", COLLECTORS)
def test_what_vanishes_is_read_again_or_contradicted(account: Account, calls: dict[str, int], name: str) -> None:
    """Gone each time: contradicted. Gone once: everything is read again, and the population says so."""
    for call in calls.keys() - NOT_THERE_IS_AN_ANSWER.keys():
        with account.front.breaking(call, gone):
            found = account.outcome(name)
        assert isinstance(found, CouldNotTell), call
        assert found.cause == "contradicted", (call, str(found))
        if name == "aws_cloudtrail_digests":
            continue
        with account.front.breaking(call, nth(1, gone)):
            again = account.outcome(name)
        assert isinstance(again, Population), (call, str(again))
        assert any("Read again" in note for note in again.notes), call


@pytest.mark.parametrize("name", COLLECTORS)
def test_what_is_busy_once_is_asked_again_and_said(account: Account, calls: dict[str, int], name: str) -> None:
    if name == "aws_cloudtrail_digests":
        pytest.skip("the account has no digests; the source that repeats is the same for all")
    call = next(iter(calls))
    with account.front.breaking(call, nth(1, aws_front.throttled)):
        found = account.outcome(name, attempts=3)
    assert isinstance(found, Population), str(found)
    assert any("repeated" in note for note in found.notes)
