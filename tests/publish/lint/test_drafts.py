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


def test_an_entry_of_a_list_keeps_what_the_list_is_of() -> None:
    """`API keys` under `What we do not send` is no claim about keys alone."""
    found, _ = drafts(read_page("page.md", "# What we do not send\n\n- API keys\n- Session cookies\n", "markdown"))

    said = [claim["say"] for one in found for claim in one.document()["claims"]]
    assert said == ["What we do not send: Session cookies", "What we do not send: API keys"]


def test_only_what_a_system_shows_could_be_tested_today(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document and a person are named as such and not counted."""
    page = tmp_path / "page.txt"
    page.write_text("Staff are trained each year. Sessions end after a day. We are HIPAA compliant.", encoding="utf-8")

    assert main(["import-page", str(page)]) == 0
    out = capsys.readouterr().out
    assert "3 draft controls, 1 of them could be tested today; 0 sentences fit none\n" in out
    assert "session_lifecycle_probe" in out
    assert "a declaration" in out
    assert "a person" in out


def test_every_suggested_collector_exists() -> None:
    """A draft suggests nothing that is not there."""
    from trustcenter.collectors.registry import descriptions
    from trustcenter.publish.lint.rule_files import data

    suggested = {entry["collector"] for entry in data("drafts")["kinds"]} - {None}
    assert suggested <= set(descriptions())


def test_a_page_that_repeats_itself_is_read_in_time(tmp_path: Path) -> None:
    """A sentence a thousand times is one claim, and contradicts nothing."""
    page = tmp_path / "page.txt"
    page.write_text("All traffic uses TLS 1.3. " * 1_000, encoding="utf-8")

    found, left = drafts(read_page("page.txt", page.read_text(encoding="utf-8")))
    assert [len(one.passages) for one in found] == [1]
    assert left == ()
    assert main(["lint", "--page", str(page)]) == 0
