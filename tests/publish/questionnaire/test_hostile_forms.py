"""Hostile files of the other formats: bombs in PDFs, texts on which a careless reader spends an hour, wrong kinds."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from forms import rebuild, simple
from made_documents import nasty_document, nasty_pdf
from made_word import table
from statements import CLAIMS, CRITERIA, NOW

from trustcenter.publish.questionnaire import FormError, answer_bytes
from trustcenter.publish.questionnaire.forms.opening import open_form

XFA = pikepdf.Array([pikepdf.String("template"), pikepdf.String("<xdp/>")])
PLAIN = simple(["Are backups encrypted?"])


def with_stream(content: bytes, **more: object) -> bytes:
    """A form whose page draws this stream."""
    with pikepdf.open(io.BytesIO(nasty_pdf())) as document:
        document.pages[0].Contents = pikepdf.Stream(document, content, **more)
        out = io.BytesIO()
        document.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return out.getvalue()


def laughs() -> bytes:
    """Drawings that draw drawings, ten each, nine levels deep."""
    with pikepdf.open(io.BytesIO(nasty_pdf())) as document:
        inner = pikepdf.Stream(document, b"BT /Helv 9 Tf (ha) Tj ET", Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
        for _ in range(9):
            resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=document.make_indirect(inner)))
            inner = pikepdf.Stream(
                document, b"/X Do " * 10, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9], Resources=resources
            )
        page = document.pages[0]
        page.Resources.XObject = pikepdf.Dictionary(X=document.make_indirect(inner))
        page.Contents = pikepdf.Stream(document, b"/X Do")
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def flate(content: bytes) -> bytes:
    return zlib.compress(content, 9)


def xfa(*, fields: bool, dynamic: bool) -> bytes:
    with pikepdf.open(io.BytesIO(nasty_pdf(XFA=XFA))) as document:
        if not fields:
            document.Root.AcroForm.Fields = pikepdf.Array()
            document.pages[0].Annots = pikepdf.Array()
        if dynamic:
            document.Root.NeedsRendering = True
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def word(body: bytes) -> bytes:
    def changed(content: bytes) -> bytes:
        head, _, tail = content.partition(b"<w:body>")
        return head + b"<w:body>" + body + tail

    return rebuild(nasty_document(), {"word/document.xml": changed})


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


FLATE = pikepdf.Name("/FlateDecode")
REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a packed bomb": (lambda: with_stream(flate(b"q " * 35_000_000), Filter=FLATE), "f.pdf", "bomb"),
    "a bomb packed twice": (
        lambda: with_stream(flate(flate(b"q " * 35_000_000)), Filter=pikepdf.Array([FLATE, FLATE])), "f.pdf", "bomb",
    ),
    "drawings that draw drawings": (laughs, "f.pdf", "more than any form"),
    "long instructions": (lambda: with_stream(flate(b"q Q " * 3_200_000), Filter=FLATE), "f.pdf", "more than any form"),
    "an XFA form": (lambda: xfa(fields=False, dynamic=False), "f.pdf", "XFA form"),
    "an XFA form with empty twins": (lambda: xfa(fields=True, dynamic=True), "f.pdf", "XFA form"),
    "more questions than any form": (
        lambda: b"Question,Answer\n" + b"Do you have a plan for everything?,\n" * 5_001, "f.csv", "5,001 questions",
    ),
    "an open document": (lambda: packed(mimetype=b"oasis", content_dot_xml=b"<a/>"), "f.ods", "OpenDocument"),
    "a binary workbook": (lambda: packed(xl__workbook_dot_bin=b"x", _rels=b"x"), "f.xlsb", "binary"),
    "a zip of questionnaires": (lambda: packed(form_dot_xlsx=PLAIN), "f.zip", "pack"),
    "a workbook named as a text": (lambda: PLAIN, "f.csv", "content is a workbook"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(400), "f.png", "zero bytes|not read"),
    "a web page": (lambda: b"<!DOCTYPE html><html><body>Do you?</body></html>", "f.html", "not read"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_ends_in_a_clear_error_that_says_what_to_do(name: str) -> None:
    make, file, what = REFUSED[name]
    data = make()
    started = time.process_time()

    with pytest.raises(FormError, match=what) as caught:
        answer_bytes(data, CLAIMS, CRITERIA, NOW, where=file, preview=True)

    assert time.process_time() - started < 8
    assert caught.value.where.startswith(file)
    if "XFA" in what:
        assert "workbook" in (caught.value.hint or "")


BEGUN = b'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:textInput/></w:ffData></w:fldChar></w:r>'
SLOW: dict[str, tuple[Callable[[], bytes], str]] = {
    "fields without a line end": (lambda: b"Question,Answer\n" + b"a," * 60_000, "f.csv"),
    "comments in JSON": (lambda: b'{"questionnaire": [' + b"//\n" * 200_000 + b"]}", "f.json"),
    "joined strings": (
        lambda: b'{"questionnaire": [{"type": "box", "text": ' + b'"a" + ' * 80_000 + b'"b?"}]}', "f.json",
    ),
    "blanks in a heading": (lambda: b"# a" + b" " * 200_000 + b"x\n", "f.md"),
    "blanks in a rule": (lambda: b"a|b\n" + b" " * 200_000 + b"|x\n", "f.md"),
    "fills without an end": (lambda: b"Do you have a plan?\n(" + b"fill" * 100_000 + b"\n", "f.txt"),
    "one endless question": (lambda: b"Do you have " + b"a plan and is " * 50_000 + b"it good?\n", "f.txt"),
    "tables within tables": (lambda: word(_deep().encode()), "f.docx"),
    "fields that never end": (
        lambda: word(b"<w:p><w:r><w:t>Do you have a plan?</w:t></w:r>" + BEGUN * 300 + b"</w:p>"), "f.docx",
    ),
}  # fmt: skip


def _deep() -> str:
    inner = table(("Question", "Answer"), ("Do you have a plan?", ""), ("Do you have another plan?", ""))
    for _ in range(40):
        inner = table((inner,))
    return inner * 20


@pytest.mark.parametrize("name", SLOW)
def test_is_read_in_bounded_time(name: str) -> None:
    """What a careless reader spends an hour on is read, or refused, in seconds of this process."""
    make, file = SLOW[name]
    data = make()
    started = time.process_time()
    with contextlib.suppress(FormError):
        answer_bytes(data, CLAIMS, CRITERIA, NOW, where=file, preview=True)
    assert time.process_time() - started < 8


def test_a_form_with_twins_is_filled_and_its_second_description_taken_out() -> None:
    data = xfa(fields=True, dynamic=False)
    copy, report = answer_bytes(data, CLAIMS, CRITERIA, NOW, where="f.pdf")

    with pikepdf.open(io.BytesIO(copy)) as document:
        assert "/XFA" not in document.Root.AcroForm
    assert report.count("answered") >= 2
    assert any("XFA" in note for note in report.notes)


def test_thousands_of_rules_and_merges_are_looked_up_not_searched() -> None:
    """A list, a length and a merge for each of 1,000 rows."""
    rows = range(2, 1_002)
    rules = "".join(
        f'<dataValidation type="list" sqref="C{row}"><formula1>"Yes,No"</formula1></dataValidation>'
        f'<dataValidation type="textLength" operator="lessThan" sqref="D{row}"><formula1>90</formula1></dataValidation>'
        for row in rows
    )
    merges = "".join(f'<mergeCell ref="D{row}:E{row}"/>' for row in rows)
    tail = f"</sheetData><mergeCells>{merges}</mergeCells><dataValidations>{rules}</dataValidations>".encode()
    data = rebuild(
        simple([f"Is control number {row} in place?" for row in rows]),
        {"xl/worksheets/sheet1.xml": lambda content: content.replace(b"</sheetData>", tail)},
    )
    started = time.process_time()
    questions = open_form(data, "f.xlsx").questions

    assert {question.options for question in questions} == {("Yes", "No")}
    assert {question.comment_limit for question in questions} == {89}
    assert time.process_time() - started < 6
