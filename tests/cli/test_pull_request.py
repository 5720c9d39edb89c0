"""`check --pr`: no key, no production, nothing appended; loosening a threshold is drift, and the sentence is named."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import small_instance
from small_instance import run


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small instance without a key, committed on a branch `main`."""
    root = small_instance.write(tmp_path, key=False)
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "."),
        ("-c", "user.name=T", "-c", "user.email=t@example.test", "commit", "-q", "-m", "First"),
    ):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
    return root


def test_a_loosened_threshold_is_1_and_the_sentence_is_named(repository: Path) -> None:
    path = repository / "controls/access/costs.yaml"
    path.write_text(path.read_text().replace("at_least: 12", "at_least: 8"))
    done = run(repository, "check", "--pr", "--base", "main")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "access.costs/slow: less is asked behind it" in done.stdout
    assert "controls/access/costs.yaml:" in done.stdout
    assert not (repository / "evidence").exists()
    assert not (repository / ".trustcenter").exists()


def test_a_removed_claim_and_a_reworded_one_are_told(repository: Path) -> None:
    path = repository / "controls/change/tickets.yaml"
    path.write_text(path.read_text().replace("Every change was approved.", "Each change was approved."))
    (repository / "controls/access/costs.yaml").unlink()
    done = run(repository, "check", "--pr", "--base", "main", "--json")
    said = {one["claim"]: one["why"] for one in small_instance.document(done)["sentences"]}
    assert said == {"access.costs/slow": "it is removed", "change.tickets/approved": "it is reworded"}


def test_an_unknown_revision_is_2_with_what_to_do(repository: Path) -> None:
    done = run(repository, "check", "--pr", "--base", "nowhere")
    assert (done.returncode, "--base" in done.stderr) == (2, True), done.stdout + done.stderr
