"""`contacted_hosts` on the foreign platform: what is listed, what is ours, and a recorder that has gone silent."""

from __future__ import annotations

from typing import Any

import pytest
from foreign_platform import CONTACTS, ForeignPlatform
from runs import collect, run_of

from trustcenter.collectors._hosts import patterns_of
from trustcenter.collectors.contacted_hosts import contacted_hosts
from trustcenter.model.population import CouldNotTell


def seen(platform: ForeignPlatform, **changes: Any) -> Any:
    return collect(contacted_hosts, run_of(platform.settings(), {**CONTACTS, **changes}))


def cause(platform: ForeignPlatform, **changes: Any) -> str:
    with pytest.raises(CouldNotTell) as caught:
        seen(platform, **changes)
    return caught.value.cause


def test_hosts_of_the_days_that_are_not_ours(foreign: ForeignPlatform) -> None:
    population = seen(foreign)
    (host,) = population.facts
    assert (host.host, host.port, host.protocol, host.connections) == ("API.tally.example", 443, "tcp", 5)
    assert (host.last_hour - host.first_hour).total_seconds() == 3600
    assert host.covered_by == ("api.tally.example", "*.tally.example")
    assert population.exclusions == ("10.0.0.5: our mail relay",)
    assert population.completeness.holds
    assert population.completeness.expected == 4
    assert (population.period.end - population.period.start).days == 30


def test_what_is_not_declared_as_ours_is_listed(foreign: ForeignPlatform) -> None:
    assert {fact.host for fact in seen(foreign, own={}).facts} == {"10.0.0.5", "API.tally.example"}
    assert len(seen(foreign, days=60).facts) == 2


def test_a_recorder_that_fell_silent_is_no_empty_record(breakable: ForeignPlatform) -> None:
    breakable.execute("update crm.listeners set heard = now() - interval '90 seconds'")
    assert cause(breakable) == "incomplete"
    breakable.execute("delete from crm.listeners")
    assert cause(breakable) == "incomplete"


@pytest.mark.parametrize(
    "wrong",
    [{"own": ["10.0.0.5"]}, {"own": {"10.0.0.5": " "}}, {"days": 0}, {"recorders": {"table": "crm.listeners"}}],
)
def test_a_mapping_that_does_not_say_enough_is_unsupported(foreign: ForeignPlatform, wrong: dict[str, Any]) -> None:
    assert cause(foreign, **wrong) == "unsupported"


def test_a_contact_that_cannot_be_one_is_malformed(breakable: ForeignPlatform) -> None:
    breakable.execute("insert into crm.calls values ('odd.example', 1, 'carrier pigeon', now(), 1)")
    assert cause(breakable) == "malformed"


@pytest.mark.parametrize(
    ("host", "patterns"),
    [
        ("Mail.EU.pennon.example.", ("mail.eu.pennon.example", "*.eu.pennon.example", "*.pennon.example")),
        ("pennon.example", ("pennon.example",)),
        ("192.0.2.7", ("192.0.2.7",)),
        ("2001:db8::7", ("2001:db8::7",)),
        ("localhost", ("localhost",)),
    ],
)
def test_patterns_never_reach_a_whole_top_level_domain(host: str, patterns: tuple[str, ...]) -> None:
    assert patterns_of(host) == patterns
