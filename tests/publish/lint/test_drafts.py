"""A page becomes draft controls that load, stand as not done, and keep the page's own words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from trustcenter.cli import main
from trustcenter.publish.lint import read_page
from trustcenter.publish.lint.drafts import drafts

TEXT = """Security

Encryption

All traffic uses TLS 1.2 or newer. Passwords are hashed with bcrypt at cost 12.

Backups

Backups are made daily. {not.a_value} stands here, and backups are kept.

Culture

Everybody here is friendly.
"""


def test_sentences_become_claims_of_the_control_that_could_test_them() -> None:
    """Each sentence is in exactly one draft, or named as fitting none."""
    found, left = drafts(read_page("page.txt", TEXT, "text"))

    assert {one.id: one.collector for one in found} == {
        "transport": "tls_endpoint",
        "password-storage": "password_hashes",
        "backups": "backups",
    }
    assert [one.text for one in left] == ["Everybody here is friendly."]


def test_the_drafts_load_as_controls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is written passes the strict loader, and every draft stands as not done."""
    page = tmp_path / "page.txt"
    page.write_text(TEXT, encoding="utf-8")
    (tmp_path / "trustcenter.toml").write_text(
        '[organisation]\nname = "A"\nurl = "https://a.example"\ncovers = "The service"\nframeworks = ["soc2"]\n',
        encoding="utf-8",
    )

    assert main(["import-page", str(page), "--output", str(tmp_path / "controls"), "--json"]) == 0
    written = json.loads(capsys.readouterr().out)["written"]

    assert len(written) == 3
    for path in written:
        assert yaml.safe_load(Path(path).read_text(encoding="utf-8"))["progress"]["state"] == "not_done"
    assert main(["lint", "--instance", str(tmp_path)]) == 0, capsys.readouterr().err
    assert main(["import-page", str(page), "--output", str(tmp_path / "controls")]) == 2
