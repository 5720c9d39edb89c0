"""The whole line once a session: a portal of its own, a copy of this repository's instance, the real commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from instance_copy import InstanceCopy, Ran, copy_instance
from page_server import started_chromium
from planted import Planted, plant, values_of

from trustcenter.portal import launch
from trustcenter.portal.launch import Running

HERE = f"{Path(__file__).parent}/"

FORM = "templates/questionnaires/sample-customer-form.xlsx"
READER = ("--to", "Odalys Harrow", "--organisation", "Harrow Reinsurance", "--agreed", "2026-11-20")


@dataclass(frozen=True)
class Line:
    """What the good run left: the instance, the portal behind it, what was planted, and each command's words."""

    instance: InstanceCopy
    portal: Running
    planted: Planted
    account: str
    kept: Path
    ran: dict[str, Ran] = field(default_factory=dict)

    @property
    def site(self) -> Path:
        """The built page, as the good run left it."""
        return self.kept / "build" / "site"

    @property
    def key(self) -> str:
        """The public key, as a reader pins it."""
        return (self.instance.root / ".trustcenter" / "keys" / "signing-key.pub").read_text().strip()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder in one worker, so that the line runs once."""
    for item in items:
        if str(item.path).startswith(HERE):
            item.add_marker(pytest.mark.live)
            item.add_marker(pytest.mark.xdist_group("line"))
            item.add_marker(pytest.mark.timeout(1800))


@pytest.fixture(scope="session")
def own_portal() -> Iterator[Running]:
    """A portal that these tests may break."""
    state = Path(tempfile.mkdtemp(prefix="tc-line-"))
    try:
        _portal(state, "serve", "--seed", "demo", "--detach", "--marker-minutes", "60")
        running = launch.running(state)
        assert running is not None
        yield running
    finally:
        _portal(state, "stop")
        shutil.rmtree(state)


@pytest.fixture(scope="session")
def line(
    own_portal: Running, repository: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Line:
    """The good run: every command once, what must be repeatable twice; a second pack only for who asks for it."""
    instance = copy_instance(repository, tmp_path_factory.mktemp("line") / "instance")
    account, browser = plant(own_portal)
    handover = instance.root / "build" / "portal" / "portal.env"
    handover.parent.mkdir(parents=True)
    shutil.copy2(own_portal.state.portal_env, handover)
    ran = {"keys": instance.run("keys", "init")}
    ran["check"] = instance.run("check")
    ran["publish"] = instance.run("publish")
    (instance.root / "again").mkdir()
    side_by_side = {
        "pack": ("pack", *READER, "--output", "build/pack.pdf"),
        "publish again": ("publish", "--output", "again/site"),
        "audit-folder": ("audit-folder",),
        "audit-folder revealed": ("audit-folder", "--reveal", "--who", "E. Xaminer", "--output", "again/revealed"),
        "answer": ("answer", FORM, "--output", "build/answered.xlsx", "--json"),
        "verify": ("verify",),
        "explain": ("explain", "password-hash"),
        "explain all": ("explain", "--list"),
        "coverage": ("coverage",),
        "replay": ("assess", "--replay", "last"),
    }
    if any("second_pack" in getattr(item, "fixturenames", ()) for item in request.session.items):
        side_by_side["pack again"] = ("pack", *READER, "--output", "again/pack.pdf")
    with ThreadPoolExecutor(2) as pool:
        ran |= dict(zip(side_by_side, pool.map(lambda one: instance.run(*one), side_by_side.values()), strict=True))
    kept = instance.root.parent / "kept"
    for part in ("evidence", "site", "build", "again", ".trustcenter/private"):
        shutil.copytree(instance.root / part, kept / part, ignore=shutil.ignore_patterns("portal.env"))
    signing_key = instance.root / ".trustcenter" / "keys" / "signing-key.pem"
    return Line(instance, own_portal, values_of(own_portal, browser, signing_key), account, kept, ran)


@pytest.fixture(scope="session")
def second_pack(line: Line) -> Path:
    """The same reader's pack made once more; the line makes it where a test asks for it."""
    return line.kept / "again" / "pack.pdf"


def _portal(state: Path, command: str, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with (state / "commands.log").open("ab") as output:
        done = subprocess.run(
            [sys.executable, "-m", "trustcenter.portal", command, "--state", str(state), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            timeout=240,
            check=False,
        )
    assert done.returncode == 0, (state / "commands.log").read_text(errors="replace")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for a file's tests: its event loop must not outlive them in a worker that goes on with others."""
    with started_chromium() as browser:
        yield browser
