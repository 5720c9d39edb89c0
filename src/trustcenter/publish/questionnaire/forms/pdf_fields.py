"""A PDF with form fields (AcroForm, ISO 32000-2 12.7) as a form: fields are set, and nothing is run or fetched.

What a field asks is its tooltip, else the printed text beside or above it. Boxes and buttons of one question are its
options; a text field of the same question takes the citation. Scripts and actions in the file are left as they are.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pikepdf
from pikepdf.form import (
    CheckboxField,
    ChoiceField,
    DefaultAppearanceStreamGenerator,
    RadioButtonGroup,
    TextField,
)
from pikepdf.form import Form as Fields

from trustcenter.publish.questionnaire.forms.interface import Copy, Fill, FormError, FormQuestion, checked
from trustcenter.publish.questionnaire.forms.pdf_text import (
    Line,
    Rectangle,
    inflated,
    label_beside,
    lines_of,
    option_label,
)
from trustcenter.publish.questionnaire.model import SheetSummary
from trustcenter.publish.questionnaire.roles import several

MOST_BYTES, MOST_PAGES, MOST_FIELDS = 40_000_000, 200, 5_000
MOST_COMPARED = 10_000_000
"""Fields times the lines of their pages."""


_XFA = "the PDF is an XFA form: its pages are drawn by the program that opens it, and hold no questions"
_XFA_HINT = (
    "Ask for a static PDF form (AcroForm), a workbook or a document; or open it in the program that its first page "
    "names, and copy its questions into a text file, which is answered as well."
)


@dataclass(frozen=True)
class Field:
    """One field: its name, what it asks, where it stands, and its kind: text, box, group or list."""

    name: str
    kind: str
    label: str
    page: int
    rectangle: Rectangle
    options: tuple[str, ...] = ()
    limit: int = 32_767
    value: str = ""
    read_only: bool = False


def open_pdf(data: bytes, where: str) -> PdfForm:
    """The form fields of this file. Raises FormError for an encrypted, damaged, scripted-only or fieldless file."""
    if len(data) > MOST_BYTES:
        raise FormError(f"the file has {len(data):,} bytes; at most {MOST_BYTES:,} are read", where=where)
    inflated(data, where)
    try:
        document = pikepdf.Pdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise FormError("the PDF is encrypted", where=where, hint="Ask for it without a password.") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise FormError(f"the PDF is damaged ({error})", where=where) from error
    return PdfForm(document, data, where)


class PdfForm:
    """The fields of all pages, grouped by what they ask."""

    kind = "fields"

    def __init__(self, document: pikepdf.Pdf, data: bytes, where: str) -> None:
        self._document, self._data, self._where = document, data, where
        if len(document.pages) > MOST_PAGES:
            raise FormError(f"the PDF has more than {MOST_PAGES} pages", where=where)
        own = document.Root.get("/AcroForm")
        if own is None or not isinstance(own, pikepdf.Dictionary) or not document.acroform.fields:
            if own is not None and "/XFA" in own:
                raise FormError(_XFA, where=where, hint=_XFA_HINT)
            hint = "Ask for the form with fields, or for its text: questions as text are read from .txt and .md."
            raise FormError("the PDF has no form fields", where=where, hint=hint)
        if "/XFA" in own and document.Root.get("/NeedsRendering", False):
            raise FormError(_XFA, where=where, hint=_XFA_HINT)
        self._hybrid = "/XFA" in own
        self._rights = "/Perms" in document.Root and "/UR3" in document.Root["/Perms"]
        self._signed = any(field.field_type == "/Sig" and field.value is not None for field in document.acroform.fields)
        self._fields = Fields(document, DefaultAppearanceStreamGenerator)
        lines = lines_of(data, len(document.pages), where)
        self._groups = _grouped(_read(document, self._fields, lines, where))

    @property
    def parts(self) -> tuple[SheetSummary, ...]:
        counts: dict[str, int] = {}
        for question in self.questions:
            counts[question.part] = counts.get(question.part, 0) + 1
        return tuple(SheetSummary(part, "visible", 0, (), (), count, "") for part, count in counts.items())

    @property
    def questions(self) -> tuple[FormQuestion, ...]:
        return tuple(_question(key, group) for key, group in self._groups.items())

    @property
    def fingerprint(self) -> str:
        names = sorted(field.name for group in self._groups.values() for field in group)
        return hashlib.sha256("\n".join(["fields", *names]).encode("utf-8", "replace")).hexdigest()

    def notes(self, filled: bool) -> tuple[str, ...]:
        notes = ["The PDF is written anew as a whole; pages, scripts and attachments are kept."] if filled else []
        if self._signed and filled:
            notes.append("The PDF was digitally signed. Writing answers makes that signature invalid.")
        if self._hybrid and filled:
            notes.append("The PDF held a second, XFA description of the form, which is taken out of the copy.")
        if self._rights and filled:
            notes.append("The PDF allowed a free reader to save it (usage rights). A changed file loses them.")
        return tuple(notes)

    def write(self, fills: Sequence[Fill]) -> Copy:
        if not fills:
            return Copy(self._data)
        touched: list[str] = []
        for fill in fills:
            group = self._groups[fill.key]
            question = _question(fill.key, group)
            checked(question, fill)
            answers, comment = _roles(group)
            if fill.chosen:
                touched += [_choose(self._fields, answers, choice) for choice in fill.chosen]
            else:
                touched.append(_set(self._fields, answers[0], fill.answer))
            text = "\n".join(dict.fromkeys(one for one in (fill.comment, fill.reference) if one))
            if comment is not None and text:
                touched.append(_set(self._fields, comment, text))
        if self._hybrid:
            del self._document.Root.AcroForm["/XFA"]
        if self._rights:
            del self._document.Root["/Perms"]
        out = io.BytesIO()
        self._document.save(out, deterministic_id=True)
        return Copy(out.getvalue(), tuple(dict.fromkeys(touched)))


def _read(document: pikepdf.Pdf, fields: Fields, lines: Sequence[Line], where: str) -> list[Field]:
    """Every field that takes an answer, in reading order."""
    pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
    for number, sheet in enumerate(document.pages):
        for one in sheet.obj.get("/Annots", []):
            pages.setdefault(one.objgen, number)
    printed: dict[int, list[Line]] = {}
    for line in lines:
        printed.setdefault(line.page, []).append(line)
    found: list[Field] = []
    names: set[str] = set()
    compared = 0
    acroform = document.acroform
    for raw in acroform.fields:
        if len(found) > MOST_FIELDS:
            raise FormError(f"the PDF has more than {MOST_FIELDS:,} fields", where=where)
        name = raw.fully_qualified_name
        spots = [_spot(one.obj, pages) for one in acroform.get_annotations_for_field(raw)]
        placed = [spot for spot in spots if spot is not None]
        if not name or not placed or name in names:
            continue
        page, rectangle = placed[0]
        tooltip = " ".join(str(raw.alternate_name or "").split())
        mine = printed.get(page, [])
        compared += len(mine)
        if compared > MOST_COMPARED:
            raise FormError("the PDF has more fields among more lines than any form", where=where)
        label = tooltip if tooltip and tooltip != name else label_beside(mine, page, rectangle)
        field = _typed(fields, name, page, rectangle, label, mine)
        if field is not None:
            names.add(name)
            found.append(field)
    return sorted(found, key=lambda one: (one.page, -round(one.rectangle.top / 6), one.rectangle.left))


def _typed(
    fields: Fields, name: str, page: int, rectangle: Rectangle, label: str, lines: Sequence[Line]
) -> Field | None:
    """The field by its kind; None for push buttons and signatures."""
    try:
        own = fields[name]
    except KeyError:
        return None
    common = Field(name, "text", label, page, rectangle, read_only=bool(own.is_read_only))
    if isinstance(own, TextField):
        return replace(common, limit=own.max_length or 32_767, value=str(own.value or ""))
    if isinstance(own, CheckboxField):
        shown = option_label(lines, page, rectangle) or str(own.on_value).lstrip("/")
        return replace(common, kind="box", options=(shown,), value=shown if own.checked else "")
    if isinstance(own, RadioButtonGroup):
        names = tuple(_shown(option.on_value) for option in own.options)
        value = _shown(own.selected.on_value) if own.selected is not None else ""
        return replace(common, kind="group", options=names, value="" if value == "Off" else value)
    if isinstance(own, ChoiceField):
        names = tuple(str(option.display_value) for option in own.options if str(option.display_value).strip())
        value = str(own.value or "")
        prompts = ("", "select", "choose", "please select", "-")
        real = tuple(name for name in names if name.strip(" .-<>").lower() not in prompts)
        return replace(common, kind="list", options=real, value=value if value in real else "")
    return None


def _shown(value: Any) -> str:
    return str(value).lstrip("/").replace("#20", " ")


def _spot(annotation: Any, pages: dict[tuple[int, int], int]) -> tuple[int, Rectangle] | None:
    """The page and the rectangle of one widget."""
    box = [float(one) for one in annotation.get("/Rect", [])]
    if len(box) != 4:
        return None
    rectangle = Rectangle(min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
    parent = annotation.get("/P")
    if parent is not None and parent.objgen in pages:
        return pages[parent.objgen], rectangle
    return (pages[annotation.objgen], rectangle) if annotation.objgen in pages else None


def _grouped(fields: Iterable[Field]) -> dict[str, list[Field]]:
    """Fields by what they ask, in order; a field without any label asks nothing."""
    found: dict[str, list[Field]] = {}
    texts: dict[tuple[int, str], str] = {}
    for field in fields:
        if len(field.label) < 3:
            continue
        question = field.label
        for ending in (" - comments", " comments", " - comment", ": comments"):
            if question.lower().endswith(ending):
                question = question[: -len(ending)].rstrip()
        key = texts.setdefault((field.page, question.casefold()), field.name)
        found.setdefault(key, []).append(replace(field, label=question))
    return found


def _roles(group: Sequence[Field]) -> tuple[list[Field], Field | None]:
    """The fields that take the answer, and the one beside them for a comment."""
    choices = [field for field in group if field.kind != "text"]
    texts = [field for field in group if field.kind == "text"]
    if choices:
        return choices, texts[0] if texts else None
    return texts[:1], texts[1] if len(texts) > 1 else None


def _question(key: str, group: Sequence[Field]) -> FormQuestion:
    answers, comment = _roles(group)
    first = answers[0]
    options = tuple(dict.fromkeys(option for field in answers for option in field.options))
    boxes = all(field.kind == "box" for field in answers) and len(answers) > 1
    return FormQuestion(
        key=key, part=f"Page {first.page + 1}", place=first.name, answer_place=first.name, text=first.label,
        options=None if first.kind == "text" else options, several=boxes and several(first.label),
        limit=first.limit,
        comment_limit=comment.limit if comment is not None and not comment.value and not comment.read_only else None,
        problem="the field is read-only" if first.read_only else None,
        answered="; ".join(field.value for field in answers if field.value),
    )  # fmt: skip


def _set(fields: Fields, field: Field, text: str) -> str:
    own = fields[field.name]
    assert isinstance(own, TextField)
    own.value = text if own.is_multiline else " ".join(text.split())
    return field.name


def _choose(fields: Fields, answers: Sequence[Field], choice: str) -> str:
    field = next(one for one in answers if choice in one.options)
    own = fields[field.name]
    if isinstance(own, CheckboxField):
        own.checked = True
    elif isinstance(own, RadioButtonGroup):
        own.selected = next(option for option in own.options if _shown(option.on_value) == choice)
    elif isinstance(own, ChoiceField):
        own.value = next(str(option.display_value) for option in own.options if str(option.display_value) == choice)
    return field.name
