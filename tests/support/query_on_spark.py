"""Run by the Python that has Spark: the collector `query` on the questions of one file, the answers to another.

It is a program of its own since the tests' environment holds no Spark.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from runs import collect, run_of

from trustcenter.collectors.query import query
from trustcenter.model.population import CouldNotTell
from trustcenter.sources.spark import open_spark


def main(asked: Path, answered: Path) -> None:
    """Write the populations, or causes, of a list of questions."""
    questions = json.loads(asked.read_text())
    with open_spark(run_of({}, kind="files", seconds=600)):  # Spark takes long to start: once is enough
        answers = [answer(one) for one in questions]
    answered.write_text(json.dumps(answers))


def answer(one: dict[str, Any]) -> dict[str, Any]:
    """One population, or its cause."""
    run = run_of(one["settings"], one["mapping"], kind="files", parameters=one["parameters"], seconds=200)
    try:
        found = collect(query, run)
    except CouldNotTell as error:
        return {"cause": error.cause, "why": str(error)}
    return {
        "rows": list(found.rows),
        "whole": found.completeness.holds,
        "parameters": dict(found.parameters),
        "notes": list(found.notes),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
