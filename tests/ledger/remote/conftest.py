"""Both kinds of remote place, as functions that give one more view of the same place."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from memory_objects import MemoryObjects, Store
from remote_writers import Make, Writer, first

from trustcenter.ledger.remote.branch import BranchRemote
from trustcenter.ledger.remote.bucket import BucketRemote
from trustcenter.ledger.remote.git import Git


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def bucket(store: Store) -> Make:
    return lambda: BucketRemote(MemoryObjects(store), workers=1)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(folder)], check=True)
    return folder


@pytest.fixture
def branch(tmp_path: Path, origin: Path) -> Make:
    made = []

    def view() -> BranchRemote:
        clone = tmp_path / f"clone-{len(made)}"
        subprocess.run(["git", "init", "--quiet", "-b", "main", str(clone)], check=True)
        subprocess.run(["git", "remote", "add", "origin", str(origin)], cwd=clone, check=True)
        made.append(clone)
        return BranchRemote(Git(clone), "origin", "ledger")

    return view


@pytest.fixture(params=["bucket", "branch"])
def place(request: pytest.FixtureRequest) -> Make:
    made: Make = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def two(tmp_path: Path) -> Callable[[Make], tuple[Writer, Writer]]:
    """Two machines with the same log, pushed, of two statements."""

    def make(view: Make) -> tuple[Writer, Writer]:
        one = first(tmp_path / "one", view(), "a", "b")
        one.push()
        return one, one.copy(tmp_path / "two", view())

    return make
