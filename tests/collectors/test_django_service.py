"""A Django service with Django's own sign-in, judged by this repository's controls through mapping alone.

What Django does by itself passes; what it does not do is found, and what nobody mapped could not be told.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import small_instance
from django_service import Quay, quay
from runs import collect, run_of

from trustcenter.collectors.audit_events import audit_events
from trustcenter.instance import load

PASSES = {
    "access.named-accounts/accounts", "access.session-cookies/flags", "access.session-rotation/rotated",
    "access.sessions-end/lifetime", "access.sign-out/ended", "continuity.backups/log", "continuity.backups/newest",
    "continuity.backups/usable", "data.tenant-isolation-probe/tried", "data.tenant-isolation/role",
    "data.tenant-isolation/views", "platform.audit-log/append_only", "platform.audit-log/complete",
    "platform.database-authentication/passwords", "platform.database-authentication/rules",
    "platform.database-exposure/address", "platform.database-exposure/knock", "platform.database-exposure/rules",
}  # fmt: skip
DEVIATES = {
    "access.password-storage/stored": "found pbkdf2-sha256",
    "access.second-factor/enrolled": "found absent",
    "data.tenant-isolation/tables": "row security is yes (found no)",
    "data.tenant-isolation/everything": "isolated is yes (found no)",
    "platform.database-durability/durable": "value is on (found off)",
    "platform.database-logging/connections": "deviate",
    "platform.database-logging/structure": "found none",
}
NOT_TOLD = {f"access.second-factor/{name}" for name in ("enforced", "refused_codes", "accepted_codes")} | {
    "access.session-rotation/privileged",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quay]:
    """The service with one person signed in, as on any day."""
    with quay(tmp_path_factory.mktemp("quay")) as running:
        running.sign_in()
        yield running


def outcomes(judged: Any) -> dict[str, str]:
    return {f"{one['control']}/{one['test']}": one["conclusion"] for one in judged["conclusions"]}


def test_django_passes_or_fails_honestly(service):
    """Each test of each control ends as Django deserves, with the reason; then a right too many is noticed."""
    checked = small_instance.document(small_instance.run(service.instance, "check", "--json"))
    found = outcomes(checked["assessment"])
    assert {name for name, outcome in found.items() if outcome == "no_deviations"} == PASSES
    assert {name for name, outcome in found.items() if outcome == "inconclusive"} == NOT_TOLD
    assert {name for name, outcome in found.items() if outcome == "deviations"} == set(DEVIATES)
    reasons = {reason["text"].partition(" on ")[0]: reason["text"] for reason in checked["reasons"]}
    assert all(words in reasons[name] for name, words in DEVIATES.items())

    service.execute("grant update on quay_journal to quay_app")
    source = load(service.instance, os.environ).source("portal")
    log = collect(audit_events, run_of(dict(source.settings), source.mapping["audit_events"], seconds=60))
    assert {fact.check for fact in log.facts if not fact.held} == {"update by quay_app"}
