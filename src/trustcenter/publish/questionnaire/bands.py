"""How sure a ranking is, as a band whose precision was measured: `matching.yaml` holds the limits and the figures."""

from __future__ import annotations

from trustcenter.publish.questionnaire.criteria import Ranking, settings
from trustcenter.publish.questionnaire.model import BANDS


def of_ranking(ranking: Ranking, *, meaning: bool) -> str:
    """The band of a ranking of criteria: high, medium or low, by its margin and by how many views agree."""
    for name in ("high", "medium"):
        limit = settings()["bands"]["with_meaning" if meaning else "without_meaning"][name]
        if ranking.margin >= limit["margin"] and ranking.agreement >= limit["agreement"]:
            return name
    return "low"


def reaches(band: str, threshold: str) -> bool:
    """Whether a band is the threshold's or a higher one."""
    return BANDS.index(band) >= BANDS.index(threshold)
