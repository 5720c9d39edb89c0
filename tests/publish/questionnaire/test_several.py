"""Questions of which all options that apply are chosen: printed in the question, in columns, as boxes or in a list."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from forms import saved
from made_documents import boxes, paragraph
from made_word import _document, _run, table
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import Matcher, Report, answer_bytes
from trustcenter.publish.questionnaire.roles import printed_options

HELD, OTHER = ("Incident response plan", "Background checks"), "Bug bounty programme"
ASKED = "Which of these do you have in place? (select all that apply)"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CLAIMS, CRITERIA)


def answered(data: bytes, name: str, matcher: Matcher) -> tuple[bytes, Report]:
    return answer_bytes(data, CLAIMS, CRITERIA, NOW, where=name, matcher=matcher)


@pytest.mark.parametrize(
    "text",
    [
        f"{ASKED}: {HELD[0]}, {OTHER}, {HELD[1]}",
        f"{ASKED}\n\u2610 {HELD[0]}\n\u2610 {OTHER}\n\u2610 {HELD[1]}",
        f"{ASKED} [ ] {HELD[0]} [ ] {OTHER} [ ] {HELD[1]}",
        f"{ASKED}:\n- {HELD[0]}\n- {OTHER}\n- {HELD[1]}",
    ],
    ids=["behind a colon", "lines with boxes", "brackets", "list"],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_list_in_the_question_s_cell_is_answered_from_that_list_alone(text: str, kind: str, matcher: Matcher) -> None:
    assert printed_options(text) == (HELD[0], OTHER, HELD[1])
    if kind == "xlsx":
        book = Workbook()
        book.active.append(["Question", "Answer", "Comments"])
        book.active.append([text])
        copy, report = answered(saved(book), "form.xlsx", matcher)
        row = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(copy)).active[2]]
    else:
        copy, report = answered(f'Question,Answer,Comments\n"{text}",,\n'.encode(), "form.csv", matcher)
        row = list(csv.reader(io.StringIO(copy.decode(), newline="")))[1]
    assert row[1] == "; ".join(HELD)
    assert "incidents.plan/documented" in row[2]
    assert [(one.outcome, one.verdict) for one in report.rows] == [("answered", "yes")]


@pytest.mark.parametrize(
    "text",
    [
        "Do you have a plan, a policy, or a process?",
        "Which apply: encryption, backups?",
        f"{ASKED}",
        f"{ASKED}: Describe.",
    ],
)
def test_a_question_without_a_list_of_its_own_is_no_choice(text: str) -> None:
    assert printed_options(text) == ()


def test_columns_below_one_header_are_crossed_where_they_apply(matcher: Matcher) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["No.", "Question", "In place (tick all that apply)", None, None, "Remarks"])
    sheet.append([None, None, HELD[0], OTHER, HELD[1], None])
    sheet.merge_cells("C1:E1")
    sheet.append([1, "What does your security programme cover?"])
    sheet.append([2, "What did it cover a year ago?", None, "x"])
    copy, report = answered(saved(book), "form.xlsx", matcher)

    rows = [
        [cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(copy)).active.iter_rows(min_row=3)
    ]
    assert rows[0][2:5] == ["X", None, "X"]
    assert rows[1][2:5] == [None, "x", None]
    assert [row.outcome for row in report.rows] == ["answered", "refused"]


def test_boxes_of_a_document_are_ticked_where_they_apply(matcher: Matcher) -> None:
    data = _document(
        table(("No.", "Question", "Answer"), ("1", ASKED, boxes(*HELD, OTHER)), ("2", "Do you have a plan?", "")),
        paragraph(_run(ASKED)),
        boxes(OTHER, *HELD),
    )
    copy, report = answered(data, "form.docx", matcher)

    again = answered(copy, "form.docx", matcher)[1]
    assert [row.answer for row in report.rows if row.question == ASKED] == ["; ".join(HELD)] * 2
    assert {row.reason for row in again.rows if row.question == ASKED} == {"the place is filled already"}


def test_nothing_is_chosen_by_guess(matcher: Matcher) -> None:
    data = f'Question,Answer\n"{ASKED}: {OTHER}; Frobnicator; Moon base",\n'.encode()
    copy, report = answered(data, "form.csv", matcher)

    assert copy == data
    assert report.rows[0].outcome == "needs_review"


def test_an_open_question_with_a_list_is_left_to_a_person_with_the_sentence(matcher: Matcher) -> None:
    """A list of frequencies is no place for a sentence, and none of them is guessed."""
    book = Workbook()
    book.active.append(["Question", "Answer"])
    book.active.append(["How are user passwords stored?"])
    rule = DataValidation(type="list", formula1='"Hashed,Encrypted,Plain"')
    book.active.add_data_validation(rule)
    rule.add("B2")
    data = saved(book)
    copy, report = answered(data, "form.xlsx", matcher)

    assert copy == data
    assert report.rows[0].outcome == "needs_review"
    assert "a sentence" in report.rows[0].reason
    assert "bcrypt" in report.rows[0].answer
