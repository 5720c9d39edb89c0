"""`Process`: a program of this machine, without a shell, with a small environment, a time limit and an output limit."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources.interface import Budget, Finished
from trustcenter.sources.settings import seconds_left

MOST_OUTPUT = 128 * 1024 * 1024
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_LOOK = 0.02  # seconds between two looks at a running program


def from_source(source: Source, run: Budget) -> Programs:
    """Programs run for this source, within the run's deadline."""
    return Programs(source, run)


class Programs:
    """Runs programs. Output goes to temporary files, so that a server which a program leaves behind holds nothing up.

    Raises CouldNotTell: `unsupported` when the program is not installed, `denied` when it may not be run, `timed_out`
    after which its whole process group is dead, `malformed` for an exit code that is not allowed or too much output,
    `incomplete` when a signal ended it. Messages name the program, never its arguments.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.settings: Mapping[str, Any] = source.settings
        self._budget = budget

    def run(
        self,
        arguments: Sequence[str],
        *,
        seconds: float,
        environment: Mapping[str, str] | None = None,
        folder: str | None = None,
        allowed: Sequence[int] = (0,),
        user: str | None = None,
    ) -> Finished:
        program = Path(arguments[0]).name
        limit = seconds_left(self._budget, seconds)
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
            started = time.monotonic()
            child = _start(arguments, program, {**ENVIRONMENT, **(environment or {})}, folder, user, stdout, stderr)
            try:
                code = _wait(child, program, started + limit, (stdout, stderr))
            finally:
                if child.returncode is None:
                    _kill(child)
            took = time.monotonic() - started
            if code < 0:
                raise CouldNotTell("incomplete", f"{program} was ended by signal {-code}")
            if code not in allowed:
                raise CouldNotTell("malformed", f"{program} ended with code {code}")
            return Finished(code, _content(stdout), _content(stderr), took)


def _start(
    arguments: Sequence[str],
    program: str,
    environment: Mapping[str, str],
    folder: str | None,
    user: str | None,
    stdout: IO[bytes],
    stderr: IO[bytes],
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
            list(arguments),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            cwd=folder or "/",
            env=dict(environment),
            start_new_session=True,
            user=user,
            group=_group(user),
            extra_groups=[] if user is not None else None,
        )
    except FileNotFoundError:
        raise CouldNotTell("unsupported", f"{program} is not installed here, or its folder is not there") from None
    except PermissionError:
        raise CouldNotTell("denied", f"{program} may not be run") from None
    except (OSError, ValueError, LookupError) as error:
        raise CouldNotTell("unsupported", f"{program} cannot be run ({type(error).__name__})") from None


def _group(user: str | None) -> int | None:
    import pwd

    return None if user is None else pwd.getpwnam(user).pw_gid


def _wait(child: subprocess.Popen[bytes], program: str, until: float, outputs: Sequence[IO[bytes]]) -> int:
    while True:
        with suppress(subprocess.TimeoutExpired):
            return child.wait(_LOOK)
        if any(os.fstat(output.fileno()).st_size > MOST_OUTPUT for output in outputs):
            raise CouldNotTell("malformed", f"{program} wrote more than {MOST_OUTPUT} bytes")
        if time.monotonic() > until:
            raise CouldNotTell("timed_out", f"{program} did not end in time")


def _kill(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _content(output: IO[bytes]) -> bytes:
    output.seek(0)
    return output.read(MOST_OUTPUT)
