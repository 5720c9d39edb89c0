"""Markdown or plain text as a form: each question's answer stands below it, all other lines stay as they are.

A blank that the author left for the answer (`Answer: ____`, `[[ fill in ]]`, `TBD`) is filled; what somebody wrote is
never replaced. In Markdown, tables with a question column are answered in their cells.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from trustcenter.publish.questionnaire.forms.encoding import Text
from trustcenter.publish.questionnaire.forms.interface import Copy, Fill, FormError, FormQuestion, checked
from trustcenter.publish.questionnaire.model import SheetSummary
from trustcenter.publish.questionnaire.roles import asks, role_of

MOST_LINES, MOST_QUESTIONS = 200_000, 20_000
LONGEST_MARK = 1_000
"""Characters of a blank or of a table's rule."""
_HEADING = re.compile(r"^(#{1,6})\s+(\S.*)$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\(?\d+(?:\.\d+)*[.)]?|[A-Za-z]{1,4}-?\d+(?:\.\d+)*[.:)]?|Q\d*[.:)])\s+(.*)$")
_LABEL = re.compile(
    r"^\s*(?:[*_]{0,2})(answer|response|reply|a|your answer|vendor response)(?:[*_]{0,2})\s*:(?:[*_]{0,2})\s*(.*)$",
    re.IGNORECASE,
)
_BLANK = re.compile(
    r"^(?:_{3,}|\.{3,}|-{3,}|\[\[.*\]\]|\[\s*\]|<[^<>]*>|tbd|todo|n/?a\?|\(.*fill.*\)|\[.*fill.*\])?\s*$", re.IGNORECASE
)
_FENCE = re.compile(r"^\s*(```|~~~)")
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_CELL_END = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class _Spot:
    """Where an answer goes: into the span (start, end) of a line, or as new lines behind `line`."""

    line: int
    span: tuple[int, int] | None = None
    label: str = ""
    cell: bool = False
    empty: bool = False


