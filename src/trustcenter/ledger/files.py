"""Files that survive a crash: a whole file or none, and one writer at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from trustcenter.errors import ConfigurationError

TEMPORARY_PREFIX = ".tmp-"
"""Beginning of the names of files that are being written; what a crash leaves under it is garbage."""


_FEW = 8
_SIDE_BY_SIDE = 16


def make_folder(path: Path, *, mode: int = 0o755) -> None:
    """Create a folder and its parents, and make their names durable."""
    if path.is_dir():
        return
    make_folder(path.parent, mode=mode)
    path.mkdir(mode=mode, exist_ok=True)
    sync_folder(path.parent)


def write_durably(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put a whole file in place by temporary file, fsync, rename and fsync of the folder."""
    _write_temporary(path, data, mode).rename(path)
    sync_folder(path.parent)


def write_all_durably(files: Mapping[Path, bytes], *, mode: int = 0o644) -> None:
    """Put several whole files in place; each is either there or not when a crash comes, in any combination.

    Files are fsynced side by side, because a file system commits concurrent ones together.
    """
    if len(files) < _FEW:
        temporary = [_write_temporary(path, data, mode) for path, data in files.items()]
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            temporary = list(pool.map(lambda path: _write_temporary(path, files[path], mode), files))
    for made, path in zip(temporary, files, strict=True):
        made.rename(path)
    sync_folders(path.parent for path in files)


def append_durably(path: Path, line: bytes, *, mode: int = 0o600) -> None:
    """Append one line in one write and fsync it."""
    fresh = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)
    if fresh:
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folders(paths: Iterable[Path]) -> None:
    """Make the names in several folders durable, each folder once."""
    folders = sorted(set(paths))
    if len(folders) < _FEW:
        for path in folders:
            sync_folder(path)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        list(pool.map(sync_folder, folders))


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone; others wait.

    The lock is on the folder itself, so that no lock file becomes part of what is published; it ends with the
    process, however that ends. Raises ConfigurationError where the file system knows no such lock.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            raise ConfigurationError(
                f"the folder cannot be locked: {error.strerror}",
                where=str(folder),
                hint="Keep the ledger on a local file system while it is written.",
            ) from error
        yield
    finally:
        os.close(handle)


@contextmanager
def shared(folder: Path) -> Iterator[None]:
    """Keep writers out of the folder while reading.

    Where there is no lock (a copy elsewhere), nobody writes.
    """
    if not folder.is_dir():
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _write_temporary(path: Path, data: bytes, mode: int) -> Path:
    """A durable file beside the place where it is to be."""
    temporary = path.parent / f"{TEMPORARY_PREFIX}{os.getpid()}-{secrets.token_hex(8)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    return temporary
