"""How sure the matcher is, as a likelihood fitted on labelled questions, and as a band with a measured precision.

One rule for criteria, controls and answers: the logistic function of a few signals, whose weights and limits ship as
data (`matching.yaml`). `benchmarks/calibrating.py` fits the weights and prints each band's precision, with its lower
bound, on questions of corpora that were held out. The bands describe how often the first one is right, and no more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from trustcenter.publish.questionnaire.criteria import Ranking, settings
from trustcenter.publish.questionnaire.model import BANDS


def likelihood(kind: str, signals: dict[str, float]) -> float:
    """How likely the first one is right, between 0 and 1; `kind` is a name under `likelihood` in `matching.yaml`."""
    weights = settings()["likelihood"][kind]
    return round(1 / (1 + math.exp(-weights["base"] - sum(weights[name] * each for name, each in signals.items()))), 3)


def band(likely: float) -> str:
    """The band of a likelihood: high, medium or low."""
    return next((name for name in ("high", "medium") if likely >= settings()["bands"][name]), "low")


def below(name: str) -> float:
    """The highest likelihood that is not in this band."""
    return float(round(settings()["bands"][name] - 0.001, 3))


def criterion_signals(ranking: Ranking) -> dict[str, float]:
    """What tells how sure a ranking of criteria is: its lead, the agreement of its views, the words that it met."""
    return {
        "margin": ranking.margin,
        "agreement": ranking.agreement,
        "held": min(1.0, ranking.held / settings()["full"]["held"]),
    }


def of_ranking(ranking: Ranking, *, meaning: bool) -> str:
    """The band of a ranking of criteria."""
    if not ranking.criteria:
        return "low"
    return band(likelihood("criterion_with_meaning" if meaning else "criterion", criterion_signals(ranking)))


def control_signals(scores: Sequence[float]) -> dict[str, float]:
    """What tells how sure a ranking of controls is: its lead, and how well the first one fits."""
    first, second = [*scores[:2], 0.0, 0.0][:2]
    return {
        "margin": max(0.0, 1 - second / first) if first > 0 else 0.0,
        "score": min(1.0, first / settings()["full"]["score"]),
    }


def of_controls(scores: Sequence[float]) -> str:
    """The band of a ranking of controls, by its scores, best first."""
    return band(likelihood("control", control_signals(scores))) if scores else "low"


def reaches(found: str, threshold: str) -> bool:
    """Whether a band is the threshold's or a higher one."""
    return BANDS.index(found) >= BANDS.index(threshold)
