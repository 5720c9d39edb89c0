"""Every format is read into questions, answered in a copy of itself, and keeps whatever the answers do not touch."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pytest
from forms import saved
from made_documents import nasty_document, nasty_pdf
from openpyxl import Workbook
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import FormError, Report, answer_bytes
from trustcenter.publish.questionnaire.forms.opening import open_form

HASHED = "Are user passwords stored as salted one-way hashes?"
DAILY = "Are backups taken at least daily?"


def answered(data: bytes, name: str) -> tuple[bytes, Report]:
    return answer_bytes(data, CLAIMS, CRITERIA, NOW, where=name)


def row(report: Report, question: str):
    return next(one for one in report.rows if one.question == question)


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


def test_a_document_is_answered_in_its_controls_and_boxes() -> None:
    """Drop-downs take an option of their list, boxes are ticked, prompts are replaced, text goes into plain cells."""
    original = nasty_document()
    copy, report = answered(original, "form.docx")
    table = docx.Document(io.BytesIO(copy)).tables[0]
    assert "\u2612 Yes" in _all_text(copy)
    assert row(report, HASHED).answer == "Yes"
    assert row(report, "Is customer data encrypted at rest?").outcome in ("refused", "needs_review", "abstained")
    assert "Choose an item." in _all_text(copy)
    assert row(report, "Is code reviewed by a second person before production?").outcome != "answered"
    assert "see attachment" in table.rows[7].cells[2].text
    described = table.rows[6].cells[2].text
    assert described.startswith(row(report, "How are user passwords stored?").answer[:20])
    with zipfile.ZipFile(io.BytesIO(original)) as one, zipfile.ZipFile(io.BytesIO(copy)) as two:
        assert one.namelist() == two.namelist()
        for name in one.namelist():
            if name != "word/document.xml":
                assert one.read(name) == two.read(name), name
    assert report.touched == ("word/document.xml",)


def test_questions_outside_of_tables_are_answered_below_them() -> None:
    copy, report = answered(nasty_document(), "form.docx")
    loose = [one for one in report.rows if one.sheet == "Paragraphs"]
    assert [one.question for one in loose] == [
        "Do you have an incident response plan?", DAILY, "How are backups made?", "Do you sell personal data?"
    ]  # fmt: skip
    text = _all_text(copy)
    plan = row(report, "Do you have an incident response plan?")
    assert plan.outcome == "answered"
    assert plan.answer.split("\n")[0] in text
    assert text.count("Click or tap here") == 0
    assert "____" not in text or row(report, "How are backups made?").outcome != "answered"


def test_a_protected_document_is_written_in_its_fields_only() -> None:
    _, report = answered(nasty_document(protected=True), "form.docx")
    described = row(report, "How are user passwords stored?")
    assert described.outcome == "refused"
    assert "protected" in described.reason
    assert row(report, HASHED).outcome == "answered"
    assert any("protected" in note for note in report.notes)


def _all_text(data: bytes) -> str:
    from lxml import etree

    from trustcenter.publish.questionnaire.forms.word import text_of

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return text_of(etree.fromstring(archive.read("word/document.xml")))


def test_a_pdf_s_fields_are_set_by_what_stands_beside_them() -> None:
    """Boxes, a list and text fields; the script in the file stays, unrun."""
    original = nasty_pdf()
    copy, report = answered(original, "form.pdf")
    with pikepdf.open(io.BytesIO(copy)) as document:
        values = {str(one.T): one for one in document.Root.AcroForm.Fields}
        assert pikepdf.Name.Yes == values["q1_yes"].V
        assert pikepdf.Name.Off == values["q1_no"].V
        assert str(values["q2"].V).startswith(row(report, "How are user passwords stored?").answer[:20])
        assert str(document.Root.OpenAction.JS) == "app.alert('run');"
    assert row(report, DAILY).outcome == "refused"
    assert "read-only" in row(report, DAILY).reason
    short = row(report, "Do you have an incident response plan?")
    assert len(short.answer) <= 12
    assert row(report, HASHED).answer == "Yes"


def test_a_pdf_without_fields_says_what_to_ask_for() -> None:
    plain = pikepdf.new()
    plain.add_blank_page()
    out = io.BytesIO()
    plain.save(out)
    with pytest.raises(FormError, match="no form fields"):
        answered(out.getvalue(), "form.pdf")


def test_vsaq_is_read_with_its_comments_sums_html_and_conditions() -> None:
    """The answers are those that the program loads: keys to texts or `checked`."""
    text = """// a comment with "quotes"
    {"questionnaire": [{"type": "block", "text": "Access", "items": [
      {"type": "info", "text": "About <b>passwords</b>"},
      {"type": "radiogroup", "id": "hash", "text": "Are user passwords stored as " + "salted <i>one-way</i> hashes?",
       "choices": [{"hash_yes": "Yes"}, {"hash_no": "No // not a comment"}]},
      {"type": "box", "id": "why", "cond": "hash_no", "text": "Why are passwords not hashed?"},
      {"type": "box", "id": "backups", "cond": "hash_yes && !hash_no", "text": "How are user passwords stored?"},
      {"type": "tip", "id": "t", "text": "A tip asks nothing?"},
    ]}]} /* the end */"""
    copy, report = answered(text.encode(), "form.json")
    values = json.loads(copy)
    assert values["hash_yes"] == "checked"
    assert "hash_no" not in values
    assert "why" not in values
    assert values["backups"]
    assert row(report, "Why are passwords not hashed?").reason.startswith("the form does not ask it")
    assert [one.section for one in report.rows] == ["", "", ""]


@pytest.mark.parametrize("bad", ["a &&", "(a", "a b", "a && (b || )", "((" * 60 + "a"])
def test_conditions_that_cannot_be_read_are_errors(bad: str) -> None:
    from trustcenter.publish.questionnaire.conditions import holds

    with pytest.raises(FormError):
        holds(bad, {"a"})


def test_markdown_is_answered_below_its_questions_and_in_its_tables() -> None:
    text = f"""# Questionnaire

