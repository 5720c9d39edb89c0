"""What a form refers to, and the logic in it: rules that lead nowhere, formulas without an end."""

from __future__ import annotations

import contextlib
import io
import socket
import time
import warnings
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import pikepdf
import pytest
from forms import X14, rebuild, simple
from in_format import answered
from made_documents import nasty_document, nasty_pdf

from trustcenter.publish.questionnaire import FormError

SHEET = "xl/worksheets/sheet1.xml"
FORM = simple(["Are backups encrypted?", "Do you sell personal data?"])
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OUTSIDE = "http://127.0.0.1:9/x"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a file made the reader open a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def sheet(change: Callable[[bytes], bytes]) -> bytes:
    return rebuild(FORM, {SHEET: change})


def behind(part: str) -> bytes:
    """The form with more XML behind its table of cells."""
    return sheet(lambda content: content.replace(b"</sheetData>", b"</sheetData>" + part.encode()))


def x14(formula: str) -> bytes:
    more = X14.replace("{formula}", escape(formula)).replace("{cells}", "C2")
    return sheet(lambda content: content.replace(b"</worksheet>", more.encode() + b"</worksheet>"))


def plain_list(formula: str) -> bytes:
    rule = f'<dataValidation type="list" sqref="C2"><formula1>{escape(formula)}</formula1></dataValidation>'
    return behind(f"<dataValidations>{rule}</dataValidations>")


LEADING_NOWHERE = (
    "Missing!$A$1:$A$4",
    "'No such'!A1",
    "[1]Sheet1!A1:A3",
    'INDIRECT("A1")',
    "$A:$XFD",
    "",
    "C2",
    "A\u00e4",
)


@pytest.mark.parametrize("formula", LEADING_NOWHERE)
@pytest.mark.parametrize("make", [x14, plain_list])
def test_a_list_that_leads_nowhere_is_refused_with_the_reason(make: Callable[[str], bytes], formula: str) -> None:
    rows = answered(make(formula), "form.xlsx")[1].rows

    assert [(row.outcome, row.reason) for row in rows[:1]] == [("refused", "the drop-down's list could not be read")]
    assert rows[1].outcome == "answered"


def test_names_in_a_circle_are_no_list() -> None:
    names = (
        b'<definedNames><definedName name="Aa">Bb</definedName><definedName name="Bb">Aa</definedName></definedNames>'
    )
    data = rebuild(
        plain_list("Aa"), {"xl/workbook.xml": lambda content: content.replace(b"</sheets>", b"</sheets>" + names)}
    )
    assert answered(data, "form.xlsx")[1].rows[0].outcome == "refused"


def asked_by(formula: Callable[[int], str]) -> bytes:
    """1,000 rows whose questions are formulas."""
    rows = "".join(
        f'<row r="{row}"><c r="B{row}" t="str"><f>{escape(formula(row))}</f><v></v></c></row>'
        for row in range(4, 1_004)
    )
    return sheet(lambda content: content.replace(b"</sheetData>", rows.encode() + b"</sheetData>"))


def faded(rules: str) -> bytes:
    dxf = b'<dxfs count="1"><dxf><font><strike/></font></dxf></dxfs>'
    return rebuild(behind(rules), {"xl/styles.xml": lambda content: content.replace(b'<dxfs count="0" />', dxf)})


def rule(cells: str, formula: str) -> str:
    inner = f'<cfRule type="expression" dxfId="0" priority="1"><formula>{escape(formula)}</formula></cfRule>'
    return f'<conditionalFormatting sqref="{cells}">{inner}</conditionalFormatting>'


