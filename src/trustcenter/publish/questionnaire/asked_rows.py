"""The rows of a table that ask: the question of each, its section, its options, and what shows or hides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trustcenter.publish.questionnaire.cells import Area
from trustcenter.publish.questionnaire.choices import Accepts, accepts
from trustcenter.publish.questionnaire.columns import Crossed, accepted, already
from trustcenter.publish.questionnaire.options import MOST_OPTIONS, option_rows, ticked, ticked_from
from trustcenter.publish.questionnaire.roles import asks, role_of
from trustcenter.publish.questionnaire.sheet import Grid, Sheet
from trustcenter.publish.questionnaire.showing import Marker, Row, may_ask


@dataclass(frozen=True)
class Columns:
    """The columns of one table. `appended` are those that we add because the form has no free place."""

    question: int
    answer: int
    comment: int | None = None
    reference: int | None = None
    section: int | None = None
    identifier: int | None = None
    appended: tuple[int, ...] = ()
    crossed: Crossed = ()
    """Where one of several columns is crossed: the header of each, and its column; `answer` is the first."""
    marker: Marker | None = None
    """The column that says by formula which rows are asked."""
    comment_if: str = ""
    """After which answer the comment's column is filled in, as its header says: yes, no, or empty for any."""


@dataclass(frozen=True)
class Question:
    """One asked question: its text, where it stands and which cells take its answer."""

    sheet: str
    row: int
    columns: Columns
    text: str
    section: str
    identifier: str
    hidden: bool
    accepts: Accepts
    answered: str  # what stands in the answer cell already
    ticks: tuple[tuple[str, int], ...] = ()
    """Where the rows below are its options: each with its row, whose cell in the answer's column is ticked."""
    showing: Row | None = None
    """Where the form's own formulas show or hide it."""


def asked_rows(
    book: Grid, sheet: Sheet, columns: Columns, rows: list[int], roles: Mapping[str, int]
) -> tuple[Question, ...]:
    """The questions of these rows, with the section that each stands in and the options below it."""
    found: list[Question] = []
    section = ""
    options: set[int] = set()
    listed = [row for row in rows if accepts(book, sheet, row, columns.answer).options is not None]
    mostly_listed = len(listed) * 2 > len([row for row in rows if sheet.text(row, columns.question).strip()])
    choices = set(listed)
    for at, row in enumerate(rows):
        if row in options:
            continue
        text = sheet.text(row, columns.question).strip()
        if (
            role_of(text) == "question"
            and sum(role_of(sheet.shown(row, column)) is not None for column in roles.values()) > 1
        ):
            continue  # the header again
        place = Row(book, sheet, row, (columns.question, columns.answer), text, columns.marker)
        by_formula = may_ask(book, sheet, row, columns.question)
        ticks = (
            ()
            if by_formula or columns.crossed
            else option_rows(book, sheet, columns, row, rows[at + 1 : at + 1 + MOST_OPTIONS])
        )
        heading = (
            None if by_formula or ticks else _heading(sheet, columns, row, text, mostly_listed and row not in choices)
        )
        if heading is not None:
            section = heading or section
            continue
        options |= {line for _, line in ticks}
        own = sheet.shown(row, columns.section).strip() if columns.section else ""
        found.append(
            Question(
                sheet=sheet.name,
                row=row,
                columns=columns,
                text=text or by_formula,
                section=own or section,
                identifier=sheet.text(row, columns.identifier).strip() if columns.identifier else "",
                hidden=row in sheet.hidden_rows,
                accepts=ticked_from(book, sheet, columns.answer, ticks)
                if ticks
                else accepted(book, sheet, row, columns.answer, columns.crossed),
                answered=ticked(sheet, columns.answer, ticks)
                if ticks
                else already(sheet, row, columns.answer, columns.crossed),
                ticks=ticks,
                showing=place if place.depends else None,
            )
        )
    return tuple(found)


def _heading(sheet: Sheet, columns: Columns, row: int, text: str, unlisted: bool) -> str | None:
    """The section that this row opens; empty for a row that asks nothing; None for a question."""
    if not text:
        left = [sheet.text(row, column).strip() for column in range(1, columns.question)]
        return next((piece for piece in reversed(left) if len(piece) > 3 and not asks(piece)), "")
    area: Area | None = sheet.merged(row, columns.question)
    if area and area.left <= columns.question and area.right >= columns.answer:
        return text
    if area and area.corner != (row, columns.question) and area.left < columns.question:
        return ""
    if len(text) < 4 or (unlisted and not asks(text) and len(text) < 70):
        return text
    return None
