"""Question to SOC 2 criterion on the labelled sets of the shared test data: hit@1 and hit@5, by corpus, and the bands.

The questions go through the same entry as `trustcenter match`. `chosen in the other folds` and `chosen in the other
corpora` say what the weights reach on questions that they were not chosen on. The phrases of criteria were written by
people who had read the shared sets, so all figures on them are of a tuned system. Two sets in
tests/publish/questionnaire/judged are our own and were labelled before the matcher saw them: `own` in deliberately
unusual words, `styles` in the ways of many questionnaires. Neither changed a phrase, so they are the nearest thing here
to an unseen questionnaire; the bands' weights are fitted on them, and calibrating.py judges those on held-out ones.
Intervals are Wilson's, 95 %.

Run: `python benchmarks/matching.py [--meaning] [--json]`.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

from trustcenter.frameworks import framework
from trustcenter.publish.questionnaire import CriterionText, Matcher, vocabulary
from trustcenter.publish.questionnaire.criteria import CriteriaRanker, Fusion, Ranking
from trustcenter.publish.questionnaire.matched import Asking, match_all
from trustcenter.publish.questionnaire.sense import Sense

HERE = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("TRUSTCENTER_SHARED", HERE.parent / "shared"))
JUDGED = HERE / "tests" / "publish" / "questionnaire" / "judged"
OWN = {"own": JUDGED / "labelled.jsonl", "styles": JUDGED / "labelled_styles.jsonl"}
NOW = datetime(2026, 11, 21, tzinfo=UTC)
FOLDS = 5
WITHOUT = [Fusion(document, 1.0, letters) for document, letters in product((0.5, 1.0, 1.5), (0.5, 1.0, 1.5))]
WITH = [Fusion(d, p, 0.5, m) for d, p, m in product((0.25, 0.5, 1.0), (0.25, 0.5, 1.0), (2.0, 3.0))]


@dataclass(frozen=True)
class Labelled:
    """A question with the criteria that are right for it."""

    corpus: str
    text: str
    gold: frozenset[str]


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson 1927)."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return round(middle - reach, 3), round(middle + reach, 3)


def questions() -> list[Labelled]:
    found = []
    for path in sorted((SHARED / "matching").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["gold_tsc"]:
                found.append(Labelled(path.stem.removesuffix("_hand_tsc"), row["question"], frozenset(row["gold_tsc"])))
    for corpus, path in OWN.items():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found.append(Labelled(corpus, row["question"], frozenset(row["criteria"])))
    return found


def texts_of_criteria() -> tuple[CriterionText, ...]:
    return tuple(CriterionText(f"soc2:{one.id}", one.title, one.note or "") for one in framework("soc2").criteria)


def hits(ranked: Sequence[str], gold: frozenset[str]) -> tuple[bool, bool]:
    plain = [identifier.rpartition(":")[2] for identifier in ranked]
    return bool(gold & set(plain[:1])), bool(gold & set(plain[:5]))


def share(found: Sequence[bool]) -> tuple[float, float, float]:
    return (round(sum(found) / len(found), 3) if found else 0.0, *wilson(sum(found), len(found)))


def table(rows: Sequence[Labelled], results: Sequence[tuple[bool, bool]]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    groups = {"all shared": lambda row: row.corpus not in OWN, "all own": lambda row: row.corpus in OWN}
    groups |= {corpus: lambda row, corpus=corpus: row.corpus == corpus for corpus in sorted({r.corpus for r in rows})}
    for name, member in groups.items():
        mine = [result for row, result in zip(rows, results, strict=True) if member(row)]
        found[name] = {"n": len(mine), "hit@1": share([one for one, _ in mine]), "hit@5": share([f for _, f in mine])}
    return found


def validated(
    rows: Sequence[Labelled], scored: dict[Fusion, list[tuple[bool, bool]]], fold: Callable[[int], Any]
) -> list[tuple[bool, bool]]:
    """Each question's result under the weights that were best in the other folds."""
    shared = [index for index, row in enumerate(rows) if row.corpus not in OWN]
    results: list[tuple[bool, bool]] = []
    for index in range(len(rows)):
        train = [other for other in shared if fold(other) != fold(index)]
        best = max(scored, key=lambda one: sum(2 * scored[one][i][0] + scored[one][i][1] for i in train))
        results.append(scored[best][index])
    return results


def bands(rows: Sequence[Labelled], lines: Sequence[dict[str, Any]]) -> dict[str, dict[str, object]]:
    """How often the first criterion is right in each band, and how many questions it holds."""
    found: dict[str, dict[str, object]] = {}
    parts = {"shared": {row.corpus for row in rows} - set(OWN), "all own": set(OWN), **{name: {name} for name in OWN}}
    for name, (part, corpora) in product(("high", "medium", "low"), parts.items()):
        members = [(row, line) for row, line in zip(rows, lines, strict=True) if row.corpus in corpora]
        mine = [
            line["criteria"][0]["id"] in row.gold for row, line in members if line["band"] == name and line["criteria"]
        ]
        found[f"{name}, {part}"] = {"n": len(mine), "of": len(members), "precision": share(mine)}
    return found


def main() -> None:
    rows = questions()
    criteria = texts_of_criteria()
    sense = Sense(HERE / "build" / "meaning") if "--meaning" in sys.argv else None
    matcher = Matcher((), criteria, sense)
    matcher.ranking("warm up: the passages are encoded once and kept")
    started = time.perf_counter()
    lines = list(match_all([Asking(row.text) for row in rows], matcher, NOW))
    speed = len(rows) / (time.perf_counter() - started)
    ranker = CriteriaRanker(criteria, vocabulary.load(), sense)
    views = [ranker.views(row.text) for row in rows]

    def under(fusion: Fusion) -> list[tuple[bool, bool]]:
        ranked: list[Ranking] = [ranker.fuse(each, fusion) for each in views]
        return [hits([name for name, _ in one.criteria[:5]], row.gold) for one, row in zip(ranked, rows, strict=True)]

    scored = {fusion: under(fusion) for fusion in (WITH if sense else WITHOUT)}
    corpora = [row.corpus for row in rows]
    report: dict[str, Any] = {
        "as `trustcenter match`": table(
            rows,
            [hits([one["id"] for one in line["criteria"]], row.gold) for line, row in zip(lines, rows, strict=True)],
        ),
        "chosen in the other folds": table(rows, validated(rows, scored, lambda index: index % FOLDS)),
        "chosen in the other corpora": table(rows, validated(rows, scored, lambda index: corpora[index])),
        "words of titles and notes alone": table(rows, _plain(criteria, rows)),
        "bands": bands(rows, lines),
        "questions per second": round(speed),
    }
    if "--json" in sys.argv:
        print(json.dumps(report, indent=1))
        return
    for name, entries in report.items():
        print(name if isinstance(entries, dict) else f"{name}: {entries}")
        for key, entry in entries.items() if isinstance(entries, dict) else ():
            print(f"  {key:16} " + "  ".join(f"{what} {value}" for what, value in entry.items()))


def _plain(criteria: Sequence[CriterionText], rows: Sequence[Labelled]) -> list[tuple[bool, bool]]:
    """The yardstick: BM25 without our phrases."""
    ranker = CriteriaRanker(criteria, vocabulary.load(), None, Fusion(1.0, 0.0, 0.0), {})
    return [hits([name for name, _ in ranker.rank(row.text).criteria[:5]], row.gold) for row in rows]


if __name__ == "__main__":
    main()
