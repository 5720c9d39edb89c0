"""`Files` below one folder: regular files only, no link out of it, and what cannot be listed raises."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources.interface import Budget
from trustcenter.sources.settings import text_setting

MOST_BYTES = 256 * 1024 * 1024
LONGEST_LINE = 4 * 1024 * 1024


def from_source(source: Source, run: Budget) -> Folder:
    """The folder that the source's `path` names; a platform's is `backups`, that of records `root`."""
    setting = next((name for name in ("backups", "path", "root") if name in source.settings), "path")
    return Folder(text_setting(run, setting), name=source.name)


class Folder:
    """One folder of this machine. Every path is relative to it, with `/`.

    Raises CouldNotTell: `unreachable` when the folder is not there, `denied` when it may not be read, `incomplete` when
    a file vanished between listing and reading, `malformed` for links out of the folder and what is no regular file.
    """

    def __init__(self, root: str | Path, *, name: str = "files") -> None:
        self._name = name
        try:
            self._root = Path(root).expanduser().resolve(strict=True)
        except (OSError, RuntimeError, ValueError) as error:
            raise self._cause(error, "its folder") from None
        if not self._root.is_dir():
            raise CouldNotTell("malformed", f"what source {name} names is not a folder")

    def names(self, pattern: str) -> Sequence[str]:
        return sorted(set(self._walk(self._root, self._parts(pattern), folders=False)))

    def folders(self, pattern: str) -> Sequence[str]:
        return sorted(set(self._walk(self._root, self._parts(pattern), folders=True)))

    def read(self, name: str) -> bytes:
        """The whole file; at most 256 MB."""
        with self._open(name) as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                raise CouldNotTell("malformed", f"source {self._name}: {name} is larger than {MOST_BYTES} bytes")
            return self._guarded(name, lambda: file.read(MOST_BYTES + 1))

    def lines(self, name: str) -> Iterator[bytes]:
        """Line by line without the line's end; a last line without one is returned too."""
        with self._open(name) as file:
            while line := self._guarded(name, lambda: file.readline(LONGEST_LINE + 1)):
                if len(line) > LONGEST_LINE:
                    raise CouldNotTell("malformed", f"source {self._name}: a line of {name} has no end")
                yield line.rstrip(b"\r\n")

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file of any length in pieces of 1 MB."""
        with self._open(name) as file:
            while piece := self._guarded(name, lambda: file.read(1 << 20)):
                yield piece

    def size(self, name: str) -> int:
        return self._status(name).st_size

    def modified(self, name: str) -> datetime:
        return datetime.fromtimestamp(self._status(name).st_mtime, UTC)

    def local(self, name: str = "") -> str:
        return str(self._place(name) if name else self._root)

    def _status(self, name: str) -> os.stat_result:
        place = self._place(name)
        try:
            return place.stat()
        except OSError as error:
            raise self._cause(error, name) from None

    def _place(self, name: str) -> Path:
        if not name or name.startswith("/") or "\0" in name or ".." in name.split("/"):
            raise CouldNotTell("malformed", f"source {self._name}: {name!r} is not a path inside its folder")
        try:
            place = (self._root / name).resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise self._cause(error, name) from None
        if not place.is_relative_to(self._root):
            raise self._link_out(name)
        return place

    @contextmanager
    def _open(self, name: str) -> Iterator[BinaryIO]:
        place = self._place(name)
        try:  # not blocking: a pipe in the folder must not hold us up
            descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as error:
            raise self._cause(error, name) from None
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise CouldNotTell("malformed", f"source {self._name}: {name} is not a regular file")
            yield file

    def _guarded(self, name: str, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except OSError as error:
            raise self._cause(error, name) from None

    def _parts(self, pattern: str) -> tuple[str, ...]:
        parts = tuple(pattern.split("/"))
        if not pattern or pattern.startswith("/") or "" in parts or ".." in parts:
            raise CouldNotTell("unsupported", f"source {self._name}: {pattern!r} is not a pattern inside its folder")
        return parts

    def _walk(self, folder: Path, parts: tuple[str, ...], *, folders: bool) -> Iterator[str]:
        head, rest = parts[0], parts[1:]
        if head == "**":
            if rest:
                yield from self._walk(folder, rest, folders=folders)
            for entry in self._entries(folder):
                real_folder = entry.is_dir(follow_symlinks=False)
                if not rest and real_folder == folders:
                    yield self._relative(entry)
                if real_folder:
                    yield from self._walk(Path(entry.path), parts, folders=folders)
            return
        for entry in self._entries(folder):
            if not fnmatchcase(entry.name, head):
                continue
            if rest:
                if entry.is_dir():
                    self._relative(entry)
                    yield from self._walk(Path(entry.path), rest, folders=folders)
            elif entry.is_dir() == folders:
                yield self._relative(entry)

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as listing:
                return list(listing)
        except OSError as error:
            raise self._cause(error, folder.relative_to(self._root).as_posix()) from None

    def _relative(self, entry: os.DirEntry[str]) -> str:
        name = Path(entry.path).relative_to(self._root).as_posix()
        if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(self._root):
            raise self._link_out(name)
        return name

    def _link_out(self, name: str) -> CouldNotTell:
        return CouldNotTell("malformed", f"source {self._name}: {name} is a link out of its folder")

    def _cause(self, error: Exception, name: str) -> CouldNotTell:
        if isinstance(error, PermissionError):
            return CouldNotTell("denied", f"source {self._name}: {name} may not be read", hint="grant read access")
        if isinstance(error, FileNotFoundError):
            there = hasattr(self, "_root")  # the folder was found: the file vanished from it
            return CouldNotTell("incomplete" if there else "unreachable", f"source {self._name}: {name} is not there")
        return CouldNotTell("malformed", f"source {self._name}: {name} cannot be read ({type(error).__name__})")
