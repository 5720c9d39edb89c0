"""Workbooks of customers, one nasty kind each: what spreadsheet programs write beside the cells that take answers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from forms import SALTED, X14, nasty, rebuild, saved
from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

DAILY = "Are backups taken at least daily?"
PLAN = "Do you have an incident response plan?"
ENCRYPTED = "Are backups encrypted?"
SOLD = "Do you sell personal data?"
ASKED = (SALTED, DAILY, PLAN, ENCRYPTED, SOLD)
HEADER = ("No.", "Question", "Answer", "Comments")
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def filled(sheet: Worksheet, start: int = 1) -> None:
    """The header and the questions from a row on."""
    for column, title in enumerate(HEADER, 1):
        sheet.cell(start, column, title).font = Font(bold=True)
    for row, text in enumerate(ASKED, start + 1):
        sheet.cell(row, 1, row - start)
        sheet.cell(row, 2, text)
        sheet.cell(row, 3).fill = PatternFill("solid", fgColor="FFFFEE")


def listed(sheet: Worksheet, cells: str, formula: str = '"Yes,No,Partially,N/A"') -> None:
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, promptTitle="Choose", prompt="One of these")
    sheet.add_data_validation(rule)
    rule.add(cells)


def related(identifier: str, kind: str, target: str, more: str = "") -> Callable[[bytes], bytes]:
    """A change of a relations part: one relation more."""
    made = f'<Relationship Id="{identifier}" Type="{kind}" Target="{target}"{more}/></Relationships>'
    return lambda content: content.replace(b"</Relationships>", made.encode())


def relations(identifier: str, kind: str, target: str, more: str = "") -> bytes:
    """A relations part with one relation."""
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return related(identifier, kind, target, more)(f'<Relationships xmlns="{space}"></Relationships>'.encode())


def threaded_comments() -> bytes:
    """x14 drop-downs from a very hidden sheet, conditional formats of both kinds, threaded comments with persons."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Form"
    filled(sheet)
    scale = ColorScaleRule(start_type="min", start_color="FF0000", end_type="max", end_color="00FF00")
    sheet.conditional_formatting.add("C2:C6", scale)
    sheet.conditional_formatting.add("B2:D6", FormulaRule(formula=['$C2="No"'], fill=PatternFill(bgColor="FFC7CE")))
    options = book.create_sheet("Do not touch")
    for row, text in enumerate(("Yes", "No", "Not applicable"), 1):
        options.cell(row, 4, text)
    options.sheet_state = "veryHidden"
    extended = X14.replace("{formula}", "'Do not touch'!$D$1:$D$3").replace("{cells}", "C2:C4 C5")
    bars = (
        '<ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings><x14:conditionalFormatting '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="expression" priority="9" '
        "id=\"{00000000-0000-4000-8000-000000000001}\"><xm:f>'Do not touch'!$D$1=C2</xm:f></x14:cfRule>"
        "<xm:sqref>C2:C6</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
    )
    thread = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="B2" dT="2026-01-01T00:00:00.00" personId="{1}" id="{2}"><text>Why?</text>'
        "</threadedComment></ThreadedComments>"
    )
    persons = '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"/>'
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    return rebuild(
        saved(book),
        {
            "xl/worksheets/sheet1.xml": lambda content: content.replace(
                b"</worksheet>", extended.replace("</extLst>", bars).encode() + b"</worksheet>"
            )
        },
        {
            "xl/worksheets/_rels/sheet1.xml.rels": relations("t", kind, "../threadedComments/threadedComment1.xml"),
            "xl/threadedComments/threadedComment1.xml": thread.encode(),
            "xl/persons/person.xml": persons.encode(),
        },
    )


