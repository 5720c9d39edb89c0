"""Customers' files of every nasty kind: answered in place, and everything that was not asked for stays as it was."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass

import pikepdf
import pytest
from lxml import etree
from made_documents import nasty_document, nasty_pdf
from made_word import DOCUMENTS, legacy_document
from made_workbooks import ASKED, DAILY, ENCRYPTED, PLAN, SALTED, SOLD, WORKBOOKS
from statements import CLAIMS, CRITERIA, NOW
from test_fidelity import raw_members

from trustcenter.publish.questionnaire import Matcher, Report, answer_bytes
from trustcenter.publish.questionnaire.cells import parse_cell
from trustcenter.publish.questionnaire.choices import accepts
from trustcenter.publish.questionnaire.forms.opening import open_form
from trustcenter.publish.questionnaire.forms.word import text_of
from trustcenter.publish.questionnaire.workbook import read

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
EVERY = {
    **WORKBOOKS,
    **{name: ("form.docx", make) for name, make in DOCUMENTS.items()},
    "content controls": ("form.docx", nasty_document),
}


@dataclass(frozen=True)
class Case:
    kind: str
    original: bytes
    copy: bytes
    report: Report

    def row(self, question: str):
        return next(one for one in self.report.rows if one.question.endswith(question))


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(CLAIMS, CRITERIA)


def answered(kind: str, matcher: Matcher) -> Case:
    name, make = EVERY[kind]
    original = make()
    return Case(kind, original, *answer_bytes(original, CLAIMS, CRITERIA, NOW, where=name, matcher=matcher))


@pytest.fixture(scope="module", params=EVERY)
def case(request: pytest.FixtureRequest, matcher: Matcher) -> Case:
    return answered(request.param, matcher)


def test_every_untouched_member_is_byte_identical(case: Case) -> None:
    before, after = raw_members(case.original), raw_members(case.copy)

    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == set(case.report.touched)
    assert len(case.report.touched) in (1, 2, 3)
    assert case.report.count("answered") >= 2


@pytest.mark.parametrize("case", WORKBOOKS, indirect=True)
def test_a_touched_sheet_differs_in_the_answered_cells_alone(case: Case) -> None:
    """Drop-downs, formats, drawings, protection, filters: the rest of the part is the same document (C14N)."""
    written = {
        (row.sheet, cell)
        for row in case.report.rows
        for sheet in case.report.sheets
        if row.outcome == "answered" and sheet.sheet == row.sheet
        for role, letter in sheet.columns
        for cell in [re.sub("[A-Z]+", letter, row.cell)]
        if role in ("answer", "comment", "reference")
    }
    for sheet in read(case.original, where="form").sheets:
        if sheet.part in case.report.touched:
            cells = {cell for name, cell in written if name == sheet.name}
            assert _without(case.original, sheet.part, cells) == _without(case.copy, sheet.part, cells)


def _without(data: bytes, part: str, cells: set[str]) -> bytes:
    """A sheet's part in its canonical form without these cells and without what only counts cells."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read(part))
    for dimension in root.iter(f"{SHEET}dimension"):
        del dimension.attrib["ref"]
    for number, row in enumerate(root.iter(f"{SHEET}row"), 1):
        row.attrib.pop("spans", None)
        row.set("r", row.get("r") or str(number))
        for place, cell in enumerate(list(row), 1):
            cell.set("r", cell.get("r") or f"{chr(64 + place)}{row.get('r')}")
            if cell.get("r") in cells:
                row.remove(cell)
    return etree.tostring(root, method="c14n")


def plain(text: str) -> str:
    return " ".join(text.split())


