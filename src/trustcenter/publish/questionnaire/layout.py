"""Where a form asks and where it wants the answer: header, columns, sections and questions of each sheet.

A header is looked for in the first rows, over one or two lines, with merged cells showing their text in every column.
Without one, the column with the most questions is taken. Columns that are full already are never written: the
answer then goes into new columns behind the last one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trustcenter.publish.questionnaire.asked_rows import Columns, Question, asked_rows
from trustcenter.publish.questionnaire.choices import accepts
from trustcenter.publish.questionnaire.columns import Crossed, chosen_from, crossed_columns, full
from trustcenter.publish.questionnaire.roles import asks, only_if, role_of
from trustcenter.publish.questionnaire.sheet import Grid, Sheet
from trustcenter.publish.questionnaire.showing import marker_of

HEADER_SEARCH_ROWS = 40


@dataclass(frozen=True)
class Table:
    """What was understood of one sheet. `header_row` is 0 when there is no header."""

    sheet: str
    state: str
    header_row: int
    columns: Columns | None
    questions: tuple[Question, ...]
    note: str = ""


@dataclass(frozen=True)
class Correction:
    """What a person says of one sheet, against what was understood: its columns by role, its header, what to skip."""

    columns: Mapping[str, int] = field(default_factory=dict)
    header_row: int | None = None
    skip_rows: frozenset[int] = frozenset()
    skip: bool = False


def understand(book: Grid, corrections: Mapping[str, Correction] | None = None) -> tuple[Table, ...]:
    """The tables of all sheets; hidden sheets hold lists, so they are reported but not asked."""
    tables: list[Table] = []
    for sheet in book.sheets:
        corrected = (corrections or {}).get(sheet.name)
        if corrected is not None:
            tables.append(_corrected(book, sheet, corrected))
        elif sheet.state != "visible":
            tables.append(Table(sheet.name, sheet.state, 0, None, (), "hidden sheet: not answered"))
        else:
            tables.append(_table(book, sheet))
    return tuple(tables)


@dataclass
class _Header:
    row: int = 0
    last: int = 0
    roles: dict[str, int] = field(default_factory=dict)


def _header(sheet: Sheet, row: int, width: int) -> _Header:
    """The roles of one row; a second line refines what a merged first line left open."""
    one = _roles(sheet, (row,), width)
    two = _roles(sheet, (row, row + 1), width) if any(area.top <= row <= area.bottom for area in sheet.merges) else {}
    if len(two) > len(one) and "question" in two:
        return _Header(row, row + 1, two)
    return _Header(row, row, one)


def _roles(sheet: Sheet, rows: tuple[int, ...], width: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in range(1, width + 1):
        if sheet.column_hidden(column):
            continue
        texts = dict.fromkeys(text for row in rows if (text := sheet.shown(row, column).strip()))
        # The lower line names the column; the upper one only groups it.
        role = next((found_role for text in reversed(texts) if (found_role := role_of(text))), None)
        if role and role not in found:
            found[role] = column
    return found


def _table(book: Grid, sheet: Sheet) -> Table:
    width = min(sheet.last_column, 60)
    rows = sheet.rows
    candidates = [_header(sheet, row, width) for row in rows[:HEADER_SEARCH_ROWS]]
    asking = [head for head in candidates if "question" in head.roles]
    best = max(asking, key=lambda head: (len(head.roles), -head.row), default=None)
    if best is None or (len(best.roles) == 1 and not _looks_asked(sheet, best.roles["question"], rows)):
        best = _without_header(sheet, rows, width)
    if best is None:
        return Table(sheet.name, sheet.state, 0, None, (), "no questions found")
    crossed, last = crossed_columns(sheet, (best.row, best.last), best.roles, rows, width)
    below = [row for row in rows if row > last]
    roles = {**best.roles, "answer": crossed[0][1]} if crossed else best.roles
    columns = _columns(book, sheet, roles, below, crossed)
    taken = frozenset({*roles.values(), columns.answer})
    said = only_if(sheet.shown(best.last, columns.comment)) if best.row and columns.comment else ""
    columns = replace(columns, marker=marker_of(sheet, best.row, taken, below, width), comment_if=said)
    questions = asked_rows(book, sheet, columns, below, roles)
    if not questions:
        return Table(sheet.name, sheet.state, best.row, columns, (), "a header, but no questions below it")
    return Table(sheet.name, sheet.state, best.row, columns, questions)


def _corrected(book: Grid, sheet: Sheet, given: Correction) -> Table:
    """A sheet read as a person said, whatever its header says."""
    if given.skip:
        return Table(sheet.name, sheet.state, 0, None, (), "skipped, as the mapping says")
    if "question" not in given.columns:
        found = _table(book, sheet)
        kept = tuple(one for one in found.questions if one.row not in given.skip_rows)
        return replace(found, questions=kept)
    header = given.header_row or 0
    below = [row for row in sheet.rows if row > header and row not in given.skip_rows]
    columns = _columns(book, sheet, given.columns, below)
    taken = frozenset(given.columns.values())
    columns = replace(columns, marker=marker_of(sheet, header, taken, below, min(sheet.last_column, 60)))
    return Table(
        sheet.name, sheet.state, header, columns, asked_rows(book, sheet, columns, below, given.columns), "as mapped"
    )


def _looks_asked(sheet: Sheet, column: int, rows: list[int]) -> bool:
    return sum(asks(sheet.text(row, column)) for row in rows) >= 2


def _without_header(sheet: Sheet, rows: list[int], width: int) -> _Header | None:
    counts = Counter(
        column
        for row in rows
        for column in range(1, width + 1)
        if asks(sheet.text(row, column)) and not sheet.column_hidden(column)
    )
    if not counts:
        return None
    column, count = max(counts.items(), key=lambda item: (item[1], -item[0]))
    if count < 2:
        return None
    asked = [row for row in rows if asks(sheet.text(row, column))]
    roles = {"question": column}
    listed = Counter(
        candidate
        for row in asked[:200]
        for candidate in range(column + 1, width + 1)
        if any(rule.kind == "list" for rule in sheet.rules(row, candidate))
    )
    right = list(listed)
    if right:
        roles["answer"] = max(right, key=lambda candidate: listed[candidate])
    return _Header(0, asked[0] - 1, roles)


def _columns(book: Grid, sheet: Sheet, roles: Mapping[str, int], rows: list[int], crossed: Crossed = ()) -> Columns:
    question = roles["question"]
    asked = [row for row in rows if sheet.text(row, question).strip()]
    taken = {*roles.values(), *(column for _, column in crossed)}
    free = sheet.last_column + 1
    appended: list[int] = []

    def place(role: str) -> int:
        """The role's own column if it is free, else a new one behind the table."""
        nonlocal free
        column = roles.get(role)
        if column is None and role == "answer" and (following := _empty_neighbour(sheet, question, asked, taken)):
            return following
        if column is not None and (not full(sheet, column, asked) or chosen_from(book, sheet, column, asked)):
            return column
        free += 1
        appended.append(free - 1)
        return free - 1

    answer = place("answer")
    has_comment = roles.get("comment") or roles.get("reference")
    comment = roles.get("comment")
    if not has_comment and not sheet.protected and (appended or crossed or _any_list(book, sheet, answer, asked)):
        comment = place("comment")
    return Columns(
        question,
        answer,
        comment,
        roles.get("reference"),
        roles.get("section"),
        roles.get("identifier"),
        tuple(appended),
        crossed,
    )


def _any_list(book: Grid, sheet: Sheet, column: int, rows: list[int]) -> bool:
    return any(accepts(book, sheet, row, column).options is not None for row in rows[:200])


def _empty_neighbour(sheet: Sheet, question: int, rows: list[int], taken: set[int]) -> int | None:
    """The column right of the question when the form left it empty and drew cells there."""
    column = question + 1
    merged = sheet.merged(rows[0], question) if rows else None
    if merged:
        column = merged.right + 1
    drawn = any((row, column) in sheet.cells for row in rows)
    empty = not any(sheet.text(row, column).strip() for row in rows)
    return column if column not in taken and drawn and empty else None
