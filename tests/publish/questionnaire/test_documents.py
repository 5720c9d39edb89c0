"""Documents and PDFs: answered in their controls, boxes, fields and cells, and nowhere else."""

from __future__ import annotations

import io
import zipfile

import docx
import pikepdf
import pytest
from in_format import DAILY, HASHED, answered, row
from made_documents import nasty_document, nasty_pdf

from trustcenter.publish.questionnaire import FormError


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
