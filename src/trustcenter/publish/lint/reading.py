"""Text, HTML or Markdown to a page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from trustcenter.publish.lint import read_html, read_markdown, read_text
from trustcenter.publish.lint.page import Page
from trustcenter.publish.lint.structure import page

Format = Literal["text", "html", "markdown"]

_READERS = {"text": read_text.read, "html": read_html.read, "markdown": read_markdown.read}


def format_of(name: str, text: str, media_type: str = "") -> Format:
    """The format by media type, name, then content."""
    kind = media_type.partition(";")[0].strip().lower()
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if kind in ("text/html", "application/xhtml+xml") or suffix in ("html", "htm", "xhtml"):
        return "html"
    if kind in ("text/markdown", "text/x-markdown") or suffix in ("md", "markdown"):
        return "markdown"
    if re.search(r"<(?:!doctype html|html|body|main|section|div|h1)\b", text[:4000], re.IGNORECASE):
        return "html"
    if suffix != "txt" and re.search(r"(?m)^#{1,6} \S", text) and re.search(r"(?m)^(?:[-*] |#{2,6} |\|)", text):
        return "markdown"
    return "text"


def read_page(name: str, text: str, format: Format | None = None, *, asserted: bool = True) -> Page:  # noqa: A002
    """A page from its text; the format is told from name and content where it is not given."""
    kind = format or format_of(name, text)
    read = page(name, text, [block for block in _READERS[kind](text) if block.text], asserted=asserted)
    return read if kind == "text" else replace(read, anchors=_anchors(read, text))


def _anchors(read: Page, text: str) -> frozenset[str]:
    """The ids that the source sets, the slugs of its headings, and `top`, which every browser knows."""
    written = {found[1] for found in re.finditer(r"""\b(?:id|name)\s*=\s*["']?([\w.:-]+)""", text)}
    written |= {found[1] for found in re.finditer(r"\{#([\w.:-]+)", text)}
    slugs = {
        re.sub(r"[^\w -]", "", one.text.lower()).strip().replace(" ", "-")
        for one in read.passages
        if one.kind == "title"
    }
    return frozenset(written | slugs | {"top"})