def test_each_answer_stands_in_its_cell_and_is_of_its_list(case: Case) -> None:
    """Read again by our own reader: the text of each place, and the options that it still offers."""
    name, _ = EVERY[case.kind]
    before = open_form(case.original, name).questions
    answered = [pair for pair in zip(case.report.rows, before, strict=True) if pair[0].outcome == "answered"]
    if name.endswith(".docx"):
        said = plain(text_of(etree.fromstring(zipfile.ZipFile(io.BytesIO(case.copy)).read("word/document.xml"))))
        assert all(plain(row.answer) in said for row, question in answered if question.options is None)
        return
    book = read(case.copy, where="copy")
    for row, question in answered:
        sheet = book.sheet(row.sheet)
        assert sheet.text(*parse_cell(row.cell)) == row.answer
        assert accepts(book, sheet, *parse_cell(row.cell)).options == question.options
        assert question.options is None or row.answer in question.options


@pytest.mark.parametrize("kind", ["external links", "content controls"])
def test_an_answered_copy_is_not_answered_into_new_columns(kind: str, matcher: Matcher) -> None:
    """What stands in the drop-downs is an answer, not what the form itself says."""
    case = answered(kind, matcher)
    again, report = answer_bytes(case.copy, CLAIMS, CRITERIA, NOW, where=EVERY[kind][0], matcher=matcher)

    tables = [sheet for sheet in report.sheets if sheet.columns]
    assert [(sheet.columns, sheet.appended) for sheet in tables] == [
        (sheet.columns, sheet.appended) for sheet in case.report.sheets if sheet.columns
    ]
    assert {row.reason for row in report.rows if row.outcome == "refused"} >= {"the cell is filled already"}
    if kind == "external links":
        assert again == case.copy


@pytest.mark.parametrize("case", [name for name in EVERY if name not in WORKBOOKS], indirect=True)
def test_a_document_keeps_its_marks(case: Case) -> None:
    """Bookmarks, comments, recorded changes, fields, controls: as many as before, in the same order."""
    marks = [f"{WORD}{name}" for name in (
        "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "commentReference", "ins", "del",
        "moveFrom", "sdt", "dropDownList", "listItem", "ffData", "listEntry", "checkBox", "fldChar", "tbl", "instrText",
    )]  # fmt: skip
    one, two = (
        etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml"))
        for data in (case.original, case.copy)
    )
    kept = [[(node.tag, node.get(f"{WORD}id")) for node in root.iter(*marks)] for root in (one, two)]
    assert kept[0] == kept[1]
    assert [node.text for node in one.iter(f"{WORD}delText")] == [node.text for node in two.iter(f"{WORD}delText")]


def test_only_free_cells_of_a_protected_sheet_are_written(matcher: Matcher) -> None:
    case = answered("protected", matcher)

    assert [case.row(text).outcome for text in ASKED] == ["answered"] * 3 + ["refused"] * 2
    assert "locked" in case.row(ENCRYPTED).reason
    assert read(case.copy, where="copy").sheets[0].protected


def test_what_stands_in_hidden_columns_and_rows_is_not_taken(matcher: Matcher) -> None:
    case = answered("second sheet", matcher)

    columns = dict(next(sheet.columns for sheet in case.report.sheets if sheet.questions))
    assert columns == {"identifier": "C", "question": "D", "answer": "F", "comment": "G"}
    assert case.row(PLAN).reason.startswith("the row is hidden")


def test_three_lines_of_header_are_one_header(matcher: Matcher) -> None:
    case = answered("three lines of header", matcher)

    columns = dict(case.report.sheets[0].columns)
    assert columns == {"identifier": "A", "question": "B", "answer": "C", "comment": "D", "reference": "E"}
    assert [row.outcome for row in case.report.rows] == ["answered"] * 5


def test_runs_are_one_question_without_their_phonetic_hints(matcher: Matcher) -> None:
    assert [row.question for row in answered("rich strings", matcher).report.rows] == [
        SALTED, DAILY, PLAN, ENCRYPTED, SOLD
    ]  # fmt: skip


def test_legacy_form_fields_are_set_in_place(matcher: Matcher) -> None:
    """A choice is the entry's number, a box its state, a text the result between the field's marks."""
    case = answered("legacy fields", matcher)

    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(case.copy)).read("word/document.xml"))
    chosen = [one.find(f"{WORD}result").get(f"{WORD}val") for one in root.iter(f"{WORD}ddList")]
    assert chosen == ["1", "2"]
    ticked = [one.find(f"{WORD}checked") is not None for one in root.iter(f"{WORD}checkBox")]
    assert ticked == [True, False, True, False]
    assert [case.row(text).outcome for text in (SALTED, DAILY, PLAN, SOLD)] == ["answered"] * 4
    why = {row.reason for row in case.report.rows if row.outcome == "refused"}
    assert why == {
        "the form field accepts only a date", "the form field is locked by its author", "the cell is filled already"
    }  # fmt: skip
    assert not case.row(DAILY).comment, "beside that field is a plain cell, and the document is protected"
    assert case.row(SALTED).comment


@pytest.mark.parametrize(("kind", "why"), [("readOnly", "every change"), ("trackedChanges", "recorded")])
def test_a_document_protected_against_writing_is_left_alone(kind: str, why: str, matcher: Matcher) -> None:
    original = legacy_document(kind)
    copy, report = answer_bytes(original, CLAIMS, CRITERIA, NOW, where="form.docx", matcher=matcher)

    assert copy == original
    assert any(why in row.reason for row in report.rows if row.outcome == "refused")
    assert any(why in note for note in report.notes)


def test_a_table_within_a_cell_is_read_for_itself_only_where_it_asks(matcher: Matcher) -> None:
    """The frame's inner table has the questions; the answer's inner table has the boxes."""
    case = answered("nested tables", matcher)

    assert [row.question for row in case.report.rows] == [
        SALTED, DAILY, ENCRYPTED, "How are user passwords stored?", PLAN, SOLD
    ]  # fmt: skip
    assert case.row(ENCRYPTED).answer == "Yes"
    assert any("records changes" in note for note in case.report.notes)


def test_frames_and_printed_boxes_take_their_answers(matcher: Matcher) -> None:
    case = answered("frames and signs", matcher)

    assert {row.outcome for row in case.report.rows} == {"answered"}
    with zipfile.ZipFile(io.BytesIO(case.copy)) as archive:
        text = archive.read("word/document.xml").decode()
    assert "\u2612 Yes    \u2610 No" in text
    assert re.findall(r'w:char="(\w+)"', text) == ["F0A8", "F0FE"]
    assert case.row(SOLD).answer == "No"


def test_a_semicolon_file_in_utf_16_keeps_both(matcher: Matcher) -> None:
    text = f'Nr;Question;Answer;Remarks\r\n1;"{SALTED}";;\r\n2;Ist „das“; klar?;\r\n3;{DAILY};;x\r\n'
    original = text.encode("utf-16")
    copy, report = answer_bytes(original, CLAIMS, CRITERIA, NOW, where="form.csv", matcher=matcher)

    rows = list(csv.reader(io.StringIO(copy.decode("utf-16"), newline=""), delimiter=";"))
    assert copy[:2] == original[:2]
    assert "\r\n2;Ist „das“; klar?;\r\n" in copy.decode("utf-16")
    assert rows[1][2].startswith("Yes. Passwords")
    assert rows[3][2].startswith("Yes. Backups")
    assert rows[3][3] == "x"
    assert report.count("answered") == 2


def test_a_pdf_list_takes_an_option_of_its_list(matcher: Matcher) -> None:
    copy, report = answer_bytes(nasty_pdf(), CLAIMS, CRITERIA, NOW, where="form.pdf", matcher=matcher)

    with pikepdf.open(io.BytesIO(copy)) as document:
        fields = {str(field.T): field for field in document.Root.AcroForm.Fields}
        assert str(fields["q3"].V) == "Yes"
        assert [str(one) for one in fields["q3"].Opt] == ["Please select", "Yes", "No"]
        assert str(fields["q3_comment"].V).startswith("Yes. ")
    assert next(row for row in report.rows if row.cell == "q3").answer == "Yes"
