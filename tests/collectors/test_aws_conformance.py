"""Every collector of AWS against the kit that third parties use (`trustcenter.testing`)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_fixtures import COLLECTORS, Account

from trustcenter.collectors.registry import find
from trustcenter.testing import Stage, Web, conform

pytestmark = [pytest.mark.xdist_group("aws")]

VOLATILE = ("restorable_until", "lag", "delivered_at")
"""What moto makes up anew each time that it is asked."""
DENIAL = (403, "application/x-amz-json-1.1", b'{"__type": "AccessDeniedException", "message": "not authorized"}')


@pytest.fixture
def tried(seeded: Account) -> Callable[..., list[str]]:
    """The objections of the kit to one collector on the seeded account."""

    def run(name: str, *, faults: bool) -> list[str]:
        stage = Stage(seeded.settings(), kind="aws", ways=[Web("endpoint_url", denial=DENIAL)], volatile=VOLATILE)
        return [str(one) for one in conform(find(name), stage, faults=faults)]

    return run


@pytest.mark.parametrize("name", COLLECTORS)
def test_it_conforms(tried: Callable[..., list[str]], name: str) -> None:
    assert tried(name, faults=False) == []


@pytest.mark.deep
@pytest.mark.parametrize("name", COLLECTORS)
def test_it_conforms_under_every_fault(tried: Callable[..., list[str]], name: str) -> None:
    assert tried(name, faults=True) == []
