"""A ledger that somebody touched is never published: exit 5, the record is named, and the former page stands."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_instance

from trustcenter.cli import main
from trustcenter.pipeline.checking import check
from trustcenter.pipeline.line import open_line


def _standing(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """An instance whose ledger holds one signed run, and a page that an earlier run left in place."""
    root = small_instance.write(tmp_path / "small")
    check(open_line(root, {}))
    page = root / "build" / "site"
    page.mkdir(parents=True)
    (page / "index.html").write_text("the page of yesterday", encoding="utf-8")
    return root


@pytest.mark.parametrize("part", ["statements", "log/tile/entries", "log/checkpoint"])
def test_a_touched_ledger_is_not_published(
    published: Path, part: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One changed byte of a statement, of the log or of the checkpoint."""
    at = published / "evidence" / part
    victim = at if at.is_file() else max((path for path in at.rglob("*") if path.is_file()), key=str)
    _flip(victim)
    before = _standing(published / "build")

    assert main(["publish", "--instance", str(published)]) == 5
    said = capsys.readouterr().err
    assert victim.name.removesuffix(".dsse.json") in said or "entry" in said or "checkpoint" in said
    assert _standing(published / "build") == before, "the former page stands, and nothing is beside it"

    elsewhere = tmp_path / "elsewhere"
    assert main(["publish", "--instance", str(published), "--output", str(elsewhere)]) == 5
    assert not elsewhere.exists()


def test_the_same_instance_untouched_gets_past_the_ledger(published: Path) -> None:
    """Without the changed byte the ledger verifies: the refusals above are about that byte alone."""
    from trustcenter.pipeline import publishing

    found = publishing.verified(open_line(published, {}))
    assert found.record.size > 0


def test_a_page_that_is_not_there_is_no_first_run(
    published: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`plan --page` with a mistyped path does not say that nothing falls, and a touched ledger is not planned from."""
    assert main(["plan", "--instance", str(published), "--page", str(tmp_path / "typo")]) == 2
    assert "there is no such page" in capsys.readouterr().err

    _flip(max((path for path in (published / "evidence" / "statements").rglob("*") if path.is_file()), key=str))
    (tmp_path / "empty").mkdir()
    assert main(["plan", "--instance", str(published), "--page", str(tmp_path / "empty")]) == 5
    capsys.readouterr()
    (tmp_path / "trust.json").write_text("no page of ours", encoding="utf-8")
    for page in ("typo", "trust.json"):  # of two failures the ledger's is told
        assert main(["plan", "--instance", str(published), "--page", str(tmp_path / page)]) == 5
        assert "page" not in capsys.readouterr().err
