"""Drift: what changed between two assessments or two catalogues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trustcenter.model.place import Place

ChangeKind = Literal[
    # between two assessments
    "conclusion_worse",
    "conclusion_better",
    "conclusion_changed",
    "more_deviations",
    "fewer_deviations",
    "population_shrunken",
    "population_grown",
    "method_weaker",
    "method_stronger",
    # between two catalogues
    "control_removed",
    "control_added",
    "control_weaker",
    "control_stronger",
    "test_removed",
    "test_added",
    "test_changed",
    "condition_removed",
    "condition_added",
    "condition_changed",
    "threshold_loosened",
    "threshold_tightened",
    "every_longer",
    "every_shorter",
    "source_removed",
    "source_added",
    "source_changed",
    "mapping_removed",
    "mapping_added",
    "waiver_added",
    "waiver_removed",
    "waiver_longer",
    "waiver_shorter",
    "waiver_widened",
    "waiver_narrowed",
    "claim_removed",
    "claim_added",
    "claim_reworded",
    "claim_weaker",
    "claim_stronger",
    "coverage_weaker",
    "coverage_stronger",
]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `weakens` where less is shown to hold than before, or where nobody can tell.

    `subject` is a control, `control/test`, `control/claim`, a source or a criterion; `before` and `after` are short
    texts, empty where there is nothing; `sentence` says it in English and names no row.
    """

    kind: ChangeKind
    subject: str
    before: str
    after: str
    weakens: bool
    sentence: str
    place: Place | None = None
