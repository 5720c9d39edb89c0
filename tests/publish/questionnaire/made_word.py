"""Documents of customers: legacy form fields, tables within tables, recorded changes, printed boxes, frames."""

from __future__ import annotations

import io

import docx
from docx.oxml import parse_xml
from forms import SALTED, rebuild
from made_documents import NAMES, _run, box, drop_down, paragraph, text_control
from made_workbooks import DAILY, ENCRYPTED, PLAN, SOLD

HOW = "How are user passwords stored?"


def _mark(kind: str, data: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{data}</w:fldChar></w:r>'


def legacy_text(shown: str = "\u2002\u2002\u2002", *, inside: str = "", enabled: bool = True) -> str:
    switch = "<w:enabled/>" if enabled else '<w:enabled w:val="0"/>'
    data = f'<w:ffData><w:name w:val="T"/>{switch}<w:textInput>{inside}</w:textInput></w:ffData>'
    instruction = '<w:r><w:instrText xml:space="preserve"> FORMTEXT </w:instrText></w:r>'
    result = f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{shown}</w:t></w:r>'
    return _mark("begin", data) + instruction + _mark("separate") + result + _mark("end")


def legacy_box(ticked: bool = False) -> str:
    state = "<w:checked/>" if ticked else ""
    data = f'<w:ffData><w:enabled/><w:checkBox><w:sizeAuto/><w:default w:val="0"/>{state}</w:checkBox></w:ffData>'
    return _mark("begin", data) + "<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>" + _mark("end")


def legacy_list(*entries: str, chosen: int | None = None) -> str:
    result = f'<w:result w:val="{chosen}"/>' if chosen is not None else ""
    listed = "".join(f'<w:listEntry w:val="{one}"/>' for one in entries)
    data = f"<w:ffData><w:enabled/><w:ddList>{result}{listed}</w:ddList></w:ffData>"
    return _mark("begin", data) + "<w:r><w:instrText> FORMDROPDOWN </w:instrText></w:r>" + _mark("end")


def _document(*blocks: str, changes: dict | None = None, remarked: str = "") -> bytes:
    """The blocks as a document; the paragraph with the text `remarked` gets a comment."""
    document = docx.Document()
    for block in blocks:
        document.element.body.insert(-1, parse_xml(block))
    for one in document.paragraphs:
        if remarked and one.text == remarked:
            document.add_comment(one.runs, text="In one sentence, please", author="Customer")
    out = io.BytesIO()
    document.save(out)
    return rebuild(out.getvalue(), changes or {}, {"customXml/item9.xml": b"<note>kept as it is</note>"})


def table(*rows: tuple[str, ...]) -> str:
    """Rows of cells; a cell is text, or the markup of its blocks."""

    def cell(content: str) -> str:
        inner = content if content.startswith("<") else f"<w:p>{_run(content) if content else ''}</w:p>"
        closing = "<w:p/>" if inner.endswith("</w:tbl>") else ""
        return f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>{inner}{closing}</w:tc>'

    body = "".join(f"<w:tr>{''.join(cell(one) for one in row)}</w:tr>" for row in rows)
    width = max(len(row) for row in rows)
    grid = '<w:gridCol w:w="2000"/>' * width
    return f"<w:tbl {NAMES}><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"


def _protect(kind: str) -> dict:
    mark = f'<w:documentProtection w:edit="{kind}" w:enforcement="1"/></w:settings>'.encode()
    return {"word/settings.xml": lambda content: content.replace(b"</w:settings>", mark)}


def legacy_document(protection: str = "forms") -> bytes:
    """Fields of Word 97 in a table and in paragraphs, one locked, one for a date, one filled, one short."""
    rows = table(
        ("No.", "Question", "Answer", "Comments"),
        ("1", SALTED, paragraph(legacy_list("Choose an item", "Yes", "No", "N/A")), paragraph(legacy_text())),
        ("2", HOW, paragraph(legacy_text()), ""),
        ("3", DAILY, paragraph(legacy_box(), _run(" Yes "), legacy_box(), _run(" No")), ""),
        ("4", ENCRYPTED, paragraph(legacy_text(inside='<w:type w:val="date"/>')), ""),
        ("5", "Do you have an information security policy?", paragraph(legacy_text(enabled=False)), ""),
        ("6", "Is code reviewed by a second person before production?", paragraph(legacy_text("See annex 2")), ""),
        ("7", "Describe how backups are made.", paragraph(legacy_text(inside='<w:maxLength w:val="40"/>')), ""),
    )
    return _document(
        rows,
        paragraph(_run(PLAN), _run("  "), legacy_box(), _run("Yes"), legacy_box(), _run("No")),
        paragraph(_run(SOLD)),
        paragraph(legacy_list("Select", "Yes", "No")),
        changes=_protect(protection) if protection else None,
    )


def nested_document() -> bytes:
    """A frame around the table of questions, an answer's boxes in a table of their own, and recorded changes."""
    deleted = '<w:del w:id="1" w:author="A"><w:r><w:delText>No, never</w:delText></w:r></w:del>'
    inserted = f'<w:ins w:id="2" w:author="A">{_run(DAILY[:12])}</w:ins>'
    blank = "__________"
    marked = '<w:bookmarkStart w:id="5" w:name="here"/><w:bookmarkEnd w:id="5"/>'
    tick = table((paragraph(box(), _run("Yes")), paragraph(box(), _run("No"))))
    inner = table(
        ("Ref", "Question", "Response"),
        ("1", SALTED, paragraph(drop_down(("Yes", "No")))),
        ("2", paragraph(inserted, _run(DAILY[12:])), paragraph(marked, deleted)),
        ("3", ENCRYPTED, tick),
        ("4", HOW, paragraph(text_control())),
    )
    return _document(
        table((inner,)),
        paragraph(_run(PLAN)),
        paragraph(_run(blank)),
        paragraph(_run(SOLD), f'<w:moveFrom w:id="7" w:author="A">{_run(" or not?")}</w:moveFrom>'),
        changes={"word/settings.xml": lambda content: content.replace(b"<w:zoom", b"<w:trackRevisions/><w:zoom", 1)},
        remarked=blank,
    )


def framed_document() -> bytes:
    """One table a question, boxes that are printed signs or symbols, and a column each for Yes and No."""
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>'
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    twice = f'<mc:Choice Requires="w14"><w:t>{SOLD}</w:t></mc:Choice><mc:Fallback><w:t>{SOLD}</w:t></mc:Fallback>'
    shape = f"<w:r><mc:AlternateContent {space}>{twice}</mc:AlternateContent></w:r>"
    crossed = table(
        ("No.", "Question", "Yes", "No", "Remarks"),
        ("1", PLAN, paragraph(box()), paragraph(box()), ""),
        ("2", ENCRYPTED, "\u2610", "\u2610", ""),
    )
    return _document(
        table((f"Q1. {SALTED}",), (paragraph(_run("\u2610 Yes    \u2610 No")),)),
        paragraph(_run("Between.")),
        table(
            (DAILY, ""),
        ),
        paragraph(_run(HOW)),
        table(("",)),
        crossed,
        paragraph(shape),
        paragraph(sign, _run(" Yes "), sign, _run(" No")),
    )


DOCUMENTS = {
    "legacy fields": legacy_document,
    "nested tables": nested_document,
    "frames and signs": framed_document,
}
