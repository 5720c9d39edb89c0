"""Run by the Python that has Spark: the collector `query` on the questions of one file, the answers to another.

It is a program of its own since the tests' environment holds no Spark.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from runs import collect, run_of

from trustcenter.collectors.query import query
from trustcenter.model.population import CouldNotTell


def main(asked: Path, answered: Path) -> None:
    """Write the populations, or causes, of a list of questions."""
    answers = []
    for one in json.loads(asked.read_text()):
        run = run_of(one["settings"], one["mapping"], kind="files", parameters=one["parameters"], seconds=200)
        try:
            found = collect(query, run)
        except CouldNotTell as error:
            answers.append({"cause": error.cause, "why": str(error)})
            continue
        answers.append(
            {
                "rows": list(found.rows),
                "whole": found.completeness.holds,
                "parameters": dict(found.parameters),
                "notes": list(found.notes),
            }
        )
    answered.write_text(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
