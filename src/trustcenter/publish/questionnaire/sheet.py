"""Tables of cells as values: one sheet (or one table of a document, or a delimited file), and all of a file's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from trustcenter.publish.questionnaire.areas import Areas
from trustcenter.publish.questionnaire.cells import Area

USUAL_WIDTH = 8.43
"""Characters that a column shows where nothing is said of it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One stored cell. `text` is what a reader sees, `style` its index into the cell formats."""

    text: str
    formula: bool
    style: int
    source: str = ""
    """The formula, without its sign, where one is held that may be read."""


@dataclass(frozen=True)
class Validation:
    """A data validation: its kind, where it holds, and its first formula as stored."""

    kind: str
    areas: tuple[Area, ...]
    formula: str
    operator: str


@dataclass(frozen=True)
class Sheet:
    """One worksheet. `state` is visible, hidden or veryHidden."""

    name: str
    part: str
    state: str
    cells: Mapping[tuple[int, int], Cell]
    merges: tuple[Area, ...]
    validations: tuple[Validation, ...]
    protected: bool
    array_formulas: tuple[Area, ...]
    hidden_rows: frozenset[int]
    hidden_columns: tuple[Area, ...]
    row_styles: Mapping[int, int]
    column_styles: tuple[tuple[Area, int], ...]
    offered: Mapping[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)
    """Options that a cell itself holds (a content control), beside those of validations."""
    barred: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Why nothing may be written into a cell."""
    lengths: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """The longest text of a cell that itself says so (a form field)."""
    fading: tuple[tuple[Area, tuple[str, int, int]], ...] = ()
    """Where a conditional format fades cells: its formula, as it counts for a row and a column."""
    widths: tuple[tuple[Area, float], ...] = ()
    """How wide columns are, in characters of the usual font."""

    def text(self, row: int, column: int) -> str:
        """What a reader sees in a cell; empty for an absent one."""
        cell = self.cells.get((row, column))
        return cell.text if cell else ""

    def shown(self, row: int, column: int) -> str:
        """As `text`, but a merged cell shows its corner's text everywhere."""
        area = self.merged(row, column)
        return self.text(*area.corner) if area else self.text(row, column)

    def merged(self, row: int, column: int) -> Area | None:
        """The merge that this cell belongs to."""
        return next(iter(self._merged.at(row, column)), None)

    def rules(self, row: int, column: int) -> list[Validation]:
        """The data validations that hold in this cell."""
        return self._ruled.at(row, column)

    def column_hidden(self, column: int) -> bool:
        """Whether the form's author hid this column."""
        return bool(self._hidden.at(1, column))

    def source(self, row: int, column: int) -> str:
        """A cell's formula; empty where it has none, or one that is not read."""
        cell = self.cells.get((row, column))
        return cell.source if cell else ""

    def faded_by(self, row: int, column: int) -> list[tuple[str, int, int]]:
        """The formulas after which this cell is faded, each with the row and column that it is written for."""
        return self._faded.at(row, column)

    @cached_property
    def _faded(self) -> Areas[tuple[str, int, int]]:
        return Areas(self.fading)

    @cached_property
    def _merged(self) -> Areas[Area]:
        return Areas((area, area) for area in self.merges)

    @cached_property
    def _ruled(self) -> Areas[Validation]:
        return Areas((area, rule) for rule in self.validations for area in rule.areas)

    @cached_property
    def _hidden(self) -> Areas[Area]:
        return Areas((area, area) for area in self.hidden_columns)

    @cached_property
    def _arrays(self) -> Areas[Area]:
        return Areas((area, area) for area in self.array_formulas)

    @cached_property
    def _column_styles(self) -> Areas[int]:
        return Areas(self.column_styles)

    def style(self, row: int, column: int) -> int:
        """The format of a cell, an absent one taking its row's, then its column's."""
        cell = self.cells.get((row, column))
        if cell:
            return cell.style
        if row in self.row_styles:
            return self.row_styles[row]
        return next(iter(self._column_styles.at(row, column)), 0)

    def width(self, column: int) -> float:
        """How many characters a column shows; hidden ones none."""
        if self.column_hidden(column):
            return 0.0
        return next(iter(self._wide.at(1, column)), USUAL_WIDTH)

    @cached_property
    def _wide(self) -> Areas[float]:
        return Areas(self.widths)

    def has_formula(self, row: int, column: int) -> bool:
        """Whether the cell's value is computed, by itself or as a part of an array."""
        cell = self.cells.get((row, column))
        return bool(cell and cell.formula) or bool(self._arrays.at(row, column))

    @property
    def last_column(self) -> int:
        """The right-most column that holds anything."""
        texts = [column for (_, column), cell in self.cells.items() if cell.text or cell.formula]
        return max([*texts, *(area.right for area in self.merges), 0])

    @property
    def rows(self) -> list[int]:
        """The numbers of rows with text, or with a formula that may show one, ascending."""
        return sorted({row for (row, _), cell in self.cells.items() if cell.text or cell.source})


@dataclass(frozen=True)
class Grid:
    """The sheets of one file, with what their cells' rules refer to: defined names and formats that are not locked."""

    sheets: tuple[Sheet, ...]
    names: Mapping[tuple[str | None, str], str] = field(default_factory=dict)
    """(sheet or None, name in lower case) to formula."""
    unlocked: frozenset[int] = frozenset()
    """Cell formats that are not locked."""

    @cached_property
    def lists(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The options of list formulas that were read already, by sheet and formula."""
        return {}

    def sheet(self, name: str) -> Sheet | None:
        """A sheet by its name, ignoring case as spreadsheet programs do."""
        return next((sheet for sheet in self.sheets if sheet.name.lower() == name.lower()), None)

    def locked(self, sheet: Sheet, row: int, column: int) -> bool:
        """Whether the form's author forbids writing here (sheet protection and a locked format)."""
        return sheet.protected and sheet.style(row, column) not in self.unlocked


def plain_sheet(
    name: str,
    texts: Mapping[tuple[int, int], str],
    merges: tuple[Area, ...] = (),
    offered: Mapping[tuple[int, int], tuple[str, ...]] | None = None,
    barred: Mapping[tuple[int, int], str] | None = None,
    lengths: Mapping[tuple[int, int], int] | None = None,
) -> Sheet:
    """A sheet of texts alone: a delimited file, or a table of a document."""
    cells = {place: Cell(text, False, 0) for place, text in texts.items()}
    return Sheet(
        name, "", "visible", cells, merges, (), False, (), frozenset(), (), {}, (), offered or {}, barred or {},
        lengths or {},
    )  # fmt: skip
