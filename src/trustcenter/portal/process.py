"""One background process of the portal: it holds a lock while it lives, so that "is it running" has one true answer."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trustcenter.errors import ConfigurationError
from trustcenter.portal.waiting import wait_for


@dataclass(frozen=True)
class Process:
    """A process by its lock file, which holds its identifier. The lock falls with the process, however it ends."""

    lock: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """For the process itself. Raises ConfigurationError when another one lives."""
        self.lock.parent.mkdir(parents=True, exist_ok=True)
        with self.lock.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ConfigurationError("It is running already.", where=str(self.lock)) from error
            file.seek(0)
            file.truncate()
            file.write(str(os.getpid()))
            file.flush()
            yield

    def pid(self) -> int | None:
        """The identifier of the living process, None when there is none."""
        if not self.lock.exists():
            return None
        with self.lock.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                text = file.read().strip()
                return int(text) if text else None
        return None

    def start(self, arguments: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """Starts `python -m trustcenter.portal ARGUMENTS` in a session of its own; its words go to `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            log.chmod(0o600)
            return subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "trustcenter.portal", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=environment,
                start_new_session=True,
            )

    def stop(self, seconds: float = 10.0) -> bool:
        """SIGTERM, then SIGKILL after `seconds`; True when there was a process."""
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        try:
            wait_for(lambda: self.pid() is None, seconds, f"The end of process {pid}")
        except ConfigurationError:
            if self.pid() == pid:
                os.kill(pid, signal.SIGKILL)
            wait_for(lambda: self.pid() is None, seconds, f"The end of process {pid}")
        return True
