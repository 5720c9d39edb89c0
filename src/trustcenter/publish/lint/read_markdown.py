"""Markdown to blocks: headings, lists, tables, paragraphs; marks are dropped, offsets stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.page import Block

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_FENCE = re.compile(r"^\s*(```|~~~)")
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$|^\s*={3,}\s*$")
_BOLD_LABEL = re.compile(r"^\s*(\*\*|__)[^*_]{2,50}\1:?\s+\S")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_MARKS = re.compile(
    r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`|\\(?=[*_`#|\[\]])|<!--.*?-->|</?[a-zA-Z][^>]*>|\{[.#:][^}]*\}"
)

_BADGES = re.compile(r"\s*(?:`[^`]+`[\s·|,]*){3,}")
"""A line of nothing but three or more marked pieces: badges side by side."""

Span = tuple[int, str]


def read(text: str) -> list[Block]:
    """The blocks of a Markdown text; front matter, code and HTML comments are not prose and are left out."""
    return list(_blocks(_without(text)))


def _without(text: str) -> str:
    """Front matter, fenced code and comments as blanks, so that every offset stays."""
    front = re.match(r"---\r?\n.*?\n---\r?\n", text, re.DOTALL)
    if front:
        text = _blank(text, 0, front.end())
    for comment in re.finditer(r"<!--.*?-->", text, re.DOTALL):
        text = _blank(text, comment.start(), comment.end())
    return text


def _numbered(text: str, run: list[Span]) -> bool:
    """`2. Payment data` over a line of hyphens is a heading with a number, not the item of a list."""
    start = text.rfind("\n", 0, run[0][0]) + 1
    return len(run) == 1 and bool(
        re.fullmatch(r"\s*\d{1,3}[.)]\s+[^.!?;:]{2,60}", f"{text[start : run[0][0]]}{run[0][1]}")
    )


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _blocks(text: str) -> Iterator[Block]:
    at = group = 0
    kind = "paragraph"
    run: list[Span] = []
    fenced = False
    table = False

    def closed() -> Iterator[Block]:
        if len(run) == 1 and _BADGES.fullmatch(run[0][1]):
            for badge in re.finditer(r"`([^`]+)`", run[0][1]):
                yield _block("item", [(run[0][0] + badge.start(1), badge[1])], -group - 1)
            run.clear()
        elif run:
            yield _block(kind, run, group)
            run.clear()

    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        line = line.rstrip("\r\n")
        if _FENCE.match(line):
            yield from closed()
            fenced = not fenced
            continue
        if fenced:
            continue
        heading = _HEADING.match(line)
        bullet = _BULLET.match(line)
        if not line.strip():
            yield from closed()
            kind, table = "paragraph", False
        elif set(line.strip()) == {"="} and run:
            yield _block("heading", run, group, level=1)
            run.clear()
        elif re.fullmatch(r"\s*-{3,}\s*", line) and run and (kind == "paragraph" or _numbered(text, run)):
            yield _block("heading", run, group, level=2)
            run.clear()
        elif _RULE.match(line):
            yield from closed()
        elif heading:
            yield from closed()
            yield _block("heading", [(start + heading.start(2), heading[2])], group, level=len(heading[1]))
            kind = "paragraph"
        elif _TABLE_RULE.match(line) and "|" in line:
            continue
        elif line.lstrip().startswith("|") or (table and "|" in line):
            yield from closed()
            group += 0 if table else 1
            table = True
            below = text[at : (text.find("\n", at) + 1 or len(text) + 1) - 1]
            head = "|" in below and bool(_TABLE_RULE.match(below.rstrip("\r")))
            yield _block("row", [(start, line)], group, level=int(head))
        elif bullet:
            yield from closed()
            group += 0 if kind == "item" else 1
            kind = "item"
            run.append((start + bullet.end(), line[bullet.end() :]))
        else:
            if kind == "paragraph" and _BOLD_LABEL.match(line):
                yield from closed()
            quote = re.match(r"^\s*>\s?", line)
            skip = quote.end() if quote else 0
            run.append((start + skip, line[skip:]))
    yield from closed()


def _block(kind: str, lines: list[Span], group: int, level: int = 0) -> Block:
    bold = _BOLD_LABEL.match(lines[0][1]) if len(lines) == 1 and kind == "paragraph" else None
    text: list[str] = []
    offsets: list[int] = []
    link = ""
    for at, line in lines:
        kept, target = _plain(line)
        link = link or target
        for index in kept:
            character = line[index]
            if character.isspace() and (not text or text[-1] == " "):
                continue
            text.append(" " if character.isspace() else character)
            offsets.append(at + index)
        if text and text[-1] != " ":
            text.append(" ")
            offsets.append(at + len(line))
    while text and text[-1] == " ":
        text.pop()
        offsets.pop()
    whole = "".join(text)
    cells = tuple(cell.strip() for cell in whole.strip("| ").split("|")) if kind == "row" else ()
    if bold is not None and len(whole) <= 90 and not whole.endswith("."):
        # `**SOC 2** Type II in progress`: a label and its value.
        label = _shown(bold[0].rstrip()[:-1])
        if re.match(r"\s*[·•|]", whole[len(label) :]):
            # `**SOC 2** · **ISO 27001**`: badges side by side, no label.
            return Block("paragraph", whole, offsets, level, cells, group, link)
        return Block("row", whole, offsets, 0, (label.rstrip(":"), whole[len(label) :].lstrip(": ")), -group - 1, link)
    return Block(kind, whole, offsets, level, cells, group, link)  # type: ignore[arg-type]


def _shown(line: str) -> str:
    return "".join(line[index] for index in _plain(line)[0]).strip()


def _plain(line: str) -> tuple[list[int], str]:
    """The positions of a line that a reader sees, and where its first link leads."""
    keep = [True] * len(line)
    target = ""
    for link in _LINK.finditer(line):
        target = target or link[2]
        for index in (*range(link.start(), link.start(1)), *range(link.end(1), link.end())):
            keep[index] = False
    for mark in _MARKS.finditer(line):
        for index in range(mark.start(), mark.end()):
            keep[index] = False
    return [index for index, kept in enumerate(keep) if kept], target
