"""The workbook opens, holds text and numbers only, and the CSV cannot run anything in a spreadsheet."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from lxml import etree

from trustcenter.publish.inert import csv_cell
from trustcenter.publish.machine.workbook import Sheet, workbook

MADE = datetime(2026, 11, 20, tzinfo=UTC)
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "|calc", '=HYPERLINK("http://x")', "%0A", "'=1"]


def made(rows, columns=("a", "b")):
    return workbook([Sheet("One & <two>", columns, rows)], title="T", made=MADE)


def read(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(io.BytesIO(data))


def test_values_come_back_as_they_went_in():
    rows = [("text", 12), ("ümläut ’quoted’ <&>", 0), ("_x0041_ stays", 10**9), ("  blanks ", 5)]
    book = read(made(rows))
    sheet = book["One & <two>"]
    assert [tuple(row) for row in sheet.iter_rows(min_row=2, values_only=True)][:2] == rows[:2]
    assert sheet["A1"].value == "a"
    assert sheet["B4"].value == 10**9
    assert sheet["A4"].value in ("_x0041_ stays", "_x005F_x0041_ stays")


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_a_formula(text):
    data = made([(text, 1)])
    cell = read(data).active["A2"]
    assert cell.data_type == "s" or cell.data_type == "inlineStr"
    assert cell.value == text
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", EVIL)
def test_no_csv_cell_is_a_formula(text):
    assert csv_cell(text)[0] == "'"


def test_the_published_csv_has_no_cell_that_begins_like_a_formula(surface):
    rows = list(csv.reader(io.StringIO(surface["answers.csv"].decode("utf-8-sig"), newline="")))
    assert len(rows) > 15
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@|%")]


def test_the_published_workbook_is_well_formed_and_without_formulas_or_links(surface):
    with zipfile.ZipFile(io.BytesIO(surface["answers.xlsx"])) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            root = etree.fromstring(archive.read(name))
            assert not root.xpath("//*[local-name()='f' or local-name()='hyperlink']"), name
            assert not root.xpath("//@TargetMode"), name
    assert read(surface["answers.xlsx"]).sheetnames == ["Answers", "Subprocessors", "Documents", "Not done", "About"]


def test_same_rows_same_bytes():
    assert made([("a", 1)]) == made([("a", 1)])


def test_thirty_columns_are_lettered_rightly():
    columns = tuple(f"c{i}" for i in range(30))
    sheet = read(made([tuple(range(30))], columns)).active
    assert sheet["AD2"].value == 29
