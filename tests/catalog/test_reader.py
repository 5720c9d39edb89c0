"""Reading files: only what lies in the instance, only what can be a control."""

from __future__ import annotations

import os

import pytest

from trustcenter.catalog import read
from trustcenter.errors import ConfigurationError, Problems
from trustcenter.instance import parse


@pytest.fixture
def here(tmp_path, toml):
    (tmp_path / "controls/access").mkdir(parents=True)
    (tmp_path / "controls/access/a.yaml").write_bytes(b"id: access.a\n")
    return parse(toml.encode(), {}, root=tmp_path)


def test_every_file_is_read_by_its_path(here):
    """YAML files and trustcenter.toml; the rest is left alone."""
    (here.root / "controls/access/notes.md").write_text("x")
    (here.root / "controls/.hidden.yaml").write_text("x")
    (here.root / "controls/waivers.yaml").write_bytes(b"waivers: []\n")
    found = read(here)
    assert found == {
        "trustcenter.toml": here.text,
        "controls/access/a.yaml": b"id: access.a\n",
        "controls/waivers.yaml": b"waivers: []\n",
    }


def test_a_link_out_of_the_instance_is_refused(here, tmp_path_factory):
    """A file and a folder; a link to a file inside is read."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.yaml").write_text("secret: canary")
    (here.root / "controls/access/link.yaml").symlink_to(outside / "x.yaml")
    (here.root / "controls/far").symlink_to(outside)
    (here.root / "controls/access/same.yaml").symlink_to(here.root / "controls/access/a.yaml")
    with pytest.raises(Problems) as caught:
        read(here)
    assert [problem.where for problem in caught.value.problems] == ["controls/access/link.yaml", "controls/far"]
    assert "canary" not in str(caught.value)


def test_a_loop_of_links_ends(here):
    """A folder that links to its parent is refused, not walked forever."""
    (here.root / "controls/loop").symlink_to(here.root / "controls")
    (here.root / "controls/access/self.yaml").symlink_to("self.yaml")
    with pytest.raises(Problems) as caught:
        read(here)
    assert len(caught.value.problems) == 2


def test_large_special_and_misnamed_files_are_refused(here):
    """A file of 10 MB is not read whole; a pipe is not waited for; .yml is not silently skipped."""
    (here.root / "controls/access/large.yaml").write_bytes(b"#" * 10_000_000)
    os.mkfifo(here.root / "controls/access/pipe.yaml")
    (here.root / "controls/access/short.yml").write_text("x")
    with pytest.raises(Problems) as caught:
        read(here)
    said = [problem.what for problem in caught.value.problems]
    assert said == ["the file has more than 1,000,000 bytes", "this is no regular file", "this file would not be read"]


def test_no_folder_of_controls_is_an_error(tmp_path, toml):
    """With the command that makes one."""
    with pytest.raises(ConfigurationError, match="no folder of controls"):
        read(parse(toml.encode(), {}, root=tmp_path))
