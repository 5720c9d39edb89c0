"""The markup of word-processing documents: texts, content controls, check boxes (ECMA-376 part 1, 17; MS-DOCX 2.6)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from trustcenter.publish.questionnaire.forms.interface import ILLEGAL
from trustcenter.publish.questionnaire.markup import SPACE

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
TICKED, EMPTY = "\u2612", "\u2610"
BOXES = frozenset("\u2610\u2611\u2612\u25a1\u25a0\u2751\u274f\u25fb\u2b1c")
"""Signs that forms print as a box to be ticked."""


def W(name: str) -> str:  # noqa: N802
    """A name of the main namespace."""
    return f"{{{MAIN}}}{name}"


def w14(name: str) -> str:
    """A name of Word 2010's namespace."""
    return f"{{{W14}}}{name}"


def text_of(element: etree._Element) -> str:
    """What a reader sees: runs joined, breaks and tabs as blanks, deleted text and field codes left out."""
    pieces: list[str] = []
    for node in element.iter(W("t"), W("tab"), W("br"), W("cr"), W("p"), W("noBreakHyphen")):
        if node.tag == W("t"):
            pieces.append(node.text or "")
        elif node.tag == W("noBreakHyphen"):
            pieces.append("-")
        elif node.tag == W("p"):
            pieces.append("\n")
        else:
            pieces.append(" ")
    return "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\n") if line.strip()).strip()


def outer_tables(body: etree._Element) -> list[etree._Element]:
    """The tables of a body that stand in no other table; those inside content controls too."""
    return [table for table in body.iter(W("tbl")) if next(table.iterancestors(W("tbl")), None) is None]


def controls(element: etree._Element) -> list[etree._Element]:
    """The content controls inside an element, outermost first."""
    return list(element.iter(W("sdt")))


def properties(control: etree._Element) -> etree._Element:
    """A control's properties; an empty element where it has none."""
    found = control.find(W("sdtPr"))
    return found if found is not None else etree.Element(W("sdtPr"))


def is_check_box(control: etree._Element) -> bool:
    return properties(control).find(w14("checkbox")) is not None


def is_ticked(control: etree._Element) -> bool:
    state = properties(control).find(f"{w14('checkbox')}/{w14('checked')}")
    return state is not None and state.get(w14("val")) in ("1", "true")


def options_of(control: etree._Element) -> tuple[str, ...] | None:
    """The list of a drop-down or combination control; None for other controls. Placeholders are no options."""
    own = properties(control)
    listed = next((own.find(W(name)) for name in ("dropDownList", "comboBox") if own.find(W(name)) is not None), None)
    if listed is None:
        return None
    found = []
    for item in listed.iterfind(W("listItem")):
        shown = (item.get(W("displayText")) or item.get(W("value")) or "").strip()
        if (
            shown
            and (item.get(W("value")) or "").strip()
            and not shown.lower().startswith(("choose an item", "select"))
        ):
            found.append(shown)
    return tuple(dict.fromkeys(found))


def locked(control: etree._Element) -> bool:
    """Whether the author forbids to change the control's content."""
    lock = properties(control).find(W("lock"))
    return lock is not None and lock.get(W("val")) in ("contentLocked", "sdtContentLocked")


def shows_placeholder(control: etree._Element) -> bool:
    """Whether the control shows only its prompt."""
    return properties(control).find(W("showingPlcHdr")) is not None


def tick(control: etree._Element) -> None:
    """Tick a check box: its state, and the sign that it shows."""
    box = properties(control).find(w14("checkbox"))
    assert box is not None
    state = box.find(w14("checked"))
    if state is None:
        state = etree.SubElement(box, w14("checked"))
        box.insert(0, state)
    state.set(w14("val"), "1")
    sign = box.find(w14("checkedState"))
    shown = chr(int(sign.get(w14("val"), "2612"), 16)) if sign is not None else TICKED
    for text in control.iter(W("t")):
        text.text = shown
        break


def choose(control: etree._Element, option: str) -> None:
    """Select an option of a drop-down control: what it shows, and its last value."""
    own = properties(control)
    for name in ("dropDownList", "comboBox"):
        listed = own.find(W(name))
        if listed is not None:
            for item in listed.iterfind(W("listItem")):
                if (item.get(W("displayText")) or item.get(W("value")) or "").strip() == option:
                    listed.set(W("lastValue"), item.get(W("value")) or option)
    set_text(control, option)


def set_text(control: etree._Element, text: str) -> None:
    """Replace what a control shows; its prompt's state and style go."""
    own = properties(control)
    prompt = own.find(W("showingPlcHdr"))
    if prompt is not None:
        own.remove(prompt)
    content = control.find(W("sdtContent"))
    if content is None:
        content = etree.SubElement(control, W("sdtContent"))
    paragraphs = content.findall(W("p"))
    if paragraphs:
        for extra in paragraphs[1:]:
            content.remove(extra)
        replace_runs(paragraphs[0], text)
        return
    cells = content.findall(W("tc"))
    if cells:
        write_cell(cells[0], text)
        return
    for child in list(content):
        content.remove(child)
    content.extend(runs(text, None))


def replace_runs(paragraph: etree._Element, text: str) -> None:
    """The paragraph with this text alone; its format and that of its first run stay, a prompt's style does not."""
    first = next(paragraph.iter(W("r")), None)
    kept = first.find(W("rPr")) if first is not None else None
    style = kept.find(W("rStyle")) if kept is not None else None
    if kept is not None and style is not None and style.get(W("val")) == "PlaceholderText":
        kept = None
    for child in list(paragraph):
        if child.tag != W("pPr"):
            paragraph.remove(child)
    paragraph.extend(runs(text, kept))


def runs(text: str, format_of: etree._Element | None) -> list[etree._Element]:
    """One run with the text; line breaks become `w:br`."""
    run = etree.Element(W("r"))
    if format_of is not None:
        run.append(deepcopy(format_of))
    for number, line in enumerate(ILLEGAL.sub("", text).split("\n")):
        if number:
            etree.SubElement(run, W("br"))
        piece = etree.SubElement(run, W("t"))
        piece.set(SPACE, "preserve")
        piece.text = line
    return [run]


def write_cell(cell: etree._Element, text: str) -> None:
    """The cell with this text: in its content control where it has one, else in its first paragraph."""
    own = [control for control in controls(cell) if not is_check_box(control)]
    if own:
        (choose if options_of(own[0]) is not None else set_text)(own[0], text)
        return
    paragraph = cell.find(W("p"))
    if paragraph is None:
        paragraph = etree.SubElement(cell, W("p"))
    replace_runs(paragraph, text)


def boxes(element: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Each check box of an element with its label: what stands behind it, up to the next box or the paragraph's end."""
    for paragraph in element.iter(W("p")):
        current: etree._Element | None = None
        label: list[str] = []
        for node in paragraph.iter(W("sdt"), W("t")):
            if node.tag == W("sdt"):
                if is_check_box(node):
                    if current is not None:
                        yield current, " ".join("".join(label).split())
                    current, label = node, []
                continue
            box = next((one for one in node.iterancestors(W("sdt")) if is_check_box(one)), None)
            if box is None:
                label.append(node.text or "")
        if current is not None:
            yield current, " ".join("".join(label).split())
