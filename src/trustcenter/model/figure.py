"""Figures: rows of one test's evidence that a claim publishes beside its sentence, so that a chart can be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

FigureKind = Literal["uptime", "backup_ages", "restore_durations"]

FIGURE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "uptime": (
        "month", "target", "checks", "failures", "expected_checks", "available", "observed", "confirmed",
        "longest_gap", "first_check", "last_check", "last_failure",
    ),
    "backup_ages": ("taken_at", "usable"),
    "restore_durations": ("took",),
}  # fmt: skip
"""The fields of a fact that each figure publishes, in the order of its rows."""

FIGURE_KINDS: tuple[str, ...] = get_args(FigureKind)

FIGURE_ROWS = 400
"""At most so many rows are published: the last ones in the order of their values."""


def figure_value(kind: str) -> str:
    """The name under which an assessment holds a figure's rows."""
    return f"rows.{kind}"
