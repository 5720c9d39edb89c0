"""Every collector on a database against every fault: a typed cause each time, never a population.

The faults are in the socket, the grants or the server; collector and source run unmodified.
"""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from database_collectors import COLLECTORS, Case
from foreign_platform import ForeignPlatform
from runs import collect, run_of

from trustcenter.model.population import CouldNotTell
from trustcenter.testing import sockets as faults

each = pytest.mark.parametrize("case", COLLECTORS, ids=lambda case: case.collector.description.id)


def cause_of(case: Case, settings: dict[str, Any], seconds: float = 20.0) -> str:
    """The cause with which the collector gave up; the message holds no part of the connection string."""
    run = run_of(settings, case.mapping, parameters=case.parameters, seconds=seconds)
    with pytest.raises(CouldNotTell) as caught:
        collect(case.collector, run)
    shown = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value.__cause__)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert "password" not in shown
    assert "127.0.0.1" not in shown
    return caught.value.cause


@each
def test_revoked_grants_are_denied(breakable: ForeignPlatform, case: Case) -> None:
    breakable.execute(*case.revoke)
    assert cause_of(case, breakable.settings()) == "denied"


@each
def test_a_wrong_password_is_denied(foreign: ForeignPlatform, case: Case) -> None:
    settings = foreign.settings() | {"dsn": foreign.server.dsn(foreign.database, "crm_reader", "not-it")}
    assert cause_of(case, settings) == "denied"


@each
def test_a_refused_connection_is_unreachable(foreign: ForeignPlatform, case: Case) -> None:
    with faults.refused() as port:
        assert cause_of(case, foreign.settings(port=port)) == "unreachable"


@each
def test_a_server_that_accepts_and_never_answers_is_timed_out(foreign: ForeignPlatform, case: Case) -> None:
    with faults.silent() as port:
        assert cause_of(case, foreign.settings(port=port)) == "timed_out"


@each
def test_a_server_that_falls_silent_in_the_middle_is_timed_out(foreign: ForeignPlatform, case: Case) -> None:
    """The server's own limit does not help where its answer never arrives; ours does."""
    with faults.silent_after(foreign.server.port, case.sign_in_bytes) as port:
        settings = foreign.settings(port=port) | {"statement_seconds": 0.3}
        assert cause_of(case, settings) == "timed_out"


@each
def test_garbage_instead_of_the_protocol_is_malformed(foreign: ForeignPlatform, case: Case) -> None:
    with faults.garbage() as port:
        assert cause_of(case, foreign.settings(port=port)) == "malformed"


@each
def test_garbage_in_the_middle_of_the_answers_is_no_population(foreign: ForeignPlatform, case: Case) -> None:
    with faults.corrupt_after(foreign.server.port, case.middle(foreign)) as port:
        assert cause_of(case, foreign.settings(port=port)) in ("malformed", "incomplete", "timed_out")


@each
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.97])
def test_an_answer_cut_off_anywhere_is_incomplete(foreign: ForeignPlatform, case: Case, share: float) -> None:
    with faults.cut_after(foreign.server.port, round(case.total(foreign) * share)) as port:
        assert cause_of(case, foreign.settings(port=port)) == "incomplete"


@each
def test_the_end_of_the_run_s_time_is_timed_out(foreign: ForeignPlatform, case: Case) -> None:
    assert cause_of(case, foreign.settings(), seconds=-1) == "timed_out"
