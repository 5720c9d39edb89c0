"""A delimited file (CSV, TSV) as a form: only the fields that receive a text change, in the file's own dialect.

A field that would begin like a formula is written with an apostrophe before it, since a spreadsheet program runs such
fields (OWASP "CSV Injection").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trustcenter.publish.questionnaire.forms import tables
from trustcenter.publish.questionnaire.forms.encoding import Text
from trustcenter.publish.questionnaire.forms.interface import Copy, Fill, FormError, checked
from trustcenter.publish.questionnaire.layout import Correction
from trustcenter.publish.questionnaire.sheet import Grid, plain_sheet

SHEET = "Sheet1"
DELIMITERS = (",", ";", "\t", "|", ":", "^", "~")
_ENDS = {delimiter: re.compile(f"[{re.escape(delimiter)}\n\r]") for delimiter in DELIMITERS}
MOST_ROWS, MOST_FIELDS = 100_000, 400_000


@dataclass(frozen=True)
class Field:
    """One field: its value, where its raw text stands in the file, and whether that is quoted."""

    value: str
    start: int
    end: int
    quoted: bool


class DelimitedForm(tables.TableForm):
    """The rows of one file as a table."""

    kind = "delimited"

    def __init__(self, text: Text, where: str, corrections: Mapping[str, Correction] | None = None) -> None:
        self._text, self._where = text, where
        self.delimiter = likely_delimiter(text.body)
        self._rows = fields_of(text.body, self.delimiter, where)
        texts = {
            (row, column): field.value
            for row, fields in enumerate(self._rows, 1)
            for column, field in enumerate(fields, 1)
            if field.value
        }
        super().__init__(Grid((plain_sheet(SHEET, texts),)), corrections)

    def notes(self, filled: bool) -> tuple[str, ...]:
        return ()

    def write(self, fills: Sequence[Fill]) -> Copy:
        changed: dict[int, dict[int, str]] = {}
        for fill in fills:
            question, asked = self._found[fill.key]
            checked(asked, fill)
            for row, column, text in tables.texts_of(self._grid, question, fill):
                changed.setdefault(row, {})[column] = text
        if not changed:
            return Copy(self._text.bytes_of(self._text.body))
        for table in self._tables:
            for column, title in tables.titles_of(table):
                changed.setdefault(table.header_row, {})[column] = title
        body, at, pieces = self._text.body, 0, []
        for row in sorted(changed):
            fields = self._rows[row - 1]
            for column, text in sorted(changed[row].items()):
                if column <= len(fields):
                    field = fields[column - 1]
                    pieces += [body[at : field.start], self._raw(text, field.quoted)]
                    at = field.end
                else:
                    end = fields[-1].end
                    pieces += [body[at:end] if at < end else "", self._padding(row, column, changed[row])]
                    pieces.append(self._raw(text, False))
                    at = max(at, end)
        pieces.append(body[at:])
        return Copy(self._text.bytes_of("".join(pieces)), (self._where,))

    def _padding(self, row: int, column: int, mine: Mapping[int, str]) -> str:
        """The delimiters between the last field written in this row and a column beyond it."""
        last = max([len(self._rows[row - 1]), *(other for other in mine if other < column)])
        return self.delimiter * (column - last)

    def _raw(self, text: str, quoted: bool) -> str:
        text = self._text.plain(inert(text)).replace("\r\n", "\n").replace("\n", self._text.newline)
        if quoted or any(sign in text for sign in (self.delimiter, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text


def inert(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def likely_delimiter(body: str) -> str:
    """The delimiter under which most of the first rows have the same number of fields, and more than one."""
    best, best_score = ",", 0.0
    head = body[:65_536]
    for delimiter in DELIMITERS:
        if delimiter not in head:
            continue
        counts = [len(fields) for fields in fields_of(head, delimiter, "", strict=False)[:60] if len(fields) > 0]
        counts = counts[:-1] if len(body) > len(head) and len(counts) > 1 else counts
        usual = max(set(counts), key=counts.count) if counts else 1
        score = counts.count(usual) / len(counts) * (1 + min(usual, 12) / 100) if usual > 1 else 0.0
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best


def fields_of(body: str, delimiter: str, where: str, *, strict: bool = True) -> list[list[Field]]:
    """All rows of a delimited text (RFC 4180), with the span of each field. Raises FormError beyond the limits."""
    rows: list[list[Field]] = []
    row: list[Field] = []
    at, size, total = 0, len(body), 0
    while at <= size:
        field, at = _field(body, at, delimiter, where, strict=strict)
        row.append(field)
        total += 1
        if total > MOST_FIELDS or len(rows) > MOST_ROWS:
            raise FormError(f"the file has more than {MOST_ROWS:,} rows or {MOST_FIELDS:,} fields", where=where)
        if at < size and body[at] == delimiter:
            at += 1
            continue
        rows.append(row)
        row = []
        if at >= size:
            break
        at += 2 if body.startswith("\r\n", at) else 1
        if at >= size:
            break
    return rows


def _field(body: str, at: int, delimiter: str, where: str, *, strict: bool) -> tuple[Field, int]:
    if at < len(body) and body[at] == '"':
        end = at + 1
        while True:
            end = body.find('"', end)
            if end < 0:
                if strict:
                    line = body.count("\n", 0, at) + 1
                    raise FormError("a quoted field does not end", where=f"{where}:{line}")
                return Field(body[at + 1 :], at, len(body), True), len(body)
            if body[end : end + 2] == '""':
                end += 2
                continue
            break
        stop = _stop(body, end + 1, delimiter)
        return Field(body[at + 1 : end].replace('""', '"') + body[end + 1 : stop], at, stop, True), stop
    stop = _stop(body, at, delimiter)
    return Field(body[at:stop], at, stop, False), stop


def _stop(body: str, at: int, delimiter: str) -> int:
    """Where an unquoted stretch ends: at a delimiter, a line end or the end of the file."""
    found = _ENDS[delimiter].search(body, at)
    return found.start() if found else len(body)
