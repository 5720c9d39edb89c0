"""Leases on canaries: two processes of this machine never act as one source's canaries at the same time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source

PATIENCE = 300.0
"""Seconds that one process waits for another."""

_PAUSE = 0.1
_NAMES = ("url", "canary_a_email", "canary_b_email")


@contextmanager
def leased(
    source: Source,
    timer: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
    patience: float = PATIENCE,
) -> Iterator[None]:
    """Hold a platform's canaries, whichever instance or command asks; the lease falls with the process that holds it.

    A session that one probe ends, or a document that it removes, would look to another like damage done by a stranger.
    Raises CouldNotTell (`timed_out`) after `patience` seconds, `unsupported` where no lease can be kept.
    """
    path = _place(source)
    with path.open("a") as file:
        until = timer() + patience
        while not _taken(file.fileno()):
            if timer() > until:
                raise CouldNotTell(
                    "timed_out",
                    f"another process acts as the canaries of {source.name}",
                    hint="wait for it to end, and collect again",
                )
            pause(_PAUSE)
        yield


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _place(source: Source) -> Path:
    """One file for one platform and its canaries, in a folder that is nobody else's."""
    folder = Path(tempfile.gettempdir()) / f"trustcenter-leases-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise CouldNotTell(
            "unsupported", f"{folder} is not this user's alone, so no lease can be kept in it", hint="remove it"
        )
    named = "\n".join(str(source.settings.get(name, "")) for name in _NAMES)
    return folder / f"{hashlib.sha256(named.encode()).hexdigest()}.lock"
