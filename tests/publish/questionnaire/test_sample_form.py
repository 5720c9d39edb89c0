"""The committed sample form, answered end to end."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from make_sample_form import OPTIONS, build
from questions import QUESTIONS
from statements import CLAIMS, CRITERIA, NOW, with_state

from trustcenter.publish.questionnaire import Report, answer_bytes, answer_file


@pytest.fixture(scope="module")
def form(repository: Path) -> Path:
    return repository / "templates" / "questionnaires" / "sample-customer-form.xlsx"


def test_committed_form_is_what_the_script_makes(form: Path) -> None:
    assert form.read_bytes() == build()


def test_each_question_gets_the_outcome_written_beside_it(form: Path, tmp_path: Path) -> None:
    out = tmp_path / "answered.xlsx"

    report = answer_file(form, out, CLAIMS, CRITERIA, NOW)

    expected = dict(QUESTIONS)
    words = {"abstained": "abstain", "needs_review": "review"}
    got = {row.question: words.get(row.outcome, row.verdict) for row in report.rows}
    assert expected == got
    assert len(QUESTIONS) >= 40


def test_copy_shows_answers_citations_and_keeps_the_lists(form: Path, tmp_path: Path) -> None:
    out = tmp_path / "answered.xlsx"
    report = answer_file(form, out, CLAIMS, CRITERIA, NOW)

    sheet = openpyxl.load_workbook(out)["Questionnaire"]

    for row in report.rows:
        value = sheet[row.cell].value
        if row.outcome == "answered":
            assert row.answer == value
            number = sheet[row.cell].row
            assert value in OPTIONS or not sheet.cell(number, 2).value.startswith(("Do", "Is", "Are", "Can", "Must"))
            assert all(claim in f"{sheet.cell(number, 4).value}" for claim in row.claims)
            assert "https://trust.example/claims/" in sheet.cell(number, 5).value
        else:
            assert value is None
    rules = sheet.data_validations.dataValidation
    assert [rule.formula1 for rule in rules] == ["AnswerOptions"]
    assert len(sheet.conditional_formatting) == 1


def test_preview_writes_nothing_and_decides_the_same(form: Path, tmp_path: Path) -> None:
    preview = answer_file(form, None, CLAIMS, CRITERIA, NOW)
    written = answer_file(form, tmp_path / "answered.xlsx", CLAIMS, CRITERIA, NOW)

    assert preview.rows == written.rows
    assert not preview.written
    assert preview.result_digest is None
    assert [path.name for path in tmp_path.iterdir()] == ["answered.xlsx"]


def test_same_input_gives_the_same_bytes(form: Path) -> None:
    data = form.read_bytes()

    assert answer_bytes(data, CLAIMS, CRITERIA, NOW)[0] == answer_bytes(data, CLAIMS, CRITERIA, NOW)[0]


@pytest.fixture(scope="module")
def good() -> Report:
    """The form answered while everything stands."""
    return answer_bytes(build(), CLAIMS, CRITERIA, NOW, preview=True)[1]


@pytest.mark.parametrize(
    "state",
    ["failing", pytest.param("stale", marks=pytest.mark.deep), pytest.param("unconfirmed", marks=pytest.mark.deep)],
)
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda entry: entry.claim)
def test_fallen_claim_takes_its_answers_with_it(claim, state: str, good: Report) -> None:
    """Whichever claim falls: no answer cites it any more, and no Yes that it supported is left standing on it."""
    fallen = answer_bytes(build(), with_state(claim.claim, state), CRITERIA, NOW, preview=True)[1]

    assert not [row.question for row in fallen.rows if row.outcome == "answered" and claim.claim in row.claims]
    for before, after in zip(good.rows, fallen.rows, strict=True):
        if before.outcome == "answered" and before.claims == (claim.claim,):
            assert after.outcome != "answered", (
                f"{before.question} was answered by {before.claims}, now by {after.claims}"
            )


def test_report_is_plain_json_values(form: Path) -> None:
    report = answer_bytes(form.read_bytes(), CLAIMS, CRITERIA, NOW, preview=True)[1]

    plain = json.loads(json.dumps(report.as_json()))

    assert len(report.rows) == sum(plain["counts"].values())
    assert {"sheet", "cell", "question", "answer", "citation", "state", "as_of", "confidence", "candidates"} <= set(
        plain["rows"][0]
    )


def test_threshold_keeps_uncertain_answers_out(form: Path) -> None:
    data = form.read_bytes()
    low = answer_bytes(data, CLAIMS, CRITERIA, NOW, "low", preview=True)[1]
    high = answer_bytes(data, CLAIMS, CRITERIA, NOW, "high", preview=True)[1]

    assert {"high"} == {row.band for row in high.rows if row.outcome == "answered"}
    assert high.count("answered") < low.count("answered")
    assert io.BytesIO(data).getvalue() == form.read_bytes()
