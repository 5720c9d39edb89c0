"""HTML to blocks: what a reader sees, each character with its place in the source."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

from trustcenter.publish.lint.page import Block

_UNSEEN = {"script", "style", "template", "noscript", "svg", "head", "iframe", "select", "button", "nav", "form"}
_VOID = {"br", "img", "hr", "input", "meta", "link", "source", "wbr", "col", "area", "base", "embed", "param", "track"}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "dfn", "em", "i", "kbd", "mark", "q", "s", "samp", "small", "span",
    "strong", "sub", "sup", "time", "u", "var", "del", "ins", "label", "wbr", "img", "input",
}  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BADGE = 48
"""Characters of a badge; what is longer is a sentence."""


def read(text: str) -> list[Block]:
    """The blocks of an HTML page; scripts, styles, navigation and forms are left out."""
    reader = _Reader(text)
    reader.feed(text)
    reader.close()
    reader.flush()
    return reader.blocks


class _Reader(HTMLParser):
    """Collects text between block-level tags."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.blocks: list[Block] = []
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._text: list[str] = []
        self._offsets: list[int] = []
        self._unseen: list[str] = []
        self._kind: list[tuple[str, str, int]] = []
        self._cells: list[str] | None = None
        self._head = True
        """Whether every cell of the row so far is a `th`."""
        self._row: tuple[list[str], list[int]] = ([], [])
        self._group = 0
        self._link = ""
        self._closed_inline = False
        self._depth = 0
        self._boxes: list[int] = []
        """Where each outermost inline element began; emptied by text beside them."""
        self._beside = False
        """Whether text stands outside of the inline elements of the block."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        if self._unseen:
            return
        if tag == "a":
            self._link = self._link or (dict(attrs).get("href") or "")
        if tag in _INLINE:
            # `<span>SOC 2</span><span>Type II</span>`: two boxes side by side, not one word.
            if self._closed_inline and tag in {"span", "strong", "b", "small", "em"} and self._text:
                self.flush()
            self._closed_inline = False
            if tag not in _VOID:
                self._boxes += [len(self._text)] if self._depth == 0 else []
                self._depth += 1
            return
        if tag == "br":
            self.flush()
            return
        if tag == "dt":
            self.flush()
            self._end_row()
            self._cells, self._row, self._head = [], ([], []), False
            return
        if tag == "dd" and self._cells is not None:
            self._cell()
            return
        if tag in {"td", "th"}:
            self.flush()
            if self._cells is None:
                self._cells, self._row, self._head = [], ([], []), True
            self._head = self._head and tag == "th"
            return
        self.flush()
        if tag in {"ul", "ol", "table", "dl"}:
            self._group += 1
        if tag == "tr":
            self._cells, self._row, self._head = [], ([], []), True
        if tag in _HEADINGS:
            self._kind.append((tag, "heading", _HEADINGS[tag]))
        elif tag == "li":
            self._kind.append((tag, "item", 0))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)
            if tag not in _VOID:
                self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if self._unseen[-1] == tag:
                self._unseen.pop()
            return
        if tag in _INLINE:
            self._closed_inline = True
            self._depth = max(0, self._depth - 1)
            return
        if tag in {"td", "th", "dt"} and self._cells is not None:
            self._cell()
            return
        if tag in {"tr", "dd", "dl"} and self._cells is not None:
            self._cell()
            self._end_row()
            return
        self.flush()
        for index in range(len(self._kind) - 1, -1, -1):
            if self._kind[index][0] == tag:
                del self._kind[index:]
                break

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._add(data, self._at(), fixed=False)
            self._beside = self._beside or (self._depth == 0 and not data.isspace())
            if data:
                self._closed_inline = False

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name};")

    def _reference(self, written: str) -> None:
        if not self._unseen:
            self._add(unescape(written), self._at(), fixed=True)
            self._closed_inline = False

    def _at(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def _add(self, text: str, at: int, *, fixed: bool) -> None:
        for index, character in enumerate(text):
            blank = character.isspace()
            if blank and (not self._text or self._text[-1] == " "):
                continue
            self._text.append(" " if blank else character)
            self._offsets.append(at if fixed else at + index)

    def _taken(self) -> tuple[str, list[int]]:
        while self._text and self._text[-1] == " ":
            self._text.pop()
            self._offsets.pop()
        taken = "".join(self._text), self._offsets
        self._text, self._offsets = [], []
        return taken

    def _cell(self) -> None:
        text, offsets = self._taken()
        if self._cells is None or not text:
            return
        if self._cells:
            self._row[0].append(" | ")
            self._row[1].extend([offsets[0]] * 3)
        self._cells.append(text)
        self._row[0].append(text)
        self._row[1].extend(offsets)

    def _end_row(self) -> None:
        cells, (texts, offsets) = tuple(self._cells or ()), self._row
        self._cells = None
        if cells:
            self.blocks.append(Block("row", "".join(texts), offsets, int(self._head), cells, self._group, self._link))
        self._link = ""

    def flush(self) -> None:
        """End the block that is being read."""
        self._closed_inline = False
        if self._cells is not None:
            if self._text and self._text[-1] != " ":
                self._text.append(" ")
                self._offsets.append(self._offsets[-1])
            return
        boxes = [] if self._beside or self._kind else self._boxes
        self._boxes, self._beside = [], False
        text, offsets = self._taken()
        ends = [*boxes[1:], len(text)]
        if len(boxes) >= 3 and all(0 < end - start <= _BADGE for start, end in zip(boxes, ends, strict=True)):
            # `<span>SOC 2 Type II</span> <span>EU hosting</span> <span>…</span>`: a line of badges and nothing else.
            self._group += 1
            for start, end in zip(boxes, ends, strict=True):
                badge = text[start:end].rstrip()
                self.blocks.append(Block("item", badge, offsets[start : start + len(badge)], group=self._group))
        elif text:
            _, kind, level = self._kind[-1] if self._kind else ("", "paragraph", 0)
            self.blocks.append(Block(kind, text, offsets, level, (), self._group, self._link))  # type: ignore[arg-type]
        self._link = ""
