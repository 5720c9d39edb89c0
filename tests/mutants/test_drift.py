"""`trustcenter check` as a process: it ends with 1, names control, file and line, and the sentence falls.

Each run has an instance of its own, with keys and evidence, and a good signed run behind it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from command_line import run_command
from mutations.mutant import Mutant, Scene
from mutations.table import MUTANTS
from mutations.world import World

from trustcenter.pipeline import judging
from trustcenter.pipeline.line import open_line

pytestmark = [pytest.mark.mutant, pytest.mark.live]

BY_ID = {mutant.id: mutant for mutant in MUTANTS}


@pytest.fixture
def instance(world: World, tmp_path: Path) -> Path:
    """The good instance with its ledger, to be changed."""
    return Path(shutil.copytree(world.good_root, tmp_path / "instance", symlinks=True))


def trustcenter(folder: Path, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, as CI runs it."""
    kept = {name: value for name, value in os.environ.items() if name not in ("TRUSTCENTER_KEYS", "DATABASE_URL")}
    return run_command(arguments, folder=folder, environment={**kept, **environment}, seconds=900)


def reasons(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return json.loads(done.stdout)["reasons"]


def line_of(folder: Path, file: str, words: str) -> int:
    """The first line of a file that begins with these words, counted from 1."""
    lines = (folder / file).read_text().splitlines()
    return next(number for number, text in enumerate(lines, 1) if text.strip().startswith(words))


@pytest.mark.deep
@pytest.mark.parametrize(
    ("mutant", "file", "test"),
    [
        (BY_ID["password-cost-10"], "controls/access/password-storage.yaml", "stored:"),
        (BY_ID["row-security-off"], "controls/data/tenant-isolation.yaml", "tables:"),
    ],
    ids=lambda value: value.id if isinstance(value, Mutant) else "",
)
def test_a_check_of_a_broken_platform_names_control_file_and_line(
    world: World, instance: Path, mutant: Mutant, file: str, test: str
) -> None:
    with ExitStack() as stack:
        scene = mutant.change(world, stack)
        done = trustcenter(instance, scene.environment, "check", "--quiet")
    assert done.returncode == 1, done.stdout + done.stderr
    control = file.removeprefix("controls/").removesuffix(".yaml").replace("/", ".")
    place = f"{file}:{line_of(instance, file, test)}"
    assert any(place in line and control in line for line in done.stdout.splitlines()), done.stdout
    assert fallen_claims(instance, scene) >= {f"{control}/{claim}" for claim in ("password-hash", "tenant-isolation")
                                              if claim in (instance / file).read_text()}  # fmt: skip
    again = trustcenter(instance, world.scene.environment, "check", "--quiet")
    assert again.returncode == 0, again.stdout + again.stderr


def fallen_claims(folder: Path, scene: Scene) -> set[str]:
    """What the newest signed assessment no longer lets stand."""
    from mutations.world import fallen

    line = open_line(folder, scene.environment)
    signed = judging.last(line)
    assert signed is not None
    return fallen(line, signed.assessment)


def test_a_loosened_threshold_is_drift_although_everything_holds(world: World, instance: Path) -> None:
    """Nothing in the platform changed; what we ask of it did, and that is told with its place."""
    file = "controls/access/password-storage.yaml"
    path = instance / file
    path.write_text(path.read_text().replace("cost: {at_least: 12}", "cost: {at_least: 10}"))
    done = trustcenter(instance, world.scene.environment, "check", "--offline", "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    found = [one for one in reasons(done) if "cost" in one["text"]]
    assert [one["place"].partition(":")[0] for one in found] == [file]
    changes = [one for one in json.loads(done.stdout)["changes"] if one["kind"] == "threshold_loosened"]
    assert [one["subject"] for one in changes] == ["access.password-storage/stored"]


def test_a_removed_control_is_drift(world: World, instance: Path) -> None:
    (instance / "controls" / "access" / "sign-out.yaml").unlink()
    done = trustcenter(instance, world.scene.environment, "check", "--offline", "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "access.sign-out" in {one["subject"] for one in json.loads(done.stdout)["changes"]}


@pytest.mark.deep
def test_a_good_platform_checks_clean_and_stays_so(world: World, instance: Path) -> None:
    done = trustcenter(instance, world.scene.environment, "check", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