def table_and_pivot() -> bytes:
    """The questions are a table with a filter and a total; a pivot table of them stands on the next sheet."""
    book = Workbook()
    sheet = book.active
    filled(sheet)
    listed(sheet, "C2:C6", "Choices")
    sheet.add_table(Table(displayName="Questions", ref="A1:D6"))
    sheet.row_dimensions[4].outlineLevel = 1
    summary = book.create_sheet("Summary")
    summary["A1"], summary["B1"] = "Answer", "Count"
    lists = book.create_sheet("Lists")
    for row, text in enumerate(("Yes", "No", "N/A"), 1):
        lists.cell(row, 1, text)
    lists.sheet_state = "hidden"
    book.defined_names["Choices"] = DefinedName("Choices", attr_text="OFFSETLESS")
    book.defined_names["OFFSETLESS"] = DefinedName("OFFSETLESS", attr_text="Lists!$A$1:$A$3")
    place = '<location ref="A1:B3" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
    pivot = f'<pivotTableDefinition {MAIN} name="P" cacheId="1" dataCaption="V">{place}</pivotTableDefinition>'
    return rebuild(
        saved(book),
        {},
        {
            "xl/pivotTables/pivotTable1.xml": pivot.encode(),
            "xl/worksheets/_rels/sheet2.xml.rels": relations(
                "p", f"{RELATED}/pivotTable", "../pivotTables/pivotTable1.xml"
            ),
            "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition {MAIN} refreshOnLoad="1"/>'.encode(),
        },
    )


def chart_and_picture() -> bytes:
    """A chart and a picture float over the questions; page breaks, print titles, headers and a background."""
    from PIL import Image as Picture

    picture = io.BytesIO()
    Picture.new("RGB", (8, 8), "navy").save(picture, "PNG")
    book = Workbook()
    sheet = book.active
    filled(sheet, 3)
    listed(sheet, "C4:C6")
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=4, max_row=8))
    sheet.add_chart(chart, "F2")
    sheet.add_image(Image(io.BytesIO(picture.getvalue())), "A1")
    sheet.print_title_rows = "3:3"
    sheet.oddHeader.center.text = "Confidential &P of &N"
    return saved(book)


def protected() -> bytes:
    """Sheet and structure under a password; only some answer cells are free."""
    book = Workbook()
    sheet = book.active
    filled(sheet)
    for cell in ("C2", "D2", "C3", "C4"):
        sheet[cell].protection = Protection(locked=False)
    listed(sheet, "C2:C3")
    sheet.protection.set_password("secret")
    sheet.protection.enable()
    book.security = WorkbookProtection(workbookPassword="secret", lockStructure=True)
    return saved(book)


def rich_strings() -> bytes:
    """Questions in several runs, with phonetic hints, escapes and preserved blanks, in the table of shared texts."""

    def split(content: bytes) -> bytes:
        text = content.decode()
        head, tail = SALTED[:18], SALTED[18:]
        runs = (
            f'<si><r><rPr><b/><sz val="11"/></rPr><t xml:space="preserve">{head}</t></r><r><rPr><color rgb="FFFF0000"/>'
            f"</rPr><t>{tail}</t></r><rPh sb='0' eb='3'><t>not read</t></rPh></si>"
        )
        made, count = re.subn(rf"<si><t[^>]*>{re.escape(SALTED)}</t></si>", runs, text)
        assert count == 1
        return made.replace(DAILY, f"{DAILY}_x000D_").encode()

    book = Workbook()
    filled(book.active)
    return rebuild(saved(book), {"xl/sharedStrings.xml": split})


def external_links() -> bytes:
    """A link to another workbook, a query to a server, and formulas that look at both."""
    book = Workbook()
    sheet = book.active
    filled(sheet)
    listed(sheet, "C2:C6")
    sheet["E2"] = "=[1]Prices!A1"
    named = '<sheetNames><sheetName val="Prices"/></sheetNames>'
    book_of = f'<externalBook xmlns:r="{RELATED}" r:id="rId1">{named}</externalBook>'
    link = f"<externalLink {MAIN}>{book_of}</externalLink>"
    outside = relations(
        "rId1", f"{RELATED}/externalLinkPath", "http://127.0.0.1:9/prices.xlsx", ' TargetMode="External"'
    )
    query = '<connection id="1" name="q" type="4" refreshOnLoad="1"><webPr url="http://127.0.0.1:9/q"/></connection>'
    reference = f'<externalReferences><externalReference xmlns:r="{RELATED}" r:id="x1"/></externalReferences>'
    return rebuild(
        saved(book),
        {
            "xl/_rels/workbook.xml.rels": related("x1", f"{RELATED}/externalLink", "externalLinks/externalLink1.xml"),
            "xl/workbook.xml": lambda content: content.replace(b"</sheets>", f"</sheets>{reference}".encode()),
        },
        {
            "xl/externalLinks/externalLink1.xml": link.encode(),
            "xl/externalLinks/_rels/externalLink1.xml.rels": outside,
            "xl/connections.xml": f"<connections {MAIN}>{query}</connections>".encode(),
        },
    )


