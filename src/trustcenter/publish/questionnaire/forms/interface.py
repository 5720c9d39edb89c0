"""What every format of a questionnaire offers: its questions, and a copy of itself with answers in it.

A form never decides an answer. It says what each place accepts; whoever fills it gives texts for those places only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from trustcenter.errors import TrustCenterError
from trustcenter.publish.questionnaire.model import SheetSummary

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0, and no form's reader, can hold."""


class FormError(TrustCenterError):
    """A questionnaire file that cannot be read safely, or not at all."""


class Showing(Protocol):
    """What shows a question, or hides it, after other answers: the form's own formulas."""

    @property
    def follows(self) -> tuple[str, ...]:
        """The places (`part!place`) that it depends on, the nearest rule first."""
        ...

    def text(self, written: Mapping[str, str]) -> str:
        """The question as the form shows it once these texts stand in these places; empty where it does not ask."""
        ...


@dataclass(frozen=True)
class FormQuestion:
    """One question of a form, and what its place accepts.

    `key` names it within the file. `options` is None for free text; with `several` more than one may be chosen.
    `problem` says why nothing may be written. `requires` names answers without which it is not asked, as the form
    writes it (`a && !b` over option keys). `comment_limit` and `reference_limit` are None without such a place.
    `comment_if` is the answer after which the comment is asked for, empty for any.
    `option_places` is where each option is crossed, if not in the answer's place; `showing` what shows or hides it.
    """

    key: str
    part: str
    place: str
    answer_place: str
    text: str
    section: str = ""
    identifier: str = ""
    options: tuple[str, ...] | None = None
    option_keys: tuple[str, ...] = ()
    several: bool = False
    limit: int = 32_767
    comment_limit: int | None = None
    reference_limit: int | None = None
    problem: str | None = None
    answered: str = ""
    hidden: bool = False
    requires: str = ""
    comment_if: str = ""
    option_places: tuple[str, ...] = ()
    showing: Showing | None = None


@dataclass(frozen=True)
class Fill:
    """The texts for one question's places. Of options, exactly those listed; `answer` is then their text."""

    key: str
    answer: str
    chosen: tuple[str, ...] = ()
    comment: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Copy:
    """The answered copy. `touched` names the members or parts that differ; `suffix` its ending where it is another."""

    data: bytes
    touched: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    suffix: str = ""


class Form(Protocol):
    """One customer's file, read."""

    @property
    def kind(self) -> str:
        """The format, in words: `workbook`, `delimited`, `document`, `fields`, `vsaq`, `text`."""
        ...

    @property
    def parts(self) -> tuple[SheetSummary, ...]:
        """How each sheet, table or page was understood."""
        ...

    @property
    def questions(self) -> tuple[FormQuestion, ...]:
        """All questions in the order of the file, hidden ones too."""
        ...

    @property
    def fingerprint(self) -> str:
        """What stays the same in the next version of this form: its parts and their headers, digested."""
        ...

    def notes(self, filled: bool) -> tuple[str, ...]:
        """What the reader of the report should know (macros, signatures)."""
        ...

    def write(self, fills: Sequence[Fill]) -> Copy:
        """A copy with these texts in it. No fills give the identical file. Raises FormError for a forbidden place."""
        ...


def checked(question: FormQuestion, fill: Fill) -> None:
    """The safeguard of every writer: raises FormError for a text that the form does not allow in its place."""
    where = question.answer_place
    if question.problem:
        raise FormError(f"nothing may be written here: {question.problem}", where=where)
    if question.options is not None:
        wrong = [choice for choice in fill.chosen if choice not in question.options]
        if wrong or not fill.chosen or (len(fill.chosen) > 1 and not question.several):
            raise FormError(f"{', '.join(wrong) or fill.answer!r} is not what the form offers", where=where)
    elif len(fill.answer) > question.limit:
        raise FormError(f"the text is longer than {question.limit} characters", where=where)


def fitted(text: str, limit: int) -> str:
    """A text as a form can hold it: legal characters, within the limit, cut at a word with an ellipsis."""
    text = ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    if " " in cut[-80:]:
        cut = cut[: cut.rindex(" ")]
    return f"{cut}…"[:limit]
