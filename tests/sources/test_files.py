"""Files below one folder: nothing outside it, nothing left out in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trustcenter.model.population import CouldNotTell
from trustcenter.sources.files import Folder
from trustcenter.sources.interface import Files


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for name in ("a.csv", "b.csv", "sub/c.csv", "sub/deep/d.csv", "sub/deep/.hidden", "empty/"):
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name}\nlast")
    return root


def cause(folder: Folder, method: str, *arguments: str) -> str:
    with pytest.raises(CouldNotTell) as caught:
        list(getattr(folder, method)(*arguments))
    assert str(folder.local()) not in str(caught.value)
    return caught.value.cause


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.csv", ["a.csv", "b.csv"]),
        ("**/*.csv", ["a.csv", "b.csv", "sub/c.csv", "sub/deep/d.csv"]),
        ("sub/**", ["sub/c.csv", "sub/deep/.hidden", "sub/deep/d.csv"]),
        ("sub/*", ["sub/c.csv"]),
        ("*/deep/*", ["sub/deep/.hidden", "sub/deep/d.csv"]),
        ("none/*", []),
    ],
)
def test_patterns_find_exactly_the_files(tree: Path, pattern: str, names: list[str]) -> None:
    assert Folder(tree).names(pattern) == names


def test_folders_are_listed_empty_ones_too(tree: Path) -> None:
    assert Folder(tree).folders("*") == ["empty", "sub"]
    assert Folder(tree).folders("**") == ["empty", "sub", "sub/deep"]


def test_content_length_lines_and_pieces_agree(tree: Path) -> None:
    folder = Folder(tree)
    assert isinstance(folder, Files)
    assert folder.read("a.csv") == b"".join(folder.chunks("a.csv")) == b"a.csv\nlast"
    assert list(folder.lines("a.csv")) == [b"a.csv", b"last"]
    assert folder.size("a.csv") == 10
    assert folder.modified("a.csv").tzinfo is not None


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "sub/../../outside", "", "a\0b"])
def test_paths_that_lead_out_are_malformed(tree: Path, name: str) -> None:
    (tree.parent / "outside").write_text("secret")
    assert cause(Folder(tree), "read", name) == "malformed"


def test_links_out_are_malformed_wherever_they_are_met(tree: Path) -> None:
    (tree.parent / "outside").write_text("secret")
    (tree / "link.csv").symlink_to(tree.parent / "outside")
    assert cause(Folder(tree), "read", "link.csv") == "malformed"
    assert cause(Folder(tree), "names", "*.csv") == "malformed"


def test_a_link_inside_the_folder_is_a_file(tree: Path) -> None:
    (tree / "link.csv").symlink_to(tree / "a.csv")
    assert "link.csv" in Folder(tree).names("*.csv")
    assert Folder(tree).read("link.csv") == b"a.csv\nlast"


@pytest.mark.parametrize("pattern", ["", "/etc/*", "../*", "a//b"])
def test_patterns_that_lead_out_are_unsupported(tree: Path, pattern: str) -> None:
    assert cause(Folder(tree), "names", pattern) == "unsupported"


def test_a_pipe_does_not_hold_us_up(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    assert cause(Folder(tree), "read", "pipe") == "malformed"


def test_a_file_that_vanished_is_incomplete(tree: Path) -> None:
    assert cause(Folder(tree), "read", "gone.csv") == "incomplete"


@pytest.mark.parametrize("name", ["nowhere", "root/a.csv"])
def test_a_folder_that_is_none_is_no_empty_folder(tree: Path, name: str) -> None:
    with pytest.raises(CouldNotTell) as caught:
        Folder(tree.parent / name)
    assert caught.value.cause in ("unreachable", "malformed")


def test_a_line_without_an_end_is_malformed(tree: Path) -> None:
    (tree / "long").write_bytes(b"x" * (5 * 1024 * 1024))
    assert cause(Folder(tree), "lines", "long") == "malformed"


@pytest.mark.parametrize("question", ["names('**')", "read('shut.csv')", "names('shut/*')"])
def test_what_may_not_be_read_is_denied(tree: Path, question: str) -> None:
    """Asked in a process that is not root, since root may read everything."""
    (tree / "shut").mkdir(mode=0)
    (tree / "shut.csv").touch(mode=0)
    for folder in (tree, *tree.parents):
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    tree.chmod(0o755)
    program = (
        "import os, sys\n"
        "from trustcenter.sources.files import Folder\n"
        "from trustcenter.model.population import CouldNotTell\n"
        "os.geteuid() or os.setuid(65534)\n"
        f"try: Folder(sys.argv[1]).{question}\n"
        "except CouldNotTell as error: print(error.cause)\n"
    )
    asked = subprocess.run([sys.executable, "-c", program, str(tree)], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "denied"
