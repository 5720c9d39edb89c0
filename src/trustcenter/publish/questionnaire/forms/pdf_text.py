"""The printed lines of a PDF's pages, and which of them a field stands beside."""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from trustcenter.publish.questionnaire.forms.interface import FormError

MOST_LINES, MOST_SIGNS, MOST_FIGURES, MOST_RUN = 40_000, 400_000, 1_000, 12_000_000
"""Lines, characters, pictures, and bytes of instructions of all pages together."""
MOST_STREAM, MOST_INFLATED = 60_000_000, 200_000_000
"""Bytes of one stream, and of all streams together, when unpacked."""


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
    """The printed lines of all pages. Raises FormError where the text cannot be read, or is more than a form's."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams, LTTextContainer, LTTextLine
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdftypes import stream_value
    from pdfminer.psexceptions import PSException

    class Device(PDFPageAggregator):
        """Counts what is drawn: forms within forms can draw the same text a billion times."""

        drawn = figures = run = 0

        def render_char(self, *args: Any, **more: Any) -> float:
            self.drawn += 1
            self.bound()
            return super().render_char(*args, **more)

        def begin_figure(self, *args: Any, **more: Any) -> None:
            self.figures += 1
            self.bound()
            super().begin_figure(*args, **more)

        def paint_path(self, *_: Any, **__: Any) -> None:
            """Lines and areas say nothing about what a field asks."""

        def bound(self) -> None:
            if self.drawn > MOST_SIGNS or self.figures > MOST_FIGURES or self.run > MOST_RUN:
                raise FormError("the PDF draws more than any form does", where=where)

    class Interpreter(PDFPageInterpreter):
        """Counts what is run, which a form within a form multiplies."""

        def execute(self, streams: Sequence[Any]) -> None:
            device.run += sum(len(stream_value(one).get_data()) for one in streams)
            device.bound()
            super().execute(streams)

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # a stranger's file must not write into our log
    found: list[Line] = []
    resources = PDFResourceManager()
    device = Device(resources, laparams=LAParams(boxes_flow=None))
    try:
        for number, page in enumerate(PDFPage.get_pages(io.BytesIO(data), maxpages=pages)):
            Interpreter(resources, device).process_page(page)
            for block in device.get_result():
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


def inflated(data: bytes, where: str) -> None:
    """Refuses a PDF whose packed streams grow beyond bounds, before any reader unpacks them.

    Every `stream` of the raw file is inflated piece by piece and thrown away; one packed twice is followed inside.
    Raises FormError.
    """
    total, at = 0, data.find(b"stream")
    while at >= 0:
        begin = at + 6
        begin += 2 if data[begin : begin + 2] == b"\r\n" else data[begin : begin + 1] in (b"\n", b"\r")
        total += _growth(
            data[begin : begin + 2], (data[part : part + 65_536] for part in range(begin, len(data), 65_536)), where
        )
        if total > MOST_INFLATED:
            raise FormError("the PDF is packed like a bomb", where=where)
        at = data.find(b"stream", begin)


def _growth(head: bytes, pieces: Iterable[bytes], where: str, depth: int = 0) -> int:
    """How many bytes a packed stream grows to, those that it holds packed again included; 0 for one that is not."""
    if len(head) < 2 or head[0] & 0x0F != 8 or int.from_bytes(head, "big") % 31:
        return 0
    if depth > 2:
        raise FormError("the PDF is packed like a bomb", where=where)
    size = 0
    inner: list[bytes] = []
    unpack = zlib.decompressobj()
    try:
        for piece in pieces:
            while piece and not unpack.eof:
                out = unpack.decompress(piece, 1_000_000)
                size += len(out)
                if size <= 8_000_000:
                    inner.append(out)
                if size > MOST_STREAM:
                    raise FormError("the PDF is packed like a bomb", where=where)
                piece = unpack.unconsumed_tail
            if unpack.eof:
                break
    except zlib.error:
        pass  # cut off or not packed after all: what came out counts
    again = b"".join(inner)
    return size + _growth(again[:2], (again,), where, depth + 1)


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
