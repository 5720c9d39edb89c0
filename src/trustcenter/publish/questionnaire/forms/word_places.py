"""Places that a document's author made for a text or a choice: content controls and legacy form fields.

ECMA-376 part 1, 17.5.2 (structured document tags) and 17.16.17 (`w:ffData`).
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from trustcenter.publish.questionnaire.forms import word
from trustcenter.publish.questionnaire.forms.word import W

_ONLY = {
    "number": "the form field accepts only a number",
    "date": "the form field accepts only a date",
    "currentTime": "the form field shows the time",
    "currentDate": "the form field shows the date",
    "calculated": "the form field is calculated",
}


@dataclass(frozen=True)
class Control:
    """A content control."""

    element: etree._Element

    @property
    def options(self) -> tuple[str, ...] | None:
        """Its list; None for free text."""
        return word.options_of(self.element)

    @property
    def limit(self) -> int:
        return word.LONGEST

    @property
    def problem(self) -> str:
        """Why it may not be filled in; empty when it may."""
        return word.barred(self.element)

    @property
    def shown(self) -> str:
        """What stands in it; empty while it shows its prompt."""
        return "" if word.shows_placeholder(self.element) else word.text_of(self.element)

    def write(self, text: str) -> None:
        (word.choose if self.options is not None else word.set_text)(self.element, text)


@dataclass(frozen=True)
class LegacyField:
    """A form field of Word 97 to 2003: a text, or a choice from a list. `begin` is its `w:fldChar`."""

    begin: etree._Element

    @property
    def _data(self) -> etree._Element:
        found = self.begin.find(W("ffData"))
        assert found is not None, "only form fields are places"
        return found

    @property
    def _entries(self) -> list[str]:
        return [one.get(W("val"), "") for one in self._data.iterfind(f"{W('ddList')}/{W('listEntry')}")]

    @property
    def options(self) -> tuple[str, ...] | None:
        if self._data.find(W("ddList")) is None:
            return None
        return tuple(dict.fromkeys(one.strip() for one in self._entries if not word.is_prompt(one)))

    @property
    def limit(self) -> int:
        longest = self._data.find(f"{W('textInput')}/{W('maxLength')}")
        text = longest.get(W("val"), "") if longest is not None else ""
        return int(text) if text.isdigit() and 0 < int(text) < word.LONGEST else word.LONGEST

    @property
    def problem(self) -> str:
        kind = self._data.find(f"{W('textInput')}/{W('type')}")
        only = _ONLY.get(kind.get(W("val"), ""), "") if kind is not None else ""
        ends = "" if self._runs() is not None else "the form field does not end in its paragraph"
        return word.disabled(self.begin) or only or ends

    @property
    def shown(self) -> str:
        """What stands in it. A list without `w:result` was not touched yet, whatever it shows."""
        if self.options is not None:
            chosen = self._data.find(f"{W('ddList')}/{W('result')}")
            number = chosen.get(W("val"), "") if chosen is not None else ""
            entries = self._entries
            if not number.isdigit() or int(number) >= len(entries) or word.is_prompt(entries[int(number)]):
                return ""
            return entries[int(number)].strip()
        runs = self._runs()
        return " ".join("".join(word.text_of(run) for run in runs[1]).split()) if runs else ""

    def write(self, text: str) -> None:
        listed = self._data.find(W("ddList"))
        if listed is not None:
            chosen = listed.find(W("result"))
            if chosen is None:
                chosen = etree.Element(W("result"))
                listed.insert(0, chosen)
            chosen.set(W("val"), str([one.strip() for one in self._entries].index(text)))
        runs = self._runs()
        if runs is None:
            return
        separate, shown, end = runs
        if listed is not None and not shown:
            return  # Word draws a list's choice by itself
        kept = next((one.find(W("rPr")) for one in shown), None)
        for run in shown:
            run.getparent().remove(run)  # type: ignore[union-attr]
        made = word.runs(text, kept)
        if separate is None:
            separate = etree.Element(W("r"))
            etree.SubElement(separate, W("fldChar")).set(W("fldCharType"), "separate")
            end.addprevious(separate)
        for run in reversed(made):
            separate.addnext(run)

    def _runs(self) -> tuple[etree._Element | None, list[etree._Element], etree._Element] | None:
        """The run of its separator, those of its result, and that of its end; None when it has no end here."""
        paragraph = next(self.begin.iterancestors(W("p")), None)
        if paragraph is None:
            return None
        separate: etree._Element | None = None
        shown: list[etree._Element] = []
        depth, begun = 0, False
        for run in paragraph.iter(W("r")):
            mark = run.find(W("fldChar"))
            if not begun:
                begun = mark is self.begin
                continue
            kind = mark.get(W("fldCharType")) if mark is not None else None
            if kind == "end" and depth == 0:
                return separate, shown, run
            depth += (kind == "begin") - (kind == "end")
            if kind == "separate" and depth == 0:
                separate = run
            elif separate is not None:
                shown.append(run)
        return None


Place = Control | LegacyField


def places(element: etree._Element) -> list[Place]:
    """The places of an element in order, check boxes left out."""
    found: list[Place] = []
    own = [element] if element.tag == W("sdt") else []
    for node in [*own, *word.visible(element, W("sdt"), W("fldChar"))]:
        if node.tag == W("sdt"):
            if not word.is_check_box(node) and not _only_holds(node):
                found.append(Control(node))
        elif any(node.find(f"{W('ffData')}/{W(kind)}") is not None for kind in ("textInput", "ddList")):
            found.append(LegacyField(node))
    return found


def _only_holds(control: etree._Element) -> bool:
    """Whether the control is a frame around fields: what it holds is the place, not itself."""
    return any(node is not control for node in control.iter(W("sdt"))) or control.find(f".//{W('ffData')}") is not None
