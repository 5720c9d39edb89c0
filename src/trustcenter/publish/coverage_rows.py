"""The crosswalk's lines as the view takes them."""

from __future__ import annotations

from trustcenter.catalog.crosswalk import Coverage, Line
from trustcenter.publish.inputs import CoverageState, CriterionStatus

_STATES: dict[str, CoverageState] = {
    "covered": "covered",
    "planned": "planned",
    "carved_out": "carved_out",
    "not_relevant": "not_relevant",
    "out_of_scope": "out_of_scope",
    "gap": "gap",
    "missing": "gap",
}


def coverage_rows(coverage: Coverage) -> tuple[CriterionStatus, ...]:
    """One row a criterion. What nobody spoke of is a gap; a law's provisions that fall on no role of ours are left out.

    SOC 2 criteria of a category that is not in scope stay, since a category is in or out as a whole.
    """
    return tuple(_row(line) for line in coverage.lines if line.standing != "out_of_scope" or line.framework == "soc2")


def _row(line: Line) -> CriterionStatus:
    words = f"{line.organisation}: {line.reason}" if line.organisation else line.reason
    return CriterionStatus(
        framework=line.framework,
        criterion=line.criterion.id,
        title=line.criterion.title,
        state=_STATES[line.standing],
        controls=line.controls if line.standing == "covered" else (*line.controls, *line.planned),
        words=words,
        category=line.criterion.category or "",
        roles=line.roles,
        target=line.when if line.standing in ("gap", "planned") else None,
    )
