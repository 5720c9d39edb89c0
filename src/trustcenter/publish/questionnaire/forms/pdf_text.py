"""The printed lines of a PDF's pages, and which of them a field stands beside."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from trustcenter.publish.questionnaire.forms.interface import FormError

MOST_LINES = 40_000


@dataclass(frozen=True)
class Rectangle:
    """Points; the origin is the page's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(frozen=True)
class Line:
    """One printed line of a page."""

    page: int
    box: Rectangle
    text: str


def lines_of(data: bytes, pages: int, where: str) -> tuple[Line, ...]:
    """The printed lines of all pages. Raises FormError where the text cannot be read."""
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextContainer, LTTextLine
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psexceptions import PSException

    found: list[Line] = []
    try:
        for number, page in enumerate(extract_pages(io.BytesIO(data), maxpages=pages)):
            for block in page:
                if not isinstance(block, LTTextContainer):
                    continue
                for line in block:
                    if isinstance(line, LTTextLine) and (text := " ".join(line.get_text().split())):
                        found.append(Line(number, Rectangle(line.x0, line.y0, line.x1, line.y1), text))
                if len(found) > MOST_LINES:
                    raise FormError(f"the PDF has more than {MOST_LINES:,} lines", where=where)
    except (PDFException, PSException, ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise FormError(f"the text of the PDF cannot be read ({type(error).__name__})", where=where) from error
    return tuple(found)


def label_beside(lines: Sequence[Line], page: int, field: Rectangle) -> str:
    """What is printed left of a field in its row, else the lines right above it; joined where they go on."""
    mine = [line for line in lines if line.page == page]
    row = [
        line for line in mine
        if line.box.right <= field.left + 4 and line.box.bottom - 4 <= field.middle <= line.box.top + 4
    ]  # fmt: skip
    if row:
        nearest = max(row, key=lambda line: line.box.right)
        if len(nearest.text) > 12 or not _above(mine, field):
            return _joined(mine, nearest)
        left = min(row, key=lambda line: line.box.left)
        return _joined(mine, left) if len(left.text) > 12 else nearest.text
    above = _above(mine, field)
    return _joined(mine, above) if above is not None else ""


def option_label(lines: Sequence[Line], page: int, field: Rectangle) -> str:
    """What is printed right of a box in its row, as far as the next gap."""
    row = [
        line for line in lines
        if line.page == page and -2 <= line.box.left - field.right <= 40
        and line.box.bottom - 4 <= field.middle <= line.box.top + 4
    ]  # fmt: skip
    return min(row, key=lambda line: line.box.left).text if row else ""


def _above(mine: Sequence[Line], field: Rectangle) -> Line | None:
    """The nearest line above the field that covers its left edge."""
    candidates = [
        line for line in mine
        if 0 <= line.box.bottom - field.top + 3 <= 40
        and line.box.left <= field.left + 60 and line.box.right >= field.left - 60
    ]  # fmt: skip
    return min(candidates, key=lambda line: line.box.bottom, default=None)


def _joined(mine: Sequence[Line], last: Line) -> str:
    """The line with those right above it that it continues: same left edge, small gap, no question before."""
    text, current = last.text, last
    for _ in range(4):
        before = next(
            (
                line for line in mine
                if line is not current and abs(line.box.left - current.box.left) < 3
                and 0 <= line.box.bottom - current.box.top < 0.6 * (current.box.top - current.box.bottom)
            ),
            None,
        )  # fmt: skip
        if before is None or before.text.rstrip().endswith(("?", ".", ":")):
            break
        text, current = f"{before.text} {text}", before
    return text