LOGIC: dict[str, Callable[[], bytes]] = {
    "formulas one on another": lambda: asked_by(lambda row: f'IF(B{row - 1}="","Why is that so?","")'),
    "formulas on five others each": lambda: asked_by(
        lambda row: f'IF(AND({",".join(f"B{row + n}=1" for n in range(1, 6))}),"Why is that so?","")'
    ),
    "formats over everything": lambda: faded("".join(rule("A1:XFD900", f'$C${n + 9}="x"') for n in range(4_900))),
    "tall formats": lambda: faded("".join(rule("A1:D1048576", f'$C${n + 9}="x"') for n in range(290))),
    "merges over everything": lambda: behind(
        "<mergeCells>" + "".join(f'<mergeCell ref="A{n}:XFD{n + 900}"/>' for n in range(4, 4_000)) + "</mergeCells>"
    ),
    "cells of rules": lambda: behind(
        '<dataValidations><dataValidation type="list" sqref="'
        + " ".join(f"C{n}" for n in range(2, 90_000))
        + '"><formula1>"Yes,No"</formula1></dataValidation></dataValidations>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOGIC)
def test_logic_without_an_end_is_read_in_bounded_time(name: str) -> None:
    data = LOGIC[name]()
    started = time.process_time()
    with contextlib.suppress(FormError):
        answered(data, "form.xlsx")
    assert time.process_time() - started < 8


def test_a_dimension_that_lies_changes_nothing() -> None:
    """Ten million rows are announced; what counts are the rows that are there."""
    data = sheet(lambda content: content.replace(b'ref="A1:D3"', b'ref="A1:XFD10000000"'))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"10000000" in archive.read(SHEET)

    assert answered(data, "form.xlsx")[1].count("answered") == 2


def test_a_zip_with_one_name_twice_is_refused() -> None:
    out = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(io.BytesIO(FORM)) as source,
        zipfile.ZipFile(out, "w") as target,
    ):
        warnings.simplefilter("ignore")
        for name in (*source.namelist(), SHEET):
            target.writestr(name, source.read(name))
    with pytest.raises(FormError, match="twice"):
        answered(out.getvalue(), "form.xlsx")


@pytest.mark.parametrize("kind", ["aFChunk", "attachedTemplate", "subDocument", "frame"])
def test_what_a_document_refers_to_outside_is_not_fetched_and_stays(kind: str) -> None:
    relation = (
        f'<Relationship Id="rX" Type="{OFFICE}/{kind}" Target="{OUTSIDE}" TargetMode="External"/></Relationships>'
    )
    chunk = f'<w:body><w:altChunk xmlns:r="{OFFICE}" r:id="rX"/>'.encode()
    data = rebuild(
        nasty_document(),
        {
            "word/_rels/document.xml.rels": lambda content: content.replace(b"</Relationships>", relation.encode()),
            "word/document.xml": lambda content: content.replace(b"<w:body>", chunk, 1),
        },
    )
    copy, report = answered(data, "form.docx")

    assert report.count("answered") >= 4
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert OUTSIDE.encode() in archive.read("word/_rels/document.xml.rels")
        assert b"w:altChunk" in archive.read("word/document.xml")


def test_a_pdf_s_scripts_and_addresses_are_neither_run_nor_taken_out() -> None:
    with pikepdf.open(io.BytesIO(nasty_pdf())) as document:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String(f"app.launchURL('{OUTSIDE}')"))
        for one in document.Root.AcroForm.Fields:
            one.AA = pikepdf.Dictionary(K=script, F=script, V=script, C=script)
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(OUTSIDE))
        own = document.make_indirect(pikepdf.Dictionary(T=pikepdf.String("loop")))
        own.Kids, own.Parent = pikepdf.Array([own]), own
        document.Root.AcroForm.Fields.append(own)
        out = io.BytesIO()
        document.save(out)
    copy, report = answered(out.getvalue(), "form.pdf")

    assert report.count("answered") >= 2
    with pikepdf.open(io.BytesIO(copy)) as document:
        assert str(document.Root.OpenAction.URI) == OUTSIDE
        assert OUTSIDE in str(document.Root.AcroForm.Fields[0].AA.K.JS)


def test_a_text_in_two_encodings_keeps_every_byte_that_no_answer_touches() -> None:
    first, second = (
        "Gr\u00f6\u00dfe,Question,Answer\n\u00e4,Are backups encrypted?,\n",
        "\u00fc,Do you use the Frobnicator?,\n",
    )
    data = first.encode() + second.encode("cp1252")
    copy, report = answered(data, "form.csv")

    assert report.count("answered") == 1
    assert copy.startswith("Gr\u00f6\u00dfe,Question,Answer\n\u00e4,Are backups encrypted?,".encode())
    assert copy.endswith(second.encode("cp1252"))


def test_a_condition_without_an_end_names_its_item() -> None:
    data = b'{"questionnaire": [{"type": "box", "id": "a7", "text": "Do you?", "cond": "' + b"!" * 90_000 + b'a"}]}'
    with pytest.raises(FormError) as caught:
        answered(data, "form.json")
    assert caught.value.where == "form.json: a7"
