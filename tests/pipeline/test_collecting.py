"""Collecting: each thing once, failures as evidence, canaries one after another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from trustcenter.collectors.interface import Collector, Run
from trustcenter.collectors.registry import find
from trustcenter.errors import KeyMissingError
from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import FetchKey
from trustcenter.pipeline import collecting
from trustcenter.pipeline.checking import check
from trustcenter.pipeline.line import Line

At = Callable[[float], Line]


def broken(**arguments: Any) -> Any:
    """A collector with a defect of its own, whose message quotes what it had in hand."""
    raise ZeroDivisionError("anna@example.test")


def test_a_defect_is_recorded_by_type_and_line_and_never_by_its_message(
    at: At, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = find("query")
    monkeypatch.setattr(collecting, "find", lambda _: Collector(real.description, broken, {}))
    checked = check(at(0))
    assert {one.cause for one in checked.assessment.conclusions} == {"defect"}
    assert checked.verdict.code == 3
    reason = checked.assessment.conclusions[0].reason
    assert "ZeroDivisionError" in reason
    written = [path.read_bytes() for path in root.rglob("*") if path.is_file() and "exports" not in path.parts]
    assert any(b"test_collecting.py:" in data for data in written)
    assert not any(b"anna@example.test" in data for data in written)


def test_how_far_a_long_collection_is_stands_in_the_progress(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    def long(run: Run) -> Any:
        run.say("1000 of 3018 answers")
        raise CouldNotTell("timed_out", "too long")

    real = find("query")
    monkeypatch.setattr(collecting, "find", lambda _: Collector(real.description, long, {"run": Run}))
    line, told = at(0), list[tuple[int, int, str]]()
    wanted = collecting.fetches(line)[:1]
    collecting.collect(line, wanted, lambda *said: told.append(said))
    place = f"{wanted[0].collector} on {wanted[0].source}"
    assert told[0] == (0, 1, f"{place}: 1000 of 3018 answers")
    assert told[1][:2] == (1, 1)
    assert "could not tell (timed_out)" in told[1][2]


def test_canaries_of_one_source_follow_one_another_and_others_run_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two probes at once would end each other's sessions, and each would blame the platform."""
    kinds = {"probe-a": "canary", "probe-b": "canary", "looker": "passive"}
    monkeypatch.setattr(
        collecting, "find", lambda name: SimpleNamespace(description=SimpleNamespace(safety=kinds[name]))
    )
    lock, inside, most = threading.Lock(), {"canary": 0, "all": 0}, {"canary": 0, "all": 0}
    both = threading.Barrier(2, timeout=20)

    def fetch(_: Line, key: FetchKey, *shared: object) -> Any:
        names = ["all", "canary"] if kinds[key.collector] == "canary" else ["all"]
        with lock:
            for name in names:
                inside[name] += 1
                most[name] = max(most[name], inside[name])
        if key.collector in ("probe-a", "looker"):
            both.wait()  # Each is inside while the other is: they run side by side.
        with lock:
            for name in names:
                inside[name] -= 1
        return SimpleNamespace(key=key, words="seen")

    monkeypatch.setattr(collecting, "fetch", fetch)
    monkeypatch.setattr(collecting, "record", lambda line, seen: (b"", None))
    receipt = SimpleNamespace(append_statements=lambda payloads, now: None)
    line: Any = SimpleNamespace(
        signing=lambda: SimpleNamespace(ledger=receipt), store=SimpleNamespace(put=lambda part: None), now=lambda: None
    )
    wanted = [FetchKey(name, "portal") for name in ("probe-a", "probe-b", "looker")]
    seen, _ = collecting.collect(line, wanted)
    assert [one.key for one in seen] == wanted
    assert most == {"canary": 1, "all": 2}


def test_nothing_is_fetched_without_a_key(at: At, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".trustcenter/keys/signing-key.pem").unlink()
    monkeypatch.setattr(collecting, "fetch", lambda *_: pytest.fail("something was fetched"))
    with pytest.raises(KeyMissingError):
        check(at(0))


def test_reuse_fresh_fetches_only_what_has_expired(at: At) -> None:
    assert check(at(0)).fetched == 2
    again = check(at(1), reuse_fresh=True)
    assert (again.fetched, again.reused, again.verdict.code) == (0, 2, 0)
    assert (check(at(25), reuse_fresh=True).fetched, check(at(26)).fetched) == (2, 2)


def test_what_could_not_be_told_is_never_fresh(at: At, root: Path) -> None:
    path = root / "exports/accounts.csv"
    data = path.read_bytes()
    path.unlink()
    assert check(at(0)).verdict.code == 3
    path.write_bytes(data)
    again = check(at(1), reuse_fresh=True)
    assert (again.fetched, again.reused, again.verdict.code) == (1, 1, 0)


def fail_with(monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
    from trustcenter.model.population import CouldNotTell

    real = find("query")

    def function(**_: Any) -> Any:
        raise CouldNotTell(cause, "the source did not give it")  # type: ignore[arg-type]

    monkeypatch.setattr(collecting, "find", lambda _: replace(real, function=function))


@pytest.mark.parametrize("cause", ["timed_out", "unreachable"])
def test_a_passing_trouble_leaves_unexpired_evidence_standing_with_a_warning(
    at: At, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    assert check(at(0)).verdict.code == 0
    fail_with(monkeypatch, cause)
    during = check(at(1))
    assert during.verdict.code == 0
    assert len(during.warnings) == 2
    assert all(cause in warning and "stands until it expires" in warning for warning in during.warnings)
    after = check(at(30))
    assert {one.cause for one in after.assessment.conclusions} == {cause}
    assert (after.verdict.code, after.warnings) == (3, ())


@pytest.mark.parametrize("cause", ["denied", "incomplete", "malformed", "contradicted"])
def test_a_trouble_that_does_not_pass_is_inconclusive_at_once(
    at: At, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    assert check(at(0)).verdict.code == 0
    fail_with(monkeypatch, cause)
    during = check(at(1))
    assert {one.cause for one in during.assessment.conclusions} == {cause}
    assert (during.verdict.code, during.warnings) == (3, ())
