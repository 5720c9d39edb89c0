"""Documents and PDFs built to be nasty: content controls, check boxes, protection, fields without tooltips."""

from __future__ import annotations

import io
from typing import Any

import docx
import pikepdf
from docx.oxml import parse_xml
from forms import rebuild

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def drop_down(options: tuple[str, ...], lock: str = "") -> str:
    """A drop-down control that shows its prompt."""
    items = "".join(f'<w:listItem w:displayText="{one}" w:value="{one}"/>' for one in options)
    locked = f'<w:lock w:val="{lock}"/>' if lock else ""
    return (
        f"<w:sdt {NAMES}><w:sdtPr>{locked}<w:showingPlcHdr/><w:dropDownList>"
        f'<w:listItem w:displayText="Choose an item." w:value=""/>{items}</w:dropDownList></w:sdtPr>'
        f"<w:sdtContent>{_run('Choose an item.')}</w:sdtContent></w:sdt>"
    )


def text_control() -> str:
    return (
        f'<w:sdt {NAMES}><w:sdtPr><w:showingPlcHdr/><w:text w:multiLine="1"/></w:sdtPr>'
        f"<w:sdtContent>{_run('Click or tap here to enter text.')}</w:sdtContent></w:sdt>"
    )


def box(ticked: bool = False) -> str:
    state, sign = ("1", "\u2612") if ticked else ("0", "\u2610")
    return (
        f'<w:sdt {NAMES}><w:sdtPr><w14:checkbox><w14:checked w14:val="{state}"/>'
        '<w14:checkedState w14:val="2612"/><w14:uncheckedState w14:val="2610"/>'
        f"</w14:checkbox></w:sdtPr><w:sdtContent>{_run(sign)}</w:sdtContent></w:sdt>"
    )


def paragraph(*pieces: str) -> str:
    return f"<w:p {NAMES}>{''.join(pieces)}</w:p>"


def boxes(*labels: str, ticked: str = "") -> str:
    return paragraph(*(box(label == ticked) + _run(f" {label}  ") for label in labels))


def nasty_document(*, protected: bool = False) -> bytes:
    """Tables with merges and controls, questions in paragraphs, and members that must survive."""
    document = docx.Document()
    document.add_heading("Supplier security questionnaire", 1)
    document.add_paragraph("Please answer everything. Contact us with remarks.")
    table = document.add_table(rows=0, cols=4)

    def row(*cells: str) -> Any:
        made = table.add_row().cells
        for cell, text in zip(made, cells, strict=False):
            cell.text = text
        return made

    head = row("To be completed", "", "", "")
    head[0].merge(head[3])
    row("No.", "Question", "Answer", "Comments")
    section = row("1 Access", "", "", "")
    section[0].merge(section[3])
    first = row("1.1", "Is multi-factor authentication required for administrators?", "", "")
    first[2]._tc.append(parse_xml(paragraph(drop_down(("Yes", "No", "Partially", "N/A")))))
    first[2]._tc.remove(first[2].paragraphs[0]._p)
    second = row("1.2", "Are user passwords stored as salted one-way hashes?", "", "")
    second[2]._tc.append(parse_xml(boxes("Yes", "No", "Not applicable")))
    second[2]._tc.remove(second[2].paragraphs[0]._p)
    third = row("1.3", "Is customer data encrypted at rest?", "", "")
    third[2]._tc.append(parse_xml(paragraph(drop_down(("Yes", "No"), lock="sdtContentLocked"))))
    third[2]._tc.remove(third[2].paragraphs[0]._p)
    row("1.4", "How are user passwords stored?", "", "")
    row("1.5", "Is code reviewed by a second person before production?", "see attachment", "")

    document.add_heading("Further questions", 2)
    document.add_paragraph("Do you have an incident response plan?")
    document.element.body.insert(-1, parse_xml(paragraph(text_control())))
    document.add_paragraph("Are backups taken at least daily?")
    document.element.body.insert(-1, parse_xml(boxes("Yes", "No")))
    document.add_paragraph("How are backups made?")
    document.add_paragraph("____________________")
    document.add_paragraph("Do you sell personal data?")
    out = io.BytesIO()
    document.save(out)
    changes = {}
    if protected:
        changes["word/settings.xml"] = lambda content: content.replace(
            b"</w:settings>", b'<w:documentProtection w:edit="forms" w:enforcement="1"/></w:settings>'
        )
    return rebuild(out.getvalue(), changes, {"customXml/item9.xml": b"<note>kept as it is</note>"})


def nasty_pdf(**options: Any) -> bytes:
    """Fields with and without tooltips: text, boxes, radio buttons, a list; printed questions beside them."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font))
    prints: list[str] = []

    def text(x: float, y: float, line: str) -> None:
        prints.append(f"BT /Helv 10 Tf {x} {y} Td ({line}) Tj ET")

    fields = pikepdf.Array()
    page.obj.Annots = pikepdf.Array()

    def field(name: str, kind: str, box: tuple[float, ...], **more: Any) -> Any:
        made = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name(f"/{kind}"), T=name,
                Rect=pikepdf.Array(box), P=page.obj, F=4, DA="/Helv 10 Tf 0 g", **more,
            )
        )  # fmt: skip
        fields.append(made)
        page.obj.Annots.append(made)
        return made

    def states(on: str) -> dict[str, Any]:
        def look() -> Any:
            return pikepdf.Stream(document, b"", Subtype=pikepdf.Name.Form, BBox=pikepdf.Array([0, 0, 10, 10]))

        normal = pikepdf.Dictionary({f"/{on}": look(), "/Off": look()})
        return {"AP": pikepdf.Dictionary(N=normal), "AS": pikepdf.Name.Off, "V": pikepdf.Name.Off}

    text(50, 760, "Are user passwords stored as salted one-way hashes?")
    field("q1_yes", "Btn", (330, 756, 342, 768), **states("Yes"))
    text(346, 760, "Yes")
    field("q1_no", "Btn", (390, 756, 402, 768), **states("No"))
    text(406, 760, "No")
    text(50, 720, "How are user passwords stored?")
    field("q2", "Tx", (50, 660, 500, 712), Ff=4096)
    field("q3", "Ch", (330, 620, 430, 636), Ff=131072, TU="Is multi-factor authentication required for administrators?",
          Opt=pikepdf.Array(["Please select", "Yes", "No"]))  # fmt: skip
    field(
        "q3_comment",
        "Tx",
        (440, 620, 560, 636),
        TU="Is multi-factor authentication required for administrators? - Comments",
    )
    field("q4", "Tx", (330, 580, 560, 596), Ff=1, TU="Are backups taken at least daily?")
    field("q5", "Tx", (330, 540, 560, 556), MaxLen=12, TU="Do you have an incident response plan?")
    document.Root.AcroForm = pikepdf.Dictionary(
        Fields=fields, DA="/Helv 10 Tf 0 g", DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font)), **options
    )
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('run');")
    page.Contents = document.make_stream("\n".join(prints).encode())
    out = io.BytesIO()
    document.save(out, static_id=True)
    return out.getvalue()
