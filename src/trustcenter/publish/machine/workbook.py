"""A plain workbook (ECMA-376, SpreadsheetML): text and numbers, no formula, the same bytes for the same values."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from trustcenter.publish.inert import clean
from trustcenter.publish.pages import iso

Cell = str | int
LONGEST = 32_767
"""Characters that one cell may hold (ECMA-376 18.18.93)."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_FORMULA_LIKE = ("=", "+", "-", "@", "|", "%")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a name of at most 31 characters, a head that stays in sight, rows of equal length."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def workbook(sheets: Sequence[Sheet], *, title: str, made: datetime) -> bytes:
    """The workbook's bytes. `made` is its date: a date of the data, never the clock's."""
    members = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations(
            [("officeDocument", "xl/workbook.xml")],
            [("metadata/core-properties", "docProps/core.xml")],
        ),
        "docProps/core.xml": _core(title, made),
        "xl/workbook.xml": _book(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{i}.xml": _sheet(sheet) for i, sheet in enumerate(sheets, 1)},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text.encode())
    return packed.getvalue()


def _sheet(sheet: Sheet) -> str:
    last = f"{_letters(len(sheet.columns))}{len(sheet.rows) + 1}"
    widths = "".join(
        f'<col min="{i}" max="{i}" width="{_width(sheet, i - 1)}" customWidth="1"/>'
        for i in range(1, len(sheet.columns) + 1)
    )
    head = _row(1, sheet.columns, style=1)
    body = "".join(_row(number, row) for number, row in enumerate(sheet.rows, 2))
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}"/><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData>{head}{body}</sheetData><autoFilter ref="A1:{last}"/></worksheet>'
    )


def _row(number: int, cells: Sequence[Cell], style: int = 2) -> str:
    made = "".join(_cell(f"{_letters(i)}{number}", value, style) for i, value in enumerate(cells, 1) if value != "")
    return f'<row r="{number}">{made}</row>'


def _cell(place: str, value: Cell, style: int) -> str:
    """Text is a string cell, which nothing computes; one that looks like a formula stays text when it is edited too."""
    if isinstance(value, int):
        return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
    text = clean(value, LONGEST)
    used = 3 if text.startswith(_FORMULA_LIKE) else style
    return f'<c r="{place}" s="{used}" t="inlineStr"><is><t xml:space="preserve">{_text(text)}</t></is></c>'


def _text(text: str) -> str:
    """XML text; `_x0041_` would be read as a character's code (ECMA-376 22.9.2.19), so its underscore is coded."""
    return escape(re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text))


def _width(sheet: Sheet, column: int) -> int:
    longest = max((len(str(row[column])) for row in [sheet.columns, *sheet.rows]), default=8)
    return min(max(longest + 2, 8), 60)


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _content_types(sheets: int) -> str:
    parts = [("xl/workbook.xml", f"{_TYPES}.sheet.main+xml"), ("xl/styles.xml", f"{_TYPES}.styles+xml")]
    parts += [(f"xl/worksheets/sheet{i}.xml", f"{_TYPES}.worksheet+xml") for i in range(1, sheets + 1)]
    parts += [("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")]
    named = "".join(f'<Override PartName="/{path}" ContentType="{kind}"/>' for path, kind in parts)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{named}</Types>'
    )


def _relations(office: Sequence[tuple[str, str]], package: Sequence[tuple[str, str]] = ()) -> str:
    kinds = [(f"{_RELATIONS}/{kind}", target) for kind, target in office]
    kinds += [(f"{_PACKAGE}/relationships/{kind}", target) for kind, target in package]
    made = "".join(
        f'<Relationship Id="rId{i}" Type="{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(kinds, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{made}</Relationships>'


def _book(sheets: Sequence[Sheet]) -> str:
    named = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{i}" r:id="rId{i}"/>' for i, sheet in enumerate(sheets, 1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{named}</sheets></workbook>'


def _core(title: str, made: datetime) -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(clean(title, 200))}</dc:title>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{iso(made)}</dcterms:created></cp:coreProperties>'
    )


_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""0 plain, 1 head, 2 body, 3 body that must stay text."""
