"""Records of the catalogue, as they reach collectors through a source of kind `records`."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from trustcenter.collectors.interface import Run
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.interface import Files

R = TypeVar("R")


def records_of(run: Run, name: str, kind: type[R]) -> tuple[R, ...]:
    """The register of this name. Raises CouldNotTell where it was not handed over, or holds anything else."""
    value = run.source.settings.get(name)
    if value is None:
        raise CouldNotTell("unsupported", f"source {run.source.name} holds no register of {name}")
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, kind) for item in value):
        raise CouldNotTell("malformed", f"source {run.source.name}: its register of {name} holds something else")
    return tuple(value)


def digest_of(files: Files, path: str) -> str | None:
    """SHA-256 of a file below the instance, `sha256:...`; None where there is none. Unreadable raises CouldNotTell."""
    if path not in files.names(path):
        return None
    return "sha256:" + hashlib.sha256(files.read(path)).hexdigest()
