"""Answering: how fast and in how much memory 300 questions are answered and written, and how right the answers are.

The questions are those of the judged sets beside the tests, in a workbook made here, against this repository's own
claims as if every test held. Rightness is measured on the sample claims, for which the expected answers were judged by
hand. Run: `python benchmarks/answering.py [--meaning] [--json]`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# As the tool itself runs; it has no openpyxl, which only makes the form here and loads numpy before this could be said.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import openpyxl

HERE = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HERE / "benchmarks"), str(HERE / "tests" / "publish" / "questionnaire")]

from matching import share  # noqa: E402
from statements import CLAIMS, CRITERIA, NOW  # noqa: E402
from this_instance import catalogue, claims, criteria  # noqa: E402

from trustcenter.publish.questionnaire import Matcher, answer_file, decide  # noqa: E402
from trustcenter.publish.questionnaire.sense import Sense  # noqa: E402

JUDGED = HERE / "tests" / "publish" / "questionnaire" / "judged"
QUESTIONS = 300


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (JUDGED / name).read_text(encoding="utf-8").splitlines()]


def workbook(path: Path) -> None:
    """300 different questions with a column for answers and one for comments."""
    asked = [row["question"] for name in ("answers.jsonl", "labelled.jsonl") for row in rows(name)]
    asked += (JUDGED / "unanswerable.txt").read_text(encoding="utf-8").splitlines()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["No", "Question", "Answer", "Comment"])
    for number in range(QUESTIONS):
        text = asked[number % len(asked)]
        sheet.append([number + 1, text if number < len(asked) else f"In all regions: {text}", None, None])
    book.save(path)


def speed(meaning: bool) -> dict[str, Any]:
    loaded = catalogue(HERE)
    held, texts = claims(loaded), criteria(loaded)
    with TemporaryDirectory() as folder:
        form = Path(folder) / "form.xlsx"
        workbook(form)
        started, used = time.perf_counter(), time.process_time()
        sense = Sense(HERE / "build" / "meaning") if meaning else None
        matcher = Matcher(held, texts, sense)
        report = answer_file(form, Path(folder) / "answered.xlsx", held, texts, datetime.now(UTC), matcher=matcher)
        return {
            "questions": len(report.rows),
            "answered": report.count("answered"),
            "seconds": round(time.perf_counter() - started, 2),
            "processor seconds": round(time.process_time() - used, 2),
            "target seconds": 15 if meaning else 3,
            "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "target memory, MB": 400,
        }


def rightness() -> dict[str, Any]:
    """Right, partly, wrong and overclaiming among what was answered; the share that was left among the unanswerable."""
    matcher = Matcher(CLAIMS, CRITERIA)
    judged = [(row["expected"], decide(row["question"], matcher, NOW)) for row in rows("answers.jsonl")]
    answered = [(expected, one) for expected, one in judged if one.outcome == "answered"]
    right = [expected == one.verdict for expected, one in answered]
    wrong = [(expected, one) for expected, one in answered if expected != one.verdict]
    unanswerable = (JUDGED / "unanswerable.txt").read_text(encoding="utf-8").splitlines()
    left = [decide(question, matcher, NOW).outcome != "answered" for question in unanswerable]
    found: dict[str, Any] = {
        "judged": len(judged),
        "answered": len(answered),
        "right": share(right),
        "partly": sum("partial" in (expected, one.verdict) for expected, one in wrong),
        "wrong": sum("partial" not in (expected, one.verdict) for expected, one in wrong),
        "overclaiming": sum(one.verdict == "yes" for _, one in wrong),
        "unanswerable left": share(left),
    }
    for band in ("high", "medium", "low"):
        found[f"band {band}"] = share([expected == one.verdict for expected, one in answered if one.band == band])
    return found


def main() -> None:
    report = {"speed": speed("--meaning" in sys.argv), "answers": rightness()}
    if "--json" in sys.argv:
        print(json.dumps(report, indent=1))
        return
    for name, entries in report.items():
        print(name)
        for key, value in entries.items():
            print(f"  {key:20} {value}")


if __name__ == "__main__":
    main()