Some prose that is no question.

## {HASHED}

Why we ask: because.

## {DAILY}

Answer: ______

## Do you use the Frobnicator appliance?

| Question | Answer |
| --- | --- |
| Do you have an incident response plan? |  |
"""
    copy, report = answered(text.encode(), "form.md")
    after = copy.decode()
    for line in text.split("\n"):
        if "____" not in line and "incident" not in line:
            assert line in after.split("\n")
    assert "**Answer:** Yes" in after
    assert "Answer: Yes" in after.replace("**", "")
    assert "______" not in after
    if row(report, "Do you have an incident response plan?").outcome == "answered":
        assert "| Yes" in after


def test_plain_text_keeps_its_lines_and_line_ends() -> None:
    text = f"ACCESS\r\n1. {HASHED}\r\n   Answer:\r\n2. {DAILY}\r\nA: see below\r\n"
    copy, report = answered(text.encode(), "form.txt")
    after = copy.decode()
    assert after.startswith(f"ACCESS\r\n1. {HASHED}\r\n   Answer: Yes")
    assert after.count("\n") == after.count("\r\n")
    assert row(report, DAILY).outcome == "refused"
    assert "A: see below\r\n" in after


def test_no_answers_give_the_identical_file() -> None:
    for data, name in (
        (b"Question,Answer\r\nDo you use the Frobnicator?,\r\n", "f.csv"),
        (b"Do you use the Frobnicator appliance?\n", "f.txt"),
    ):
        copy, report = answered(data, name)
        assert report.count("answered") == 0
        assert copy == data


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


def test_a_mapping_corrects_how_a_form_is_read_and_survives_its_own_file() -> None:
    """Columns, header and rows to skip as a person says; what is written can be read again."""
    from trustcenter.publish.questionnaire.forms.mapping import dumped, read_mapping, written_mapping

    data = f"x;y;z\n{DAILY};;\n{HASHED};;\n".encode()
    assert "question" in written_mapping(open_form(f"Question,Answer\n{DAILY},\n".encode(), "f.csv"))
    given = read_mapping("parts: {Sheet1: {question: A, answer: C, header_row: 1, skip_rows: [2]}}", "m.yaml")
    assert read_mapping(dumped(given, "f"), "again") == given
    copy, report = answer_bytes(data, CLAIMS, CRITERIA, NOW, where="f.csv", corrections=given)
    assert [one.question for one in report.rows] == [HASHED]
    assert copy.decode().splitlines()[2].startswith(f"{HASHED};;")
    assert "Yes" in copy.decode().splitlines()[2]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("parts: {A: {question: A}}", "at least"),
        ("parts: {A: {questoin: A, answer: B}}", "questoin"),
        ("parts: {A: {question: '1!', answer: B}}", "not a column"),
        ("parts: {A: skip, A: skip}", "twice"),
        ("a: &x [1]\nparts: *x", "aliases"),
        ("nothing: 1", "no `parts`"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(text: str, what: str) -> None:
    from trustcenter.publish.questionnaire.forms.mapping import read_mapping

    with pytest.raises(FormError, match=what):
        read_mapping(text, "m.yaml")


HOSTILE_TEXTS = {
    "a quote that does not end": (b'Question,Answer\n"Do you, really', "f.csv", "does not end"),
    "zero bytes": (b"Question,Answer\nDo\x00 you?,\n", "f.csv", "zero bytes"),
    "a PDF that is none": (b"hello", "f.pdf", "does not begin like one"),
    "a document that is none": (b"hello", "f.docx", "does not begin like one"),
    "a truncated PDF": (nasty_pdf()[:300], "f.pdf", "damaged|no form fields"),
    "a truncated document": (nasty_document()[:3000], "f.docx", "not a complete"),
    "deep JSON": (b'{"questionnaire": ' + b"[" * 100_000, "f.json", "not JSON"),
    "deep blocks": (
        b'{"questionnaire": ' + b'[{"type":"block","items":' * 100 + b"[]" + b"}]" * 100 + b"}",
        "f.json",
        "nested too deeply",
    ),
    "other JSON": (b'{"a": 1}', "f.json", "not a VSAQ"),
    "an unknown ending": (b"text", "f.exe", "not read"),
    "a wrong mark": (b"\xff\xfe\x00\xd8\x00", "f.csv", "not the utf-16"),
}


@pytest.mark.parametrize(("data", "name", "what"), HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_hostile_files_end_in_a_clear_error(data: bytes, name: str, what: str) -> None:
    with pytest.raises(FormError, match=what):
        answered(data, name)


def test_an_entity_bomb_in_a_document_is_not_expanded() -> None:
    from forms import rebuild

    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    data = rebuild(nasty_document(), {"word/document.xml": lambda content: bomb + content.partition(b"?>")[2]})
    with pytest.raises(FormError):
        answered(data, "form.docx")