class ProseForm:
    """The questions of one text, by line."""

    def __init__(self, text: Text, where: str, *, markdown: bool) -> None:
        self._text, self._where, self._markdown = text, where, markdown
        self._lines = text.body.splitlines(keepends=True)
        if len(self._lines) > MOST_LINES:
            raise FormError(f"the text has more than {MOST_LINES:,} lines", where=where)
        self._found: dict[str, tuple[FormQuestion, _Spot]] = {}
        self._headings: list[str] = []
        self._read()

    @property
    def kind(self) -> str:
        return "markdown" if self._markdown else "text"

    @property
    def parts(self) -> tuple[SheetSummary, ...]:
        return (SheetSummary(self._where, "visible", 0, (), (), len(self._found), ""),)

    @property
    def questions(self) -> tuple[FormQuestion, ...]:
        return tuple(question for question, _ in self._found.values())

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256("\n".join([self.kind, *self._headings]).encode("utf-8", "replace")).hexdigest()

    def notes(self, filled: bool) -> tuple[str, ...]:
        return ()

    def write(self, fills: Sequence[Fill]) -> Copy:
        lines = list(self._lines)
        newline = self._text.newline
        for fill in sorted(fills, key=lambda one: self._found[one.key][1].line, reverse=True):
            question, spot = self._found[fill.key]
            checked(question, fill)
            text = self._text.plain(fill.answer)
            if spot.cell:
                text = text.replace("|", "\\|").replace("\n", "<br>")
            else:
                text = self._escaped(text)
            line = lines[spot.line]
            if spot.span is not None:
                start, end = spot.span
                gap = " " if line[:start].endswith(":") or (spot.cell and not line[:start].endswith(" ")) else ""
                tail = " " if spot.cell and not line[end:].startswith(" ") else ""
                lines[spot.line] = line[:start] + gap + text.replace("\n", newline) + tail + line[end:]
                continue
            label = "**Answer:** " if self._markdown else "Answer: "
            ended = line if line.endswith(("\n", "\r")) else line + newline
            above = newline if self._markdown else ""
            below = newline if self._markdown and spot.empty is False else ""
            lines[spot.line] = ended + above + label + text.replace("\n", newline) + newline + below
        return Copy(self._text.bytes_of("".join(lines)), (self._where,) if fills else ())

    def _escaped(self, text: str) -> str:
        """In Markdown no line of an answer opens a heading, a list, a quotation or HTML."""
        if not self._markdown:
            return text
        safe = text.replace("<", "\\<")
        return "\n".join(re.sub(r"^(\s*)([#>\-+*=]|\d+[.)])", r"\1\\\2", line) for line in safe.split("\n"))

    def _read(self) -> None:
        section, fenced, at = "", False, 0
        level = self._asking_level()
        while at < len(self._lines):
            line = self._lines[at].rstrip("\r\n")
            if self._markdown and _FENCE.match(line):
                fenced = not fenced
            if fenced:
                at += 1
                continue
            if (
                self._markdown
                and "|" in line
                and at + 1 < len(self._lines)
                and len(self._lines[at + 1]) < LONGEST_MARK
                and _RULE.match(self._lines[at + 1])
                and "|" in self._lines[at + 1]
            ):
                at = self._table(at, section)
                continue
            heading = _HEADING.match(line) if self._markdown else None
            text = _titled(heading) if heading else _bare(line)
            if heading and not (asks(text) or len(heading.group(1)) == level):
                section = text
                self._headings.append(text)
            elif level and not heading:
                pass  # the form asks in its headings; what stands below them explains
            elif (heading or asks(text)) and self._begins(at) and not _LABEL.match(line):
                at = self._question(at, text, section)
                continue
            elif not self._markdown and text and len(text) < 70 and (text.isupper() or text.endswith(":")):
                section = text.rstrip(":")
                self._headings.append(section)
            at += 1

    def _asking_level(self) -> int:
        """The depth of headings of which at least three ask, and most do; 0 where headings only divide."""
        if not self._markdown:
            return 0
        heads = [match for line in self._lines if (match := _HEADING.match(line.rstrip()))]
        for level in range(1, 7):
            mine = [_titled(match) for match in heads if len(match.group(1)) == level]
            asking = sum(asks(text) for text in mine)
            if asking >= 3 and asking * 2 > len(mine):
                return level
        return 0

    def _begins(self, at: int) -> bool:
        """Whether a line begins a paragraph or an item, and is no quotation."""
        line = self._lines[at]
        if line.lstrip().startswith(">"):
            return False
        above = self._lines[at - 1].strip() if at else ""
        return (
            not above
            or bool(_ITEM.match(line) or _HEADING.match(line) or _HEADING.match(above) or _LABEL.match(above))
            or above.endswith(("?", ":"))
        )

    def _question(self, at: int, text: str, section: str) -> int:
        """A question that begins in this line, and its place; returns the line to go on with."""
        last = at
        while (
            not text.endswith("?") and not _HEADING.match(self._lines[at]) and last + 1 < len(self._lines)
            and (more := self._lines[last + 1].strip())
            and not asks(_bare(more)) and not _LABEL.match(more) and not _ITEM.match(more) and not _HEADING.match(more)
            and last - at < 8 and not _is_blank(more)
        ):  # fmt: skip
            text, last = f"{text} {more}", last + 1
        following = last + 1
        while following < len(self._lines) and not self._lines[following].strip():
            following += 1
        spot, answered = _Spot(last, empty=following > last + 1 or following >= len(self._lines)), ""
        if following < len(self._lines) and following - last <= 3:
            line = self._lines[following].rstrip("\r\n")
            if label := _LABEL.match(line):
                written = label.group(2)
                if _is_blank(written.strip()):
                    spot = _Spot(following, (label.start(2), len(line)), label.group(1))
                else:
                    answered = written
            elif line.strip() and _is_blank(line.strip()):
                spot = _Spot(following, (len(line) - len(line.lstrip()), len(line)))
        self._keep(at, text, section, spot, answered)
        return max(last, spot.line) + 1

    def _keep(self, at: int, text: str, section: str, spot: _Spot, answered: str = "", column: int = 0) -> None:
        if len(self._found) >= MOST_QUESTIONS:
            raise FormError(f"the text asks more than {MOST_QUESTIONS:,} questions", where=self._where)
        key = f"{at + 1}" + (f":{column}" if column else "")
        question = FormQuestion(
            key=key, part=self._where, place=f"line {at + 1}", answer_place=f"line {spot.line + 1}", text=text,
            section=section, answered=answered,
        )  # fmt: skip
        self._found[key] = (question, spot)

    def _table(self, at: int, section: str) -> int:
        """A Markdown table: header, rule, rows; returns the line behind it."""
        roles: dict[str, int] = {}
        for column, (_, _, text) in enumerate(_cells(self._lines[at])):
            role = role_of(text)
            if role and role not in roles:
                roles[role] = column
        row = at + 2
        while row < len(self._lines) and "|" in self._lines[row]:
            cells = _cells(self._lines[row])
            asked, place = roles.get("question"), roles.get("answer")
            if asked is not None and place is not None and max(asked, place) < len(cells) and len(cells[asked][2]) > 9:
                start, end, written = cells[place]
                spot = _Spot(row, (start, end), cell=True)
                blank = bool(_is_blank(written))
                self._keep(row, cells[asked][2], section, spot, "" if blank else written, place + 1)
            row += 1
        return row


def _titled(heading: re.Match[str]) -> str:
    """A heading's text without the marks that close it."""
    text = heading.group(2).rstrip()
    open_end = text.rstrip("#")
    return open_end.rstrip() if open_end.endswith((" ", "\t")) else text


def _is_blank(text: str) -> bool:
    """Whether a text is a blank to be filled in; a long one is none, and not searched for one."""
    return len(text) < LONGEST_MARK and bool(_BLANK.match(text))


def _bare(line: str) -> str:
    """A line's text without its list mark or number, and without emphasis around it."""
    text = line.strip()
    item = _ITEM.match(text)
    text = item.group(1) if item else text
    return text.strip("*_ ").strip()


def _cells(line: str) -> list[tuple[int, int, str]]:
    """The cells of a table's row: (start, end, text), the outer bars left out; an empty one spans its blanks."""
    body = line.rstrip("\r\n")
    ends = [match.start() for match in _CELL_END.finditer(body)]
    bounds = [-1, *ends, len(body)]
    if body.lstrip().startswith("|"):
        bounds = bounds[1:]
    if body.rstrip().endswith("|"):
        bounds = bounds[:-1]
    found = []
    for left, right in pairwise(bounds):
        start, end = left + 1, right
        inner = body[start:end]
        text = inner.strip()
        if text:
            start += len(inner) - len(inner.lstrip())
            end = start + len(text)
        found.append((start, end, text.replace("\\|", "|")))
    return found
