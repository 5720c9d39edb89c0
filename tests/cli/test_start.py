"""The version is there at once: nothing heavy is loaded for it, nor for help."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = ("pydantic", "boto3", "yaml", "cryptography", "jinja2", "mkdocs", "httpx", "psycopg", "duckdb", "weasyprint")


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["check", "--help"]])
def test_no_heavy_library_is_loaded(words: list[str]) -> None:
    code = (
        "import sys\nfrom trustcenter.cli import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', *sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED"


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        command = [sys.executable, "-m", "trustcenter", "--help"]
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (141, "")
