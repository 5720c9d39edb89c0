"""The running portal that contract tests share: started once a session, by whichever worker comes first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import portal_platform
import psycopg
import pytest
from quick_hashes import quick_hashes
from runs import collect, run_of
from session_lock import locked, made_once

from trustcenter.collectors.interface import Run
from trustcenter.collectors.registry import find
from trustcenter.model.population import Population
from trustcenter.portal.launch import administrator_dsn

HERE = f"{Path(__file__).parent}/"

START_SECONDS = 600


@dataclass(frozen=True)
class LivePortal:
    """The portal of this session; its state folder, and what it wrote for collectors."""

    state: Path
    environment: Mapping[str, str]

    @property
    def settings(self) -> dict[str, Any]:
        """A source's settings that reach it."""
        return portal_platform.settings(self.environment)

    def run(self, collector: str, **more: Any) -> Run:
        """A run of one collector on it, with the portal's mapping."""
        mapping = portal_platform.MAPPING.get(collector, {})
        return run_of(more.pop("settings", self.settings), more.pop("mapping", mapping), **{"seconds": 90.0, **more})

    def collect(self, collector: str, **more: Any) -> Population[Any]:
        """A canary collector has the canaries to itself: another worker's would look like a stranger's deed."""
        found = find(collector)
        alone = locked(self.state / "canaries.lock") if found.description.safety == "canary" else nullcontext()
        with alone:
            return collect(found, self.run(collector, **more))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks at the shared portal runs in one worker: one test's canary would change what another counts."""
    for item in items:
        mine = str(item.path).startswith(HERE) and "portal" in getattr(item, "fixturenames", ())
        if mine and item.get_closest_marker("xdist_group") is None:  # two marks would make another group
            item.add_marker(pytest.mark.xdist_group("contract"))


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePortal]:
    """Started by the first test process that needs it, stopped by the last one that leaves."""
    with made_once(tmp_path_factory, "portal", _started, _stopped) as state:
        yield LivePortal(state, _environment(state / "portal.env"))


@pytest.fixture
def administrator(portal: LivePortal) -> Iterator[psycopg.Connection[Any]]:
    """The database's administrator, who sees everything."""
    with psycopg.connect(administrator_dsn(portal.state), autocommit=True) as connection:
        yield connection


def _started() -> Path:
    state = Path(tempfile.mkdtemp(prefix="tc-portal-"))
    with quick_hashes():
        _portal("serve", "--state", str(state), "--seed", "demo", "--detach", "--marker-minutes", "60")
    return state


def _stopped(state: Path) -> None:
    _portal("stop", "--state", str(state))
    shutil.rmtree(state)


def _portal(command: str, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [sys.executable, "-m", "trustcenter.portal", command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            timeout=START_SECONDS,
            check=False,
        )
        output.seek(0)
        assert done.returncode == 0, output.read().decode(errors="replace")


def _environment(path: Path) -> dict[str, str]:
    lines = (line.partition("=") for line in path.read_text().splitlines() if line)
    return {name: value.strip("'") for name, _, value in lines}
