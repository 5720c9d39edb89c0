"""Reads the files of an instance's catalogue: the only I/O of this package."""

from __future__ import annotations

import os
from pathlib import Path

from trustcenter.errors import ConfigurationError, Problems
from trustcenter.instance import Instance
from trustcenter.strict.shape import in_order
from trustcenter.strict.yaml_reader import MAX_BYTES

MAX_FILES = 10_000
_SUFFIXES = (".yaml", ".yml")


def read(instance: Instance) -> dict[str, bytes]:
    """The bytes of trustcenter.toml and of every YAML file below the controls folder, by path in the instance.

    Files that are no YAML are ignored, except that `.yml` is refused. Raises Problems for what cannot be read: links
    that leave the instance, files too large, too many files.
    """
    found: dict[str, bytes] = {instance.file: instance.text}
    problems: list[ConfigurationError] = []
    root = instance.root.resolve()
    if not instance.controls.is_dir():
        name = instance.controls.relative_to(instance.root).as_posix()
        raise ConfigurationError("there is no folder of controls", where=name, hint="`trustcenter init` makes one")
    for path in _walk(instance.controls, root, problems):
        name = path.relative_to(instance.root).as_posix()
        if path.suffix not in _SUFFIXES:
            continue
        if len(found) > MAX_FILES:
            problems.append(ConfigurationError(f"there are more than {MAX_FILES:,} files", where=name))
            break
        try:
            if path.suffix == ".yml":
                raise ConfigurationError("this file would not be read", where=name, hint="rename it to .yaml")
            found[name] = _bytes(path, name, root)
        except ConfigurationError as error:
            problems.append(error)
    if problems:
        raise Problems(in_order(problems))
    return found


def _walk(folder: Path, root: Path, problems: list[ConfigurationError]) -> list[Path]:
    """Every file below, in order; folders that are links are not entered."""
    found: list[Path] = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_symlink() and path.is_dir():
            name = path.relative_to(folder.parent).as_posix()
            problems.append(ConfigurationError("a folder is a link", where=name, hint="put the files themselves here"))
        elif entry.is_dir(follow_symlinks=False):
            found += _walk(path, root, problems)
        else:
            found.append(path)
    return found


def _bytes(path: Path, name: str, root: Path) -> bytes:
    """Raises ConfigurationError. At most one byte more than allowed is read, so that a device cannot fill memory."""
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root):
        raise ConfigurationError("the link leaves the instance", where=name, hint="put the file itself here")
    if not os.path.isfile(path):  # noqa: PTH113  (pathlib raises on a loop of links)
        raise ConfigurationError("this is no regular file", where=name)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"the file cannot be read: {error.strerror}", where=name) from None
    if len(data) > MAX_BYTES:
        what = f"the file has more than {MAX_BYTES:,} bytes"
        raise ConfigurationError(what, where=name, hint="split it, or keep data outside the controls")
    return data
