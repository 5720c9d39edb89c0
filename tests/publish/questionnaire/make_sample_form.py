"""Makes templates/questionnaires/sample-customer-form.xlsx: a form as a customer might send it, in our own wording.

Run it after a change of the questions: `python tests/publish/questionnaire/make_sample_form.py`. The members are stored
uncompressed with fixed times, so that the same questions always give the same bytes.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

sys.path.insert(0, str(Path(__file__).parent))
from questions import FORM

TARGET = Path(__file__).resolve().parents[3] / "templates" / "questionnaires" / "sample-customer-form.xlsx"
FIXED = datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook's properties have no zone
OPTIONS = ("Yes", "No", "Partially", "N/A")
_OPEN_WORDS = ("how", "which", "where", "describe", "what")


def build() -> bytes:
    """The form's bytes."""
    book = Workbook()
    _instructions(book.active)
    _questions(book.create_sheet("Questionnaire"))
    lists = book.create_sheet("Lists")
    for row, option in enumerate(OPTIONS, 1):
        lists.cell(row, 1, option)
    lists.sheet_state = "hidden"
    book.defined_names["AnswerOptions"] = DefinedName("AnswerOptions", attr_text=f"Lists!$A$1:$A${len(OPTIONS)}")
    book.properties.creator = "Sample customer"
    book.properties.created = book.properties.modified = FIXED
    out = io.BytesIO()
    book.save(out)
    return _stored(out.getvalue())


def _instructions(sheet: Worksheet) -> None:
    sheet.title = "Instructions"
    sheet.column_dimensions["A"].width = 68
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet["A1"] = "Vendor security questionnaire (sample form)"
    sheet["A1"].font = Font(bold=True, size=16)
    sheet["A3"] = "Choose an answer from each list, explain it beside, and name the evidence."
    sheet["A4"] = "Unanswered questions:"
    sheet["B4"] = '=COUNTIFS(Questionnaire!B4:B200,"?*",Questionnaire!C4:C200,"")'


def _questions(sheet: Worksheet) -> None:
    for letter, width in zip("ABCDE", (7, 70, 16, 60, 44), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.merge_cells("A1:E1")
    sheet["A1"] = "Information security"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.merge_cells("C2:E2")
    sheet["C2"] = "To be completed by the vendor"
    head = PatternFill("solid", fgColor="1F3A5F")
    for column, title in enumerate(("No.", "Question", "Answer", "Comments", "Evidence"), 1):
        cell = sheet.cell(3, column, title)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), head
    sheet.freeze_panes = "A4"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "3:3"
    rule = DataValidation(type="list", formula1="AnswerOptions", allow_blank=True)
    sheet.add_data_validation(rule)
    line = Side(style="thin", color="BBBBBB")
    row = 4
    for number, (section, pairs) in enumerate(FORM, 1):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=5)
        sheet.cell(row, 1, f"{number}. {section}").font = Font(bold=True)
        row += 1
        for place, (question, _) in enumerate(pairs, 1):
            sheet.cell(row, 1, f"{number}.{place}")
            sheet.cell(row, 2, question)
            for column in range(1, 6):
                cell = sheet.cell(row, column)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.border = Border(bottom=line)
            if not question.lower().startswith(_OPEN_WORDS):
                rule.add(f"C{row}")
            row += 1
    red = PatternFill("solid", bgColor="F6C7C7")
    sheet.conditional_formatting.add(f"C4:C{row}", CellIsRule(operator="equal", formula=['"No"'], fill=red))


def _stored(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _fixed_times(content)
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.create_system = 3
            target.writestr(info, content)
    return out.getvalue()


def _fixed_times(content: bytes) -> bytes:
    """openpyxl stamps the time of saving; replace it."""
    return re.sub(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", content)


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(build())
