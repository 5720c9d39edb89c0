"""Plain text, as copied from a page, to blocks: lists, tables whose cells ran together, wrapped paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trustcenter.publish.lint.lexicon import topics_in
from trustcenter.publish.lint.page import Block
from trustcenter.publish.lint.read_aligned import is_rule, table, underlined

_BULLET = re.compile(r"^\s*(?:[•‣◦▪●·*–—✓✔☑-]|\d{1,2}[.)])\s+(?=\S)")
_TITLE = re.compile(r"^\s*\d{1,2}[.)]?\s+[A-Z]")
_ENDS_ASKED = re.compile(r"\?\s*$|^\s*Q(?:uestion)? ?\d+ ?[.:)].*\.\s*$")
"""A question on a line of its own: the next line answers it."""
_SPLIT_CELLS = re.compile(r"\t+| {3,}|\s*\|\s*")
GLUED = re.compile(r"[a-z)](?=[A-Z][a-z])|[a-z](?=(?:US|EU|UK)\b)|(?<=[a-z])(?:US|EU|UK)(?=[A-Z][a-z])")
"""Where two cells of a copied table ran together: `RenderApplication hosting`."""

Span = tuple[int, str]


def read(text: str) -> list[Block]:
    """The blocks of a plain text."""
    blocks: list[Block] = []
    chunks = list(_chunks(text))
    for number, chunk in enumerate(chunks, 1):
        beside = [*chunks[number - 2 : number - 1], *chunks[number : number + 1]]
        if _numbered_title(chunk) and not any(map(_numbered_title, beside)):
            title, offsets = joined(chunk)
            blocks.append(Block("paragraph", title, offsets, group=number))
        else:
            blocks += _chunk(chunk, number)
    return blocks


def _numbered_title(chunk: list[Span]) -> bool:
    """`2. Confidentiality` on a line of its own: the title of a section, unless the next line counts on."""
    line = chunk[0][1]
    return (
        len(chunk) == 1 and bool(_TITLE.match(line)) and len(line) <= 60 and not line.rstrip().endswith((".", ":", ";"))
    )


def _chunks(text: str) -> Iterator[list[Span]]:
    """Runs of lines without an empty one between them, each line with its offset."""
    at = 0
    run: list[Span] = []
    for line in text.splitlines(keepends=True):
        if line.strip():
            run.append((at, line.rstrip("\r\n")))
        elif run:
            yield run
            run = []
        at += len(line)
    if run:
        yield run


def _chunk(lines: list[Span], group: int) -> Iterator[Block]:
    before, title, after = underlined(lines)
    if title is not None:
        yield from _chunk(before, group)
        text, offsets = joined([title])
        yield Block("heading", text, offsets, level=2)
        yield from _chunk(after, group)
        return
    rows = table(lines)
    if rows:
        for row in rows:
            text, offsets = joined(row.lines)
            yield Block("row", text, offsets, level=int(row.head), cells=row.values, group=group)
        return
    yield from _listed([(at, line) for at, line in lines if not is_rule(line)], group)


def _listed(lines: list[Span], group: int) -> Iterator[Block]:
    plain: list[Span] = []
    item: list[Span] = []
    for at, line in lines:
        bullet = _BULLET.match(line)
        if bullet:
            yield from _plain(plain, group)
            yield from _item(item, group)
            plain, item = [], [(at + bullet.end(), line[bullet.end() :])]
        elif item and (line[:1].isspace() or line.lstrip()[:1].islower()):
            item.append((at, line))
        else:
            yield from _item(item, group)
            item = []
            plain.append((at, line))
    yield from _item(item, group)
    yield from _plain(plain, group)


def _item(lines: list[Span], group: int) -> Iterator[Block]:
    if lines:
        text, offsets = joined(lines)
        yield Block("item", text, offsets, group=group)


def _plain(lines: list[Span], group: int) -> Iterator[Block]:
    if not lines:
        return
    if len(lines) >= 3 and _is_table([line for _, line in lines]):
        for at, line in lines:
            text, offsets = joined([(at, line)])
            cells = tuple(cell.strip() for cell in _SPLIT_CELLS.split(text.strip("| ")) if cell.strip())
            yield Block("row", text, offsets, cells=cells, group=group)
        return
    if len(lines) > 1 and _is_list([line for _, line in lines]):
        for number, (at, line) in enumerate(lines):
            text, offsets = joined([(at, line)])
            titled = number == 0 and len(lines) > 2 and line.count(" ") < 3
            yield Block("paragraph" if titled else "item", text, offsets, group=group)
        return
    parts = list(re.finditer(r"[^|·•]*[^|·•\s]", lines[0][1])) if len(lines) == 1 else []
    subjects = {topic for part in parts for topic in topics_in(part[0])}
    if len(subjects) >= 3 and all(len(part[0]) <= 45 and topics_in(part[0]) for part in parts):
        # `SOC 2 Type II | GDPR compliant | 99.9% uptime`: badges in a line.
        for part in parts:
            blank = len(part[0]) - len(part[0].lstrip())
            text, offsets = joined([(lines[0][0] + part.start() + blank, part[0].lstrip())])
            yield Block("item", text, offsets, group=group)
        return
    wrapped = len(lines) > 1 and all(60 <= len(line) <= 130 for _, line in lines[:-1])
    paragraph: list[Span] = []
    for at, line in lines:
        asked = bool(paragraph) and bool(_ENDS_ASKED.search(paragraph[-1][1]))
        if paragraph and (asked or not wrapped) and not line.lstrip()[:1].islower():
            text, offsets = joined(paragraph)
            yield Block("paragraph", text, offsets, group=group)
            paragraph = []
        paragraph.append((at, line))
    text, offsets = joined(paragraph)
    yield Block("paragraph", text, offsets, group=group)


def _is_list(lines: list[str]) -> bool:
    """Short lines below each other are a list without marks; labels and values in turn are not."""
    if any(len(line) > 90 or line.rstrip().endswith((".", ",")) or line.lstrip()[:1].islower() for line in lines):
        return False
    labels = lines[::2]
    paired = len(lines) % 2 == 0 and all(line.count(" ") < 3 and topics_in(line) for line in labels)
    return not paired


def _is_table(lines: list[str]) -> bool:
    cut = sum(1 for line in lines if len(_SPLIT_CELLS.split(line.strip("| "))) > 1)
    glued = sum(1 for line in lines if GLUED.search(line))
    return cut * 2 > len(lines) or glued * 2 > len(lines)


def joined(lines: list[Span]) -> tuple[str, list[int]]:
    """Lines as one text with single blanks, and where each character of it stands."""
    text: list[str] = []
    offsets: list[int] = []
    for at, line in lines:
        for index, character in enumerate(line):
            blank = character.isspace() and character != "\t"
            if blank and (not text or text[-1] == " "):
                continue
            text.append(" " if blank else character)
            offsets.append(at + index)
        if text and text[-1] != " ":
            text.append(" ")
            offsets.append(at + len(line))
    while text and text[-1].isspace():
        text.pop()
        offsets.pop()
    return "".join(text), offsets
