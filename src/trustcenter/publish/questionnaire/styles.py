"""What a workbook's formats do beside looks: unlock a cell, wrap its text, fade it (ECMA-376 part 1, 18.8)."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from trustcenter.publish.questionnaire.archive import Archive
from trustcenter.publish.questionnaire.markup import main, parse

_LIGHTEST_GREY, _GREY_SPREAD = 0xE6, 14
_WHITE, _BLACK = "FFFFFF", "000000"


@dataclass(frozen=True)
class Styles:
    """The numbers of cell formats that are not locked and of those that wrap, and of differential ones that fade."""

    unlocked: frozenset[int] = frozenset()
    wrapped: frozenset[int] = frozenset()
    fading: frozenset[int] = frozenset()


def read_styles(archive: Archive, part: str | None) -> Styles:
    """The formats of this part; none where there is none. Raises `WorkbookError`."""
    if part is None:
        return Styles()
    root = parse(archive.read(part), part=part, where=archive.where)
    unlocked, wrapped = set(), set()
    for index, form in enumerate(root.iterfind(f"{main('cellXfs')}/{main('xf')}")):
        protection = form.find(main("protection"))
        if protection is not None and protection.get("locked") in ("0", "false"):
            unlocked.add(index)
        alignment = form.find(main("alignment"))
        if alignment is not None and alignment.get("wrapText") in ("1", "true"):
            wrapped.add(index)
    formats = enumerate(root.iterfind(f"{main('dxfs')}/{main('dxf')}"))
    fading = frozenset(index for index, form in formats if fades(form))
    return Styles(frozenset(unlocked), frozenset(wrapped), fading)


def fades(form: etree._Element) -> bool:
    """Whether a differential format says "not this one": nothing shown, struck out, grey or black, or text in the
    colour of what is behind it."""
    shown = form.find(main("numFmt"))
    if shown is not None and shown.get("formatCode", "").replace(" ", "") == ";;;":
        return True
    struck = form.find(f"{main('font')}/{main('strike')}")
    if struck is not None and struck.get("val", "1") not in ("0", "false"):
        return True
    text = _colour(form.find(f"{main('font')}/{main('color')}"))
    pattern = form.find(f"{main('fill')}/{main('patternFill')}")
    behind = ""
    if pattern is not None and pattern.get("patternType", "solid") != "none":
        behind = _colour(pattern.find(main("bgColor"))) or _colour(pattern.find(main("fgColor")))
    if text and text == (behind or _WHITE):
        return True
    return bool(behind) and _is_grey(behind)


def _colour(element: etree._Element | None) -> str:
    """Six digits of red, green and blue; of a theme only its white and black are known. Empty where unknown."""
    if element is None:
        return ""
    if (given := element.get("rgb", "")) and len(given) in (6, 8):
        return given[-6:].upper()
    base = {"0": _WHITE, "1": _BLACK}.get(element.get("theme", ""))
    if base is None:
        return ""
    try:
        tint = float(element.get("tint", "0"))
    except ValueError:
        return ""
    if not -1 <= tint <= 1:
        return ""
    light = 255 * (1 + min(tint, 0)) if base == _WHITE else 255 * max(tint, 0)
    return f"{round(light):02X}" * 3


def _is_grey(colour: str) -> bool:
    try:
        parts = [int(colour[at : at + 2], 16) for at in (0, 2, 4)]
    except ValueError:
        return False
    return max(parts) - min(parts) <= _GREY_SPREAD and max(parts) <= _LIGHTEST_GREY
