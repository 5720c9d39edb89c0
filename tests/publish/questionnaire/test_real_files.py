"""Real questionnaires, read from the folder of shared data."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from statements import CLAIMS, CRITERIA, NOW
from test_fidelity import raw_members

from trustcenter.publish.questionnaire import answer_bytes, answer_file
from trustcenter.publish.questionnaire.forms.opening import open_form

TYPE_CODES = {"TXT", "YNANA", "YNA"}


@pytest.fixture(scope="module")
def cisa(shared: Path) -> Path:
    path = shared / "questionnaires" / "cisa-scrm" / "cisa-vendor-scrm.xlsx"
    if not path.is_file():
        pytest.skip(f"no {path.name} in the shared test data")
    return path


def test_cisa_template_gets_columns_of_its_own(cisa: Path, tmp_path: Path) -> None:
    """Its `answer` column holds type codes: the answers are appended behind, and the codes stay."""
    out = tmp_path / "answered.xlsx"
    report = answer_file(cisa, out, CLAIMS, CRITERIA, NOW, "low")

    before = openpyxl.load_workbook(cisa)["questionnaire_content"]
    after = openpyxl.load_workbook(out)["questionnaire_content"]
    assert [[cell.value for cell in row] for row in before["A1:H287"]] == [
        [cell.value for cell in row] for row in after["A1:H287"]
    ]
    assert (after["I1"].value, after["J1"].value) == ("Answer", "Comment and evidence")
    assert {"I", "J"} == set(next(sheet.appended for sheet in report.sheets if sheet.questions))
    assert len(report.rows) == 255
    for row in report.rows:
        assert after[row.cell].value == (row.answer if row.outcome == "answered" else None)
        assert after[row.cell.replace("I", "H")].value in TYPE_CODES


def test_cisa_template_is_touched_only_where_answers_are(cisa: Path, tmp_path: Path) -> None:
    out = tmp_path / "answered.xlsx"
    report = answer_file(cisa, out, CLAIMS, CRITERIA, NOW, "low")

    before, after = raw_members(cisa.read_bytes()), raw_members(out.read_bytes())

    assert list(before) == list(after)
    assert {"xl/worksheets/sheet3.xml", "xl/workbook.xml"} == {name for name in before if before[name] != after[name]}
    assert {"xl/worksheets/sheet3.xml", "xl/workbook.xml"} == set(report.touched)


def test_cisa_template_is_not_overclaimed(cisa: Path) -> None:
    """Every Yes rests on a claim that is held today, and names it."""
    report = answer_file(cisa, None, CLAIMS, CRITERIA, NOW, "low")

    states = {claim.claim: claim.state for claim in CLAIMS}
    yes = [row for row in report.rows if row.verdict == "yes" and row.outcome == "answered"]
    assert all(
        row.claims and {states[claim] for claim in row.claims} <= {"tested", "documented", "declared"} for row in yes
    )


def test_the_real_files_are_read(shared: Path) -> None:
    """All questions of files that others wrote, by their own count."""
    folder = shared / "questionnaires"
    markdown = [open_form(one.read_bytes(), one.name) for one in sorted((folder / "plainanswer").glob("[0-9]*.md"))]
    assert sum(len(form.questions) for form in markdown) == 101
    least = {"infrastructure": 95, "webapp": 73, "security_privacy_programs": 45, "physical_and_datacenter": 29}
    for name, count in least.items():
        form = open_form((folder / "vsaq" / f"{name}.json").read_bytes(), f"{name}.json")
        assert len(form.questions) >= count
        assert all(question.text for question in form.questions)
        copy, report = answer_bytes(
            (folder / "vsaq" / f"{name}.json").read_bytes(), CLAIMS, CRITERIA, NOW, where=f"{name}.json"
        )
        assert len(report.rows) == len(form.questions)
        assert isinstance(json.loads(copy), dict)
