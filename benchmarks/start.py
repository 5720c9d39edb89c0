"""Starting the command line: `trustcenter --version` against an interpreter that does nothing.

    python benchmarks/start.py [--json]

Both are processes of the same interpreter, with compiled modules kept; the ratio is what our imports cost.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable

from harness import compare, report


def process(*words: str, environment: dict[str, str]) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *words], env=environment, check=True, capture_output=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = folder
        bare = process("-c", "pass", environment=environment)
        results = [
            compare(
                f"trustcenter {word}",
                process("-m", "trustcenter.cli", word, environment=environment),
                bare,
                against="`python -c pass`",
                pairs=15,
            )
            for word in ("--version", "--help")
        ]
    report(results)


if __name__ == "__main__":
    main()
