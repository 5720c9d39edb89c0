"""Writers that die: nothing acknowledged is lost, the prefix never changes, the next writer goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from trustcenter.ledger import files, keys
from trustcenter.ledger.store import Ledger
from trustcenter.ledger.verify import verify

Say = Callable[..., bytes]


class Death(BaseException):
    """The process ends here: no handler of an ordinary error sees it."""


def run_rounds(folder: Path, rounds: int) -> dict[str, int]:
    program = Path(__file__).with_name("crash_rounds.py")
    done = subprocess.run(
        [sys.executable, str(program), str(folder), str(rounds), "20261121"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_thirty_rounds_of_killed_concurrent_writers(tmp_path: Path) -> None:
    found = run_rounds(tmp_path, 30)
    assert found["rounds"] == 30
    assert found["acknowledged"] >= 30
    assert found["entries"] >= found["acknowledged"]


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_five_hundred_rounds_of_killed_concurrent_writers(tmp_path: Path) -> None:
    assert run_rounds(tmp_path, 500)["rounds"] == 500


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.deep), 5])
def test_a_death_at_any_file_operation_leaves_a_good_ledger(
    ledger: Ledger, say: Say, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    """Every write, fsync, rename, mkdir and unlink of an append is once the last thing that the writer does.

    What is in the log is read after each; every byte of the ledger is verified after one of `every` deaths.
    """
    ledger.append_statements([say(0)] * 254, now=now)
    assert ledger.signer is not None
    pinned = ledger.signer.verifier
    committed = [each.digest for each in ledger.statements()]
    outcomes = set()
    for last in range(200):
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(tmp_path / "evidence", copy / "evidence")
        shutil.copytree(tmp_path / "keys", copy / "keys")
        writer = Ledger(copy / "evidence", signer=keys.load(copy / "keys"))
        with monkeypatch.context() as patch:
            _die_after(patch, last)
            try:
                writer.append_statements([say(1000), say(1001), say(1002)], now=now)
                died = False
            except Death:
                died = True
        now_logged = [each.digest for each in Ledger(copy / "evidence").statements()]
        assert now_logged[: len(committed)] == committed
        assert len(now_logged) - len(committed) in (0, 3)
        outcomes.add((died, len(now_logged) - len(committed)))
        if last % every == 0:
            verify(copy / "evidence", key=pinned, now=now)
        again = Ledger(copy / "evidence", signer=keys.load(copy / "keys"))
        receipt = again.append_statements([say(2000)], now=now)
        assert receipt.first == len(now_logged)
        if last % every == 0 or not died:
            assert verify(copy / "evidence", key=pinned, now=now).size == len(now_logged) + 1
        if not died:
            break
    assert outcomes == {(True, 0), (True, 3), (False, 3)}


def test_a_death_of_the_very_first_append_leaves_nothing_or_all(
    say: Say, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for last in range(200):
        folder = tmp_path / str(last)
        signer = keys.init(folder / "keys", "example.test/ledger", now)
        with monkeypatch.context() as patch:
            _die_after(patch, last)
            try:
                Ledger(folder / "evidence", signer=signer).append_statements([say(1)], now=now)
                died = False
            except Death:
                died = True
        assert Ledger(folder / "evidence").size in (0, 2)
        after = Ledger(folder / "evidence", signer=signer).append_statements([say(2)], now=now)
        assert verify(folder / "evidence", key=signer.verifier, now=now).size == after.size
        if not died:
            break
    assert not died


def _die_after(patch: pytest.MonkeyPatch, operations: int) -> None:
    """Let that many file operations happen, then die before the next one."""
    left = operations

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def run(*args: object, **options: object) -> object:
            nonlocal left
            if left == 0:
                raise Death
            left -= 1
            return real(*args, **options)

        return run

    for owner, name in ((os, "write"), (os, "fsync"), (Path, "rename"), (Path, "mkdir"), (Path, "unlink")):
        patch.setattr(owner, name, counted(getattr(owner, name)))


def test_a_temporary_file_is_removed_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        files.write_durably(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == []
