"""What is written into a customer's workbook, and what is left exactly as it was."""

from __future__ import annotations

import io
import re
import struct
import zipfile

import openpyxl
import pytest
from forms import SALTED, nasty, rebuild, simple
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import FormError, Report, answer_bytes
from trustcenter.publish.questionnaire.archive import Archive
from trustcenter.publish.questionnaire.workbook import read
from trustcenter.publish.questionnaire.writer import Edit, cell_text, write


def raw_members(data: bytes) -> dict[str, bytes]:
    """Each member as stored: local header, name, extra field and compressed bytes."""
    members = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
            end = info.header_offset + 30 + name + extra + info.compress_size
            members[info.filename] = data[info.header_offset : end]
    return members


@pytest.fixture(scope="module", params=[False, True], ids=["xlsx", "xlsm"])
def case(request: pytest.FixtureRequest) -> tuple[bytes, bytes, Report]:
    original = nasty(macros=request.param)
    copy, report = answer_bytes(original, CLAIMS, CRITERIA, NOW)
    return original, copy, report


def by_cell(report: Report) -> dict[str, object]:
    return {f"{row.sheet}!{row.cell}": row for row in report.rows}


def test_untouched_members_are_identical_and_in_place(case: tuple[bytes, bytes, Report]) -> None:
    original, copy, report = case
    before, after = raw_members(original), raw_members(copy)

    assert list(before) == list(after)
    assert set(report.touched) == {name for name in before if before[name] != after[name]}
    assert set(report.touched) == {"xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml", "xl/workbook.xml"}


def test_metadata_of_touched_members_stays(case: tuple[bytes, bytes, Report]) -> None:
    original, copy, _ = case
    with zipfile.ZipFile(io.BytesIO(original)) as before, zipfile.ZipFile(io.BytesIO(copy)) as after:
        assert after.testzip() is None
        for one, two in zip(before.infolist(), after.infolist(), strict=True):
            assert (one.filename, one.date_time, one.external_attr) == (two.filename, two.date_time, two.external_attr)


def test_answers_in_every_kind_of_drop_down(case: tuple[bytes, bytes, Report]) -> None:
    """A literal list, a range on a hidden sheet, a defined name and an x14 list."""
    rows = by_cell(case[2])

    assert [
        (rows[f"Questions!{cell}"].answer, rows[f"Questions!{cell}"].outcome) for cell in ("D6", "D7", "D8", "D9")
    ] == [("Yes", "answered")] * 2 + [("No", "answered"), ("Yes", "answered")]


def test_question_by_formula_is_read_from_its_cached_value(case: tuple[bytes, bytes, Report]) -> None:
    assert by_cell(case[2])["Questions!D7"].question == SALTED


def test_formula_locked_and_filled_cells_are_refused_with_the_reason(case: tuple[bytes, bytes, Report]) -> None:
    rows = by_cell(case[2])

    assert [rows[cell].reason for cell in ("Questions!D12", "Questions!D14", "Protected!C3")] == [
        "the cell holds a formula",
        "the cell is filled already",
        "the cell is locked by its author",
    ]
    assert {"refused"} == {rows[cell].outcome for cell in ("Questions!D12", "Questions!D14", "Protected!C3")}
    book = openpyxl.load_workbook(io.BytesIO(case[1]))
    assert book["Questions"]["D12"].value == '=IF(C12=1,"No","")'
    assert book["Questions"]["D14"].value == "see attachment"
    assert book["Protected"]["C3"].value is None


def test_text_length_rule_is_kept(case: tuple[bytes, bytes, Report]) -> None:
    row = by_cell(case[2])["Questions!D13"]

    assert len(row.answer) <= 40
    assert row.answer.startswith("Yes. Backups are encrypted")


def test_everything_around_the_answers_survives(case: tuple[bytes, bytes, Report]) -> None:
    original, copy, _ = case
    before = openpyxl.load_workbook(io.BytesIO(original), keep_vba=True)
    after = openpyxl.load_workbook(io.BytesIO(copy), keep_vba=True)

    one, two = before["Questions"], after["Questions"]
    assert one.merged_cells.ranges == two.merged_cells.ranges
    assert len(one.data_validations.dataValidation) == len(two.data_validations.dataValidation)
    assert two["B6"].comment.text == "Mandatory question"
    assert one["D6"].fill.fgColor.rgb == two["D6"].fill.fgColor.rgb == "00FFFFEE"
    assert len(two.conditional_formatting) == 1
    assert two["B7"].value == "=Library!B2"
    assert list(before.defined_names) == list(after.defined_names)
    assert [sheet.sheet_state for sheet in after] == ["visible", "visible", "visible", "hidden", "veryHidden"]
    assert after["Protected"].protection.sheet
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        part = archive.read("xl/worksheets/sheet2.xml").decode()
        assert "x14:dataValidation " in part
        assert b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")


def test_header_over_two_merged_lines_is_understood(case: tuple[bytes, bytes, Report]) -> None:
    sheet = next(sheet for sheet in case[2].sheets if sheet.sheet == "Questions")

    assert dict(sheet.columns) == {"identifier": "A", "question": "B", "answer": "D", "comment": "E", "reference": "F"}
    assert {"Access"} == {row.section for row in case[2].rows if row.sheet == "Questions"}


def test_hidden_sheets_are_reported_but_not_answered(case: tuple[bytes, bytes, Report]) -> None:
    hidden = {sheet.sheet: sheet.note for sheet in case[2].sheets if sheet.state != "visible"}

    assert {"Lists", "Library"} == set(hidden)
    assert not [row for row in case[2].rows if row.sheet in hidden]


def test_macros_are_kept_and_mentioned() -> None:
    original = nasty(macros=True)
    copy, report = answer_bytes(original, CLAIMS, CRITERIA, NOW)

    assert raw_members(original)["xl/vbaProject.bin"] == raw_members(copy)["xl/vbaProject.bin"]
    assert any("macros" in note for note in report.notes)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1", "\tx", "_x0041_", "a\x0bb", "é\n安全 ✓"]
)
def test_a_text_stays_a_text(text: str) -> None:
    """Whatever it begins with: no formula, no escape, no character that XML cannot hold."""
    book = read(simple(["Are backups encrypted?"]), where="form")

    copy = write(book, [Edit("Sheet", 2, 3, cell_text(text))]).data

    cell = openpyxl.load_workbook(io.BytesIO(copy))["Sheet"]["C2"]
    # openpyxl does not decode ECMA-376's _xHHHH_ escapes in inline strings; our reader does.
    assert cell_text(text) == cell.value.replace("_x005F_", "_")
    assert cell.data_type in ("s", "inlineStr")
    assert cell_text(text) == read(copy, where="copy").sheets[0].text(2, 3)
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_long_text_is_cut_at_a_word_within_the_cell_limit() -> None:
    text = cell_text("word " * 10_000)

    assert len(text) <= 32_767
    assert text.endswith("word…")


def test_rows_and_cells_are_inserted_in_order() -> None:
    book = read(simple(["Are backups encrypted?"]), where="form")

    copy = write(
        book,
        [
            Edit("Sheet", 9, 2, "later"),
            Edit("Sheet", 2, 1, "first"),
            Edit("Sheet", 5, 28, "far"),
            Edit("Sheet", 5, 3, "near"),
        ],
    ).data

    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        part = archive.read("xl/worksheets/sheet1.xml").decode()
    places = [part.index(f'r="{cell}"') for cell in ("A2", "B2", "C5", "AB5", "B9")]
    assert sorted(places) == places
    assert 'ref="A1:AB9"' in part


def test_rows_without_numbers_are_counted() -> None:
    """`r` is optional: position counts then, for reading and for writing."""
    bare = rebuild(
        simple(["Are backups encrypted?", "Do you sell personal data?"]),
        {
            "xl/worksheets/sheet1.xml": lambda content: re.sub(rb'<(row|c) r="[A-Z]*\d+"', rb"<\1", content),
        },
    )
    copy, report = answer_bytes(bare, CLAIMS, CRITERIA, NOW)

    assert [row.cell for row in report.rows] == ["C2", "C3"]
    assert openpyxl.load_workbook(io.BytesIO(copy))["Sheet"]["C3"].value == "No. We do not sell or share personal data."


def test_no_edit_gives_the_identical_file() -> None:
    data = nasty()

    assert data == write(read(data, where="form"), []).data


def test_members_with_data_descriptors_are_copied_whole() -> None:
    """A streaming writer puts sizes behind the data; the copy must keep them."""
    source = simple(["Are backups encrypted?"])
    sink = io.BytesIO()

    class Unseekable(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, chunk: bytes) -> int:
            return sink.write(chunk)

    with (
        zipfile.ZipFile(io.BytesIO(source)) as archive,
        zipfile.ZipFile(Unseekable(), "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in archive.namelist():
            target.writestr(name, archive.read(name))
    data = sink.getvalue()
    assert zipfile.ZipFile(io.BytesIO(data)).infolist()[0].flag_bits & 8

    copy, report = answer_bytes(data, CLAIMS, CRITERIA, NOW)

    assert report.count("answered") == 1
    assert openpyxl.load_workbook(io.BytesIO(copy))["Sheet"]["C2"].value.startswith("Yes. Backups are encrypted")
    assert Archive(data, where="form").rewrite({}) == data


@pytest.mark.parametrize(("cell", "why"), [((12, 4), "formula"), ((5, 3), "merged")], ids=["formula", "merged"])
def test_writer_refuses_what_the_form_forbids(cell: tuple[int, int], why: str) -> None:
    with pytest.raises(FormError, match=why):
        write(read(nasty(), where="form"), [Edit("Questions", *cell, "Yes")])


def test_writer_refuses_a_text_outside_the_list() -> None:
    with pytest.raises(FormError, match="not in the drop-down"):
        write(read(nasty(), where="form"), [Edit("Questions", 6, 4, "Absolutely")])
