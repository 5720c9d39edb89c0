"""Delimited files and tables of columns: the dialect stays, and only answered fields change."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from forms import saved
from in_format import DAILY, HASHED, answered, row
from openpyxl import Workbook

DIALECTS = {
    "comma": (",", "utf-8", "\n"),
    "semicolon, windows, mark": (";", "utf-8-sig", "\r\n"),
    "tab": ("\t", "utf-8", "\n"),
    "bar, latin": ("|", "cp1252", "\r\n"),
    "utf-16": (",", "utf-16", "\n"),
}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())
def test_a_delimited_file_keeps_its_dialect_and_every_untouched_field(dialect: tuple[str, str, str]) -> None:
    """Only the answered rows differ, in the same delimiter, encoding, mark and line ends."""
    delimiter, encoding, newline = dialect
    lines = [
        ["No", "Question", "Answer", "Comments", "Gewicht für Ä"],
        ["1", HASHED, "", "", "5"],
        ["2", 'Do you use the "Frobnicator" appliance?', "", "", "x"],
        ["3", DAILY, "", "", ""],
    ]
    text = newline.join(
        delimiter.join(f'"{cell}"' if delimiter in cell or " " in cell else cell for cell in one)
        .replace('"Frob', '""Frob')
        .replace('tor" app', 'tor"" app')
        for one in lines
    )
    data = (text + newline).encode(encoding)
    copy, report = answered(data, "form.csv")
    read = list(csv.reader(io.StringIO(copy.decode(encoding), newline=""), delimiter=delimiter))
    assert read[1][2].startswith("Yes")
    assert read[3][2].startswith("Yes")
    assert "bcrypt" in read[1][2] or read[1][3]
    before, after = data.decode(encoding).split(newline), copy.decode(encoding).split(newline)
    assert before[0] == after[0]
    assert before[2] == after[-2 if len(after) == 5 else 2] or before[2] in after
    assert row(report, HASHED).outcome == "answered"
    assert copy[:2] == data[:2]


def test_a_field_that_begins_like_a_formula_is_made_inert() -> None:
    """A spreadsheet program must not run what we write (OWASP, CSV Injection)."""
    from trustcenter.publish.questionnaire.forms.delimited import inert

    assert [inert(text)[0] for text in ("=1+1", "+1", "-1", "@x", "\t=1")] == ["'"] * 5
    assert inert("Yes. 1 = 1") == "Yes. 1 = 1"


CROSSED = (
    [("No", "Question", "Yes", "No", "N/A", "Remarks"), ("1", HASHED, "", "", "", ""), ("2", DAILY, "", "x", "", "")],
    [("No", "Question", "Response", "", "", "Remarks"), ("", "", "YES", "NO", "N/A", ""), ("1", HASHED, "", "", "", ""),
     ("2", DAILY, "", "x", "", "")],
)  # fmt: skip


@pytest.mark.parametrize("rows", CROSSED, ids=["one line", "two lines"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_one_of_several_columns_is_crossed(rows: list[tuple[str, ...]], kind: str) -> None:
    """Yes, No and N/A are columns: one gets a cross, the sentence its own place; one that is crossed stays."""
    if kind == "csv":
        data = "\n".join(",".join(one) for one in rows).encode()
    else:
        book = Workbook()
        for one in rows:
            book.active.append([cell or None for cell in one])
        data = saved(book)
    copy, report = answered(data, f"form.{kind}")
    if kind == "csv":
        found = list(csv.reader(io.StringIO(copy.decode())))
    else:
        found = [["" if cell is None else str(cell) for cell in one] for one in
                 openpyxl.load_workbook(io.BytesIO(copy)).active.iter_rows(values_only=True)]  # fmt: skip
    first, second = (next(one for one in found if one[1] == question) for question in (HASHED, DAILY))
    assert first[2:5] == ["X", "", ""]
    assert "bcrypt" in first[5]
    assert second[2:5] == ["", "x", ""]
    assert row(report, DAILY).outcome != "answered"
    assert len(report.rows) == 2


def test_a_form_whose_yes_column_is_filled_is_not_taken_for_one_to_cross() -> None:
    """There a column holds what the form itself says, so the answer goes elsewhere."""
    data = f"Question,Yes,No,Answer\n{HASHED},5,0,\n{DAILY},5,0,\n".encode()
    copy, _ = answered(data, "form.csv")
    found = list(csv.reader(io.StringIO(copy.decode())))
    assert [one[1:3] for one in found[1:]] == [["5", "0"], ["5", "0"]]
    assert found[1][3].startswith("Yes")


def test_columns_are_appended_where_the_file_has_none() -> None:
    copy, _ = answered(f"Question\n{HASHED}\n{DAILY}\n".encode(), "form.csv")
    read = list(csv.reader(io.StringIO(copy.decode())))
    assert read[0][0] == "Question"
    assert read[0][1] == "Answer"
    assert read[1][1].startswith("Yes")
