"""The markup of word-processing documents: texts, content controls, check boxes (ECMA-376 part 1, 17; MS-DOCX 2.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from copy import deepcopy

from lxml import etree

from trustcenter.publish.questionnaire.forms.interface import ILLEGAL
from trustcenter.publish.questionnaire.markup import SPACE

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
LONGEST = 32_767


def W(name: str) -> str:  # noqa: N802
    """A name of the main namespace."""
    return f"{{{MAIN}}}{name}"


def w14(name: str) -> str:
    """A name of Word 2010's namespace."""
    return f"{{{W14}}}{name}"


def visible(element: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """Elements below this one in order, without what nobody sees (deletions, second versions of drawings)."""
    hidden = (FALLBACK, W("del"), W("moveFrom"))
    stack = [element.iterchildren()]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif node.tag not in hidden:
            if node.tag in tags:
                yield node
            stack.append(node.iterchildren())


def text_of(element: etree._Element, without: Collection[etree._Element] = ()) -> str:
    """What a reader sees: runs joined, breaks and tabs as blanks; nothing of the elements in `without`."""
    pieces: list[str] = []
    for node in visible(element, W("t"), W("tab"), W("br"), W("cr"), W("p"), W("noBreakHyphen")):
        if node.tag == W("t"):
            if not without or not any(one in without for one in node.iterancestors()):
                pieces.append(node.text or "")
        elif node.tag == W("noBreakHyphen"):
            pieces.append("-")
        elif node.tag == W("p"):
            pieces.append("\n")
        else:
            pieces.append(" ")
    return "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\n") if line.strip()).strip()


def controls(element: etree._Element) -> list[etree._Element]:
    """The content controls inside an element, outermost first."""
    return list(element.iter(W("sdt")))


def properties(control: etree._Element) -> etree._Element:
    """A control's properties; an empty element where it has none."""
    found = control.find(W("sdtPr"))
    return found if found is not None else etree.Element(W("sdtPr"))


def is_check_box(control: etree._Element) -> bool:
    return properties(control).find(w14("checkbox")) is not None


def is_on(switch: etree._Element | None) -> bool:
    """An on-off property (17.17.4): absent is off, without a value is on."""
    return switch is not None and switch.get(W("val"), "1") in ("1", "true", "on")


def is_prompt(text: str) -> bool:
    """Whether a list's entry asks to choose instead of being a choice."""
    plain = text.strip(" .-_<>[]()\u2026\u2002").lower()
    return not plain or plain.startswith(("choose", "select", "please select", "please choose"))


def options_of(control: etree._Element) -> tuple[str, ...] | None:
    """The list of a drop-down or combination control; None for other controls. Placeholders are no options."""
    own = properties(control)
    listed = next((own.find(W(name)) for name in ("dropDownList", "comboBox") if own.find(W(name)) is not None), None)
    if listed is None:
        return None
    found = []
    for item in listed.iterfind(W("listItem")):
        shown = (item.get(W("displayText")) or item.get(W("value")) or "").strip()
        if shown and (item.get(W("value")) or "").strip() and not is_prompt(shown):
            found.append(shown)
    return tuple(dict.fromkeys(found))


def barred(control: etree._Element) -> str:
    """Why the control may not be filled in with a text; empty when it may."""
    own = properties(control)
    lock = own.find(W("lock"))
    if lock is not None and lock.get(W("val")) in ("contentLocked", "sdtContentLocked"):
        return "the content control is locked by its author"
    if own.find(W("dataBinding")) is not None:
        return "the content control mirrors data that the document keeps elsewhere"
    if own.find(W("date")) is not None:
        return "the content control accepts only a date"
    return "the content control takes a picture" if own.find(W("picture")) is not None else ""


def disabled(begin: etree._Element) -> str:
    """Why a legacy form field may not be filled in; empty when it may."""
    switch = begin.find(f"{W('ffData')}/{W('enabled')}")
    return "the form field is locked by its author" if switch is not None and not is_on(switch) else ""


def shows_placeholder(control: etree._Element) -> bool:
    """Whether the control shows only its prompt."""
    return properties(control).find(W("showingPlcHdr")) is not None


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
    """Replace what a control shows; its prompt's state and style go. One of a single line gets a single line."""
    own = properties(control)
    plain = own.find(W("text"))
    if plain is not None and plain.get(W("multiLine")) not in ("1", "true", "on"):
        text = " ".join(text.split())
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
    cell = content.find(W("tc"))
    if cell is not None:
        write_plain(cell, text)
        return
    for child in list(content):
        content.remove(child)
    content.extend(runs(text, None))


_TEXT = frozenset(
    W(name) for name in ("t", "tab", "br", "cr", "noBreakHyphen", "softHyphen", "sym", "ptab", "lastRenderedPageBreak")
)


def replace_runs(paragraph: etree._Element, text: str) -> None:
    """The paragraph with this text instead of its own.

    Its format and that of its first run stay, a prompt's style does not; bookmarks, comments, footnotes and recorded
    deletions stay where they are.
    """
    kept: etree._Element | None = None
    place: etree._Element | None = None
    for run in list(visible(paragraph, W("r"))):
        if kept is None:
            kept = run.find(W("rPr"))
        said = [child for child in run if child.tag in _TEXT]
        if not said:
            continue
        top = run
        while top.getparent() is not paragraph and top.getparent() is not None:
            top = top.getparent()  # type: ignore[assignment]
        if place is None:
            place = etree.Element(W("r"))
            top.addprevious(place)
        for child in said:
            run.remove(child)
        if all(child.tag == W("rPr") for child in run):
            run.getparent().remove(run)  # type: ignore[union-attr]
    style = kept.find(W("rStyle")) if kept is not None else None
    if kept is not None and style is not None and style.get(W("val")) == "PlaceholderText":
        kept = None
    made = runs(text, kept)
    if place is None:
        paragraph.extend(made)
        return
    for run in made:
        place.addprevious(run)
    paragraph.remove(place)


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


def write_plain(cell: etree._Element, text: str) -> None:
    """The text in a cell's first paragraph."""
    paragraph = cell.find(W("p"))
    if paragraph is None:
        paragraph = etree.SubElement(cell, W("p"))
    replace_runs(paragraph, text)