def three_lines_of_header() -> bytes:
    """Who fills what, over groups, over columns; the groups merged over several columns and lines."""
    book = Workbook()
    sheet = book.active
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:E1")
    sheet["A1"], sheet["C1"] = "Customer", "Vendor to complete"
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("C2:C3")
    sheet.merge_cells("D2:E2")
    sheet["A2"], sheet["B2"], sheet["C2"], sheet["D2"] = "Ref", "Requirement", "Response", "Support"
    sheet["D3"], sheet["E3"] = "Comments", "Evidence"
    for row, text in enumerate(ASKED, 4):
        sheet.cell(row, 1, f"R{row}")
        sheet.cell(row, 2, text)
    listed(sheet, "C4:C8")
    return saved(book)


def second_sheet() -> bytes:
    """Instructions first; the questions on the next sheet, from column C on, behind hidden columns with decoys."""
    book = Workbook()
    cover = book.active
    cover.title = "Instructions"
    cover["A1"] = "Please answer every question on the next sheet. Do you need help? Write to us."
    sheet = book.create_sheet("Vendor questions")
    for column, title in enumerate(("Answer", "Weight", "ID", "Question", "Score", "Response", "Notes"), 1):
        sheet.cell(2, column, title)
    for row, text in enumerate(ASKED, 3):
        sheet.cell(row, 2, 5)
        sheet.cell(row, 3, f"Q-{row}")
        sheet.cell(row, 4, text)
        sheet.cell(row, 5, f'=IF(F{row}="Yes",B{row},0)')
    for letter in "ABE":
        sheet.column_dimensions[letter].hidden = True
    sheet.row_dimensions[5].hidden = True
    listed(sheet, "F3:F7")
    sheet.freeze_panes = "E3"
    sheet.auto_filter.ref = "C2:G7"
    return saved(book)


def foreign_writer() -> bytes:
    """As a library writes it: a prefix on every element, no shared texts, no numbers of rows and cells."""

    def prefixed(content: bytes) -> bytes:
        text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", content.decode())
        return text.replace(MAIN, MAIN.replace("xmlns=", "xmlns:x=")).encode()

    cells = "".join(
        f'<row><c t="inlineStr"><is><t>{n}</t></is></c><c t="inlineStr"><is><t>{text}</t></is></c><c/><c/></row>'
        for n, text in enumerate(ASKED, 1)
    )
    head = "".join(f'<c t="inlineStr"><is><t>{title}</t></is></c>' for title in HEADER)
    listed = '<dataValidation type="list" sqref="C2:C4"><formula1>"Yes,No"</formula1></dataValidation>'
    rule = f'<dataValidations count="1">{listed}</dataValidations>'
    sheet = f"<worksheet {MAIN}><sheetData><row>{head}</row>{cells}</sheetData>{rule}</worksheet>".encode()
    book = Workbook()
    filled(book.active)
    return rebuild(saved(book), {"xl/worksheets/sheet1.xml": lambda _: prefixed(sheet)})


WORKBOOKS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "every drop-down": ("form.xlsx", nasty),
    "macros": ("form.xlsm", lambda: nasty(macros=True)),
    "threaded comments": ("form.xlsx", threaded_comments),
    "table and pivot": ("form.xlsx", table_and_pivot),
    "chart and picture": ("form.xlsx", chart_and_picture),
    "protected": ("form.xlsx", protected),
    "rich strings": ("form.xlsx", rich_strings),
    "external links": ("form.xlsx", external_links),
    "three lines of header": ("form.xlsx", three_lines_of_header),
    "second sheet": ("form.xlsx", second_sheet),
    "foreign writer": ("form.xlsx", foreign_writer),
}
"""Each kind's name, its file's name, and how it is made."""
