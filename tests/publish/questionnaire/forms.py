"""Workbooks built to be nasty: made with openpyxl, then given what openpyxl cannot write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

X14 = (
    '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations count="1" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>{formula}</xm:f></x14:formula1>'
    "<xm:sqref>{cells}</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
)
SALTED = "Are user passwords stored as salted one-way hashes?"


def rebuild(
    data: bytes, changes: Mapping[str, Callable[[bytes], bytes]], added: Mapping[str, bytes] | None = None
) -> bytes:
    """The same zip with some members changed and others added, deflated, with fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        members = {name: source.read(name) for name in source.namelist()} | dict(added or {})
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, changes[name](content) if name in changes else content)
    return out.getvalue()


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def simple(questions: list[str], header: tuple[str, ...] = ("#", "Question", "Answer", "Comments")) -> bytes:
    """A plain form: one question a row under one header."""
    book = Workbook()
    sheet = book.active
    sheet.append(list(header))
    for number, question in enumerate(questions, 1):
        sheet.append([number, question])
    return saved(book)


def nasty(*, macros: bool = False) -> bytes:
    """Everything at once; see the sheet names for what each is about."""
    book = Workbook()
    cover = book.active
    cover.title = "Cover"
    cover.merge_cells("A1:F1")
    cover["A1"] = "Fragebogen zur Informationssicherheit – Übersicht 安全"
    cover["A3"], cover["B3"] = "Open", "=COUNTBLANK(Questions!D5:D14)"
    chart = BarChart()
    chart.add_data(Reference(cover, min_col=2, min_row=3, max_row=3))
    cover.add_chart(chart, "D4")

    sheet = book.create_sheet("Questions")
    sheet.merge_cells("A1:F1")
    sheet["A1"] = "Vendor security assessment"
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("D3:F3")
    sheet["A3"], sheet["B3"], sheet["D3"] = "No.", "Customer", "To be completed by the vendor"
    sheet["B4"], sheet["C4"], sheet["D4"], sheet["E4"], sheet["F4"] = (
        "Question",
        "Weight",
        "Response",
        "Comments",
        "Evidence",
    )
    rows = [
        ("1", "Access", None, None),  # a section across the table
        ("1.1", "Is multi-factor authentication required for administrators?", 5, "literal"),
        ("1.2", "=Library!B2", 3, "range"),
        ("1.3", "Are passwords ever stored in plain text?", 3, "name"),
        ("1.4", "Is customer data encrypted at rest? – „Ja/Nein“ ✓", 3, "x14"),
        ("1.5", "Describe how backups are made.", 1, "text"),
        ("1.6", "Do you run a bug bounty programme?", 1, "literal"),
        ("1.7", "Do you sell personal data?", 1, "formula"),
        ("1.8", "Are backups encrypted?", 1, "short"),
        ("1.9", "Is code reviewed by a second person before production?", 1, "filled"),
    ]
    for number, (identifier, question, weight, kind) in enumerate(rows, 5):
        sheet.cell(number, 1, identifier)
        sheet.cell(number, 2, question)
        if kind is None:
            sheet.merge_cells(start_row=number, end_row=number, start_column=2, end_column=6)
            sheet.cell(number, 2).font = Font(bold=True)
            continue
        sheet.cell(number, 3, weight)
        sheet.cell(number, 4).fill = PatternFill("solid", fgColor="FFFFEE")
    sheet["D12"] = '=IF(C12=1,"No","")'
    sheet["D14"] = "see attachment"
    for formula, cells in (('"Yes,No,Partially,N/A"', "D6 D11"), ("Lists!$A$1:$A$4", "D7"), ("AnswerOptions", "D8")):
        rule = DataValidation(type="list", formula1=formula, allow_blank=True)
        sheet.add_data_validation(rule)
        for cell in cells.split():
            rule.add(cell)
    length = DataValidation(type="textLength", operator="lessThanOrEqual", formula1="40")
    sheet.add_data_validation(length)
    length.add("D13")
    sheet["B6"].comment = Comment("Mandatory question", "Customer")
    sheet.conditional_formatting.add(
        "D5:D14", CellIsRule(operator="equal", formula=['"No"'], fill=PatternFill(bgColor="FF0000"))
    )

    locked = book.create_sheet("Protected")
    locked.append(["ID", "Question", "Answer", "Remarks"])
    locked.append(["P1", "Are backups taken at least daily?"])
    locked.append(["P2", "Do you have an incident response plan?"])
    locked["C2"].protection = Protection(locked=False)
    locked["D2"].protection = Protection(locked=False)
    locked.protection.sheet = True

    lists = book.create_sheet("Lists")
    for row, text in enumerate(("Yes", "No", "Partially", "Not applicable"), 1):
        lists.cell(row, 1, text)
    lists.sheet_state = "hidden"
    library = book.create_sheet("Library")
    library["B2"] = SALTED
    library.sheet_state = "veryHidden"
    book.defined_names["AnswerOptions"] = DefinedName("AnswerOptions", attr_text="Lists!$A$1:$A$4")

    def questions_part(content: bytes) -> bytes:
        text = content.decode()
        text = text.replace("<f>Library!B2</f><v></v>", f"<f>Library!B2</f><v>{SALTED}</v>").replace(
            "<f>Library!B2</f><v />", f"<f>Library!B2</f><v>{SALTED}</v>"
        )
        assert SALTED in text
        text = text.replace('<c r="B7"', '<c r="B7" t="str"') if '<c r="B7" t="str"' not in text else text
        extended = X14.replace("{formula}", "Lists!$A$1:$A$4").replace("{cells}", "D9")
        return text.replace("</worksheet>", f"{extended}</worksheet>").encode()

    changes: dict[str, Callable[[bytes], bytes]] = {"xl/worksheets/sheet2.xml": questions_part}
    added = {"customXml/item1.xml": b"<note>kept as it is</note>"}
    if macros:
        added["xl/vbaProject.bin"] = bytes(range(256)) * 16
        changes["[Content_Types].xml"] = lambda content: content.replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ).replace(b"</Types>", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>')
        changes["xl/_rels/workbook.xml.rels"] = lambda content: content.replace(
            b"</Relationships>",
            b'<Relationship Id="rIdVba" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
            b'Target="vbaProject.bin"/></Relationships>',
        )
    return rebuild(saved(book), changes, added)
