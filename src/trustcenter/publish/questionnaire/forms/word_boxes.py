"""Check boxes of a document: content controls, legacy form fields, and signs that are printed as boxes.

Their labels stand behind them, or before them where the last one has nothing behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from trustcenter.publish.questionnaire.forms import word
from trustcenter.publish.questionnaire.forms.word import W, w14

EMPTY, TICKED = "\u2610\u25a1\u2751\u274f\u25fb\u2b1c", "\u2611\u2612\u25a0"
_SIGN = re.compile(f"[{EMPTY}{TICKED}]")
_SYMBOLS = {"F0A8": False, "F06F": False, "F071": False, "F072": False, "F0FE": True, "F0FD": True, "F078": True}
"""Wingdings that print a box (the private area of ISO 10646), and whether it is a ticked one."""


@dataclass(frozen=True)
class Box:
    """One box and its label. `node` is the control, the field's beginning, the symbol, or the text with the sign."""

    node: etree._Element
    label: str
    at: int = 0

    @property
    def is_field(self) -> bool:
        """Whether it is a form field, which a protected document lets one fill in."""
        return self.node.tag in (W("sdt"), W("fldChar"))

    @property
    def ticked(self) -> bool:
        if self.node.tag == W("sdt"):
            state = word.properties(self.node).find(f"{w14('checkbox')}/{w14('checked')}")
            return state is not None and state.get(w14("val")) in ("1", "true")
        if self.node.tag == W("fldChar"):
            own = self._legacy()
            state = own.find(W("checked"))
            return word.is_on(state if state is not None else own.find(W("default")))
        if self.node.tag == W("sym"):
            return _SYMBOLS[self.node.get(W("char"), "").upper()]
        return (self.node.text or "")[self.at] in TICKED

    @property
    def problem(self) -> str:
        """Why it may not be ticked; empty when it may."""
        if self.node.tag == W("sdt"):
            return word.barred(self.node)
        if self.node.tag == W("fldChar"):
            return word.disabled(self.node)
        return ""

    def tick(self) -> None:
        """Tick it: its state, and the sign that it shows."""
        if self.node.tag == W("sdt"):
            _tick_control(self.node)
        elif self.node.tag == W("fldChar"):
            own = self._legacy()
            state = own.find(W("checked"))
            if state is None:
                state = etree.SubElement(own, W("checked"))
            state.set(W("val"), "1")
        elif self.node.tag == W("sym"):
            self.node.set(W("char"), "F0FE")
        else:
            text = self.node.text or ""
            self.node.text = f"{text[: self.at]}\u2612{text[self.at + 1 :]}"

    def _legacy(self) -> etree._Element:
        own = self.node.find(f"{W('ffData')}/{W('checkBox')}")
        assert own is not None, "only fields that are check boxes are boxes"
        return own


def _tick_control(control: etree._Element) -> None:
    box = word.properties(control).find(w14("checkbox"))
    assert box is not None
    state = box.find(w14("checked"))
    if state is None:
        state = etree.Element(w14("checked"))
        box.insert(0, state)
    state.set(w14("val"), "1")
    sign = box.find(w14("checkedState"))
    shown = chr(int(sign.get(w14("val"), "2612"), 16)) if sign is not None else "\u2612"
    for text in control.iter(W("t")):
        text.text = shown
        break


def boxes(element: etree._Element) -> list[Box]:
    """The boxes of an element's paragraphs, with their labels."""
    own = [element] if element.tag == W("p") else word.visible(element, W("p"))
    return [box for paragraph in own for box in _of_paragraph(paragraph)]


def _of_paragraph(paragraph: etree._Element) -> Iterator[Box]:
    found: list[tuple[etree._Element, int]] = []
    texts: list[list[str]] = [[]]
    for node in word.visible(paragraph, W("sdt"), W("t"), W("fldChar"), W("sym")):
        if node.tag == W("t"):
            if any(word.is_check_box(one) for one in node.iterancestors(W("sdt"))):
                continue
            text, last = node.text or "", 0
            for sign in _SIGN.finditer(text):
                texts[-1].append(text[last : sign.start()])
                found.append((node, sign.start()))
                texts.append([])
                last = sign.end()
            texts[-1].append(text[last:])
        elif _is_box(node):
            found.append((node, 0))
            texts.append([])
    labels = [" ".join("".join(pieces).split()) for pieces in texts]
    if found and not labels[-1] and labels[0]:
        labels = [labels[0].rpartition("?")[2].strip(), *labels[1:-1]]
    else:
        labels = labels[1:]
    for (node, at), label in zip(found, labels, strict=True):
        yield Box(node, label.strip(" :"), at)


def _is_box(node: etree._Element) -> bool:
    if node.tag == W("sdt"):
        return word.is_check_box(node)
    if node.tag == W("fldChar"):
        return node.find(f"{W('ffData')}/{W('checkBox')}") is not None
    if node.tag == W("sym"):
        font = node.get(W("font"), "")
        return font.startswith("Wingdings") and node.get(W("char"), "").upper() in _SYMBOLS
    return False
