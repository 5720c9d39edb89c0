"""Question to SOC 2 criterion on the labelled sets of the shared test data: hit@1 and hit@5, by corpus.

Weights are chosen by five-fold cross-validation; every figure is of questions that the chosen weights had not seen. The
vocabulary and the phrases of criteria were written by people who had read these sets, so the figures are of a tuned
system: other questionnaires will score lower. Run: `python benchmarks/matching.py [--json]`.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from pathlib import Path

import yaml

from trustcenter.publish.questionnaire import CriterionText, vocabulary
from trustcenter.publish.questionnaire.ranking import Document, Ranker, Weights, criteria_ranker

SHARED = Path(os.environ.get("TRUSTCENTER_SHARED", Path(__file__).resolve().parents[2] / "shared"))
FOLDS = 5
GRID = tuple(Weights(*values) for values in product((0.9, 1.2, 1.8), (0.3, 0.5, 0.75), (1.0, 1.5, 2.0)))


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson 1927)."""
    z, share = 1.96, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return round(middle - reach, 3), round(middle + reach, 3)


def questions() -> list[tuple[str, str, frozenset[str]]]:
    found = []
    for path in sorted((SHARED / "matching").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["gold_tsc"]:
                found.append((path.stem.removesuffix("_hand_tsc"), row["question"], frozenset(row["gold_tsc"])))
    return found


def hits(ranker: Ranker, rows: Iterable[tuple[str, str, frozenset[str]]]) -> list[tuple[str, bool, bool]]:
    result = []
    for corpus, question, gold in rows:
        best = [criterion for criterion, _ in ranker.rank(question)[:5]]
        result.append((corpus, bool(gold & set(best[:1])), bool(gold & set(best))))
    return result


def main() -> None:
    words = vocabulary.load()
    catalogue = yaml.safe_load((SHARED / "frameworks" / "soc2.yaml").read_text(encoding="utf-8"))["criteria"]
    criteria = [CriterionText(entry["id"], entry["title"], entry["note"]) for entry in catalogue]
    rows = questions()
    rankers = {weights: criteria_ranker(criteria, words, weights) for weights in GRID}
    scored = {weights: hits(ranker, rows) for weights, ranker in rankers.items()}
    unseen: list[tuple[str, bool, bool]] = []
    for fold in range(FOLDS):
        train = [index for index in range(len(rows)) if index % FOLDS != fold]
        best = max(GRID, key=lambda weights: sum(2 * scored[weights][i][1] + scored[weights][i][2] for i in train))
        unseen += [scored[best][index] for index in range(len(rows)) if index % FOLDS == fold]
    notes_only = Ranker(
        [Document(one.id, ((1.0, one.title), (1.0, one.note))) for one in criteria],
        replace(words, phrases={}, masked={}, within={}, labels={}),
    )
    started = time.perf_counter()
    for _, question, _ in rows:
        rankers[GRID[0]].rank(question)
    speed = len(rows) / (time.perf_counter() - started)
    report = {
        "cross-validated": table(unseen),
        "defaults": table(hits(criteria_ranker(criteria, words), rows)),
        "BM25 over titles and notes alone": table(hits(notes_only, rows)),
        "questions per second": round(speed),
    }
    if "--json" in sys.argv:
        print(json.dumps(report, indent=1))
        return
    for name, entries in report.items():
        print(name if isinstance(entries, dict) else f"{name}: {entries}")
        for corpus, entry in entries.items() if isinstance(entries, dict) else ():
            print(f"  {corpus:14} n={entry['n']:<4} hit@1 {entry['hit@1']}  hit@5 {entry['hit@5']}")


def table(results: list[tuple[str, bool, bool]]) -> dict[str, dict[str, object]]:
    groups: dict[str, list[tuple[str, bool, bool]]] = defaultdict(list)
    for result in results:
        groups[result[0]].append(result)
        groups["all"].append(result)
    return {
        corpus: {
            "n": len(group),
            **{
                f"hit@{depth}": (round(found / len(group), 3), *wilson(found, len(group)))
                for depth, position in ((1, 1), (5, 2))
                for found in [sum(bool(entry[position]) for entry in group)]
            },
        }
        for corpus, group in sorted(groups.items())
    }


if __name__ == "__main__":
    main()
