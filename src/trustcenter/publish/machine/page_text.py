"""A built page as plain Markdown: the same words in the same order, without markup of the theme.

It is made from the HTML that readers get, so it cannot say anything else. Text is escaped, so that no character of it
acts as Markdown or HTML (CommonMark 2.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

from trustcenter.publish.machine.page_tree import BLOCKS, Node, content

_DROPPED = frozenset({"script", "style", "template", "button", "form", "nav", "noscript"})
_LEFT_OUT = frozenset({"headerlink", "print-only"})
_ACTIVE = re.compile(r"([\\`*\[\]<>])|(?<![A-Za-z0-9])(_)|(_)(?![A-Za-z0-9])|(&)(?=#?\w+;)")
_PERHAPS_ACTIVE = re.compile(r"[\\`*\[\]<>_&]")
_START = re.compile(r"^(\s*)([-+#]+(?=\s|$)|\d+(?=[.)]\s))")
_SPACE = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")  # one blank is left as it is


def markdown_of(html: str, address: str, base: str) -> str:
    """The content of a built page as Markdown; links to whole pages below `base` lead to their Markdown.

    `address` is the page's own, ending in a slash. A page without an article gives the empty text.
    """
    root = content(html)
    if root is None:
        return ""

    def link(target: str) -> str:
        return _markdown_address(urljoin(address, target), base)

    text = "\n\n".join(_blocks(root, link))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def escaped(text: str) -> str:
    """Text of which nothing acts as Markdown or HTML inside a line."""
    if not _PERHAPS_ACTIVE.search(text):
        return text  # most is plain, and that is told several times faster
    return _ACTIVE.sub(lambda found: f"\\{found[0]}", text)


def _begun(words: str) -> str:
    """A paragraph whose first characters begin no list and no heading."""
    found = _START.match(words)
    if not found:
        return words
    begun = f"{found[1]}\\{found[2]}" if found[2][0] in "-+#" else f"{found[1]}{found[2]}\\"
    return begun + words[found.end() :]


def _markdown_address(target: str, base: str) -> str:
    below = f"{base}/"
    if not target.startswith(below):
        return target
    path = target[len(below) :]
    return f"{below}{path.rstrip('/') or 'index'}.md" if path == "" or path.endswith("/") else target


_Link = Callable[[str], str]


def _blocks(node: Node, link: _Link) -> list[str]:
    """The blocks of a container; runs of text and inline elements between blocks are paragraphs."""
    found: list[str] = []
    run: list[Node | str] = []

    def paragraph() -> None:
        words = _inline(run, link)
        run.clear()
        if words:
            found.append(_begun(words))

    for child in node.children:
        if isinstance(child, Node) and _dropped(child):
            continue
        if isinstance(child, Node) and (child.name in BLOCKS or child.holds_block):
            paragraph()
            found += _block(child, link)
        else:
            run.append(child)
    paragraph()
    return found


def _dropped(node: Node) -> bool:
    return node.name in _DROPPED or ("class" in node.written and not _LEFT_OUT.isdisjoint(node.classes))


def _block(node: Node, link: _Link) -> list[str]:
    name = node.name
    if len(name) == 2 and name[0] == "h" and name[1] in "123456":
        words = _inline(node.children, link)
        return [f"{'#' * int(name[1])} {words}"] if words else []
    if name == "pre":
        return [_fenced(node.text())]
    if name in ("ul", "ol"):
        return [_list(node, link)]
    if name == "dl":
        return [_terms(node, link)]
    if name == "table":
        return [_table(node, link)]
    if name == "blockquote":
        return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(node, link)).split("\n"))]
    if name == "hr":
        return ["---"]
    if name == "summary":
        words = _inline(node.children, link)
        return [f"**{words}**"] if words else []
    return _blocks(node, link)


def _fenced(text: str) -> str:
    body = text.strip("\n").replace("\N{NO-BREAK SPACE}", " ")
    ticks = max((len(run) for run in re.findall("`{3,}", body)), default=2) + 1
    return f"{'`' * ticks}\n{body}\n{'`' * ticks}"


def _list(node: Node, link: _Link) -> str:
    lines: list[str] = []
    position = 0
    for item in node.children:
        if not isinstance(item, Node) or item.name != "li":
            continue
        position += 1
        mark = f"{position}. " if node.name == "ol" else "- "
        text = "\n\n".join(_blocks(item, link))
        if text:
            lines.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    apart = "\n\n" if any("\n" in line for line in lines) else "\n"
    return re.sub(r"\n +\n", "\n\n", apart.join(lines))


def _terms(node: Node, link: _Link) -> str:
    lines: list[str] = []
    terms = [child for child in _flattened(node) if child.name in ("dt", "dd")]
    for child in terms:
        words = _inline(child.children, link)
        lines.append(f"- {words}:" if child.name == "dt" else f" {words}")
    return re.sub(r":\n ", ": ", "\n".join(lines))


def _flattened(node: Node) -> Iterator[Node]:
    for child in node.children:
        if isinstance(child, Node):
            if child.name == "div":
                yield from _flattened(child)
            else:
                yield child


def _table(node: Node, link: _Link) -> str:
    rows = [
        [
            _inline(cell.children, link).replace("|", "\\|")
            for cell in row.children
            if isinstance(cell, Node) and cell.name in ("td", "th")
        ]
        for row in node.all("tr")
    ]
    rows = [row for row in rows if row]
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _inline(children: list[Node | str], link: _Link) -> str:
    return _SPACE.sub(" ", _inline_kept(children, link)).strip()


def _inline_kept(children: list[Node | str], link: _Link) -> str:
    if len(children) == 1:
        return _words(children[0], link)
    return "".join("; " if _parts(children, at) else _words(child, link) for at, child in enumerate(children))


def _parts(children: list[Node | str], at: int) -> bool:
    """Labels that only a blank holds apart (state, date, method) get a semicolon, since their looks are gone."""
    child = children[at]
    if not isinstance(child, str) or not 0 < at < len(children) - 1 or not (child == " " or not child.strip()):
        return False
    before, after = children[at - 1], children[at + 1]
    return isinstance(before, Node) and before.name == "span" and isinstance(after, Node) and after.name == "span"


def _words(child: Node | str, link: _Link) -> str:
    if isinstance(child, str):
        return child if child.isspace() and child.isascii() else escaped(child.replace("\N{NO-BREAK SPACE}", " "))
    name = child.name
    if _dropped(child):
        return ""
    if name == "br":
        return " "
    if name == "img":
        return escaped(child.attributes.get("alt", ""))
    if name == "svg":
        return _picture(child)
    inner = _inline_kept(child.children, link)
    if name == "span":
        return inner
    if name in ("strong", "b") and inner.strip():
        return _around(inner, "**")
    if name in ("em", "i") and inner.strip():
        return _around(inner, "*")
    if name in ("code", "kbd"):
        text = _SPACE.sub(" ", child.text())
        ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
        return f"{ticks} {text} {ticks}" if "`" in text else f"{ticks}{text}{ticks}"
    if name == "a" and child.attributes.get("href") and inner.strip():
        target = link(child.attributes["href"])
        if urlsplit(target).scheme in ("http", "https", "mailto", "tel"):
            safe = target.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C")
            return f"[{inner.strip()}]({safe})"
    return inner


def _around(inner: str, mark: str) -> str:
    stripped = inner.strip()
    before = inner[: len(inner) - len(inner.lstrip())]
    after = inner[len(inner.rstrip()) :]
    return f"{before}{mark}{stripped}{mark}{after}"


def _picture(node: Node) -> str:
    """A picture is its text alternative: label, or title and description; one without is decoration."""
    if node.attributes.get("aria-hidden") == "true" or "narrow" in node.classes:
        return ""
    parts = [node.attributes.get("aria-label", "")]
    if not parts[0]:
        parts = [next((found.text() for found in node.all(name)), "") for name in ("title", "desc")]
    return escaped(": ".join(part.strip() for part in parts if part.strip()))
