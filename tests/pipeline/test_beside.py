"""Work in a forked process: the same values in the same order, and the same errors as without it."""

from __future__ import annotations

import os
import signal
import struct
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import small_instance

from trustcenter.errors import TamperedError
from trustcenter.pipeline import beside, checking, judging
from trustcenter.pipeline.beside import Beside, in_two
from trustcenter.pipeline.checking import check
from trustcenter.pipeline.line import Line

needs_two = pytest.mark.skipif(not beside.possible(), reason="one processor, or not Linux")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that earlier tests left idle in this process do not count."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@needs_two
@pytest.mark.usefixtures("alone")
def test_the_work_is_done_elsewhere() -> None:
    begun = Beside(os.getpid)
    assert begun.result() != os.getpid()
    assert Beside(os.getpid, worthwhile=False).result() == os.getpid()


@needs_two
@pytest.mark.usefixtures("alone")
def test_many_are_done_in_two_halves_and_stay_in_order() -> None:
    found = list(in_two(lambda one: (one, os.getpid()), range(9), least=9))
    assert [one for one, _ in found] == list(range(9))
    assert [here == os.getpid() for _, here in found] == [True] * 4 + [False] * 5
    assert {here for _, here in in_two(lambda one: (one, os.getpid()), range(9))} == {os.getpid()}


@pytest.mark.parametrize("bad", [1, 8])
def test_an_error_of_either_half_is_raised(bad: int) -> None:
    def work(one: int) -> int:
        if one == bad:
            raise TamperedError(f"row {one} is another")
        return one

    with pytest.raises(TamperedError, match=f"row {bad} is another"):
        list(in_two(work, range(9), least=1))


@needs_two
@pytest.mark.usefixtures("alone")
def test_a_helper_that_is_killed_or_gives_what_cannot_be_sent_is_done_without() -> None:
    here = os.getpid()

    def dies() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "done here"

    assert Beside(dies).result() == "done here"
    assert callable(Beside(lambda: dies).result())
    assert Beside(lambda: None).result() is None


@needs_two
@pytest.mark.usefixtures("alone")
def test_half_an_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(work: Callable[[], object], reading: Connection, answer: Connection) -> None:
        os.write(answer.fileno(), struct.pack("!i", 1_000) + b"half")
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(beside, "_answer", half)
    assert Beside(lambda: "done here").result() == "done here"


def test_nothing_is_forked_while_other_threads_run() -> None:
    stay = threading.Event()
    other = threading.Thread(target=stay.wait)
    other.start()
    try:
        assert not beside.possible()
        assert Beside(os.getpid).result() == os.getpid()
    finally:
        stay.set()
        other.join()


@needs_two
@pytest.mark.usefixtures("alone")
def test_an_assessment_is_the_same_whoever_judged(
    root: Path, at: Callable[[float], Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With deviations, which are sent from the helper's half."""
    (root / "exports/accounts.csv").write_text(small_instance.WEAK)
    check(at(0))
    whole = judging.assess(at(1)).assessment
    assert len(whole.conclusions) >= 2
    monkeypatch.setattr(judging, "in_two", partial(in_two, least=1))
    assert judging.assess(at(1)).assessment == whole
    assert any(one.deviations for one in whole.conclusions)


@needs_two
@pytest.mark.usefixtures("alone")
def test_what_verification_says_of_a_ledger_comes_before_what_judging_stumbled_over(
    root: Path, at: Callable[[float], Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(at(0))
    monkeypatch.setattr(checking, "MANY", 0)
    assert check(at(1), offline=True).verdict.code == 0
    tile = sorted((root / "evidence/log/tile").rglob("*"), key=lambda path: path.is_file())[-1]
    tile.chmod(0o644)
    tile.write_bytes(bytes(byte ^ 1 for byte in tile.read_bytes()))

    def stumbles(line: Line) -> None:
        raise ValueError("a row that nobody signed")

    monkeypatch.setattr(judging, "assess", stumbles)
    with pytest.raises(TamperedError):
        check(at(1), offline=True)
