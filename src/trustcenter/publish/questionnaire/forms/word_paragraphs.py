"""Questions outside of tables: a paragraph that asks, and the control, boxes, blank or empty line below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from trustcenter.publish.questionnaire.forms import word
from trustcenter.publish.questionnaire.forms.interface import Fill, FormQuestion
from trustcenter.publish.questionnaire.forms.word import W
from trustcenter.publish.questionnaire.roles import asks

PART = "Paragraphs"
_BLANK = re.compile(r"^[_.…\s]*$")


@dataclass(frozen=True)
class Asked:
    """One question, and the element that takes its answer. `place` is control, boxes, blank or below."""

    question: FormQuestion
    place: str
    element: etree._Element

    def write(self, fill: Fill) -> None:
        """The answer in its place; a new paragraph where the form has none."""
        if self.place == "boxes":
            found = {label: box for box, label in word.boxes(self.element)}
            for choice in fill.chosen:
                word.tick(found[choice])
        elif self.place == "control":
            if fill.chosen:
                word.choose(self.element, fill.chosen[0])
            else:
                word.set_text(self.element, fill.answer)
        elif self.place == "blank":
            word.replace_runs(self.element, fill.answer)
        else:
            paragraph = etree.Element(W("p"))
            paragraph.extend(word.runs(fill.answer, None))
            self.element.addnext(paragraph)


def asked_in(body: etree._Element, protected: bool) -> Iterator[Asked]:
    """The questions of a body's own blocks, in order; `protected` bars every place that is no form field."""
    blocks = list(_blocks(body))
    section = ""
    for number, block in enumerate(blocks):
        if block.tag == W("tbl"):
            continue
        text = word.text_of(block)
        if _is_heading(block) and not asks(text):
            section = text or section
            continue
        if not asks(text):
            continue
        place, element = _place(block, blocks[number + 1 :])
        problem = None
        if place == "control" and word.locked(element):
            problem = "the content control is locked by its author"
        elif protected and place in ("blank", "below"):
            problem = "the document is protected, and there is no form field"
        options = _options(place, element)
        answered = _answered(place, element)
        question = text.split("\n")[0] if place == "boxes" and element is block else text
        yield Asked(
            FormQuestion(
                key=f"paragraph {number + 1}", part=PART, place=f"paragraph {number + 1}",
                answer_place=f"{place} at paragraph {number + 1}", text=_question_text(question), section=section,
                options=options, several=place == "boxes" and "all that apply" in text.lower(), problem=problem,
                answered=answered,
            ),
            place, element,
        )  # fmt: skip


def _blocks(body: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs, tables and block controls in order; a control that holds a question is opened."""
    for child in body:
        if child.tag in (W("p"), W("tbl")):
            yield child
        elif child.tag == W("sdt"):
            content = child.find(W("sdtContent"))
            inner = list(content) if content is not None else []
            if any(one.tag == W("tbl") or (one.tag == W("p") and asks(word.text_of(one))) for one in inner):
                yield from _blocks(content)  # type: ignore[arg-type]
            else:
                yield child


def _place(block: etree._Element, following: list[etree._Element]) -> tuple[str, etree._Element]:
    """Where the answer goes: in the question's own paragraph, or in one of the three blocks below it."""
    if any(True for _ in word.boxes(block)):
        return "boxes", block
    inside = [control for control in word.controls(block) if not word.is_check_box(control)]
    if inside:
        return "control", inside[-1]
    for other in following[:3]:
        if other.tag == W("tbl") or _is_heading(other):
            break
        if other.tag == W("sdt"):
            return "control", other
        if any(True for _ in word.boxes(other)):
            return "boxes", other
        text = word.text_of(other)
        controls = word.controls(other)
        if controls:
            return "control", controls[0]
        if asks(text):
            break
        if _BLANK.match(text):
            if text:
                return "blank", other
            continue
        break
    return "below", block


def _options(place: str, element: etree._Element) -> tuple[str, ...] | None:
    if place == "boxes":
        return tuple(label for _, label in word.boxes(element))
    return word.options_of(element) if place == "control" else None


def _answered(place: str, element: etree._Element) -> str:
    """What stands in the place already."""
    if place == "boxes":
        return "; ".join(label for box, label in word.boxes(element) if word.is_ticked(box))
    if place == "control" and not word.shows_placeholder(element):
        text = word.text_of(element)
        return "" if _BLANK.match(text) else text
    return ""


def _question_text(text: str) -> str:
    """The question without the boxes' signs and labels behind its question mark."""
    head, mark, tail = text.partition("?")
    return f"{head}?" if mark and any(sign in tail for sign in word.BOXES) else " ".join(text.split())


def _is_heading(block: etree._Element) -> bool:
    style = block.find(f"{W('pPr')}/{W('pStyle')}")
    return style is not None and str(style.get(W("val"), "")).lower().startswith(("heading", "title", "ueberschrift"))
