"""Rows get room for what is written into them, so that no customer has to drag them open."""

from __future__ import annotations

import io

import openpyxl
import pytest
from forms import rebuild, saved
from in_format import DAILY, HASHED, answered
from openpyxl import Workbook
from openpyxl.styles import Alignment

from trustcenter.publish.questionnaire.heights import lines

SHEET = "xl/worksheets/sheet1.xml"


def form(*, wrap: bool = True, merged: str = "") -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet.append(["No", "Question", "Answer"])
    sheet.append([1, HASHED])
    sheet.append([2, "Do you use the Frobnicator appliance?"])
    for row in (2, 3):
        sheet.cell(row, 3).alignment = Alignment(wrap_text=wrap)
    sheet.column_dimensions["C"].width = 30
    if merged:
        sheet.merge_cells(merged)
    return book


def height(data: bytes, row: int = 2) -> float | None:
    return openpyxl.load_workbook(io.BytesIO(data)).active.row_dimensions[row].height


def test_a_row_grows_with_its_wrapped_answer_and_no_other_row() -> None:
    copy, report = answered(saved(form()), "form.xlsx")

    assert height(copy) == 15 * lines(report.rows[0].answer, 30)
    assert height(copy) >= 60
    assert (height(copy, 1), height(copy, 3)) == (None, None)


def test_a_merged_answer_needs_fewer_lines() -> None:
    wide = form(merged="C2:E2")
    wide.active.column_dimensions["D"].width = wide.active.column_dimensions["E"].width = 60

    assert (height(answered(saved(wide), "form.xlsx")[0]) or 0) < (height(answered(saved(form()), "form.xlsx")[0]) or 0)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('<row r="2" ht="18" customHeight="1"', 18),
        ('<row r="2" ht="300"', 300),
        ('<row r="2" ht="nan"', None),
    ],
    ids=["its author's own", "higher already", "none that counts"],
)
def test_what_its_author_set_or_what_is_high_enough_stays(row: str, expected: float | None) -> None:
    data = rebuild(saved(form()), {SHEET: lambda content: content.replace(b'<row r="2"', row.encode())})
    copy, report = answered(data, "form.xlsx")

    assert report.count("answered") == 1
    assert expected is None or height(copy) == expected


@pytest.mark.parametrize("book", [form(wrap=False), form(merged="C2:C3")], ids=["not wrapped", "over two rows"])
def test_other_rows_keep_their_height(book: Workbook) -> None:
    copy, report = answered(saved(book), "form.xlsx")

    assert report.rows[0].outcome == "answered"
    assert height(copy) is None


@pytest.mark.parametrize("width", ["nan", "1e999", "-5", "0"])
def test_a_width_that_is_none_breaks_nothing(width: str) -> None:
    data = rebuild(saved(form()), {SHEET: lambda content: content.replace(b'width="30"', f'width="{width}"'.encode())})

    assert answered(data, "form.xlsx")[1].rows[0].question == HASHED
    assert lines(DAILY, 0) > 1
