"""The content of a built page as a tree of elements and texts, read in one pass.

It reads what the page generator writes (quoted attributes, closed elements), several times faster than the standard
library's parser, which tells of lines, declarations and bogus comments that nobody asks for here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_RAW = re.compile(r"(<(script|style)\b[^>]*>).*?(?=</\2)", re.DOTALL | re.IGNORECASE)
"""Where `<` begins no tag."""
BLOCKS = frozenset(
    {
        "article", "aside", "blockquote", "details", "div", "dl", "dt", "dd", "figure", "figcaption", "footer", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary",
        "table", "ul",
    }
)  # fmt: skip
_TAG = re.compile(r"<!--.*?-->|<(/?)([A-Za-z][^\s/>]*)((?:[^>\"']+|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s=/\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+)))?")


@dataclass(slots=True)
class Node:
    """One element. `written` are its attributes as they stand in the page; most are never asked for."""

    name: str
    written: str
    children: list[Node | str] = field(default_factory=list)
    _attributes: dict[str, str] | None = None
    _holds_block: bool | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes by name, entities resolved; one without a value has the empty text."""
        if self._attributes is None:
            self._attributes = {
                found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
                for found in _ATTRIBUTE.finditer(self.written)
            }
        return self._attributes

    @property
    def classes(self) -> list[str]:
        """The names in its `class`."""
        if self.written.startswith(' class="'):  # nearly always the first
            return unescape(self.written[8 : self.written.index('"', 8)]).split()
        return self.attributes.get("class", "").split() if "class" in self.written else []

    @property
    def holds_block(self) -> bool:
        """Whether a block stands anywhere inside it."""
        if self._holds_block is None:
            self._holds_block = any(
                child.name in BLOCKS or child.holds_block for child in self.children if isinstance(child, Node)
            )
        return self._holds_block

    def all(self, name: str) -> Iterator[Node]:
        """Every element of this name inside it, in order."""
        for child in self.children:
            if isinstance(child, Node):
                if child.name == name:
                    yield child
                yield from child.all(name)

    def text(self) -> str:
        """All its text."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


def content(html: str) -> Node | None:
    """The page's first `<article>` with what is in it; None for a page without one."""
    start, end = html.find("<article"), html.rfind("</article>")
    root: Node | None = None
    opened: list[Node] = []
    article = _RAW.sub(r"\1", html[start : end + len("</article>")]) if 0 <= start < end else ""
    pieces = iter(_TAG.split(article)[1:])
    for closing, name, written, text in zip(pieces, pieces, pieces, pieces, strict=True):
        if name is not None:  # else a comment
            if closing:
                _close(opened, name.lower())
            else:
                node = Node(name.lower(), written)
                if opened:
                    opened[-1].children.append(node)
                else:
                    root = node
                if node.name not in _VOID and not written.endswith("/"):
                    opened.append(node)
            if not opened:
                break
        if text:
            opened[-1].children.append(unescape(text))
    return root


def _close(opened: list[Node], name: str) -> None:
    for depth in range(len(opened) - 1, -1, -1):
        if opened[depth].name == name:
            del opened[depth:]
            return
