"""`change_reviews` on git repositories made at test time: what trailers say, and what git alone cannot prove."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from runs import collect, run_of

from trustcenter.collectors.registry import find
from trustcenter.model.population import CouldNotTell
from trustcenter.testing import Folder, Stage, conform


def git(folder: Path, *arguments: str, when: str = "", who: str = "ann") -> None:
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": f"{who}@shop.example", "GIT_COMMITTER_NAME": who,
        "GIT_COMMITTER_EMAIL": f"{who}@shop.example", "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when,
    }  # fmt: skip
    subprocess.run(
        ["git", *arguments], cwd=folder, env={k: v for k, v in environment.items() if v}, check=True,
        capture_output=True,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")

    def commit(message: str, days: int = 1) -> None:
        when = f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%S+0000}"
        git(folder, "commit", "-q", "--allow-empty", "-m", message, when=when)

    commit("Old", days=200)
    commit("Alone", days=9)
    commit("Reviewed\n\nReviewed-by: Bob <bob@shop.example>\nAcked-by: Cid <cid@shop.example>", days=8)
    commit("By herself\n\nReviewed-by: Ann <Ann@shop.example>", days=7)
    git(folder, "checkout", "-q", "-b", "side")
    commit("On the side", days=6)
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "side", "-m", "Merge\n\nApproved-by: Bob <bob@shop.example>", who="bob")
    return folder


def seen(folder: Path, **more: Any) -> Any:
    return collect(find("change_reviews"), run_of({"path": str(folder), **more}, kind="git"))


def test_the_main_line_of_the_period_and_what_its_trailers_say(repository: Path) -> None:
    found = seen(repository)
    merge, alone_named, reviewed, alone = found.facts
    assert [fact.reviewers for fact in found.facts] == [0, 0, 2, 0]
    assert merge.merge, "its only reviewer is the one who merged it"
    assert not any(fact.merge for fact in (alone_named, reviewed, alone))
    assert [fact.said_to_be_reviewed for fact in found.facts] == [False, False, True, False]
    assert (found.completeness.expected, found.completeness.independent) == (4, True)


def test_it_claims_no_more_than_somebody_wrote() -> None:
    contract = find("change_reviews").description
    assert (contract.method, contract.holds) == ("representation", "declared")


def test_a_shallow_clone_is_incomplete(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{repository}", str(clone))
    with pytest.raises(CouldNotTell) as caught:
        seen(clone)
    assert caught.value.cause == "incomplete"


def test_a_branch_that_is_an_option_is_refused(repository: Path) -> None:
    with pytest.raises(CouldNotTell) as caught:
        seen(repository, branch="--output=/tmp/x")
    assert caught.value.cause == "unsupported"


def test_it_conforms(repository: Path) -> None:
    stage = Stage({"path": str(repository)}, ways=[Folder("path", ".git/HEAD")])
    assert [str(one) for one in conform(find("change_reviews"), stage)] == []
