"""The command line as a process of its own, forked from one that has imported it already.

What a process does, prints and ends with is the same; only the seconds of importing are spent once. Tests of the
start itself (tests/cli/test_start.py) run a fresh interpreter.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import trustcenter.collectors

WARM = ("cli.start", "pipeline.checking", "pipeline.publishing", "pipeline.answering", "pipeline.sending")


def run_command(
    words: Sequence[str], *, folder: Path, environment: Mapping[str, str], seconds: float, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """`trustcenter WORDS` in a folder. Raises subprocess.TimeoutExpired, after killing it, when it takes too long."""
    with (
        tempfile.NamedTemporaryFile() as stdout,
        tempfile.NamedTemporaryFile() as stderr,
        tempfile.NamedTemporaryFile() as input_file,
    ):
        input_file.write(given.encode())
        input_file.flush()
        files = (input_file.name, stdout.name, stderr.name)
        process = _processes().Process(target=_command, args=(list(words), str(folder), dict(environment), files))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(words), seconds, stdout.read(), stderr.read())
        said = [file.read().decode("utf-8", "replace") for file in (stdout, stderr)]
        return subprocess.CompletedProcess(list(words), process.exitcode, *said)


@cache
def _processes() -> Any:
    context = multiprocessing.get_context("forkserver")
    collectors = [module.name for module in pkgutil.iter_modules(trustcenter.collectors.__path__)]
    context.set_forkserver_preload(
        [f"trustcenter.{name}" for name in WARM] + [f"trustcenter.collectors.{name}" for name in collectors]
    )
    return context


def _command(words: list[str], folder: str, environment: dict[str, str], files: tuple[str, str, str]) -> None:
    os.setsid()
    for number, (name, mode) in enumerate(zip(files, (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY), strict=True)):
        opened = os.open(name, mode)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    tempfile.tempdir = None
    sys.argv = ["trustcenter", *words]
    from trustcenter.cli import main

    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)
