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
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from trustcenter.publish.lint import Finding, lint, read_page

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests" / "publish" / "lint"
AS_OF = date(2026, 3, 1)
"""A day soon after the pages were dated: none of them is out of date by the calendar alone."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    found_by = _scoring().found_by
    rows: list[dict[str, Any]] = []
    for name, folder in (("unseen", HERE / "lint_unseen"), ("worked on", TESTS / "pages" / "strangers")):
        planted = found = otherwise = beyond = 0
        for listing in sorted(folder.glob("*.yaml")):
            findings = _findings(next(one for one in folder.glob(f"{listing.stem}.*") if one != listing))
            listed = yaml.safe_load(listing.read_text(encoding="utf-8"))
            hits = [found_by(entry, findings) for entry in listed]
            other = [
                next((one for one in findings if found_by({**entry, "family": one.family}, [one])), None)
                for entry in listed
            ]
            planted += len(listed)
            found += sum(hit is not None for hit in hits)
            otherwise += sum(hit is None and one is not None for hit, one in zip(hits, other, strict=True))
            beyond += sum(one not in hits and one not in other for one in findings)
        rows.append({"pages": name, "planted": planted, "found": found, "under another family": otherwise,
                     "findings beyond": beyond})  # fmt: skip
    truthful = {one.name: len(_findings(one)) for one in sorted((HERE / "lint_unseen").glob("truthful-*"))}
    shares = [row["found"] / row["planted"] for row in rows]
    result = {"contradictory": rows, "ratio": round(shares[0] / shares[1], 2), "findings on truthful pages": truthful}
    if chosen.json:
        print(json.dumps(result, indent=2))
        return
    for row, share in zip(rows, shares, strict=True):
        print(f"{row['pages']}: {row['found']} of {row['planted']} found ({share:.0%}), {row['under another family']} "
              f"under another family; {row['findings beyond']} findings beyond them")  # fmt: skip
    print(f"unseen pages against those worked on: {result['ratio']}x")
    print(f"findings on truthful pages, each a false alarm: {', '.join(f'{n} on {p}' for p, n in truthful.items())}")


def _findings(page: Path) -> Sequence[Finding]:
    return lint([read_page(page.name, page.read_text(encoding="utf-8"))], AS_OF)


def _scoring() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lint_scoring", TESTS / "scoring.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
