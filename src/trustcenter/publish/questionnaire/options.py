"""Options listed as rows: a question, and below it a row for each thing that may be ticked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from trustcenter.publish.questionnaire.choices import Accepts, accepts
from trustcenter.publish.questionnaire.roles import asks, chooses, is_empty_box
from trustcenter.publish.questionnaire.sheet import Grid, Sheet

MOST_OPTIONS = 40
"""Rows below one question that are looked at; a longer list is no choice."""
_LONGEST = 80
_MARKED = re.compile(r"x|\u2713|\u2714|\u2611|\u2612|\u2705|yes|y|true|1|\[x\]|\(x\)", re.IGNORECASE)
_TICKED_BOX = re.compile(r"\u2611|\u2612|\[x\]|\(x\)", re.IGNORECASE)
_LETTERED = re.compile(r"[([]?(?:[a-z]|[ivx]{1,4}|\u2022|-)[.)\]]?", re.IGNORECASE)
_NUMBERED_BELOW = re.compile(r"[A-Za-z]{0,4}[-.]?\d+(?:[.-]\d+)*[.)]?\(?[a-z]\)?", re.IGNORECASE)
CROSS = "X"


class Places(Protocol):
    """The columns of a table that rows of options are told by."""

    @property
    def question(self) -> int: ...
    @property
    def answer(self) -> int: ...
    @property
    def section(self) -> int | None: ...
    @property
    def identifier(self) -> int | None: ...


def option_rows(
    book: Grid, sheet: Sheet, columns: Places, row: int, below: Sequence[int]
) -> tuple[tuple[str, int], ...]:
    """The options of the question in a row, each with its own row; empty where the rows below are none.

    They are short texts that ask nothing, each without a number of its own, with a free cell or an empty box in the
    answer's column, below a question that says that things are chosen or whose options show boxes.
    """
    text = sheet.text(row, columns.question).strip()
    says = chooses(text)
    if not (says or text.endswith((":", "?"))) or sheet.text(row, columns.answer).strip():
        return ()
    if accepts(book, sheet, row, columns.answer).options is not None:
        return ()
    found: list[tuple[str, int]] = []
    boxes = 0
    for expected, line in enumerate(below, row + 1):
        option = sheet.text(line, columns.question).strip()
        if line != expected or not _is_option(book, sheet, columns, line, option):
            break
        stands = sheet.text(line, columns.answer).strip()
        boxes += bool(is_empty_box(stands) or _TICKED_BOX.fullmatch(stands) or _tick(book, sheet, line, columns.answer))
        found.append((option, line))
    distinct = len({option for option, _ in found}) == len(found)
    return tuple(found) if 2 <= len(found) < MOST_OPTIONS and distinct and (says or boxes == len(found)) else ()


def _is_option(book: Grid, sheet: Sheet, columns: Places, line: int, option: str) -> bool:
    if not option or len(option) > _LONGEST or asks(option) or option.endswith((":", "?")):
        return False
    number = sheet.text(line, columns.identifier).strip() if columns.identifier else ""
    if number and not (_LETTERED.fullmatch(number) or _NUMBERED_BELOW.fullmatch(number)):
        return False
    area = sheet.merged(line, columns.question)
    if area and area.left <= columns.question and area.right >= columns.answer:
        return False
    stands = sheet.text(line, columns.answer).strip()
    allowed = accepts(book, sheet, line, columns.answer)
    if allowed.options is not None and allowed.options != (CROSS,) and not _marks(allowed.options):
        return False
    return not stands or is_empty_box(stands) or bool(_MARKED.fullmatch(stands))


def _marks(options: Sequence[str]) -> list[str]:
    """The signs among a list's options, where it holds nothing else but empty ones."""
    signs = [one for one in options if _MARKED.fullmatch(one) and one.lower() not in ("yes", "y", "true", "1")]
    empty = [one for one in options if is_empty_box(one)]
    return signs if len(signs) + len(empty) == len(options) else []


def _tick(book: Grid, sheet: Sheet, line: int, column: int) -> str:
    """The sign that a cell's own list offers for a tick; empty where it has none."""
    options = accepts(book, sheet, line, column).options
    return next(iter(_marks(options)), "") if options else ""


def sign(book: Grid, sheet: Sheet, line: int, column: int) -> str:
    """What ticks a cell: its list's sign, its empty box crossed, else a cross."""
    stands = sheet.text(line, column).strip()
    if listed := _tick(book, sheet, line, column):
        return listed
    if is_empty_box(stands):
        return {"[": "[x]", "(": "(x)"}.get(stands[0], "\u2612")
    return CROSS


def ticked_from(book: Grid, sheet: Sheet, column: int, ticks: Sequence[tuple[str, int]]) -> Accepts:
    """The options, and why none may be ticked where that is so for one of them."""
    problems = [accepts(book, sheet, line, column).problem for _, line in ticks]
    return Accepts(tuple(option for option, _ in ticks), problem=next((one for one in problems if one), None))


def ticked(sheet: Sheet, column: int, ticks: Sequence[tuple[str, int]]) -> str:
    """The options that are ticked already."""
    standing = [(option, sheet.text(line, column).strip()) for option, line in ticks]
    return "; ".join(option for option, text in standing if text and not is_empty_box(text))
