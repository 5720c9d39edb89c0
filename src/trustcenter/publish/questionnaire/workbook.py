"""A workbook as values: sheets, cells with their cached texts, merges, drop-downs and what is locked.

Read straight from the parts of the zip (ECMA-376 part 1, 18.2 and 18.3), so that what is written later refers to the
same bytes. The text of a cell with a formula is its cached value; `showing` alone reads formulas, to follow skip logic.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from trustcenter.publish.questionnaire.archive import Archive, WorkbookError
from trustcenter.publish.questionnaire.markup import PACKAGE_RELATION, RELATION, main, parse, stream
from trustcenter.publish.questionnaire.sheet import Grid, Sheet
from trustcenter.publish.questionnaire.styles import read_styles
from trustcenter.publish.questionnaire.worksheet import read_sheet, rich_text


@dataclass(frozen=True)
class Workbook(Grid):
    """All of one workbook. `part` is the workbook part's name in the zip."""

    archive: Archive = field(kw_only=True)
    part: str = field(kw_only=True)
    wrapped: frozenset[int] = frozenset()
    """Cell formats whose text is broken into lines."""
    macros: bool = False
    signed: bool = False
    notes: tuple[str, ...] = ()


def read(data: bytes, *, where: str) -> Workbook:
    """The workbook in these bytes.

    Raises `WorkbookError` for other formats, damaged or hostile files.
    """
    archive = Archive(data, where=where)
    part = _main_part(archive)
    root = parse(archive.read(part), part=part, where=where)
    if root.tag != main("workbook"):
        raise WorkbookError("the file is an office document, but not a workbook", where=where)
    relations = _relations(archive, part)
    strings = _shared_strings(archive, relations)
    styles = read_styles(archive, _by_kind(relations, "styles"))
    sheets: list[Sheet] = []
    budget = archive.limits.cells
    for element in root.iterfind(f"{main('sheets')}/{main('sheet')}"):
        name, state = element.get("name", ""), element.get("state", "visible")
        target = relations.get(element.get(f"{{{RELATION}}}id", ""), ("", ""))
        if not target[0].endswith("/worksheet"):
            continue  # chart and dialogue sheets hold no questions
        sheet = read_sheet(archive, name, target[1], state, strings, budget, styles.fading)
        budget -= len(sheet.cells)
        sheets.append(sheet)
    if not sheets:
        raise WorkbookError("the workbook has no worksheet", where=where)
    listed = [element.get("name", "") for element in root.iterfind(f"{main('sheets')}/{main('sheet')}")]
    names = {
        (_scope(element, listed), element.get("name", "").lower()): element.text or ""
        for element in root.iterfind(f"{main('definedNames')}/{main('definedName')}")
    }
    return Workbook(
        archive=archive,
        part=part,
        sheets=tuple(sheets),
        names=names,
        unlocked=styles.unlocked,
        wrapped=styles.wrapped,
        macros=any(name.lower().endswith("vbaproject.bin") for name in archive.names),
        signed=any(name.lower().startswith("_xmlsignatures/") for name in archive.names),
    )


def _scope(element: etree._Element, listed: list[str]) -> str | None:
    index = element.get("localSheetId", "")
    return listed[int(index)].lower() if index.isdigit() and int(index) < len(listed) else None


def _main_part(archive: Archive) -> str:
    if "_rels/.rels" not in archive.names:
        raise WorkbookError("the zip file is not a workbook", where=archive.where, hint="It has no _rels/.rels part.")
    for kind, target in _relations(archive, "").values():
        if kind.endswith("/officeDocument"):
            return target
    raise WorkbookError("the zip file is not a workbook", where=archive.where)


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Relation id -> (type, target part); external targets are left out, so nothing is ever fetched."""
    folder, name = posixpath.split(part)
    relation_part = posixpath.join(folder, "_rels", f"{name}.rels")
    if relation_part not in archive.names:
        return {}
    found = {}
    root = parse(archive.read(relation_part), part=relation_part, where=archive.where)
    for element in root.iterfind(f"{{{PACKAGE_RELATION}}}Relationship"):
        if element.get("TargetMode") == "External":
            continue
        target = element.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[element.get("Id", "")] = (element.get("Type", ""), path)
    return found


def _by_kind(relations: Mapping[str, tuple[str, str]], kind: str) -> str | None:
    return next((target for name, target in relations.values() if name.endswith(f"/{kind}")), None)


def _shared_strings(archive: Archive, relations: Mapping[str, tuple[str, str]]) -> list[str]:
    part = _by_kind(relations, "sharedStrings")
    if part is None:
        return []
    strings: list[str] = []
    for item in stream(archive.read(part), (main("si"),), part=part, where=archive.where):
        strings.append(rich_text(item))
        if len(strings) > archive.limits.shared_strings:
            raise WorkbookError("the workbook has too many texts", where=archive.where)
    return strings
