"""The auditor's index: the areas of a usual request list, and one line for each control."""

from __future__ import annotations

from dataclasses import dataclass

from trustcenter.model.assessment import TestConclusion
from trustcenter.model.control import Control
from trustcenter.publish.auditor.deviation_history import DeviationSpan

REQUESTS: dict[str, str] = {
    "access": "Access",
    "change": "Change management",
    "backup": "Backup and recovery",
    "vendor": "Vendors",
    "people": "People",
    "incident": "Incidents",
    "monitoring": "Monitoring",
    "encryption": "Encryption",
    "data": "Data",
    "privacy": "Privacy",
    "risk": "Risk",
    "configuration": "Configuration",
}
"""The areas of a usual request list, in the order in which they are asked."""

OF_DOMAIN = {"platform": "configuration", "vendors": "vendor", "incidents": "incident", "continuity": "backup"}


@dataclass(frozen=True, slots=True)
class Line:
    """One control in the index."""

    control: Control
    areas: tuple[str, ...]
    conclusions: tuple[TestConclusion, ...]
    spans: tuple[DeviationSpan, ...]
    folder: str
    populations: tuple[tuple[str, str, int], ...]
    """Test, file, number of rows."""

    @property
    def outcome(self) -> str:
        if self.control.not_applicable is not None:
            return "not applicable"
        if not self.conclusions:
            return "in progress" if self.control.progress else "no test"
        order = ("deviations", "inconclusive", "waived", "no_occurrences", "no_deviations", "not_applicable")
        return min((c.conclusion for c in self.conclusions), key=order.index).replace("_", " ")

    @property
    def open(self) -> int:
        return sum(span.closed is None for span in self.spans)
