"""Replace a folder in one step: a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def switch(new: Path, destination: Path) -> None:
    """Put `new` at `destination` (same file system) and remove what was there.

    Linux exchanges the two names in one system call (renameat2). Elsewhere two renames follow each other, and between
    them the name is absent.
    """
    if not destination.exists():
        new.rename(destination)
        return
    if _exchange(new, destination):
        shutil.rmtree(new)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{destination.name}-old-", dir=destination.parent)) / "site"
    destination.rename(aside)
    new.rename(destination)
    shutil.rmtree(aside.parent)


def _exchange(first: Path, second: Path) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    done = rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
    return bool(done == 0)
