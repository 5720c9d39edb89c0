"""docs/asvs.md: every requirement of the standard has one row, every named test exists, and most are met."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

CHAPTERS = ("V6", "V7", "V8", "V16")


@pytest.fixture(scope="module")
def asvs(repository: Path) -> ModuleType:
    """The script that writes the table."""
    spec = importlib.util.spec_from_file_location("asvs_table", repository / "scripts" / "asvs_table.py")
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_requirement_of_the_chapters_has_one_row(asvs: ModuleType, shared: Path) -> None:
    asked = json.loads((shared / "data/asvs/asvs-5.0.0-en.flat.json").read_text())["requirements"]
    expected = [one["req_id"] for one in asked if one["chapter_id"] in CHAPTERS and int(one["L"]) <= 2]

    assert [row.identifier for row in asvs.requirements()] == expected


def test_our_words_are_not_the_standards(asvs: ModuleType, shared: Path, repository: Path) -> None:
    asked = json.loads((shared / "data/asvs/asvs-5.0.0-en.flat.json").read_text())["requirements"]
    written = (repository / "docs" / "asvs.md").read_text()

    for one in asked:
        words = one["req_description"].split()
        assert not any(" ".join(words[at : at + 8]) in written for at in range(len(words) - 7)), one["req_id"]


def test_most_requirements_are_met_and_the_rest_says_what_is_missing(asvs: ModuleType) -> None:
    rows = [row for row in asvs.requirements() if not row.not_applicable]
    met = [row for row in rows if row.verdict == "met"]

    assert len(met) >= 0.8 * len(rows), [row.identifier for row in rows if row.verdict != "met"]
    assert all(len(row.missing) > 20 for row in rows if row.verdict != "met")


@pytest.mark.parametrize(
    "row",
    [
        {"about": "nothing is said"},
        {"about": "two things", "missing": "x", "not_applicable": "y"},
        {"about": "no such test", "met": ["tests/catalog/test_asvs_table.py::test_that_nobody_wrote"]},
        {"about": "no such file", "met": ["tests/nowhere.py::test_x"]},
        {"about": "no test at all", "met": ["tests/catalog/test_asvs_table.py::asvs"]},
    ],
)
def test_a_wrong_row_is_refused(asvs: ModuleType, row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"V6\.1\.1"):
        asvs.requirements({"V6.1.1": row})
