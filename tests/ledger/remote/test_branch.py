"""A ledger in a git branch: made of objects, pushed without force, and each refusal of git by its name."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from remote_writers import first

from trustcenter.errors import TamperedError
from trustcenter.ledger.remote import branch as branches
from trustcenter.ledger.remote.branch import BranchRemote
from trustcenter.ledger.remote.git import Git
from trustcenter.ledger.remote.refusals import Denied, NoPlace, Overtaken, RolledBack, Unreachable


def git(where: Path, *words: str, given: bytes = b"") -> str:
    environment = {**os.environ, **{f"GIT_{who}_{what}": "x@example.test" for who in ("AUTHOR", "COMMITTER")
                                    for what in ("NAME", "EMAIL")}}  # fmt: skip
    done = subprocess.run(["git", *words], cwd=where, check=True, capture_output=True, env=environment, input=given)
    return done.stdout.decode().strip()


def commit_of(where: Path, files: dict[str, str], mode: str = "100644") -> str:
    """A commit of these files, made of objects."""
    rows = "".join(
        f"{mode} blob {git(where, 'hash-object', '-w', '--stdin', given=text.encode())}\t{path}\n"
        for path, text in files.items()
    )
    return git(where, "commit-tree", git(where, "mktree", given=rows.encode()), "-m", "by hand")


@pytest.fixture
def one(branch, tmp_path):
    made = first(tmp_path / "one", branch(), "a")
    made.push()
    return made


def test_the_branch_has_its_own_beginning_and_the_working_tree_is_not_touched(one, origin):
    clone = one.remote.git.folder
    (clone / "draft.txt").write_text("unsaved")
    git(clone, "add", "draft.txt")
    before = git(clone, "status", "--porcelain"), git(clone, "symbolic-ref", "HEAD")
    one.append("b")
    one.push()
    assert (git(clone, "status", "--porcelain"), git(clone, "symbolic-ref", "HEAD")) == before
    commits = git(origin, "rev-list", "--parents", "ledger").splitlines()
    assert [len(line.split()) for line in commits] == [2, 1]
    names = set(git(origin, "ls-tree", "-r", "--name-only", "ledger").splitlines())
    assert names == {path.relative_to(one.folder / "evidence").as_posix() for path in one.folder.glob("evidence/**/*")
                     if path.is_file()}  # fmt: skip
    assert git(origin, "for-each-ref", "--format=%(refname)") == "refs/heads/ledger"


def test_settings_and_hooks_of_the_repository_do_not_change_what_is_written(one, branch, tmp_path):
    clone = one.remote.git.folder
    (clone / ".gitattributes").write_text("* text eol=crlf\n")
    for name, value in (("core.autocrlf", "true"), ("push.followTags", "true"), ("commit.gpgSign", "true")):
        git(clone, "config", name, value)
    hook = clone / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    one.append("b")
    one.push()
    reader = one.reader(tmp_path / "reader")
    reader.remote = branch()
    assert (reader.pull().size, reader.names()) == (3, ["a", "b"])


def test_who_pushes_between_our_look_and_our_push_wins(one, branch, tmp_path, monkeypatch):
    """The server refuses what is no fast-forward, and a branch that is not absent any more."""
    other = one.copy(tmp_path / "two", branch())
    one.append("one's")
    other.append("other's")
    run = Git.run

    def between(self, *words, **more):
        if words[0] == "push" and self.folder == one.remote.git.folder:
            monkeypatch.setattr(Git, "run", run)
            other.push()
        return run(self, *words, **more)

    monkeypatch.setattr(Git, "run", between)
    with pytest.raises(Overtaken, match="another writer was first"):
        one.push()
    one.rejoin()
    assert one.push().size == 4
    assert other.pull().size == 4


def test_two_that_begin_the_branch_at_once(branch, tmp_path, monkeypatch):
    one, other = (first(tmp_path / name, branch(), name) for name in ("one", "two"))
    run = Git.run

    def between(self, *words, **more):
        if words[0] == "push" and self.folder == one.remote.git.folder:
            monkeypatch.setattr(Git, "run", run)
            other.push()
        return run(self, *words, **more)

    monkeypatch.setattr(Git, "run", between)
    with pytest.raises(Overtaken):
        one.push()


def test_a_branch_that_somebody_forced_back_is_refused(one, origin):
    old = git(origin, "rev-parse", "ledger")
    one.append("b")
    one.push()
    git(origin, "update-ref", "refs/heads/ledger", old)
    for refused in (one.pull, one.push, one.rejoin):
        with pytest.raises(RolledBack):
            refused()
    git(origin, "update-ref", "-d", "refs/heads/ledger")
    for refused in (one.pull, one.push):
        with pytest.raises(RolledBack):
            refused()


def test_a_file_changed_in_the_branch_is_found(one, origin):
    one.append("b")
    index = {**os.environ, "GIT_INDEX_FILE": str(origin / "by-hand")}
    listed = subprocess.run(["git", "ls-tree", "-r", "ledger"], cwd=origin, check=True, capture_output=True).stdout
    blob = git(origin, "hash-object", "-w", "--stdin", given=b"changed")
    for row in listed.decode().splitlines():
        path = row.split("\t")[1]
        rows = listed.decode().replace(row, f"100644 blob {blob}\t{path}")
        subprocess.run(["git", "update-index", "--index-info"], cwd=origin, check=True, env=index, input=rows.encode())
        tree = subprocess.run(["git", "write-tree"], cwd=origin, check=True, env=index, capture_output=True).stdout
        commit = git(origin, "commit-tree", tree.decode().strip(), "-p", "ledger", "-m", "changed")
        before = git(origin, "rev-parse", "ledger")
        git(origin, "update-ref", "refs/heads/ledger", commit)
        with pytest.raises(TamperedError):
            one.pull()
        git(origin, "update-ref", "refs/heads/ledger", before)


def test_many_files_take_few_processes(branch, tmp_path, monkeypatch):
    """They are asked for in the order in which they are read ahead."""
    monkeypatch.setattr(branches, "_AT_ONCE", 8)
    one = first(tmp_path / "one", branch(), *map(str, range(30)))
    one.push()
    run, verbs = Git.run, []
    monkeypatch.setattr(Git, "run", lambda self, *words, **more: verbs.append(words[0]) or run(self, *words, **more))
    assert one.reader(tmp_path / "reader").pull().fetched > 32
    assert verbs.count("cat-file") < 12


def test_a_branch_of_something_else_is_not_written_over(branch, origin, tmp_path):
    git(origin, "update-ref", "refs/heads/ledger", commit_of(origin, {"README.md": "a site"}))
    with pytest.raises(NoPlace, match="no ledger"):
        first(tmp_path / "one", branch(), "a").push()


def test_a_link_in_the_branch_is_refused(branch, origin, tmp_path):
    git(origin, "update-ref", "refs/heads/ledger", commit_of(origin, {"keyring": "/etc/passwd"}, mode="120000"))
    with pytest.raises(TamperedError, match="plain files"):
        first(tmp_path / "one", branch(), "a").pull()


def test_a_server_that_refuses_by_its_own_rules_is_no_lost_race(one, origin):
    hook = origin / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not this branch >&2\nexit 1\n")
    hook.chmod(0o755)
    one.append("b")
    with pytest.raises(Denied, match="hook declined") as caught:
        one.push()
    assert (caught.value.exit_code, "contents: write" in caught.value.hint) == (3, True)
    hook.unlink()
    assert one.push().size == 3


def test_what_git_cannot_reach_is_named_without_its_password(one):
    nowhere = {"nobody": NoPlace, "https://me:secret-7c1f@127.0.0.1:9/x.git": Unreachable}
    for at, error in nowhere.items():
        one.remote = BranchRemote(one.remote.git, at, "ledger")
        with pytest.raises(error) as caught:
            one.push()
        assert "secret-7c1f" not in str(caught.value) + one.remote.name
