"""A copy of this repository's instance in a folder of its own, and the real command line run on it as a process."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from command_line import run_command

PARTS = (
    "trustcenter.toml", "mkdocs.yml", "controls", "policies", "rosters", "infrastructure", "requirements", "templates",
)  # fmt: skip
SECONDS = 900  # a check asks the whole portal: on a machine that does much else, minutes


@dataclass(frozen=True)
class Ran:
    """One command that ended: what it said, how, and after how many seconds."""

    arguments: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def said(self) -> str:
        head = f"$ trustcenter {' '.join(self.arguments)}  (exit {self.code}, {self.seconds:.1f} s)"
        return f"{head}\n{self.stdout}{self.stderr}"

    def json(self) -> Any:
        return json.loads(self.stdout)


@dataclass(frozen=True)
class InstanceCopy:
    """A folder with the instance's hand-written files; everything generated is made by the commands."""

    root: Path

    @property
    def site(self) -> Path:
        return self.root / "build" / "site"

    def run(self, *arguments: str, expect: int | None = 0, stdin: str | None = None) -> Ran:
        """`trustcenter ARGUMENTS` inside the folder, in a clean environment."""
        begun = time.monotonic()
        done = run_command(arguments, folder=self.root, environment=_environment(), seconds=SECONDS, given=stdin or "")
        ran = Ran(arguments, done.returncode, done.stdout, done.stderr, time.monotonic() - begun)
        assert expect is None or ran.code == expect, ran.said
        return ran


def copy_instance(repository: Path, folder: Path) -> InstanceCopy:
    """The hand-written files only; the scanner's environment is used where it lies."""
    folder.mkdir(parents=True)
    for name in PARTS:
        source, target = repository / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    (folder / "site").mkdir()
    shutil.copytree(repository / "site" / "assets", folder / "site" / "assets")
    if (repository / ".tools").is_dir():
        (folder / ".tools").symlink_to(repository / ".tools")
    return InstanceCopy(folder)


def _environment() -> dict[str, str]:
    ours = ("PORTAL_", "TRUSTCENTER_", "FORCE_COLOR", "DATABASE_URL", "SOURCE_DATE_EPOCH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "NO_COLOR": "1"}
