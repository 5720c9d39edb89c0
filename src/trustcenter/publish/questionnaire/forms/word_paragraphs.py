"""Questions outside of tables with columns: a paragraph that asks, and the place that its author left for the answer.

A place is a control or form field, boxes, a blank, or an empty cell; in the question's own paragraph or behind it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from trustcenter.publish.questionnaire.forms import word
from trustcenter.publish.questionnaire.forms.interface import Fill, FormQuestion
from trustcenter.publish.questionnaire.forms.word import W
from trustcenter.publish.questionnaire.forms.word_boxes import boxes
from trustcenter.publish.questionnaire.forms.word_places import Place, places
from trustcenter.publish.questionnaire.roles import asks, several

PART = "Paragraphs"
_BLANK = re.compile(r"^[_.…\s]*$")


@dataclass(frozen=True)
class Asked:
    """One question, and the element that takes its answer. `place` is field, boxes, blank or below."""

    question: FormQuestion
    place: str
    element: etree._Element
    field: Place | None = None

    def write(self, fill: Fill) -> None:
        """The answer in its place; a new paragraph where the form has none."""
        if self.place == "boxes":
            for box in boxes(self.element):
                if box.label in fill.chosen:
                    box.tick()
        elif self.field is not None:
            self.field.write(fill.chosen[0] if fill.chosen else fill.answer)
        elif self.place == "blank":
            word.replace_runs(self.element, fill.answer)
        else:
            paragraph = etree.Element(W("p"))
            paragraph.extend(word.runs(fill.answer, None))
            self.element.addnext(paragraph)


@dataclass(frozen=True)
class _Block:
    """A paragraph, table or control, and the cell that it stands in."""

    element: etree._Element
    cell: etree._Element | None = None


def asked_in(body: etree._Element, barred: Protection, loose: Collection[etree._Element] = ()) -> Iterator[Asked]:
    """The questions of a body's own blocks and of the tables in `loose`, in order."""
    blocks = list(_blocks(body, loose))
    section = ""
    for number, block in enumerate(blocks):
        if block.element.tag == W("tbl"):
            continue
        text = word.text_of(block.element)
        if is_heading(block.element) and not asks(text):
            section = text or section
            continue
        if not asks(text):
            continue
        asked = _placed(block, blocks[number + 1 : number + 5])
        question = FormQuestion(
            key=f"paragraph {number + 1}", part=PART, place=f"paragraph {number + 1}",
            answer_place=f"{asked.place} at paragraph {number + 1}", section=section,
            text=_question_text(text, asked, block.element), options=_options(asked), answered=_answered(asked),
            several=asked.place == "boxes" and several(text), problem=_problem(asked, barred),
            limit=asked.field.limit if asked.field is not None else word.LONGEST,
        )  # fmt: skip
        yield replace(asked, question=question)


@dataclass(frozen=True)
class Protection:
    """What a document's protection leaves open: `everything`, `fields`, or nothing, with the words for it."""

    leaves: str = "everything"
    why: str = ""


def _blocks(
    element: etree._Element, loose: Collection[etree._Element], cell: etree._Element | None = None
) -> Iterator[_Block]:
    """Paragraphs, tables and block controls in order; a control that holds a question is opened."""
    for child in element:
        if child.tag == W("tbl") and child in loose:
            for inner in child.iter(W("tc")):
                if next(inner.iterancestors(W("tbl"))) is child:
                    yield from _blocks(inner, loose, inner)
        elif child.tag in (W("p"), W("tbl")):
            yield _Block(child, cell)
        elif child.tag in (W("sdt"), W("customXml")):
            content = child.find(W("sdtContent")) if child.tag == W("sdt") else child
            inner_blocks = list(content) if content is not None else []
            if child.tag == W("customXml") or any(
                one.tag == W("tbl") or (one.tag == W("p") and asks(word.text_of(one))) for one in inner_blocks
            ):
                yield from _blocks(content, loose, cell)  # type: ignore[arg-type]
            else:
                yield _Block(child, cell)


_NONE = FormQuestion("", PART, "", "", "")


def _placed(block: _Block, following: Sequence[_Block]) -> Asked:
    """Where the answer goes: in the question's own paragraph, or in one of the blocks behind it."""
    own = boxes(block.element)
    if own and not (len(own) == 1 and asks(own[0].label)):
        return Asked(_NONE, "boxes", block.element)
    if inside := places(block.element):
        return Asked(_NONE, "field", block.element, inside[-1])
    below = 0
    for other in following:
        entered = other.cell is not block.cell
        below += not entered
        if other.element.tag == W("tbl") or is_heading(other.element) or below > 3 or (entered and other.cell is None):
            break
        text = word.text_of(other.element)
        if asks(text) and not boxes(other.element):
            break
        if boxes(other.element):
            return Asked(_NONE, "boxes", other.element)
        if found := places(other.element):
            return Asked(_NONE, "field", other.element, found[0])
        if not _BLANK.match(text):
            break
        if text or entered:
            return Asked(_NONE, "blank", other.element)
    return Asked(_NONE, "below", block.element)


def _problem(asked: Asked, barred: Protection) -> str | None:
    """Why nothing may be written into the place."""
    found = boxes(asked.element) if asked.place == "boxes" else []
    if barred.leaves == "nothing":
        return barred.why
    if barred.leaves == "fields" and asked.field is None and not (found and all(box.is_field for box in found)):
        return "the document is protected, and there is no form field"
    if asked.place == "boxes" and not all(box.label for box in found):
        return "the check boxes have no labels"
    own = asked.field.problem if asked.field is not None else ""
    return own or next((box.problem for box in found if box.problem), None)


def _options(asked: Asked) -> tuple[str, ...] | None:
    if asked.place == "boxes":
        return tuple(dict.fromkeys(box.label for box in boxes(asked.element)))
    return asked.field.options if asked.field is not None else None


def _answered(asked: Asked) -> str:
    """What stands in the place already."""
    if asked.place == "boxes":
        return "; ".join(box.label for box in boxes(asked.element) if box.ticked)
    shown = asked.field.shown if asked.field is not None else ""
    return "" if _BLANK.match(shown) else shown


def _question_text(text: str, asked: Asked, own: etree._Element) -> str:
    """The question without the boxes' signs and labels, or the field, behind its question mark."""
    if asked.element is own and asked.place in ("boxes", "field"):
        head, mark, _ = text.partition("?")
        if mark:
            return f"{' '.join(head.split())}?"
        if asked.place == "boxes":
            return " ".join(re.split("[\u2610-\u2612\u25a0\u25a1\u2751\u274f\u25fb\u2b1c]", text)[0].split())
    return " ".join(text.split())


def is_heading(block: etree._Element) -> bool:
    """Whether a paragraph's style is that of a heading."""
    style = block.find(f"{W('pPr')}/{W('pStyle')}")
    return style is not None and str(style.get(W("val"), "")).lower().startswith(("heading", "title", "ueberschrift"))
