"""The workflow of a new instance: what it may do, and its own steps run against a real repository."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import small_instance
import yaml

from trustcenter.frameworks import KNOWN
from trustcenter.scaffold import plan

FILE = ".github/workflows/trustcenter.yml"
ROLES = {"gdpr": ("controller", "processor"), "ccpa": ("business",)}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return plan("Example", KNOWN, ROLES, today=date(2026, 11, 20))


@pytest.fixture(scope="module")
def workflow(files) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(files[FILE])
    return loaded


def test_its_scripts_are_shell_and_without_a_forge_there_is_none(workflow):
    scripts = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    for script in scripts:
        subprocess.run(["bash", "-n"], input=script.encode(), check=True)
    assert not any(".github" in path for path in plan("E", KNOWN, ROLES, today=date(2026, 11, 20), forge="none"))


def test_a_pull_request_has_no_key_and_no_right_to_write(workflow):
    job = workflow["jobs"]["pull-request"]
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in job
    assert job["if"] == "github.event_name == 'pull_request'"
    assert [step["run"] for step in job["steps"] if "run" in step][-1] == "trustcenter check --pr"
    assert "TRUSTCENTER_HOME" not in str(job)
    assert job["steps"][0]["with"]["persist-credentials"] is False


def test_one_writer_on_the_default_branch_on_a_schedule(workflow):
    job = workflow["jobs"]["scheduled"]
    assert workflow[True]["schedule"]
    assert "ref_name == github.event.repository.default_branch" in job["if"]
    assert job["concurrency"] == {"group": "trustcenter-ledger", "cancel-in-progress": False}
    steps = {step.get("id") or step.get("name"): step for step in job["steps"]}
    runs = [step["run"] for step in job["steps"] if step.get("run", "").startswith("trustcenter")]
    assert runs == ["trustcenter ledger pull", "trustcenter check", "trustcenter ledger push", "trustcenter publish"]
    assert steps["push"]["if"] == "always() && steps.pull.outcome == 'success'"
    assert steps["Publish"]["if"] == "always() && steps.push.outcome == 'success'"
    assert not any("--force" in run or "-f " in run for run in runs)


class Runner:
    """A machine with a home of its own, and a fresh checkout for each run, as a runner makes it."""

    def __init__(self, folder: Path, origin: Path, key: Path) -> None:
        self.folder, self.origin, self.home, self.runs = folder, origin, folder / "home", 0
        shutil.copytree(key, self.home / "keys")

    def go(self, workflow: dict[Any, Any], but: Callable[[str, Path], None] = lambda *_: None) -> dict[str, int]:
        """Run the steps of the scheduled job as far as they are the instance's own; each one's exit code."""
        self.runs += 1
        root = self.folder / f"checkout-{self.runs}"
        subprocess.run(["git", "clone", "--quiet", str(self.origin), str(root)], check=True)
        codes: dict[str, int] = {}
        for step in workflow["jobs"]["scheduled"]["steps"]:
            name, script = step.get("id") or step.get("name", ""), step.get("run", "")
            if script.startswith("pip") or not script or name == "Publish":
                continue
            needed = [
                other for other in ("pull", "push") if f"steps.{other}.outcome == 'success'" in step.get("if", "")
            ]
            if any(codes[other] for other in needed) or ("always()" not in step.get("if", "") and any(codes.values())):
                continue
            but(name, root)
            if script.startswith("trustcenter "):
                codes[name] = small_instance.run(root, *shlex.split(script)[1:]).returncode
            else:
                environment = {"PATH": "/usr/bin:/bin", "TRUSTCENTER_HOME": str(self.home)}
                codes[name] = subprocess.run(["bash", "-e", "-c", script], cwd=root, env=environment).returncode
        status = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, check=True).stdout
        assert status == b"", "the working tree is not touched"
        return codes


def checkpoints(origin: Path) -> list[bytes]:
    """The checkpoint in each commit of the ledger's branch, newest first."""
    git = lambda *words: subprocess.run(["git", *words], cwd=origin, check=True, capture_output=True).stdout  # noqa: E731
    commits = git("log", "--format=%H", "ledger").split()
    assert not set(git("ls-tree", "-r", "--name-only", "ledger").split()) & {b"trustcenter.toml", b".gitignore"}
    return [git("show", f"{commit.decode()}:log/checkpoint") for commit in commits]


def test_the_scheduled_job_keeps_the_ledger_and_of_two_the_second_is_told(tmp_path, workflow, files):
    """A first run whose push fails, the next one in a fresh checkout, and a writer that was overtaken."""
    instance = small_instance.write(tmp_path / "instance")
    key = instance / ".trustcenter/keys"
    toml = instance / "trustcenter.toml"
    remote = next(line for line in files["trustcenter.toml"].decode().splitlines() if line.startswith("remote = "))
    toml.write_text(f"{toml.read_text()}\n[ledger]\n{remote}\n")
    (instance / ".gitignore").write_bytes(files[".gitignore"])
    origin = tmp_path / "origin.git"
    for words in (
        ["init", "--quiet", "-b", "main"], ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "--quiet", "-m", "Begin"],
        ["clone", "--quiet", "--bare", ".", str(origin)],
    ):  # fmt: skip
        subprocess.run(["git", *words], cwd=instance, check=True)
    one, two = (Runner(tmp_path / name, origin, key) for name in ("one", "two"))
    good = {"Link keys, private store and ledger": 0, "pull": 0, "Check, and append what was seen": 0, "push": 0}

    def offline(step: str, root: Path) -> None:
        if step == "push":
            subprocess.run(["git", "remote", "set-url", "origin", str(tmp_path / "nowhere.git")], cwd=root, check=True)

    assert one.go(workflow, offline) == {**good, "push": 2}
    assert one.go(workflow) == good, "what was signed while nothing could be pushed goes with the next run"
    assert len(checkpoints(origin)) == 1

    def overtake(step: str, _: Path) -> None:
        if step == "push":
            assert one.go(workflow) == good

    before = checkpoints(origin)[0]
    assert two.go(workflow, overtake) == {**good, "push": 5}
    assert checkpoints(origin)[1] == before
    root = two.folder / "checkout-1"
    assert small_instance.run(root, "ledger", "rejoin").returncode == 0
    assert small_instance.run(root, "ledger", "push").returncode == 0
    assert small_instance.run(one.folder / "checkout-3", "ledger", "pull").returncode == 0
    ledgers = [(writer.home / "evidence/log/checkpoint").read_bytes() for writer in (one, two)]
    assert ledgers[0] == ledgers[1] == checkpoints(origin)[0]
