"""What the test processes of a session share: a lock, and things that are made once."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock on a file; it ends with the process that holds it, whatever happens to it.

    The file is only read: whoever has lost rights for a test may still wait for it.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[], Path], remove: Callable[[Path], None]
) -> Iterator[Path]:
    """A folder that the first test process to need it makes, and the last one to leave removes.

    `make` chooses the folder: not one of pytest's own where a database lies in it, for each pytest process takes the
    search permission from their root again.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    root = factory.getbasetemp() if worker == "master" else factory.getbasetemp().parent
    note, users = root / f"{name}-is-at", root / f"{name}-users"
    with locked(root / f"{name}.lock"):
        if not note.exists():
            note.write_text(str(make()))
        folder = Path(note.read_text())
        users.mkdir(exist_ok=True)
        (users / worker).touch()
    try:
        yield folder
    finally:
        with locked(root / f"{name}.lock"):
            (users / worker).unlink()
            if not any(users.iterdir()):
                note.unlink()
                remove(folder)
