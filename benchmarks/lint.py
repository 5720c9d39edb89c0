"""What `trustcenter lint --page` finds on pages that no rule was written for, and what it says of truthful ones.

    python benchmarks/lint.py [--json]

The pages of `lint_unseen/` were written by somebody who had seen no rule, and no rule may be written with a view to
them: whoever has looked at one replaces it. Paired, in the same run, with the pages of the tests, which were unseen
once and have been worked on since: what they say more is tuning.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from trustcenter.publish import meaning
from trustcenter.publish.lint import Finding, lint, pair_model, read_page
from trustcenter.publish.lint.likely import Reader, likely
from trustcenter.publish.lint.pair_model import Judgement, PairModel

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests" / "publish" / "lint"
AS_OF = date(2026, 3, 1)
"""A day soon after the pages were dated: none of them is out of date by the calendar alone."""


TIERS = ("rules", "rules and model", "thorough")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    found_by = _scoring().found_by
    rows: list[dict[str, Any]] = []
    for name, folder in (("unseen", HERE / "lint_unseen"), ("worked on", TESTS / "pages" / "strangers")):
        tiers = TIERS if name == "unseen" else TIERS[:1]
        counts = {by: dict.fromkeys(("planted", "found", "other family", "beyond", "truthful"), 0) for by in tiers}
        truthful = sorted(folder.glob("truthful-*"))
        for page in truthful:
            for by, findings in zip(tiers, _findings(page, tiers), strict=True):
                counts[by]["truthful"] += len(findings)
        for listing in sorted(folder.glob("*.yaml")):
            page = next(one for one in folder.glob(f"{listing.stem}.*") if one != listing)
            listed = yaml.safe_load(listing.read_text(encoding="utf-8"))
            for by, findings in zip(tiers, _findings(page, tiers), strict=True):
                hits = [found_by(entry, findings) for entry in listed]
                any_family = [
                    next((one for one in findings if found_by({**entry, "family": one.family}, [one])), None)
                    for entry in listed
                ]
                counts[by]["planted"] += len(listed)
                counts[by]["found"] += sum(hit is not None for hit in hits)
                counts[by]["other family"] += sum(
                    hit is None and one is not None for hit, one in zip(hits, any_family, strict=True)
                )
                counts[by]["beyond"] += sum(one not in hits and one not in any_family for one in findings)
        pages = len(list(folder.glob("*.yaml")))
        rows += [
            {"pages": name, "contradictory": pages, "truthful pages": len(truthful), "by": by, **counts[by]}
            for by in tiers
        ]
    shares = {(row["pages"], row["by"]): (row["found"] + row["other family"]) / row["planted"] for row in rows}
    ratios = {
        "found, rules and model to rules": shares["unseen", "rules and model"] / shares["unseen", "rules"],
        "found, thorough to rules": shares["unseen", "thorough"] / shares["unseen", "rules"],
        "found by rules, unseen to worked on": shares["unseen", "rules"] / shares["worked on", "rules"],
    }
    if chosen.json:
        print(json.dumps({"rows": rows, "ratios": ratios}, indent=2))
        return
    for row in rows:
        share, of = shares[row["pages"], row["by"]], f"{row['contradictory']} contradictory pages, {row['pages']}"
        print(f"{of}, by {row['by']}: {share:.0%} of {row['planted']} found ({row['found']} under the family planted), "
              f"{row['beyond']} findings beyond them")  # fmt: skip
        if row["truthful pages"]:
            print(f"  {row['truthful']} findings on {row['truthful pages']} truthful pages, each a false alarm")
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f}x")


class Remembering(PairModel):
    """Reads each pair once, whatever tier asks."""

    def __init__(self, model: PairModel) -> None:
        self._model = model
        self._known: dict[tuple[str, str], Judgement] = {}

    def judge(self, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[int, Judgement]]:
        new = list(dict.fromkeys(pair for pair in pairs if pair not in self._known))
        self._known |= {new[number]: judgement for number, judgement in self._model.judge(new)}
        yield from enumerate(self._known[pair] for pair in pairs)


def _findings(page: Path, tiers: Sequence[str]) -> list[Sequence[Finding]]:
    """What is told in each of the tiers."""
    pages = [read_page(page.name, page.read_text(encoding="utf-8"))]
    told = lint(pages, AS_OF)
    if len(tiers) == 1:
        return [told]
    reader = Reader(Remembering(pair_model.load()), meaning.load())
    return [told, *(likely(pages, reader, told, thorough=by == "thorough").findings for by in tiers[1:])]


def _scoring() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lint_scoring", TESTS / "scoring.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
