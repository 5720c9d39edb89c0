"""Options listed as rows below their question, each with a cell of its own to tick."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from forms import saved
from made_word import table
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import Matcher, Report, answer_bytes

PLAN, BOUNTY, CHECKS = "Incident response plan", "Bug bounty programme", "Background checks"
ASKED = "Which of the following do you have in place?"
BACKUPS = "Are backups taken at least daily?"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CLAIMS, CRITERIA)


def answered(data: bytes, name: str, matcher: Matcher) -> tuple[bytes, Report]:
    return answer_bytes(data, CLAIMS, CRITERIA, NOW, "low", where=name, matcher=matcher)


def form(*rows: tuple[object, ...]) -> Workbook:
    book = Workbook()
    book.active.append(["No", "Question", "Answer", "Comments"])
    for row in rows:
        book.active.append(list(row))
    return book


def cells(data: bytes) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2, values_only=True)]


@pytest.mark.parametrize(
    ("asked", "stands", "sign"),
    [
        (ASKED, None, "X"),
        ("Which security measures are in place? Select all that apply.", None, "X"),
        ("Which security measures are in place?", "\u2610", "\u2612"),
        ("Your security measures:", "[ ]", "[x]"),
    ],
)
@pytest.mark.parametrize("lettered", [True, False])
def test_rows_that_are_options_are_ticked_where_a_claim_affirms_them(
    matcher: Matcher, asked: str, stands: str | None, sign: str, lettered: bool
) -> None:
    options = [("abc"[n] if lettered else None, text, stands) for n, text in enumerate((PLAN, BOUNTY, CHECKS))]
    other = [(n, f"Do you use the Frobnicator {n} appliance?") for n in range(3, 8)]
    data = saved(form((1, asked), *options, (2, BACKUPS), *other))
    copy, report = answered(data, "form.xlsx", matcher)

    assert [(row.question, row.outcome) for row in report.rows[:2]] == [(asked, "answered"), (BACKUPS, "answered")]
    found = cells(copy)
    assert [row[2] for row in found[:4]] == [None, sign, stands, sign]
    assert "incidents.plan" in str(found[0][3])
    again = answered(copy, "form.xlsx", matcher)[1].rows[0]
    assert (again.outcome, again.reason) == ("refused", "the place is filled already")


def test_a_list_of_signs_is_ticked_with_its_own_sign(matcher: Matcher) -> None:
    book = form((1, "Which measures are in place?"), (None, PLAN), (None, BOUNTY), (2, BACKUPS))
    rule = DataValidation(type="list", formula1='"\u2713"')
    book.active.add_data_validation(rule)
    rule.add("C3:C4")

    assert [row[2] for row in cells(answered(saved(book), "form.xlsx", matcher)[0])[:3]] == [None, "\u2713", None]


@pytest.mark.parametrize("rows", [("Yes", "No", "Partially"), ("No", "Yes")])
def test_rows_that_are_answers_get_one_tick(matcher: Matcher, rows: tuple[str, ...]) -> None:
    book = form((1, "Do you sell personal data? (tick one)"), *((None, text) for text in rows), (2, BACKUPS))
    copy, report = answered(saved(book), "form.xlsx", matcher)

    assert (report.rows[0].verdict, report.rows[0].answer) == ("no", "No")
    assert {row[1]: row[2] for row in cells(copy)[1:-1]} == {text: "X" if text == "No" else None for text in rows}


def test_one_of_several_things_is_left_to_a_person(matcher: Matcher) -> None:
    data = saved(form((1, "How are user passwords stored? Select one."), (None, "Hashed"), (None, "Plain"), (2, "x")))
    copy, report = answered(data, "form.xlsx", matcher)

    assert copy == data
    assert report.rows[0].outcome == "needs_review"


@pytest.mark.parametrize(
    "rows",
    [
        ((1, BACKUPS), (None, "Access control"), (2, "Do you sell personal data?")),
        ((1, ASKED), (2, "Background checks of staff"), (3, "Encryption of backups")),
        ((1, ASKED), (None, PLAN), (None, "Do you have a bug bounty programme?")),
    ],
    ids=["a heading", "numbers of their own", "one option alone"],
)
def test_other_rows_are_no_options(matcher: Matcher, rows: tuple[tuple[object, ...], ...]) -> None:
    report = answered(saved(form(*rows)), "form.xlsx", matcher)[1]

    assert all(";" not in row.answer or "[" in row.answer for row in report.rows)
    assert all(row.answer not in (PLAN, "Access control") for row in report.rows)


def test_options_with_a_no_to_cross_are_no_ticks(matcher: Matcher) -> None:
    """Where each row has a Yes and a No, a cross in the first column may be a No."""
    data = f"Question,No,Yes\n{ASKED},,\n{CHECKS},,\n{PLAN},,\n{BACKUPS},,\n".encode()
    read = list(csv.reader(io.StringIO(answered(data, "form.csv", matcher)[0].decode())))

    assert [row[1] for row in read[1:]] == [""] * 4


def test_a_delimited_file_and_a_document_s_table_are_ticked_too(matcher: Matcher) -> None:
    data = f"No,Question,Answer\n1,{ASKED},\n,{PLAN},\n,{BOUNTY},\n,{CHECKS},\n2,{BACKUPS},\n".encode()
    read = list(csv.reader(io.StringIO(answered(data, "form.csv", matcher)[0].decode())))
    assert [row[2] for row in read[1:5]] == ["", "X", "", "X"]

    from made_word import _document

    document = _document(
        table(("No.", "Question", "Answer"), ("1", ASKED, ""), ("", PLAN, "\u2610"), ("", BOUNTY, "\u2610"),
              ("2", BACKUPS, ""))
    )  # fmt: skip
    copy, report = answered(document, "form.docx", matcher)
    assert [(row.question, row.outcome) for row in report.rows] == [(ASKED, "answered"), (BACKUPS, "answered")]
    again = answered(copy, "form.docx", matcher)[1].rows[0]
    assert (again.outcome, again.reason) == ("refused", "the place is filled already")
