"""Portals whose hashes take a millisecond: for tests whose subject is not how long a hash takes.

A hash at the real cost takes a third of a second of a processor, and a check of the whole sample makes 58 of them.
What the cost really is, is shown elsewhere: by the tests of `runtime.passwords`, by the control
`access.password-storage` on the good platform that mutants break, and by the whole line.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from trustcenter.runtime import passwords

COST = 4
"""The least that bcrypt knows."""

_IN_A_PROCESS = f"""
import trustcenter.runtime.passwords as passwords
passwords.COST = {COST}
for made in (passwords.hash_password, passwords.verify_password, passwords.placeholder):
    made.__defaults__ = ({COST},)
passwords.PasswordHasher.__init__.__kwdefaults__["cost"] = {COST}
"""


@contextlib.contextmanager
def quick_hashes() -> Iterator[None]:
    """Hashes made meanwhile in this process, and in those that it starts, have the least cost."""
    with pytest.MonkeyPatch.context() as patch, processes_run(_IN_A_PROCESS):
        patch.setattr(passwords, "COST", COST)
        for made in (passwords.hash_password, passwords.verify_password, passwords.placeholder):
            patch.setattr(made, "__defaults__", (COST,))
        patch.setitem(passwords.PasswordHasher.__init__.__kwdefaults__, "cost", COST)
        yield


@contextlib.contextmanager
def processes_run(code: str) -> Iterator[None]:
    """Processes started meanwhile run this code first: Python imports `sitecustomize` from its path at every start.

    Code of an outer `processes_run` runs before it.
    """
    if not code:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="trustcenter-patch-") as folder, pytest.MonkeyPatch.context() as patch:
        Path(folder).chmod(0o755)
        path = [one for one in os.environ.get("PYTHONPATH", "").split(os.pathsep) if one]
        outer = [found for one in path if (found := Path(one) / "sitecustomize.py").is_file()]
        texts = [found.read_text() for found in outer[:1]]  # the first one that Python finds is the one it runs
        (Path(folder) / "sitecustomize.py").write_text("\n".join([*texts, code]))
        patch.setenv("PYTHONPATH", os.pathsep.join([folder, *path]))
        yield
