"""Programs: no shell, a small environment, a time limit that leaves nothing behind, a limit on output."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from runs import run_of

from trustcenter.model.population import CouldNotTell
from trustcenter.sources import process as module
from trustcenter.sources.interface import Process
from trustcenter.sources.process import Programs, from_source


def programs(seconds: float = 30.0) -> Programs:
    run = run_of({}, seconds=seconds)
    return from_source(run.source, run)


def cause(arguments: list[str], *, seconds: float = 10.0, budget: float = 30.0, **more: Any) -> str:
    with pytest.raises(CouldNotTell) as caught:
        programs(budget).run(arguments, seconds=seconds, **more)
    assert "secret-argument" not in str(caught.value)
    return caught.value.cause


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code, "secret-argument"]


def test_output_code_and_time_come_back() -> None:
    made = programs()
    assert isinstance(made, Process)
    done = made.run(
        python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"), seconds=10, allowed=(0, 3)
    )
    assert (done.code, done.stdout, done.stderr) == (3, b"out\n", b"err\n")
    assert done.seconds > 0


def test_no_shell_and_no_environment_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTCENTER_TEST_SECRET", "x")
    done = programs().run([*python("import os, sys; print(sorted(os.environ), sys.argv[2:])"), "$(id); *"], seconds=10)
    assert b"TRUSTCENTER_TEST_SECRET" not in done.stdout
    assert b"$(id); *" in done.stdout


def test_a_program_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    """The whole group dies, so that a worker which it started does not outlive it."""
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen(['sleep', '60']); open({str(note)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    assert cause(python(code), seconds=1.0) == "timed_out"
    child = int(note.read_text())
    deadline = time.monotonic() + 5
    while _alive(child):
        assert time.monotonic() < deadline, "the child is still there"
        time.sleep(0.02)


def _alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_server_left_behind_does_not_hold_up_the_answer() -> None:
    """Whoever inherits the output may keep it open; the program itself has ended."""
    began = time.monotonic()
    code = "import subprocess; subprocess.Popen(['sleep', '90'], start_new_session=True); print('done')"
    assert programs().run(python(code), seconds=20).stdout == b"done\n"
    assert time.monotonic() - began < 45


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (python("import sys; sys.exit(2)"), "malformed"),
        (python("import os; os.kill(os.getpid(), 9)"), "incomplete"),
        (["/nowhere/program", "secret-argument"], "unsupported"),
        (["/etc/passwd", "secret-argument"], "denied"),
    ],
)
def test_each_failure_has_its_cause(arguments: list[str], expected: str) -> None:
    assert cause(arguments) == expected


def test_the_run_s_deadline_comes_before_the_program_s() -> None:
    assert cause(["sleep", "30"], seconds=30, budget=0.5) == "timed_out"
    assert cause(["sleep", "30"], seconds=30, budget=-1) == "timed_out"


def test_endless_output_is_malformed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OUTPUT", 100_000)
    assert cause(["yes"]) == "malformed"


def test_a_user_that_does_not_exist_is_unsupported() -> None:
    assert cause(["true"], user="nobody-of-this-name") == "unsupported"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may run a program as somebody else")
def test_root_runs_a_program_as_another_user_with_no_group_of_ours() -> None:
    done = programs().run(["id"], seconds=10, user="nobody")
    assert b"uid=65534(nobody)" in done.stdout
    assert b"root" not in done.stdout
