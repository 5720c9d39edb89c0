"""The likelihoods in `matching.yaml`: fitted on labelled questions, and what their bands reach on held-out ones.

Logistic regression with a small ridge. Criteria are fitted on our own two sets alone, because the phrases of criteria
were written by people who had read the shared sets; each corpus is judged by weights that were fitted without it.
Controls are judged by weights fitted without their domain, answers in five folds. An answer to a question that is
labelled with controls counts as right when it cites one of them. Intervals are Wilson's, 95 %.

Run: `python benchmarks/calibrating.py [--meaning] [--json]`; it prints the weights to put into `matching.yaml`.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "benchmarks"), str(HERE / "tests" / "publish" / "questionnaire")]

from matching import OWN, questions, share, texts_of_criteria  # noqa: E402
from real_questions import MUST_BE_NO, MUST_BE_YES  # noqa: E402
from statements import CLAIMS, CRITERIA, NOW  # noqa: E402
from this_instance import catalogue, claims, criteria  # noqa: E402

from trustcenter.publish.questionnaire import Matcher, bands, decide  # noqa: E402
from trustcenter.publish.questionnaire.matched import Asking, match_all  # noqa: E402
from trustcenter.publish.questionnaire.outcomes import signals  # noqa: E402
from trustcenter.publish.questionnaire.sense import Sense  # noqa: E402

JUDGED = HERE / "tests" / "publish" / "questionnaire" / "judged"
RIDGE, STEPS, FOLDS = 0.3, 30, 5


@dataclass(frozen=True)
class Case:
    """One question: what it is held out with, its signals, whether the first one was right."""

    group: str
    signals: dict[str, float]
    right: bool


def fit(cases: Sequence[Case]) -> dict[str, float]:
    """The weights of the signals and the base, by Newton's method; the base is not shrunk."""
    names = ("base", *cases[0].signals)
    rows = [[1.0, *case.signals.values()] for case in cases]
    weights = [0.0] * len(names)
    for _ in range(STEPS):
        slope = [-RIDGE * weight * (place > 0) for place, weight in enumerate(weights)]
        bend = [[RIDGE * (a == b > 0) for b in range(len(names))] for a in range(len(names))]
        for row, case in zip(rows, cases, strict=True):
            likely = 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, row, strict=True))))
            for a, x in enumerate(row):
                slope[a] += x * (case.right - likely)
                for b, z in enumerate(row):
                    bend[a][b] += x * z * likely * (1 - likely)
        weights = [w + step for w, step in zip(weights, _solved(bend, slope), strict=True)]
    return {name: round(weight, 2) for name, weight in zip(names, weights, strict=True)}


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a small system of equations, by elimination with pivots."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for place in range(len(rows)):
        best = max(range(place, len(rows)), key=lambda number: abs(rows[number][place]))
        rows[place], rows[best] = rows[best], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for other in range(len(rows)):
            if other != place:
                factor = rows[other][place]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[place], strict=True)]
    return [row[-1] for row in rows]


def likely(weights: dict[str, float], case: Case) -> float:
    return 1 / (1 + math.exp(-weights["base"] - sum(weights[name] * value for name, value in case.signals.items())))


def held_out(cases: Sequence[Case], trained: frozenset[str]) -> list[tuple[Case, str]]:
    """Each case with its band, by weights fitted on the groups of `trained` but its own."""
    judged: list[tuple[Case, str]] = []
    for group in sorted({case.group for case in cases}):
        weights = fit([case for case in cases if case.group != group and case.group in trained])
        judged += [(case, bands.band(likely(weights, case))) for case in cases if case.group == group]
    return judged


def precision(judged: Sequence[tuple[Case, str]]) -> dict[str, Any]:
    """How many questions each band holds, and how often the first one is right."""
    found = {}
    for name in ("high", "medium", "low"):
        mine = [case.right for case, band in judged if band == name]
        found[name] = {"n": len(mine), "of": len(judged), "precision": share(mine)}
    return found


def of_criteria(meaning: bool) -> list[Case]:
    """All labelled questions that any criterion was found for."""
    matcher = Matcher((), texts_of_criteria(), Sense(HERE / "build" / "meaning") if meaning else None)
    rows = questions()
    matcher.prepare([row.text for row in rows])
    found = []
    for row in rows:
        ranking = matcher.ranking(row.text)
        if ranking.criteria:
            right = ranking.criteria[0][0].rpartition(":")[2] in row.gold
            found.append(Case(row.corpus, bands.criterion_signals(ranking), right))
    return found


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (JUDGED / name).read_text(encoding="utf-8").splitlines()]


def of_controls(matcher: Matcher) -> Iterator[Case]:
    """The labelled questions about this repository's controls, grouped by the domain of their control."""
    asked = rows("controls.jsonl")
    lines = match_all([Asking(row["question"]) for row in asked], matcher, NOW)
    for row, line in zip(asked, lines, strict=True):
        if line["controls"]:
            scores = [entry["score"] for entry in line["controls"]]
            right = line["controls"][0]["control"] in row["controls"]
            yield Case(row["controls"][0].partition(".")[0], bands.control_signals(scores), right)


def of_answers(own: Matcher) -> Iterator[Case]:
    """All questions that are answered from one place: the judged ones, and those that are labelled with controls."""
    sample = Matcher(CLAIMS, CRITERIA)
    asked: list[tuple[Matcher, str, Any]] = [
        (sample, row["question"], row["expected"]) for row in rows("answers.jsonl")
    ]
    asked += [(own, text, "yes") for text in MUST_BE_YES] + [(own, text, "no") for text in MUST_BE_NO]
    asked += [(own, row["question"], set(row["controls"])) for row in rows("controls.jsonl")]
    for number, (matcher, text, gold) in enumerate(asked):
        decision = decide(text, matcher, NOW)
        matches = matcher.matches(text)
        chosen = [match for match in matches if match.claim in decision.claims[:1]]
        if decision.outcome == "answered" and chosen:
            right = (
                decision.verdict == gold if isinstance(gold, str) else any(c.control in gold for c in decision.claims)
            )
            yield Case(str(number % FOLDS), signals(matcher, text, matches, chosen), right)


def main() -> None:
    loaded = catalogue(HERE)
    own = Matcher(claims(loaded), criteria(loaded))
    with_model = "--meaning" in sys.argv
    cases, trained = of_criteria(with_model), frozenset(OWN)
    judged = held_out(cases, trained)
    corpora = {case.group for case in cases}
    parts = {"all shared": corpora - trained, "all own": trained, **{name: {name} for name in sorted(corpora)}}
    report: dict[str, Any] = {
        "criterion_with_meaning" if with_model else "criterion": {
            "weights": fit([case for case in cases if case.group in trained]),
            **{part: precision([pair for pair in judged if pair[0].group in those]) for part, those in parts.items()},
        }
    }
    for kind, others in (("control", list(of_controls(own))), ("answer", list(of_answers(own)))):
        found = held_out(others, frozenset(case.group for case in others))
        report[kind] = {"weights": fit(others), "all": precision(found)}
    if "--json" in sys.argv:
        print(json.dumps(report, indent=1))
        return
    for kind, entries in report.items():
        print(kind)
        for key, entry in entries.items():
            print(f"  {key:12} " + "  ".join(f"{what} {_shown(value)}" for what, value in entry.items()))


def _shown(value: Any) -> str:
    return f"{value['n']} of {value['of']}, {value['precision']}" if isinstance(value, dict) else str(value)


if __name__ == "__main__":
    main()
